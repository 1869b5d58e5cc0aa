"""A municipality with a disaster and one case, and the command line over it."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from backend.cases.models import answer, case
from backend.cases.rules import case_number
from backend.people.models import person
from backend.programs.command import add_commands
from backend.programs.editing import drafts
from backend.programs.sheet.changes import NOTHING, Change
from backend.programs.sheet.store import changes_of
from backend.staff.models import staff
from backend.tenants.models import disaster
from backend.words import Catalogues
from tests.conftest import MakeTenant, MovableClock

WORDS = Catalogues.load()
NUMBER = case_number(2026, 1)


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Any:
    """What the commands need of a shell, on SQLite."""
    return _furnished(sqlite_engine, clock, make_tenant)


@pytest.fixture
def either_shell(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Any:
    """The same on SQLite and on PostgreSQL."""
    return _furnished(engine, clock, make_tenant)


def _furnished(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Any:
    tenant_id = make_tenant(engine)
    given = {"damage_level": "half", "household_size": 2, "flood_level": "above_floor"}
    with engine.begin() as connection:
        connection.execute(
            insert(disaster).values(
                id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=clock().date(), prefecture="40",
                municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True},
            )
        )  # fmt: skip
        connection.execute(insert(person).values(id="p", tenant_id=tenant_id, created_at=clock()))
        connection.execute(
            insert(case).values(id="c", tenant_id=tenant_id, number=NUMBER, person_id="p", opened_at=clock(), changed_at=clock())
        )
        for field, value in given.items():
            connection.execute(
                insert(answer).values(
                    tenant_id=tenant_id, case_id="c", field=field, state="given", value=value, by="self", about="self",
                    source="web", at=clock(),
                )
            )  # fmt: skip
        connection.execute(
            insert(answer).values(
                tenant_id=tenant_id, case_id="c", field="debts", state="declined", value=None, by="self", about="self",
                source="web", at=clock(),
            )
        )  # fmt: skip
    return SimpleNamespace(engine=engine, clock=clock, words=WORDS)


def run(shell: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(), lambda: shell)
    args = parser.parse_args(["programs", *words])
    return int(args.do(args))


def approve_all(shell: Any, supervisor: str = "second") -> None:
    """The second person approves whatever waits."""
    with shell.engine.begin() as connection:
        if connection.execute(select(staff.c.id).where(staff.c.id == supervisor)).first() is None:
            connection.execute(
                insert(staff).values(
                    id=supervisor, tenant_id="tenant-tsunagi", login=supervisor, name="承認 する人", role="supervisor",
                    password_hash="-", created_at=shell.clock(),
                )
            )  # fmt: skip
        for draft in drafts.open_drafts(connection, "tenant-tsunagi"):
            drafts.approve(connection, draft, supervisor, draft["version"], shell.clock())


def decide(shell: Any, **changes: Change) -> None:
    """The municipality decides this, and nothing else any more."""
    with shell.engine.begin() as connection:
        now = changes_of(connection, "tenant-tsunagi")
        wanted = {**dict.fromkeys(now, NOTHING), **changes}
        drafts.begin(connection, "tenant-tsunagi", None, wanted, origin="command", at=shell.clock(), waiting=True)
    approve_all(shell)
