"""The homes of one district that wait are the same however they are looked for, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, insert

from backend.cases.models import case
from backend.people.models import person
from backend.staff.models import staff as accounts
from backend.staff.roles import SUPERVISOR, Staff
from backend.visits import waiting
from backend.visits.models import visit, visit_request
from tests.conftest import MakeTenant, MovableClock

TENANT = "tenant-tsunagi"
READERS = (Staff("chief", TENANT, "chief", "係長", SUPERVISOR), Staff("hanako", TENANT, "hanako", "花子", "caseworker", districts=("緑町",)))


@pytest.fixture(params=range(3))
def town(request: pytest.FixtureRequest, engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Engine:
    dice, now = random.Random(request.param), clock()
    make_tenant(engine)
    with engine.begin() as c:
        for one in READERS:
            c.execute(insert(accounts).values(id=one.id, tenant_id=TENANT, login=one.login, name=one.name, role=one.role, password_hash="x",
                                              created_at=now))  # fmt: skip
        c.execute(insert(person).values(id="p", tenant_id=TENANT, name="山田 花子", created_at=now))
        for number in range(40):
            id_ = f"case-{number:02d}"
            c.execute(insert(case).values(
                id=id_, tenant_id=TENANT, number=id_, person_id="p", status=dice.choice(["open", "open", "closed"]), opened_at=now, changed_at=now,
                district=dice.choice(["緑町", "川上", ""]), restricted=dice.random() < 0.3, assigned_to=dice.choice([None, "chief", "hanako"])))  # fmt: skip
            if dice.random() < 0.6:
                c.execute(insert(visit_request).values(
                    id=f"asked-{number}", tenant_id=TENANT, case_id=id_, state=dice.choice(["open", "open", "done"]), made_at=now, changed_at=now,
                    due_at=now + timedelta(days=dice.randint(0, 9))))  # fmt: skip
            if dice.random() < 0.6:
                c.execute(insert(visit).values(
                    id=f"visit-{number}", tenant_id=TENANT, case_id=id_, state=dice.choice(["wanted", "wanted", "planned"]), why="ladder",
                    priority=dice.randint(0, 3), made_at=now, changed_at=now))  # fmt: skip
    return engine


@pytest.mark.parametrize("staff", READERS, ids=[one.id for one in READERS])
@pytest.mark.parametrize("area", ["緑町", "川上"])
def test_a_district_s_homes_are_those_of_everybody_that_lie_there(
    town: Engine, clock: MovableClock, staff: Staff, area: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, asked = clock().date(), list[str]()
    with town.begin() as c:
        event.listen(c, "before_cursor_execute", lambda _c, _cursor, sql, *_: asked.append(sql))
        held = waiting.pressing(c, staff, day, area)
        assert any("MATERIALIZED" in sql for sql in asked) is (town.dialect.name == "postgresql")
        monkeypatch.setattr(waiting, "MOST_HELD", -1)  # as in a district that may be most of the municipality
        looked_up = waiting.pressing(c, staff, day, area)
        everybody = waiting.pressing(c, staff, day)
    assert held == looked_up == [one for one in everybody if one.home.district == area]
    assert held or area == "川上"
