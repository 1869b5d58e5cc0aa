"""「いつがよいですか」: the resident says which half days suit, hears who comes, moves or cancels the visit, is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.calendar import Calendar
from backend.campaigns.facts import cap_free
from backend.cases.models import answer, case
from backend.contacts.models import contact
from backend.followups.run import run_due
from backend.journal.ingest import address_index
from backend.journal.models import conversation
from backend.journal.outbox import lease, mark
from backend.messages import Accepted, Blocked, Refused, SendResult
from backend.programs.logged import LOGGED, log_due
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.visits.appointments import APPOINTMENT, ask_times, day_before, tell_due
from backend.visits.models import visit, visit_request
from backend.visits.planning import Decided, decide, take_off
from backend.visits.reporting import AtTheDoor, report
from backend.visits.waiting import waiting
from tests.conversations.conftest import Person, Town, complete_intake, town, words  # noqa: F401

FRIDAY = date(2026, 7, 10)


@pytest.fixture
def here(town: Town) -> Town:  # noqa: F811
    town.staff("佐藤", 1)
    town.staff("鈴木", 2)
    town.clock.set(datetime(2026, 7, 6, 2, tzinfo=UTC))  # Monday, eleven in Japan
    return town


def hanako(here: Town) -> Person:
    """Somebody who asked for a visit."""
    person = complete_intake(here.person()).presses("visit")
    person.new()
    return person


def planner(here: Town) -> Staff:
    with here.engine.connect() as c:
        return Staff.of(c.execute(select(staff).where(staff.c.login == "佐藤")).one())


def planned(here: Town, day: date = FRIDAY, **more: str) -> str:
    case_id = here.row(visit_request)["case_id"]
    (id,) = decide(here.engine, here.clock, planner(here), day, [Decided(case_id, "staff-佐藤", "staff-鈴木", **more)])
    return id


def work(here: Town) -> None:
    here.clock.move(minutes=3)
    while run_due(here.engine, here.clock, {APPOINTMENT: tell_due}):
        pass
    here.work()


def delivers(here: Town, ends: dict[str, SendResult] | None = None) -> None:
    """What waits is sent; afterwards the log looks how it ended, and what did not arrive is told another way."""
    for _ in range(6):
        while leased := lease(here.engine, here.clock, 50):
            mark(here.engine, here.clock, [(one, (ends or {}).get(one.address, Accepted("r"))) for one in leased])
        here.clock.move(minutes=1)
        while run_due(here.engine, here.clock, {APPOINTMENT: tell_due, LOGGED: log_due}):
            pass
        here.work()


def second_chat(here: Town, case_id: str, **columns) -> Person:
    """Another telephone of the same household, bound at the booth."""
    other = here.person("resident-2", "telegram").came()
    with here.engine.begin() as c:
        c.execute(update(conversation).where(conversation.c.address_index == address_index("resident-2")).values(case_id=case_id, **columns))
    other.new()
    return other


def logged(here: Town) -> list[tuple[str, str, str]]:
    return [(row["channel"], row["result"], row["step"]) for row in here.rows(contact)]


def said(person: Person, key: str) -> list[str]:
    return [out.text for out in person.messages() if out.key == key]


def test_the_household_is_told_who_comes_and_may_say_that_it_is_fine(here):
    person = hanako(here)
    planned(here, from_time="09:30", until_time="12:00")
    work(here)
    assert person.new() == ["appointment.set", "appointment.choice"]
    (text,) = said(person, "appointment.set")
    assert all(part in text for part in ("7月10日", "09:30から12:00ごろまで", "佐藤", "鈴木", "名札", "お金や暗証番号", "その日にうかがいます"))
    person.presses("fine")
    assert person.new()[:1] == ["appointment.fine"] and here.row(visit)["state"] == "planned"


def test_it_is_delivered_as_an_appointment_which_is_sent_again_when_unknown(here):
    person = hanako(here)
    planned(here)
    work(here)
    assert [out.kind for out in person.messages() if out.key == "appointment.set"] == ["appointment"]


@pytest.mark.parametrize("how", ["button", "words"])
def test_another_time_takes_the_visit_off_its_day_and_asks_which_times_suit(here, how):
    person = hanako(here)
    id = planned(here)
    work(here)
    person.presses("other") if how == "button" else person.says("別の日がよい")
    assert person.new()[-2:] == ["appointment.moved", "field.visit_times.ask"]
    assert (here.row(visit)["state"], here.row(visit)["planned_on"]) == ("wanted", None)
    assert [row["topic"] for row in here.rows(task, kind="talk")] == ["visit_other"]
    person.presses("weekday_morning").presses("-done").presses("yes")
    assert "visit_times.thanks" in person.new()
    with here.engine.connect() as c:
        (home,) = [one.home for one in waiting(c, planner(here), FRIDAY)]
    assert (home.visit_id, home.times, home.interpreter_wished) == (id, ("weekday_morning",), True)


def test_no_visit_is_cancelled_and_a_human_hears_of_it(here):
    person = hanako(here)
    planned(here)
    work(here)
    person.says("来ないでください")
    assert person.new()[2] == "appointment.cancelled"
    assert (here.row(visit)["state"], here.row(visit_request)["state"]) == ("cancelled", "declined")
    assert [row["topic"] for row in here.rows(task, kind="talk")] == ["visit_none"]


def test_a_missed_answer_never_blocks_the_visit_and_the_day_before_they_are_reminded(here):
    person = hanako(here)
    planned(here)
    work(here)
    here.clock.set(datetime(2026, 7, 9, 0, 30, tzinfo=UTC))
    work(here)
    assert said(person, "appointment.near") == []
    here.clock.set(datetime(2026, 7, 9, 1, 5, tzinfo=UTC))
    work(here)
    work(here)
    assert len(said(person, "appointment.near")) == 1 and here.row(visit)["state"] == "planned" and here.due(APPOINTMENT) == []


def test_nothing_is_said_in_the_night(here):
    person = hanako(here)
    here.clock.set(datetime(2026, 7, 6, 14, tzinfo=UTC))  # eleven in the evening
    planned(here)
    work(here)
    assert said(person, "appointment.set") == []
    here.clock.set(datetime(2026, 7, 7, 2, tzinfo=UTC))
    work(here)
    assert len(said(person, "appointment.set")) == 1


def test_a_visit_that_was_taken_off_meanwhile_is_not_told_of(here):
    person = hanako(here)
    take_off(here.engine, here.clock, planner(here), planned(here), 1)
    work(here)
    assert person.new() == [] and here.due(APPOINTMENT) == []


def test_whoever_wants_no_messages_hears_nothing(here):
    person = hanako(here)
    person.says("通知を止める").presses("quiet")
    person.new()
    planned(here)
    work(here)
    assert person.new() == [] and here.row(visit)["state"] == "planned"


def test_staff_ask_which_times_suit_and_nobody_twice(here):
    person = hanako(here)
    case_id = here.row(visit_request)["case_id"]
    assert ask_times(here.engine, here.clock, planner(here), [case_id]) == 1
    work(here)
    assert person.new() == ["field.visit_times.ask"]
    person.presses("weekend_afternoon").presses("-done").presses("no")
    assert [row["value"] for row in here.rows(answer, field="visit_times")] == [["weekend_afternoon"]]
    assert ask_times(here.engine, here.clock, planner(here), [case_id]) == 0


def test_the_day_and_its_reminder_stand_in_the_log_and_count_in_the_week(here):
    hanako(here)
    planned(here)
    work(here)
    delivers(here)
    assert logged(here) == [("chat", "sent", "appointment")]
    here.clock.set(datetime(2026, 7, 9, 1, 5, tzinfo=UTC))
    work(here)
    delivers(here)
    assert logged(here) == [("chat", "sent", "appointment")] * 2
    who = here.row(case)["person_id"]
    with here.engine.connect() as c:
        people = {"case": who}
        assert "case" in cap_free(c, people, here.clock(), 2) and "case" not in cap_free(c, people, here.clock(), 3)


def test_it_goes_to_the_chat_that_was_heard_last_and_never_to_one_that_was_never_heard(here):
    first = hanako(here)
    case_id = here.row(visit_request)["case_id"]
    second = second_chat(here, case_id, last_heard_at=None)
    planned(here)
    work(here)
    assert "appointment.set" in first.new() and second.new() == []


@pytest.mark.parametrize("end", [Blocked(), Refused("400")], ids=["blocked", "refused"])
def test_where_it_does_not_arrive_it_is_told_in_the_other_chat(here, end):
    first = hanako(here)
    case_id = here.row(visit_request)["case_id"]
    second = second_chat(here, case_id, last_heard_at=here.clock() - timedelta(days=40))
    delivers(here)
    planned(here)
    work(here)
    delivers(here, {first.address: end})
    assert "appointment.set" in second.new()
    assert [result for _, result, _ in logged(here)][-1] == "sent" and len(logged(here)) == 2
    assert len(here.due(APPOINTMENT)) == 1  # the reminder of the day before


def test_while_a_colleague_writes_with_them_it_waits_and_is_not_lost(here):
    person = hanako(here)
    with here.engine.begin() as c:
        c.execute(update(conversation).values(held_by="staff-佐藤"))
    planned(here)
    work(here)
    assert person.new() == []
    with here.engine.begin() as c:
        c.execute(update(conversation).values(held_by=None))
    here.clock.move(minutes=31)
    work(here)
    assert "appointment.set" in person.new()


def test_the_reminder_of_a_monday_comes_on_the_friday_before():
    calendar = Calendar.of("08:30", "17:15", ())
    assert day_before(date(2026, 7, 13), calendar) == FRIDAY and day_before(FRIDAY, calendar) == FRIDAY - timedelta(days=1)


# --- whoever refused -------------------------------------------------------------------------------------------------


def refuses(here: Town, id: str, **more: date) -> None:
    here.clock.set(datetime(2026, 7, 10, 2, tzinfo=UTC))
    report(here.engine, here.clock, planner(here), id, AtTheDoor("telephone-1", here.row(visit)["version"], "refused", here.clock(), **more))


def test_after_a_refusal_a_person_comes_on_the_day_a_person_set_and_the_software_says_nothing_of_it(here):
    person = hanako(here)
    id = planned(here)
    work(here)
    person.new()
    refuses(here, id, next_on=FRIDAY + timedelta(days=20))
    for _ in range(22):
        work(here)
        here.clock.move(days=1)
    assert person.new() == []
    assert [row["state"] for row in here.rows(visit)] == ["done", "planned"]


def test_whoever_writes_again_after_a_refusal_hears_of_their_next_visit(here):
    person = hanako(here)
    id = planned(here)
    work(here)
    refuses(here, id)
    here.clock.move(days=3)
    person.says("やはり一度来てください")
    person.new()
    planned(here, FRIDAY + timedelta(days=7))
    work(here)
    assert "appointment.set" in person.new()
