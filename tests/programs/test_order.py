"""What helps most now comes first: certain, near its deadline, given rather than lent, then the larger sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, POSSIBLE, SOON_DAYS, Result, helps_most
from tests.programs.households import results


@pytest.fixture
def given() -> Result:
    """A program that pays out, with no deadline ahead."""
    return replace(next(one for one in results({"damage_level": "total"}).values() if one.entry.kind != "loan"), verdict=ELIGIBLE, days_left=None, open=0)


def of(result: Result, **values: Any) -> Result:
    kind, yen = values.pop("kind", None), values.pop("yen", None)
    made = replace(result, **values)
    if kind is not None:
        made = replace(made, entry=replace(made.entry, kind=kind))
    return made if yen is None else replace(made, amount=made.amount._replace(max_yen=yen))


STEPS: tuple[Callable[[Result], Result], ...] = (
    lambda one: of(one, days_left=0),
    lambda one: of(one, days_left=SOON_DAYS),
    lambda one: of(one, days_left=SOON_DAYS + 1, yen=2_000_000),
    lambda one: of(one, days_left=None, yen=1_000_000),
    lambda one: of(one, days_left=-1, yen=10),
    lambda one: of(one, kind="loan", yen=9_000_000),
    lambda one: of(one, verdict=POSSIBLE, days_left=1, yen=9_000_000, open=1),
    lambda one: of(one, verdict=POSSIBLE, yen=3_000_000, open=1),
    lambda one: of(one, verdict=POSSIBLE, yen=3_000_000, open=2),
    lambda one: of(one, verdict=NOT_ELIGIBLE, days_left=1, yen=9_000_000),
)  # fmt: skip
"""Each helps more than the one after it."""


@pytest.mark.parametrize("seed", range(5))
def test_what_helps_most_is_first(given: Result, seed: int) -> None:
    wanted = [step(given) for step in STEPS]
    mixed = list(wanted)
    Random(seed).shuffle(mixed)
    assert [wanted.index(one) for one in sorted(mixed, key=helps_most)] == list(range(len(STEPS)))
