"""An answer, an Act or the catalogue changes: the case is looked at again by itself, and a person hears of what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from backend.app import Shell
from backend.cases.models import answer, case, suggestion
from backend.conversations.offices import read_office
from backend.followups.models import due
from backend.followups.run import Due, run_due
from backend.jobs.run import run_slice
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.people.models import person
from backend.programs.models import program_reminder
from backend.programs.recompute import AT_ONCE, REASSESS, RECOMPUTE, all_soon, reassess, recompute, soon
from backend.programs.reminders import DEADLINE, remind_before
from backend.programs.slices import reassess_some
from backend.programs.snapshot import newly_possible
from backend.tasks.models import task
from backend.tenants.models import disaster
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell

SLICES = {REASSESS: reassess_some}
HANDLERS = {RECOMPUTE: recompute, REASSESS: reassess}


@pytest.fixture
def here(engine: Engine, clock: MovableClock, tmp_path: Any, make_tenant: MakeTenant) -> Shell:
    tenant_id = make_tenant(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(disaster).values(
                id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=clock().date(), prefecture="40",
                municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True},
            )
        )  # fmt: skip
    shell = make_test_shell(engine, clock, tmp_path)
    household(shell, "c", damage_level="partial", household_size=2, flood_level="none", rebuild_method="repair")
    return shell


def household(shell: Shell, case_id: str, **given: Any) -> None:
    with shell.engine.begin() as connection:
        connection.execute(insert(person).values(id=f"p-{case_id}", tenant_id="tenant-tsunagi", created_at=shell.clock()))
        connection.execute(insert(case).values(
            id=case_id, tenant_id="tenant-tsunagi", number=case_id, person_id=f"p-{case_id}", opened_at=shell.clock(),
            changed_at=shell.clock()))  # fmt: skip
        for field, value in given.items():
            keep_answer(connection, shell, case_id, field, value)


def keep_answer(connection: Any, shell: Shell, case_id: str, field: str, value: Any) -> None:
    mine = answer.c.case_id == case_id, answer.c.field == field
    connection.execute(update(answer).where(*mine).values(superseded_at=shell.clock()))
    connection.execute(insert(answer).values(
        tenant_id="tenant-tsunagi", case_id=case_id, field=field, state="given", value=value, by="staff", about="self",
        source="console", at=shell.clock()))  # fmt: skip
    soon(connection, case_id, shell.clock())


def answers(shell: Shell, case_id: str, **given: Any) -> None:
    with shell.engine.begin() as connection:
        for field, value in given.items():
            keep_answer(connection, shell, case_id, field, value)


def work(shell: Shell, seconds: int = 5) -> None:
    shell.clock.move(seconds=seconds)  # type: ignore[attr-defined]
    while run_due(shell.engine, shell.clock, HANDLERS) or run_slice(shell, SLICES):
        pass


def rows(shell: Shell, table: Any) -> list[Any]:
    with shell.engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_many_answers_that_come_together_are_one_look(here: Shell) -> None:
    work(here)
    assert len(rows(here, suggestion)) == 1
    answers(here, "c", damage_level="half", household_size=3, flood_level="above_floor")
    assert len(rows(here, due)) == 1
    work(here)
    assert len(rows(here, suggestion)) == 2
    assert rows(here, suggestion)[-1].inputs["answers"]["damage_level"] == "half"
    assert rows(here, due) == []


def test_a_better_certificate_is_a_task_that_names_the_programs(here: Shell) -> None:
    work(here)
    assert rows(here, task) == [], "the first look is no news"
    answers(here, "c", damage_level="large_half")
    work(here)
    [raised] = rows(here, task)
    assert (raised.topic, raised.case_id) == ("programs_new", "c")
    with here.engine.connect() as connection:
        named = {program["id"] for program in newly_possible(connection, "c")}
    assert {"temporary_housing", "emergency_repair"} & named
    answers(here, "c", household_size=1)
    work(here)
    assert len(rows(here, task)) == 1, "one open task is enough"


def test_an_answer_that_changes_no_program_leaves_no_snapshot(here: Shell) -> None:
    work(here)
    answers(here, "c", sleep="well")
    work(here)
    assert len(rows(here, suggestion)) == 1


def test_a_closed_case_is_left_alone(here: Shell) -> None:
    with here.engine.begin() as connection:
        connection.execute(update(case).values(status="closed"))
    work(here)
    assert rows(here, suggestion) == []


def test_a_change_during_the_look_is_looked_at_again(here: Shell) -> None:
    """The row is set anew while the handler runs: it stays due."""

    def meanwhile(batch: Any, some: Any) -> Any:
        soon(batch.connection, "c", here.clock())
        return recompute(batch, some)

    here.clock.move(seconds=5)  # type: ignore[attr-defined]
    assert run_due(here.engine, here.clock, {RECOMPUTE: meanwhile}) == 1
    assert [row.subject for row in rows(here, due)] == ["c"]


def test_many_cases_do_not_hold_the_database_long(here: Shell) -> None:
    for number in range(AT_ONCE * 2):
        household(here, f"more{number}", damage_level="half")
    here.clock.move(seconds=5)  # type: ignore[attr-defined]
    held: list[int] = []

    def counting(batch: Batch, some: Sequence[Due]) -> Mapping[int, datetime]:
        before = len(batch.added(suggestion))
        later = recompute(batch, some)
        held.append(len(batch.added(suggestion)) - before)
        return later

    counting.at_once = recompute.at_once  # type: ignore[attr-defined]
    while run_due(here.engine, here.clock, HANDLERS | {RECOMPUTE: counting}):
        pass
    assert max(held) == AT_ONCE and sum(held) == AT_ONCE * 2 + 1
    assert len(rows(here, suggestion)) == AT_ONCE * 2 + 1


def test_an_act_that_was_applied_reaches_every_open_case(here: Shell) -> None:
    for number in range(30):
        household(here, f"more{number:02}", damage_level="large_half", household_size=2)
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": False}))
    work(here)
    before = len(rows(here, suggestion))
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
        all_soon(connection, "tenant-tsunagi", here.clock())
        all_soon(connection, "tenant-tsunagi", here.clock())
    work(here)
    assert len(rows(here, suggestion)) == before + 31, "torn down, even the lightly damaged one could get it"
    newest = rows(here, suggestion)[-1]
    assert "livelihood_recovery_grant" in newest.inputs["newly"]
    assert len(rows(here, task)) == 31


def test_an_extended_deadline_moves_the_reminders_of_every_case(here: Shell) -> None:
    """Staff enter an extension; the long work finds the reminders that residents have set."""
    answers(here, "c", damage_level="total")
    work(here)
    with here.engine.begin() as connection:
        connection.execute(insert(conversation).values(
            id="chat", tenant_id="tenant-tsunagi", channel="line", address="u", address_index="u", case_id="c", created_at=here.clock()))  # fmt: skip
        office = read_office(connection, "tenant-tsunagi", here.clock())
        days = remind_before(
            connection, office, case_id="c", conversation_id="chat", program="livelihood_recovery_grant", deadline=date(2027, 8, 5),
            now=here.clock(),
        )  # fmt: skip
        assert days == (date(2027, 7, 6), date(2027, 7, 29))
        connection.execute(update(disaster).values(extended_deadlines={
            "livelihood_recovery_grant.basic": "2028-08-31", "livelihood_recovery_grant.addition": "2029-08-31"}))  # fmt: skip
        all_soon(connection, "tenant-tsunagi", here.clock())
    work(here)
    with here.engine.connect() as connection:
        moved = connection.execute(select(program_reminder)).one()
        waits = connection.execute(select(due).where(due.c.kind == DEADLINE)).one()
    assert (moved.deadline, moved.next_on) == (date(2028, 8, 31), date(2028, 8, 1))
    assert waits.subject == moved.id and waits.due_at.date() == date(2028, 8, 1)
