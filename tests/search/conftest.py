"""A town with people in cases, written through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from backend import ids
from backend.cases.models import case
from backend.people import service as people
from backend.people.models import household_member, person
from backend.staff.models import staff as staff_table
from backend.staff.roles import Staff
from tests.conftest import MakeTenant, MovableClock


class Town:
    """`town.case(name=…)` opens a case; `town.staff("caseworker")` is somebody who asks."""

    def __init__(self, engine: Engine, clock: MovableClock, tenant_id: str) -> None:
        self.engine, self.clock, self.tenant_id, self._serial = engine, clock, tenant_id, 0

    def staff(self, role: str = "caseworker", **columns: Any) -> Staff:
        row = {"id": ids.new(), "tenant_id": self.tenant_id, "login": ids.new(), "name": role, "role": role, "password_hash": "-",
               "created_at": self.clock(), **columns}
        with self.engine.begin() as c:
            c.execute(insert(staff_table).values(row))
        return Staff(row["id"], self.tenant_id, row["login"], row["name"], role)

    def case(self, *, restricted: bool = False, assigned_to: str | None = None, number: str = "", **columns: Any) -> str:
        self._serial += 1
        id, now = ids.new(), self.clock()
        with self.engine.begin() as c:
            who = people.add(c, self.tenant_id, columns, now)
            c.execute(update(person).where(person.c.id == who).values(restricted=restricted))
            c.execute(insert(case).values(
                id=id, tenant_id=self.tenant_id, number=number or f"T-{self._serial}", person_id=who, opened_at=now, changed_at=now,
                restricted=restricted, assigned_to=assigned_to))
        return id

    def member(self, case_id: str, *, restricted: bool = False, **columns: Any) -> str:
        with self.engine.begin() as c:
            who = people.add(c, self.tenant_id, columns, self.clock())
            c.execute(update(person).where(person.c.id == who).values(restricted=restricted))
            c.execute(insert(household_member).values(id=ids.new(), tenant_id=self.tenant_id, case_id=case_id, person_id=who))
        return who


@pytest.fixture
def make_town(clock: MovableClock, make_tenant: MakeTenant) -> Callable[..., Town]:
    return lambda engine, slug="tsunagi": Town(engine, clock, make_tenant(engine, slug))


@pytest.fixture
def town(engine: Engine, make_town: Callable[..., Town]) -> Town:
    return make_town(engine)
