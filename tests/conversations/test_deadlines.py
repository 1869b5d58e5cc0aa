"""「締め切りの前に知らせて」: a real reminder, on working days, in the day, moved with the deadline, ended by 「止める」."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from backend.calendar import Calendar
from backend.campaigns.facts import cap_free
from backend.campaigns.models import outreach
from backend.cases.models import case
from backend.contacts.models import contact
from backend.followups.models import due
from backend.followups.run import run_due
from backend.journal.models import conversation, outbox
from backend.programs.logged import LOGGED, log_due
from backend.programs.models import program_reminder
from backend.programs.recompute import RECOMPUTE, recompute, soon
from backend.programs.reminders import DEADLINE, days_for, remind_due
from backend.tenants.models import disaster
from tests.conversations.conftest import Person, Town, complete_intake

HANDLERS = {DEADLINE: remind_due, RECOMPUTE: recompute, LOGGED: log_due}
GRANT = "livelihood_recovery_grant"


@pytest.fixture
def here(town: Town) -> Town:
    """The Acts are applied: the recovery grant's basic part ends on 2027-07-27, thirteen months on."""
    with town.engine.begin() as connection:
        acts = {"relief_act_applied": True, "recovery_support_act_applied": True}
        connection.execute(update(disaster).values(acts=acts))
    return town


@pytest.fixture
def small_here(small_town: Town) -> Town:
    with small_town.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
    return small_town


def reminded(town: Town) -> Person:
    """Somebody who asked to be reminded of the recovery grant."""
    hanako = complete_intake(town.person(), damage_level=("total",))
    hanako.says("支援制度")
    return hanako.presses(GRANT).presses("remind")


def until(town: Town, day: date, hour: int = 11) -> None:
    """Let the time pass to an hour of a day in Japan; what fell due meanwhile is done then."""
    town.clock.set(datetime(day.year, day.month, day.day, hour - 9, tzinfo=UTC))
    work(town)


def work(town: Town) -> None:
    while run_due(town.engine, town.clock, HANDLERS):
        pass
    town.work()


def near(person: Person) -> list[str]:
    return [out.text for out in person.messages() if out.key == "reminders.near"]


def deadline(town: Town) -> date:
    day: date = town.row(program_reminder)["deadline"]
    return day


def test_it_says_on_which_days_and_comes_on_them(here: Town) -> None:
    hanako = reminded(here)
    said = next(out.text for out in reversed(hanako.messages()) if out.key == "reminders.set")
    end = deadline(here)
    assert end == date(2027, 7, 27)
    assert "2027年6月28日" in said, "thirty days before is a Sunday: the Monday after"
    assert "2027年7月20日" in said
    until(here, date(2027, 6, 27))
    assert near(hanako) == []
    until(here, date(2027, 6, 28))
    assert len(near(hanako)) == 1 and "被災者生活再建支援金" in near(hanako)[0] and "あと29日" in near(hanako)[0]
    until(here, date(2027, 7, 20))
    assert len(near(hanako)) == 2
    until(here, date(2027, 8, 10))
    assert len(near(hanako)) == 2
    assert here.rows(program_reminder) == [] and here.due(DEADLINE) == []


def test_nobody_is_reminded_at_night(here: Town) -> None:
    hanako = reminded(here)
    here.clock.set(datetime(2027, 6, 28, 14, tzinfo=UTC))  # the worker was away all day: 23:00 in Japan
    work(here)
    assert near(hanako) == []
    here.clock.set(datetime(2027, 6, 29, 2, tzinfo=UTC))
    work(here)
    assert len(near(hanako)) == 1


def test_nobody_is_reminded_while_the_municipality_has_stopped_everything(here: Town) -> None:
    hanako = reminded(here)
    with here.engine.begin() as connection:
        connection.execute(insert(outreach).values(tenant_id=here.tenant_id, stopped_at=here.clock()))
    until(here, date(2027, 6, 28))
    assert near(hanako) == []
    with here.engine.begin() as connection:
        connection.execute(update(outreach).values(stopped_at=None))
    here.clock.move(minutes=6)
    work(here)
    assert len(near(hanako)) == 1


def test_a_deadline_that_staff_move_takes_the_reminder_along(here: Town) -> None:
    hanako = reminded(here)
    case_id = here.row(case)["id"]
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(extended_deadlines={f"{GRANT}.basic": "2028-01-31", f"{GRANT}.addition": "2029-01-31"}))
        soon(connection, case_id, here.clock())
    here.clock.move(minutes=1)
    work(here)
    assert deadline(here) == date(2028, 1, 31)
    until(here, date(2027, 7, 28))
    assert near(hanako) == []
    until(here, date(2028, 1, 4))
    assert len(near(hanako)) == 1, "1 January and the days after it are no working days"


def test_a_deadline_that_was_moved_unnoticed_is_noticed_when_the_day_comes(here: Town) -> None:
    hanako = reminded(here)
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(extended_deadlines={f"{GRANT}.basic": "2028-01-31", f"{GRANT}.addition": "2029-01-31"}))
    until(here, date(2027, 7, 28))
    assert near(hanako) == [] and deadline(here) == date(2028, 1, 31)


def test_reminders_are_listed_and_taken_back(here: Town) -> None:
    hanako = reminded(here).says("お知らせの予定")
    listed = hanako.messages()[-1]
    assert listed.key == "reminders.reminders" and "被災者生活再建支援金" in listed.numbered[0].label
    hanako.presses(GRANT)
    assert here.rows(program_reminder) == [] and here.due(DEADLINE) == []
    assert "reminders.none" in [out.key for out in hanako.messages()]


def test_a_reminder_of_what_is_no_longer_possible_still_has_its_name_in_the_list(here: Town) -> None:
    hanako = reminded(here)
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": False}))
    here.clock.move(minutes=1)
    hanako.says("お知らせの予定")
    assert "被災者生活再建支援金" in hanako.messages()[-1].numbered[0].label


def test_stop_ends_them_all_and_one_asked_for_later_holds(here: Town) -> None:
    hanako = reminded(here).says("止める").presses("quiet")
    assert here.rows(program_reminder) == [] and here.rows(due, kind=DEADLINE) == []
    hanako.says("支援制度").presses(GRANT).presses("remind")
    until(here, date(2027, 6, 28))
    assert len(near(hanako)) == 1, "asked for after 「止める」: that one is wished for"


def test_asking_twice_is_one_reminder(here: Town) -> None:
    reminded(here).presses("remind")
    assert len(here.rows(program_reminder)) == 1 and len(here.due(DEADLINE)) == 1


def test_a_program_that_is_no_longer_possible_is_not_reminded_of(here: Town) -> None:
    hanako = reminded(here)
    with here.engine.begin() as connection:
        connection.execute(update(disaster).values(acts={"relief_act_applied": True, "recovery_support_act_applied": False}))
    until(here, date(2027, 6, 28))
    assert near(hanako) == [] and here.rows(program_reminder) == []


def test_a_deadline_near_says_so_and_one_nobody_knows_too(here: Town) -> None:
    here.clock.set(datetime(2027, 7, 26, 2, tzinfo=UTC))  # the day before
    hanako = reminded(here)
    keys = [out.key for out in hanako.messages()]
    assert "reminders.too_near" in keys and here.rows(program_reminder) == []


def test_who_is_in_the_middle_of_a_question_finds_it_again_under_the_reminder(here: Town) -> None:
    hanako = reminded(here).presses("list").presses("-leave").says("もっと").presses("home")
    until(here, date(2027, 6, 28))
    keys = [out.key for out in hanako.messages()]
    assert keys[-2] == "reminders.near" and keys[-1].startswith("field.")


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(-40, 800))
def test_reminders_come_on_working_days_after_today_and_before_the_deadline(today: date, ahead: int) -> None:
    offices = Calendar()
    end = today + timedelta(days=ahead)
    days = days_for(end, today, offices)
    assert all(today < day < end and offices.is_working_day(day) for day in days)
    assert list(days) == sorted(set(days)) and len(days) <= 2
    if not days:
        assert offices.working_days_after(today, 1) >= end, "as long as a working day is left, there is a reminder"


# --- the contact log --------------------------------------------------------------------------------------------


def delivered(town: Town, state: str = "accepted", error: str = "") -> None:
    """What becomes of everything that waits to be sent; the log looks a little later."""
    with town.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.state == "pending").values(state=state, error=error, finished_at=town.clock()))


def logged(town: Town) -> list[tuple[str, str, str]]:
    return [(row["channel"], row["step"], row["result"]) for row in town.rows(contact)]


@pytest.mark.parametrize(("state", "error", "result"), [
    ("accepted", "", "sent"), ("unknown", "", "unknown"), ("failed", "blocked", "blocked"), ("failed", "410", "not_sent")])
def test_a_reminder_stands_in_the_contact_log_as_it_ended(small_here: Town, state: str, error: str, result: str) -> None:
    reminded(small_here)
    delivered(small_here)
    until(small_here, date(2027, 6, 28))
    small_here.clock.move(minutes=2)
    work(small_here)
    assert logged(small_here) == [], "nobody knows yet whether it went out"
    delivered(small_here, state, error)
    small_here.clock.move(minutes=6)
    work(small_here)
    assert logged(small_here) == [("chat", "deadline", result)]
    small_here.clock.move(minutes=60)
    work(small_here)
    assert len(logged(small_here)) == 1, "once"


def test_a_reminder_takes_a_place_in_the_persons_week(here: Town) -> None:
    reminded(here)
    delivered(here)
    until(here, date(2027, 6, 28))
    delivered(here)
    here.clock.move(minutes=6)
    work(here)
    who = here.row(case)["person_id"]
    with here.engine.connect() as connection:
        assert list(cap_free(connection, {"case": who}, here.clock(), 1)) == ["case"]
        assert cap_free(connection, {"case": who}, here.clock(), 2) == {}
        assert cap_free(connection, {"case": who}, here.clock() + timedelta(days=8), 1) == {}


def test_a_reminder_that_nobody_needed_any_more_is_no_contact(small_here: Town) -> None:
    hanako = reminded(small_here)
    delivered(small_here)
    small_here.clock.set(datetime(2027, 6, 28, 2, tzinfo=UTC))
    while run_due(small_here.engine, small_here.clock, HANDLERS):
        pass
    with small_here.engine.begin() as connection:  # they blocked us between the clock and the turn
        connection.execute(update(conversation).values(contact="blocked"))
    small_here.work()
    small_here.clock.move(minutes=6)
    work(small_here)
    assert near(hanako) == [] and logged(small_here) == []
