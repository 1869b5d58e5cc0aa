"""Somebody stops half-way: one gentle reminder, one more, then a human; any sign of life stops it (UX-08)."""

from datetime import UTC, date, datetime

from sqlalchemy import update

from backend.clock import in_japan
from backend.conversations import service
from backend.followups.run import remind, run_due
from backend.journal.models import conversation
from backend.tasks.models import task
from dialogs.core.answers import Answer
from tests.conversations.conftest import Person, Town, complete_intake


def days_pass(town: Town, days: float) -> None:
    """Let the days go by one by one, with the worker awake."""
    for _ in range(int(days * 4)):
        town.clock.move(hours=6)
        run_due(town.engine, town.clock, {"reminder": remind})
        town.work()


def half_way(town: Town) -> Person:
    return town.person().came().presses("ja").presses("safe")


def heard(person: Person) -> list[str]:
    return [out.key for out in person.messages() if out.key.startswith("remind.")]


def test_one_reminder_after_three_days_one_after_fourteen_then_a_human(town: Town) -> None:
    hanako = half_way(town)
    days_pass(town, 2.5)
    assert heard(hanako) == []
    days_pass(town, 1)
    assert heard(hanako) == ["remind.first"]
    assert hanako.messages()[-1].field == "trouble"
    days_pass(town, 10)
    assert heard(hanako) == ["remind.first"]
    days_pass(town, 1.5)
    assert heard(hanako) == ["remind.first", "remind.second"]
    days_pass(town, 20)
    assert heard(hanako) == ["remind.first", "remind.second"]
    assert [row["kind"] for row in town.rows(task)] == ["silence"]


def test_any_sign_of_life_begins_the_three_days_anew(town: Town) -> None:
    hanako = half_way(town)
    days_pass(town, 2)
    hanako.says("すみません、いそがしくて")
    days_pass(town, 2)
    assert heard(hanako) == []
    days_pass(town, 1.5)
    assert heard(hanako) == [], "Saturday"
    days_pass(town, 2)
    assert heard(hanako) == ["remind.first"]


def test_nobody_is_reminded_at_night_or_on_a_holiday(town: Town) -> None:
    town.clock.set(datetime(2026, 7, 16, 14, tzinfo=UTC))  # Thursday, eleven in the evening
    half = half_way(town)
    for _ in range(24 * 7):
        town.clock.move(hours=1)
        run_due(town.engine, town.clock, {"reminder": remind})
        town.work()
        if heard(half):
            break
    # Sunday night was due; Monday 20 July is Marine Day.
    assert (in_japan(town.clock()).date(), in_japan(town.clock()).hour) == (date(2026, 7, 21), 9)


def test_an_old_person_alone_who_does_not_answer_is_called_the_same_day(town: Town) -> None:
    town.staff("sato", 1)
    hanako = half_way(town)
    kept = dict(hanako.conversation["session"])
    kept["answers"] = {**kept["answers"], "household_situation": Answer("household_situation", "elderly_single").to_json()}
    with town.engine.begin() as c:
        c.execute(update(conversation).values(session=kept))
    days_pass(town, 4)
    assert heard(hanako) == ["remind.first"]
    (row,) = town.rows(task)
    assert (row["kind"], row["topic"], in_japan(row["due_at"]).date()) == ("call", "alone", in_japan(row["made_at"]).date())
    days_pass(town, 12)
    assert [row["kind"] for row in town.rows(task)] == ["call"]


def test_who_answers_after_the_first_reminder_is_reminded_three_days_later_not_eleven(town: Town) -> None:
    hanako = half_way(town)
    days_pass(town, 3.5)
    hanako.presses("home").presses("-done")
    days_pass(town, 3.5)
    assert heard(hanako) == ["remind.first", "remind.first"]


def test_who_has_finished_is_not_reminded(town: Town) -> None:
    hanako = complete_intake(town.person())
    assert town.due("reminder") == []
    days_pass(town, 20)
    assert heard(hanako) == []


def test_who_wants_no_messages_gets_none_but_may_write_again(town: Town) -> None:
    hanako = half_way(town).says("やめる").presses("quiet")
    assert hanako.conversation["quiet"]
    days_pass(town, 30)
    assert heard(hanako) == []
    said = len(hanako.messages())
    hanako.says("こんにちは")
    assert len(hanako.messages()) > said


def test_a_chat_that_staff_made_quiet_is_not_reminded_and_a_human_looks(town: Town) -> None:
    """After a death (`contacts/consequences.py`) the reminder that was set goes to nobody."""
    hanako = half_way(town)
    assert town.due("reminder")
    with town.engine.begin() as connection:
        connection.execute(update(conversation).values(quiet=True, version=conversation.c.version + 1))
    days_pass(town, 30)
    assert heard(hanako) == []
    assert [row["kind"] for row in town.rows(task)] == ["silence"]


def test_who_blocked_us_is_not_written_to_but_a_human_hears_of_it(town: Town) -> None:
    hanako = half_way(town).presses("home").presses("-done")
    hanako.does(contact="blocked")
    days_pass(town, 4)
    assert heard(hanako) == []
    assert [row["kind"] for row in town.rows(task)] == ["blocked", "silence"]


def test_nobody_is_reminded_while_a_human_talks_with_them(town: Town) -> None:
    town.staff("sato", 1)
    hanako = half_way(town)
    service.hold(town.engine, town.clock, hanako.conversation["id"], "staff-sato")
    days_pass(town, 20)
    assert heard(hanako) == []
