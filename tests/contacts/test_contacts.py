"""The contact log: what counts as a contact, as a sign of life, as a refusal, and what becomes of an agreed day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.audit.models import audit
from backend.campaigns.facts import gather
from backend.campaigns.models import member
from backend.campaigns.watching import WATCHING, Watching, ensure, next_morning
from backend.cases.models import case, support_entry
from backend.cases.record import worded
from backend.clock import in_japan
from backend.contacts import rules
from backend.contacts.models import contact
from backend.contacts.service import Told, WrongContact, keep, note, of_case
from backend.followups.models import due
from backend.followups.run import run_due
from backend.journal.models import conversation
from backend.people import service as people
from backend.staff.access import NotForYou, Restricted
from backend.staff.models import notice
from backend.tasks.models import task
from tests.campaigns.field import HOME, Town


@pytest.fixture
def town(engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(engine)
    return Town(engine, clock, tmp_path)


def told(town: Town, case_id: str, result: str, channel: str = "phone", **more) -> str:
    return note(town.engine, town.clock, town.second, case_id, Told(channel, result, town.clock(), **more))


@pytest.mark.parametrize(("direction", "result", "life", "first"), [
    ("out", "sent", False, False), ("out", "unknown", False, False), ("out", "blocked", False, False),
    ("out", "absent", False, False), ("out", "card_left", False, False), ("out", "vacant", False, False),
    ("out", "met", True, True), ("out", "answered", True, True), ("out", "refused", True, True), ("in", "word", True, False),
    ("out", "died", False, False), ("in", "died", False, False), ("out", "moved", False, False), ("in", "answered", True, True),
    ("out", "wrong_number", False, False), ("out", "unsafe", False, False), ("in", "danger", True, True), ("out", "danger", False, False),
])
def test_what_a_result_means(direction, result, life, first):
    """A "read" mark does not exist as a result at all, so it can be no sign of life."""
    assert (rules.is_life(direction, result), rules.is_first_contact(direction, result)) == (life, first)


def test_there_is_no_result_called_read():
    """SF-16: a read mark is not a sign of life."""
    assert not {"read", "delivered", "seen"} & set(rules.RESULTS)
    assert set(rules.MACHINE) | set(rules.NOTED) == set(rules.RESULTS) and not set(rules.MACHINE) & set(rules.NOTED)


def test_the_first_contact_is_the_earliest_however_late_it_is_written_down(town):
    home = town.household()
    told(town, home, "met")
    note(town.engine, town.clock, town.second, home, Told("visit", "met", town.clock() - timedelta(days=5)))
    note(town.engine, town.clock, town.second, home, Told("visit", "absent", town.clock() - timedelta(days=9)))
    (row,) = town.rows(case)
    assert row.first_contact_at == town.clock() - timedelta(days=5)
    with town.engine.connect() as c:
        assert [one["result"] for one in of_case(c, home)] == ["met", "met", "absent"]


def test_a_line_that_was_taken_from_something_is_written_once(town):
    home = town.household()
    with town.engine.begin() as c:
        some = [keep(c, tenant_id=HOME, case_id=home, channel="chat", direction="out", result="sent", at=town.clock(),
                     made_at=town.clock(), source="approach-1") for _ in range(3)]
    assert [bool(one) for one in some] == [True, False, False] and town.count(contact) == 1


def test_what_was_noted_is_in_the_trail_without_the_note(town):
    home = town.household()
    told(town, home, "absent", note="娘さんの電話は 090-0000-0000")
    with town.engine.connect() as c:
        row = c.execute(select(audit).where(audit.c.action == "contact.noted")).one()
    assert (row.staff_id, row.object_id, row.detail) == (town.second.id, home, {"channel": "phone", "result": "absent"})


def test_a_noted_contact_stands_in_the_support_record(town):
    home = town.household()
    told(town, home, "card_left", "visit", note="隣の人は元気だと言う")
    (row,) = town.rows(support_entry)
    assert (row.case_id, row.kind, row.text, row.staff_id) == (home, "contact", "隣の人は元気だと言う", town.second.id)
    assert town.shell.words.render(worded(row.kind, row.args), "ja") == "連絡（訪問）：不在・不在票を置いた"


def test_what_is_restricted_or_elsewhere_is_noted_by_nobody_else(town, make_tenant):
    shut = town.household(restricted=True)
    with pytest.raises(Restricted):
        note(town.engine, town.clock, town.planner, shut, Told("phone", "met", town.clock()))
    with pytest.raises(NotForYou):
        note(town.engine, town.clock, town.second, "somewhere-else", Told("phone", "met", town.clock()))
    assert town.count(contact) == 0


@pytest.mark.parametrize("what", [
    {"result": "sent"}, {"channel": "pigeon"}, {"at": timedelta(days=1)}, {"at": timedelta(days=-400)},
    {"next_on": -1}, {"next_on": 400},
])
def test_what_cannot_be_is_refused(town, what):
    home = town.household()
    on = (in_japan(town.clock()).date() + timedelta(days=what["next_on"])) if "next_on" in what else None
    at = town.clock() + what.get("at", timedelta(0))
    with pytest.raises(WrongContact):
        note(town.engine, town.clock, town.second, home, Told(what.get("channel", "phone"), what.get("result", "met"), at, "", on))


def test_what_was_agreed_on_becomes_a_call_on_that_day(town):
    home = town.household()
    told(town, home, "answered", next_on=date(2026, 7, 9))
    town.days(2)
    assert town.tasks(home) == []
    town.clock.move(days=1)
    town.tick()
    (row,) = town.rows(task)
    assert (row.kind, row.topic, in_japan(row.due_at).date()) == ("call", "promised", date(2026, 7, 9))


def test_whoever_was_quicker_needs_no_call(town):
    home = town.household()
    told(town, home, "answered", next_on=date(2026, 7, 9))
    town.clock.move(days=3)  # the worker was away in the morning, and somebody was there in person
    told(town, home, "met", "visit")
    town.tick()
    assert town.tasks(home) == []


def test_a_later_promise_takes_the_place_of_an_earlier_one(town):
    home = town.household()
    told(town, home, "answered", next_on=date(2026, 7, 8))
    told(town, home, "answered", next_on=date(2026, 7, 20))
    town.days(10)
    assert town.tasks(home) == []
    town.days(6)
    assert town.tasks(home) == ["call"]


def test_a_refusal_holds_until_they_say_otherwise(town):
    home = town.household()

    def refused() -> bool:
        with town.engine.connect() as c:
            return gather(c, [home])[home].household(town.clock(), sms=False).refused

    assert not refused()
    told(town, home, "refused")
    assert refused()
    town.clock.move(days=1)
    told(town, home, "met")
    assert refused()
    town.clock.move(days=1)
    told(town, home, "again")
    assert not refused()
    town.clock.move(days=1)
    told(town, home, "refused")
    assert refused()


# --- monthly watching over (見守り) ---------------------------------------------------------------------------------


def mornings(town: Town, count: int) -> None:
    with town.engine.begin() as c:
        ensure(c, town.clock())
        ensure(c, town.clock())
    for _ in range(count):
        run_due(town.engine, town.clock, {WATCHING: Watching()})
        town.clock.set(next_morning(town.clock()))


def test_categories_three_and_four_are_called_on_every_month(town):
    before = {"opened_at": town.clock() - timedelta(days=60)}
    watched = [town.household(category=number, **before) for number in (3, 4)]
    others = [town.household(category=number, **before) for number in (1, 2, None)]
    met = town.household(category=4, **before)
    gone = town.household(category=4, **before)
    closed = town.household(category=4, status="closed", **before)
    fresh = town.household(category=4)
    told(town, met, "met")
    told(town, gone, "refused")
    mornings(town, 3)
    assert [town.tasks(home) for home in watched] == [["call"], ["call"]]
    assert all(town.tasks(home) == [] for home in (*others, met, gone, closed, fresh))
    assert {row.topic for row in town.rows(task)} == {"watching"}
    mornings(town, 28)
    assert town.tasks(met) == ["call"] and town.tasks(watched[0]) == ["call"] and town.tasks(fresh) == ["call"]
    assert town.count(due, due.c.kind == WATCHING) == 1


def test_nobody_is_put_on_the_list_on_a_sunday(town):
    home = town.household(category=3, opened_at=town.clock() - timedelta(days=60))
    town.clock.move(days=6)
    mornings(town, 1)
    assert town.tasks(home) == []
    mornings(town, 1)
    assert town.tasks(home) == ["call"]


def test_a_danger_that_somebody_notes_rings_like_one_in_the_chat(town):
    home = town.household()
    told(town, home, "danger", note="電話の向こうで倒れる音がした")
    (red,) = town.rows(task, task.c.kind == "red")
    assert (red.case_id, red.topic, red.rank) == (home, "noted", 0)
    assert [(one.staff_id, one.urgency, one.due_at) for one in town.rows(notice)] == [(town.planner.id, "red", town.clock())]
    assert town.rows(due, due.c.kind == "task_clock", due.c.subject == red.id)


def test_whoever_moved_is_asked_after_and_not_given_up(town):
    home = town.household("U1")
    town.begin()
    told(town, home, "moved")
    told(town, home, "moved")
    assert [(row.kind, row.topic) for row in town.rows(task, task.c.case_id == home)] == [("check", "moved")]
    town.days(12)
    assert [text[:4] for _, text in town.sent] and town.tasks(home) == ["check", "meeting"]
    (row,) = town.rows(case)

    def moved() -> bool:
        with town.engine.connect() as c:
            return gather(c, [home])[home].household(town.clock(), sms=False).moved

    assert moved()
    with town.engine.begin() as c:
        people.write(c, row.person_id, {"current_address": "となり市本町5"}, source="console", by=town.second.id, at=town.clock())
    assert not moved()


def test_after_a_death_the_software_says_nothing_and_a_person_looks_to_those_who_are_left(town):
    home = town.household("U1")
    town.begin()
    told(town, home, "died", "visit")
    town.days(20)
    assert town.sent == [] and [row.topic for row in town.rows(task)] == ["died"]
    assert [row.quiet for row in town.rows(conversation)] == [True]
    assert town.rows(member)[0].reason == "died"


def test_the_answer_to_a_posted_letter_came_in_and_is_no_second_approach(town):
    """Omuta's tables count approaches until the first contact: a letter and its answer are one."""
    home, other = town.household(), town.household()
    with town.engine.begin() as c:
        keep(c, tenant_id=HOME, case_id=home, channel="letter", direction="out", result="sent", at=town.clock(), made_at=town.clock())
    for case_id in (home, other):
        told(town, case_id, "answered", "letter")
    assert [row.direction for row in town.rows(contact, contact.c.case_id == home)] == ["out", "in"]
    assert [row.direction for row in town.rows(contact, contact.c.case_id == other)] == ["out"]  # noted by hand, the only line of both
    assert all(row.first_contact_at for row in town.rows(case))


def test_a_letter_that_came_back_by_hand_is_a_wrong_address_and_no_sign_of_life(town):
    home = town.household()
    town.begin()
    town.tick()
    assert town.tasks(home) == ["letter"]
    told(town, home, "wrong_address", "letter")
    town.tick()
    assert town.tasks(home) == ["letter", "check", "visit"] and town.rows(case)[0].first_contact_at is None


def test_whoever_may_be_written_to_again_after_a_refusal_is_watched_over_again(town):
    home = town.household(category=4, opened_at=town.clock() - timedelta(days=60))
    told(town, home, "refused")
    mornings(town, 30)
    assert town.tasks(home) == []
    told(town, home, "again")
    mornings(town, 27)
    assert town.tasks(home) == []
    mornings(town, 4)
    assert town.tasks(home) == ["call"]
