"""A walk through pages meets every row once, on both databases, whatever two rows have in common."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from backend.api import paging
from backend.api.problems import Problem
from backend.cases.models import case
from tests.conftest import MakeTenant, MovableClock
from tests.overview.town import household


@pytest.mark.parametrize("newest", [True, False])
def test_every_row_once_in_order(newest: bool, engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    home = make_tenant(engine)
    with engine.begin() as c:
        for n in range(23):
            household(c, home, clock() + timedelta(milliseconds=n // 4))
    with engine.begin() as c:
        chosen, after, seen = select(case).where(case.c.tenant_id == home), "", []
        while True:
            rows, after = paging.page(c, chosen, case.c.changed_at, case.c.id, after=after, limit=5, newest=newest)
            seen += [(row.changed_at, row.id) for row in rows]
            if not after:
                break
    assert len(seen) == 23 and seen == sorted(seen, reverse=newest) and len(set(seen)) == 23


def test_how_many() -> None:
    assert (paging.limit_of(""), paging.limit_of("200")) == (paging.USUAL, 200)
    for wrong in ("0", "201", "-1", "x", "9" * 40, "0000019999999", "0" * 5000):
        with pytest.raises(Problem):
            paging.limit_of(wrong)
