"""D1–D8: messages that went out twice, to the wrong people, or for ever. Each test is named after its story."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.campaigns import ladder as ladders
from backend.campaigns import service
from backend.campaigns.ladder import PHONE, Ladder, Ladders, Rung
from backend.campaigns.models import approach, member
from backend.campaigns.pacing import send_some
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.service import Plan
from backend.conflict import Conflict
from backend.contacts.service import Told, note
from backend.followups.run import run_due
from backend.jobs.models import job
from backend.messages import Refused, Unknown
from tests.campaigns.field import Town


def test_D1_a_changed_reminder_changes_nothing_that_is_on_its_way(town: Town, monkeypatch):
    """A new rule for reminders sent them to everybody, and an apology followed. Here a campaign keeps the ladder and the
    words it was approved with, it cannot be edited once it runs, and one switch stops it."""
    home = town.household("U1")
    id = town.begin()
    town.tick()
    with pytest.raises(Conflict):
        service.change(town.engine, town.clock, town.planner, id, Plan("別の内容"), town.campaign(id).version)
    every_day = Ladder((Rung("chat", 0),) + (Rung("remind", 1),) * 10)
    monkeypatch.setattr(ladders, "STANDARD", every_day)
    monkeypatch.setattr(ladders, "USUAL", Ladders(every_day))
    town.days(20)
    assert len(town.sent) == 2 and "call" not in town.tasks(home)


def test_D2_whoever_was_heard_under_another_record_is_not_reminded(town: Town):
    """The one came by chat, the other with a list, with the same name and telephone. Neighbours who share a telephone are
    two households: the silent one is not given up because the other one answered."""
    town.sms = True
    chat = town.household("U1", phone="090-5555-0001", name="田中 一郎")
    town.writes(chat)
    listed = town.household(phone="090 5555 0001", name="田中　一郎", origin="import")
    refusing = town.household("U3", phone="090-5555-0002", name="佐藤 花")
    note(town.engine, town.clock, town.second, refusing, Told("phone", "refused", town.clock()))
    again = town.household(phone="090-5555-0002", name="佐藤花", origin="import")
    talkative = town.household("U5", phone="090-5555-0003", name="隣の 人")
    town.writes(talkative)
    silent = town.household(phone="090-5555-0003", name="中村 実", origin="import")
    town.clock.move(days=2)
    plan = Plan("名簿", audience=service.Audience(origins=("import",)), ladders=Ladders(Ladder((Rung("other", 0), Rung(PHONE, 3)))), pace=36_000)
    town.begin(plan)
    town.days(1)
    assert [address for address, _ in town.sent] == ["+819055550003"]
    assert [town.member_of(home).reason for home in (listed, again)] == ["same_person"] * 2
    town.days(10)
    assert town.tasks(listed) == [] == town.tasks(again) and town.tasks(silent) == ["call"]


def test_D3_what_has_no_status_is_shown_and_a_bad_number_is_not_tried_for_ever(town: Town):
    town.household("U1")
    town.household("U2")
    town.ends |= {"U1": Unknown("time-out"), "U2": Refused("push 400")}
    only = Ladders(Ladder((Rung("chat", 0), Rung(PHONE, 20))))
    town.begin(Plan("一度だけ", ladders=only, pace=36_000))
    town.days(5)
    assert town.sent == [] and Counter(town.queued()) == {"unknown": 1, "failed": 1}
    assert Counter(town.states()) == {"unknown": 1, "failed": 1}


def test_D4_listed_in_two_ways_is_told_once(town: Town):
    """In a group and by name, or in two groups: filters overlap, lists are brought in twice, the job is done again."""
    home = town.household("U1", district="中央", damage_level="total")
    first = town.begin(Plan("中央区", audience=service.Audience(districts=("中央",)), pace=36_000))
    town.begin(Plan("全壊の世帯", audience=service.Audience(damage=("total",)), pace=36_000))
    with town.engine.begin() as c:
        c.execute(job.update().values(state="waiting", detail={"campaign": first, "after": "", "enrolled": 0}))
    town.enrol()
    town.tick()
    town.tick()
    assert [address for address, _ in town.sent] == ["U1"]
    assert town.count(member, member.c.case_id == home) == 1


def test_D5_pressing_begin_twice_begins_once(town: Town):
    town.household("U1")
    id = service.draw_up(town.engine, town.clock, town.planner, Plan("夏", pace=36_000))

    def press(_) -> str:
        try:
            return service.ask(town.engine, town.clock, town.planner, id, 1, 1)
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["conflict", "conflict", "conflict", "running"]
    town.enrol()
    town.tick()
    town.tick()
    assert len(town.sent) == 1 and town.count(job) == 1


def test_D6_four_days_of_a_busy_worker_are_one_copy(town: Town):
    """39 to 42 copies over four days, elsewhere. Several workers look at everything again and again."""
    for number in range(6):
        town.household(f"U{number}")
    town.begin(Plan("一度だけ", ladders=Ladders(Ladder((Rung("chat", 0), Rung(PHONE, 30)))), pace=36_000))

    def worker(_) -> None:
        for _ in range(3):
            run_due(town.engine, town.clock, {LADDER: LadderClock()})
            send_some(town.engine, town.clock, town.shell.words)

    for _ in range(8):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(worker, range(3)))
        town.deliver()
        town.clock.move(hours=12)
    assert Counter(address for address, _ in town.sent) == {f"U{number}": 1 for number in range(6)}


def test_D8_check_and_record_are_one_thing(town: Town):
    """Two schedulers that both found "not sent yet": the unique key of the database decides, no look before."""
    for number in range(30):
        town.household(f"U{number:02}")
    town.begin()
    chance = random.Random(8)

    def scheduler(_) -> None:
        for _ in range(8):
            run_due(town.engine, town.clock, {LADDER: LadderClock()}, limit=chance.randint(1, 9))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(scheduler, range(3)))
    while run_due(town.engine, town.clock, {LADDER: LadderClock()}):
        pass
    rows = town.rows(approach)
    assert len(rows) == 30 == len({(row.campaign_id, row.person_id, row.step) for row in rows})
    assert all(row.planned_at - town.clock() <= timedelta(0) for row in rows)
