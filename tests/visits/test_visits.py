"""From the wish for a visit to what came of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from backend import ids
from backend.audit.models import audit
from backend.cases import record
from backend.cases.models import answer, case, support_entry
from backend.clock import in_japan
from backend.conflict import Conflict
from backend.contacts.models import contact
from backend.contacts.rules import AGAIN, NOTED, WORD, WRONG_ADDRESS, WRONG_NUMBER
from backend.followups.models import due
from backend.staff.access import Restricted
from backend.staff.models import notice
from backend.tasks.models import task
from backend.tenants.models import district
from backend.visits import reporting
from backend.visits.models import visit, visit_request
from backend.visits.planning import Decided, WrongVisit, decide, move, of_day, take_off
from backend.visits.reporting import RESULTS, AtTheDoor, WrongReport, report
from backend.visits.waiting import districts, waiting
from tests.campaigns.field import HOME, Town


def today(town: Town) -> date:
    return in_japan(town.clock()).date()


def asks(town: Town, **columns) -> str:
    """A household that asked for a visit; the case's id."""
    home = town.household(**columns)
    with town.engine.begin() as c:
        request = ids.new()
        c.execute(visit_request.insert().values(id=request, tenant_id=HOME, case_id=home, made_at=town.clock(),
                                                due_at=town.clock() + timedelta(days=3), changed_at=town.clock()))
        c.execute(task.insert().values(id=ids.new(), tenant_id=HOME, kind="visit", rank=6, case_id=home, visit_request_id=request,
                                       made_at=town.clock(), due_at=town.clock() + timedelta(days=3)))
    return home


def waits(town: Town, staff=None) -> list:
    with town.engine.connect() as c:
        return waiting(c, staff or town.planner, today(town))


def planned(town: Town, home: str, **more) -> str:
    (id,) = decide(town.engine, town.clock, town.second, more.pop("day", today(town)),
                   [Decided(home, town.planner.id, town.second.id, **more)])
    return id


def told(town: Town, visit_id: str, result: str, key: str = "phone-one", version: int = 1, staff=None, **more) -> str:
    return report(town.engine, town.clock, staff or town.planner, visit_id, AtTheDoor(key, version, result, town.clock(), **more))


def the(town: Town, table, *where):
    (row,) = town.rows(table, *where)
    return row


def test_who_asked_and_who_the_ladder_left_over_wait_together(town):
    asked, left = asks(town), town.household(answers={"household_size": 1, "birth_date": "1940-01-02"})
    with town.engine.begin() as c:
        c.execute(visit.insert().values(id=ids.new(), tenant_id=HOME, case_id=left, why="ladder", made_at=town.clock(), changed_at=town.clock()))
    assert [(one.home.case_id, one.why, one.home.reasons) for one in waits(town)] == [
        (asked, "request", ("asked", "never_met")), (left, "ladder", ("alone_old", "never_met"))]


def test_a_decision_puts_the_home_on_the_day_and_writes_it_down(town):
    home = asks(town)
    id = planned(town, home, from_time="09:30", until_time="12:00", interpreter="en", safety="犬がいる")
    row = the(town, visit)
    assert (row.id, row.state, row.planned_on, row.first_worker, row.second_worker, row.interpreter, row.safety) == (
        id, "planned", today(town), town.planner.id, town.second.id, "en", "犬がいる")
    assert the(town, visit_request).state == "planned" and the(town, task).acked_by == town.second.id
    entry = the(town, support_entry)
    assert town.shell.words.render(record.worded(entry.kind, entry.args), "ja").startswith("訪問の日を")
    assert waits(town) == []
    with town.engine.connect() as c:
        assert [one.id for one in of_day(c, town.planner, today(town), town.planner.id)] == [id]


def test_a_home_that_answered_meanwhile_is_taken_off_the_list_with_its_task(town):
    home, asked = town.household(), asks(town)
    with town.engine.begin() as c:
        for case_id in (home, asked):
            c.execute(visit.insert().values(id=ids.new(), tenant_id=HOME, case_id=case_id, why="ladder", made_at=town.clock(), changed_at=town.clock()))
        c.execute(task.insert().values(id=ids.new(), tenant_id=HOME, kind="visit", topic="ladder", rank=6, case_id=home, made_at=town.clock(), due_at=town.clock()))
    shown = {one.home.case_id: one for one in waits(town)}
    take_off(town.engine, town.clock, town.second, shown[home].home.visit_id, shown[home].version)
    with pytest.raises(Conflict):
        take_off(town.engine, town.clock, town.second, shown[home].home.visit_id, shown[home].version)
    assert the(town, visit, visit.c.case_id == home).state == "cancelled" and the(town, task, task.c.case_id == home).done_by == town.second.id
    assert [row.kind for row in town.rows(support_entry, support_entry.c.case_id == home)] == ["visit"]
    # What they asked for themselves stays.
    take_off(town.engine, town.clock, town.second, shown[asked].home.visit_id, shown[asked].version)
    assert [(one.home.case_id, one.why) for one in waits(town)] == [(asked, "request")]
    assert the(town, task, task.c.case_id == asked).done_at is None


def test_all_or_none_and_the_second_to_decide_is_told(town):
    home, other = asks(town), asks(town)
    planned(town, home)
    with pytest.raises(Conflict):
        decide(town.engine, town.clock, town.planner, today(town), [
            Decided(one, town.planner.id, town.second.id) for one in (other, home)])
    assert [one.home.case_id for one in waits(town)] == [other] and town.count(visit) == 1


@pytest.mark.parametrize(("more", "why"), [
    ({"second": ""}, "two"), ({"second": "same"}, "two"), ({"second": "nobody"}, "worker"), ({"day": -1}, "day"), ({"day": 400}, "day"),
    ({"from_time": "9"}, "time"), ({"from_time": "12:00", "until_time": "09:00"}, "time"), ({"until_time": "09:00"}, "time"),
])
def test_what_cannot_be_is_refused(town, more, why):
    home = asks(town)
    second = {"same": town.planner.id}.get(more.get("second"), more.get("second", town.second.id))
    day = today(town) + timedelta(days=more.get("day", 0))
    times = {name: more[name] for name in ("from_time", "until_time") if name in more}
    with pytest.raises(WrongVisit, match=why):
        decide(town.engine, town.clock, town.planner, day, [Decided(home, town.planner.id, second, **times)])
    assert town.count(visit) == 0


def test_protected_people_are_planned_for_by_their_handlers_and_visited_by_them_alone(town):
    handler, other = town.account("tantou", "caseworker"), town.account("hoka", "caseworker")
    home = asks(town, restricted=True, assigned_to=handler.id)
    assert waits(town, other) == [] and [one.home.case_id for one in waits(town, handler)] == [home]
    with pytest.raises(Restricted):
        decide(town.engine, town.clock, other, today(town), [Decided(home, handler.id, town.second.id)])
    with pytest.raises(WrongVisit, match="protected"):
        decide(town.engine, town.clock, handler, today(town), [Decided(home, handler.id, other.id)])
    (id,) = decide(town.engine, town.clock, handler, today(town), [Decided(home, handler.id, town.second.id)])
    with town.engine.connect() as c:
        assert of_day(c, other, today(town)) == [] and len(of_day(c, handler, today(town))) == 1
    with pytest.raises(Restricted):
        told(town, id, "met", staff=other)


def test_a_visit_is_moved_and_taken_off_and_an_old_page_is_told(town):
    home = asks(town)
    id = planned(town, home)
    later = today(town) + timedelta(days=2)
    move(town.engine, town.clock, town.planner, id, 1, Decided(home, town.second.id, town.planner.id, from_time="13:00"), later)
    assert (the(town, visit).planned_on, the(town, visit).from_time, the(town, visit).version) == (later, "13:00", 2)
    with pytest.raises(Conflict):
        take_off(town.engine, town.clock, town.planner, id, 1)
    take_off(town.engine, town.clock, town.planner, id, 2)
    assert the(town, visit).state == "wanted" and [one.home.visit_id for one in waits(town)] == [id]
    assert planned(town, home, visit_id=id) == id


def test_met_settles_everything(town):
    home = asks(town)
    id = planned(town, home)
    line = told(town, id, "met", note="屋根を見せてもらった", answers={"household_size": "1人", "damage_level": "half", "meals": "?"})
    row = the(town, visit)
    assert (row.state, row.contact_id) == ("done", line)
    assert town.contacts(home) == [("visit", "met")] and the(town, case).first_contact_at == town.clock()
    assert the(town, visit_request).state == "done" and the(town, task, task.c.kind == "visit").done_by == town.planner.id
    assert {one.field: (one.value, one.source) for one in town.rows(answer)} == {
        "household_size": (1, "visit"), "damage_level": ("half", "visit")}
    assert the(town, case).damage_level == "half"
    assert the(town, support_entry, support_entry.c.kind == "contact").text == "屋根を見せてもらった"


def test_nobody_there_goes_back_to_the_homes_that_wait(town):
    home = asks(town)
    told(town, planned(town, home), "card_left")
    assert the(town, visit_request).state == "planned" and the(town, task).done_at is None
    (again,) = waits(town)
    assert (again.home.case_id, again.why, again.home.last_worker, "again" in again.home.reasons) == (home, "again", town.planner.id, True)
    told(town, planned(town, home, visit_id=again.home.visit_id), "met", version=2)
    assert the(town, visit_request).state == "done" and town.contacts(home) == [("visit", "card_left"), ("visit", "met")]


def test_the_next_day_is_a_visit_and_not_a_telephone_call_as_well(town):
    home = asks(town)
    on = today(town) + timedelta(days=3)
    told(town, planned(town, home), "absent", next_on=on)
    (row,) = town.rows(visit, visit.c.state == "planned")
    assert (row.planned_on, row.first_worker, row.why) == (on, town.planner.id, "again")
    assert town.rows(due, due.c.kind == "promise") == [] and the(town, contact).next_on == on


@pytest.mark.parametrize(("result", "state"), [("refused", "declined"), ("moved", "declined"), ("died", "declined"), ("vacant", "declined")])
def test_what_needs_no_further_visit_ends_the_request(town, result, state):
    home = asks(town)
    told(town, planned(town, home), result)
    assert the(town, visit_request).state == state and waits(town) == [] and town.rows(task, task.c.kind == "visit")[0].done_at is not None


def test_a_danger_rings_at_once(town):
    home = asks(town)
    told(town, planned(town, home), "danger", note="返事がなく、中で音がする")
    (red,) = town.rows(task, task.c.kind == "red")
    assert (red.case_id, red.topic) == (home, "visit")
    assert [(one.urgency, one.due_at) for one in town.rows(notice)] == [("red", town.clock())]
    assert town.rows(due, due.c.kind == "task_clock", due.c.subject == red.id)


def test_words_that_sound_like_danger_call_a_human_as_in_the_chat(town):
    told(town, planned(town, asks(town)), "met", answers={"worries": "もう死にたい"})
    assert town.rows(task, task.c.kind.in_(("red", "orange")))


def test_what_cannot_be_read_as_an_answer_is_kept_as_it_was_written_for_a_person(town):
    home = asks(town)
    told(town, planned(town, home), "met", answers={"household_size": "たしか三、四人。孫が週末に来る", "damage_level": "half"})
    entry = next(row for row in town.rows(support_entry) if row.text and "孫" in row.text)
    assert entry.text == "たしか三、四人。孫が週末に来る"
    assert town.shell.words.render(record.worded(entry.kind, entry.args), "ja").startswith("訪問先での答え")
    assert [row.topic for row in town.rows(task, task.c.kind == "check")] == ["unread"]
    assert town.rows(case)[0].damage_level == "half"


def test_danger_in_words_that_are_no_answer_calls_a_human_all_the_same(town):
    told(town, planned(town, asks(town)), "met", answers={"household_size": "もう死にたい"})
    assert town.rows(task, task.c.kind.in_(("red", "orange")))


def test_sent_twice_it_is_one_result(town):
    """N2: the connection broke after the server had it; the telephone sends again."""
    home = asks(town)
    id = planned(town, home)
    assert told(town, id, "met") == told(town, id, "met") == told(town, id, "met", note="もう一度")
    assert town.contacts(home) == [("visit", "met")] and town.count(visit) == 1


def test_what_was_changed_since_is_not_written_over(town):
    home = asks(town)
    id = planned(town, home)
    told(town, id, "met", key="the-other-phone", note="会えた", staff=town.second)
    with pytest.raises(Conflict) as shown:
        told(town, id, "absent", key="this-telephone")
    assert shown.value.now["result"] == "met" and shown.value.now["note"] == "会えた"
    assert town.contacts(home) == [("visit", "met")]


def test_who_stood_there_on_a_day_that_was_moved_meanwhile_is_shown_the_new_one(town):
    """The telephone had no connection: it knows the visit as it was in the morning."""
    home = asks(town)
    id = planned(town, home)
    tomorrow = today(town) + timedelta(days=1)
    move(town.engine, town.clock, town.second, id, 1, Decided(home, town.planner.id, town.second.id), tomorrow)
    with pytest.raises(Conflict) as shown:
        told(town, id, "absent")
    assert shown.value.now["state"] == "planned" and shown.value.now["planned_on"] == tomorrow
    assert told(town, id, "absent", version=2) and town.contacts(home) == [("visit", "absent")]


@pytest.mark.parametrize("more", [
    {"result": "sent"}, {"result": "word"}, {"key": "short"}, {"result": "died", "next_on": 3}, {"next_on": -1}, {"next_on": 400},
])
def test_what_cannot_be_told_is_refused(town, more):
    id = planned(town, asks(town))
    on = today(town) + timedelta(days=more["next_on"]) if "next_on" in more else None
    with pytest.raises(WrongReport):
        told(town, id, more.get("result", "met"), more.get("key", "phone-one"), next_on=on)
    assert town.count(contact) == 0 and the(town, visit).state == "planned"


def test_the_results_at_a_door_are_results_of_the_log():
    assert set(RESULTS) == set(NOTED) - {"answered", WORD, AGAIN, WRONG_NUMBER, WRONG_ADDRESS}
    assert set(reporting.OVER) | reporting.AGAIN <= set(RESULTS)


def test_nothing_of_anybody_stands_in_the_trail(town):
    home = asks(town, name="佐藤 花")
    told(town, planned(town, home, safety="佐藤さんの犬"), "met", note="佐藤さんは元気")
    with town.engine.connect() as c:
        assert "佐藤" not in str([row.detail for row in c.execute(select(audit))])


def test_where_homes_wait_is_counted_as_far_as_they_are_few(town, monkeypatch):
    """Beyond that every district can be chosen, without a figure."""
    for place in ("東", "東", "西"):
        asks(town, district=place)
    with town.engine.begin() as c:
        c.execute(insert(district), [{"id": ids.new(), "tenant_id": HOME, "name": name} for name in ("東", "西", "南")])
    with town.engine.connect() as c:
        assert districts(c, town.planner) == [("東", 2), ("西", 1)]
        monkeypatch.setattr("backend.visits.waiting.MOST_COUNTED", 2)
        assert sorted(districts(c, town.planner)) == [("南", None), ("東", None), ("西", None)]
