"""A household with a case and the colleagues who carry it, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from backend import ids
from backend.cases.models import answer, case
from backend.people.models import person
from backend.staff.models import staff
from tests.conftest import MakeTenant, MovableClock


@dataclass
class Household:
    """One case; `hanako` and `jiro` are caseworkers, `office` is the municipality."""

    engine: Engine
    clock: MovableClock
    office: str
    id: str
    hanako: str
    jiro: str

    @property
    def version(self) -> int:
        return int(self.row().version)

    def row(self) -> Any:
        with self.engine.connect() as c:
            return c.execute(select(case).where(case.c.id == self.id)).one()

    def rows(self, table: Any) -> list[Any]:
        with self.engine.connect() as c:
            return list(c.execute(select(table).order_by(table.c.id)))

    def says(self, **fields: object) -> None:
        with self.engine.begin() as c:
            for name, value in fields.items():
                c.execute(insert(answer).values(
                    tenant_id=self.office, case_id=self.id, field=name, state="given", value=value, by="self", about="self",
                    source="web", at=self.clock()))  # fmt: skip


def new_staff(engine: Engine, office: str, login: str, clock: MovableClock, role: str = "caseworker") -> str:
    id_ = ids.new()
    with engine.begin() as c:
        c.execute(insert(staff).values(
            id=id_, tenant_id=office, login=login, name=f"{login}さん", password_hash="x", role=role, created_at=clock()))
    return id_


def new_case(engine: Engine, office: str, clock: MovableClock, **columns: Any) -> str:
    case_id, person_id = ids.new(), ids.new()
    with engine.begin() as c:
        c.execute(insert(person).values(
            id=person_id, tenant_id=office, name="山田 花子", kana="やまだ はなこ", created_at=clock()))
        c.execute(insert(case).values({
            "id": case_id, "tenant_id": office, "number": f"T-2026-{case_id[-10:]}", "person_id": person_id, "opened_at": clock(),
            "changed_at": clock(), **columns}))  # fmt: skip
    return case_id


@pytest.fixture
def home(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Household:
    office = make_tenant(engine)
    hanako, jiro = (new_staff(engine, office, login, clock) for login in ("hanako", "jiro"))
    return Household(engine, clock, office, new_case(engine, office, clock), hanako, jiro)
