"""Closed, a case says nothing more by itself; taken up again, what is still ahead comes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from backend.cases import closing
from backend.cases.models import case
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import remind, run_due
from backend.journal.models import inbox
from backend.programs.models import program_reminder
from backend.staff.models import staff
from backend.tenants.models import disaster
from backend.visits import appointments
from backend.visits.models import visit, visit_request
from tests.conversations.conftest import Town, town, words  # noqa: F401
from tests.conversations.test_deadlines import HANDLERS, deadline, near, reminded, until, work

# ruff: noqa: F811  (fixtures)

DAILY = {**HANDLERS, "reminder": remind, appointments.APPOINTMENT: appointments.tell_due}


@pytest.fixture
def here(town: Town) -> Town:
    with town.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
    town.staff("森")
    return town


def turn(town: Town, what: str) -> None:
    with town.engine.begin() as c:
        row = c.execute(select(case.c.id, case.c.version)).one()
        by = c.execute(select(staff.c.id)).scalars().first()
        if what == "close":
            closing.close(c, case_id=row.id, reason="settled", note="", handed_to="", handover="", by=by, version=row.version, at=town.clock())
        else:
            closing.reopen(c, case_id=row.id, note="また困りごと", by=by, version=row.version, at=town.clock())


def plan_visit(town: Town) -> None:
    home = town.row(case)
    with town.engine.begin() as c:
        c.execute(insert(visit_request).values(
            id="r", tenant_id=home["tenant_id"], case_id=home["id"], state="planned", made_at=town.clock(), due_at=town.clock(),
            changed_at=town.clock()))
        c.execute(insert(visit).values(
            id="v", tenant_id=home["tenant_id"], case_id=home["id"], request_id="r", state="planned", made_at=town.clock(),
            changed_at=town.clock(), planned_on=(town.clock() + timedelta(days=9)).date()))
        appointments.announce(c, "v", town.clock())


def test_a_closed_case_hears_nothing_more_and_nobody_goes_there(here: Town) -> None:
    hanako = reminded(here)
    plan_visit(here)
    chat = hanako.conversation["id"]
    with here.engine.begin() as c:
        put_due(c, "reminder", chat, here.clock() + timedelta(days=3), {"reminder": "first"})
    kinds = {"reminder", appointments.APPOINTMENT, "deadline"}
    assert kinds <= {row["kind"] for row in here.rows(due)}
    turn(here, "close")
    assert not kinds & {row["kind"] for row in here.rows(due)}
    assert here.row(visit)["state"] == "cancelled" and here.row(visit_request)["state"] == "declined"
    before = len(hanako.messages())
    end = deadline(here)
    until(here, end - timedelta(days=3))
    while run_due(here.engine, here.clock, DAILY):
        pass
    work(here)
    assert len(hanako.messages()) == before
    hanako.says("お知らせの予定")
    assert "reminders.none" in [out.key for out in hanako.messages()], "nothing is promised that is not kept"


def test_taken_up_again_it_reminds_of_deadlines_that_are_still_ahead(here: Town) -> None:
    hanako = reminded(here)
    turn(here, "close")
    here.clock.move(days=60)
    turn(here, "reopen")
    assert [row["subject"] for row in here.rows(due, kind="deadline")] == [here.row(program_reminder)["id"]]
    until(here, date(2027, 6, 28))
    assert len(near(hanako)) == 1


def test_taken_up_after_the_deadline_there_is_nothing_to_remind_of(here: Town) -> None:
    reminded(here)
    turn(here, "close")
    here.clock.set(here.clock().replace(year=2028))
    turn(here, "reopen")
    assert not here.rows(program_reminder) and not here.rows(due, kind="deadline")


@pytest.mark.parametrize("what", ["close", ""])
def test_who_writes_after_the_end_is_answered_and_not_reminded(here: Town, what: str) -> None:
    hanako = reminded(here)
    if what:
        turn(here, what)
    hanako.says("お知らせの予定")
    chat = hanako.conversation["id"]
    with here.engine.begin() as c:
        put_due(c, "reminder", chat, here.clock() + timedelta(minutes=1), {"reminder": "gentle"})
    here.clock.move(days=4)
    told = len(here.rows(inbox))
    while run_due(here.engine, here.clock, {"reminder": remind}):
        pass
    assert len(here.rows(inbox)) - told == (0 if what else 1)
    assert not here.rows(due, kind="reminder")
