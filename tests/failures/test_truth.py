"""L1–L7, O1, O2, N1–N4: what was said to be delivered and was not, what came in the wrong order, what nobody wants to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.campaigns.audience import Audience
from backend.campaigns.ladder import PHONE, Ladder, Ladders, Rung
from backend.campaigns.models import approach, outreach
from backend.campaigns.pacing import send_some
from backend.campaigns.restored import silence
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.service import Plan
from backend.cases.models import case
from backend.contacts import rules
from backend.contacts.models import contact
from backend.followups.pulse import beat
from backend.followups.run import run_due
from backend.journal.models import conversation, message, outbox
from backend.journal.outbox import sweep
from backend.messages import Blocked, Temporary, Unknown
from backend.staff.models import notice
from backend.tasks.models import task
from tests.campaigns.field import Town

STORIES = [f"D{n}" for n in range(1, 9)] + [f"L{n}" for n in range(1, 8)] + ["O1", "O2"] + [f"N{n}" for n in range(1, 5)]


def test_L4_last_contact_is_what_was_taken_and_never_what_was_only_tried(town: Town):
    """Elsewhere "last contact" was shown although nothing had been delivered."""
    home = town.household("U1")
    town.ends["U1"] = Temporary("LINE cannot be reached")
    town.begin()
    town.tick()
    assert town.contacts(home) == []
    town.ends["U1"] = Unknown("nobody knows")
    town.clock.move(minutes=10)
    town.deliver()
    assert town.contacts(home) == [("chat", "unknown")]
    assert town.rows(case)[0].first_contact_at is None


def test_L5_nothing_here_is_called_delivered(town: Town):
    """A 200 of the platform means that it took the message."""
    home = town.household("U1")
    town.begin()
    town.tick()
    assert town.states() == ["accepted"] and town.contacts(home) == [("chat", "sent")]
    assert not {"delivered", "read"} & {*rules.RESULTS}
    templates = Path(__file__).parents[2] / "backend/console/templates/campaigns"
    assert not any(re.search("delivered|配信済|既読", page.read_text()) for page in templates.glob("*.html"))


def test_L6_blocked_no_channel_and_nobody_are_three_things(town: Town):
    blocked, without, gone = town.household("U1"), town.household(phone="0944-00-0000"), town.household("U3", status="closed")
    town.ends["U1"] = Blocked()
    id = town.begin()
    town.tick()
    town.tick()
    assert town.contacts(blocked) == [("chat", "blocked")] and "blocked" in town.tasks(blocked)
    assert town.tasks(without) == ["call"] and town.contacts(without) == []
    assert town.campaign(id).counted == 3 and town.count(contact, contact.c.case_id == gone) == 0
    assert [row.state for row in town.rows(approach)] == ["blocked"]


def test_L7_a_worker_that_stopped_is_noticed_and_nothing_is_lost_in_silence(town: Town):
    """Nobody sends for days. What waits too long ends with a task, and after a day away everything automatic asks first."""
    home = town.household("U1")
    town.begin()
    beat(town.engine, town.clock, town.folder, silence)
    run_due(town.engine, town.clock, {LADDER: LadderClock()})
    send_some(town.engine, town.clock, town.shell.words)
    town.clock.move(days=3)
    assert beat(town.engine, town.clock, town.folder, silence) == "asleep"
    sweep(town.engine, town.clock)
    town.deliver()
    assert town.sent == [] and town.queued() == ["failed"]
    assert town.states() == ["planned"] and town.member_of(home).state == "going"


def test_L7_what_nobody_could_send_for_a_day_is_shown(town: Town):
    home = town.household("U1")
    town.begin()
    town.ends["U1"] = Temporary("away")
    town.tick()
    town.clock.move(hours=25)
    sweep(town.engine, town.clock)
    town.deliver()
    assert town.states() == ["expired"] and town.contacts(home) == [("chat", "not_sent")]
    assert [row.kind for row in town.rows(task)] == ["undelivered"]


def test_O1_a_campaigns_message_keeps_its_place_in_the_conversation(town: Town):
    """It goes the outbox's way: one delivery of a conversation at a time, in the order in which they were written."""
    town.household("U1")
    town.begin()
    town.begin(Plan("知らせ", "news", words={"ja": "炊き出しがあります。"}, pace=36_000))
    run_due(town.engine, town.clock, {LADDER: LadderClock()})
    send_some(town.engine, town.clock, town.shell.words)
    town.deliver()
    written = [row.content["text"] for row in town.rows(message)]
    assert [text for _, text in town.sent] == written and len(written) == 2


@pytest.mark.parametrize("address", ["090-1234-5678", "０９０１２３４５６７８", "+81 90 1234 5678", "090 1234 5678"])
def test_O2_one_number_written_in_four_ways_is_one_conversation(town: Town, address: str):
    """Two formats of one contact made two threads, and two agents answered."""
    town.sms = True
    only = Ladders(Ladder((Rung("other", 0), Rung(PHONE, 3))))
    first = town.household(phone="09012345678", district="東")
    town.begin(Plan("東", audience=Audience(districts=("東",)), ladders=only, pace=36_000))
    town.tick()
    town.household(phone=address, district="西")
    town.begin(Plan("西", "news", audience=Audience(districts=("西",)), words={"ja": "x"}, pace=36_000))
    town.begin(Plan("西2", audience=Audience(districts=("西",)), ladders=only, pace=36_000))
    town.tick()
    assert len(town.rows(conversation)) == 1 and first


def test_N1_N2_a_thousand_calls_are_one_notice(town: Town):
    for _ in range(60):
        town.household(phone="0944-00-0000")
    town.begin(Plan("電話", ladders=Ladders(Ladder((Rung(PHONE, 0), Rung("visit", 5)))), pace=36_000))
    for _ in range(5):
        town.tick()
        town.clock.move(minutes=1)
    assert town.count(task) == 60 and town.count(notice) == 1


def test_N3_pushes_are_paid_so_they_are_counted_before_they_go(town: Town):
    """Outside municipal plans every push costs: a budget is kept, and the campaign pauses instead of overdrawing it."""
    for number in range(5):
        town.household(f"U{number}")
    id = town.begin()
    with town.engine.begin() as c:
        c.execute(update(outreach).values(month_pushes=3))
    for _ in range(4):
        town.tick()
        town.clock.move(seconds=10)
    assert len(town.sent) == 3 and (town.campaign(id).state, town.campaign(id).paused_why) == ("paused", "quota")
    town.clock.move(days=31)
    with town.engine.begin() as c:
        c.execute(update(outreach).values(month_pushes=None))
    assert town.count(outbox, outbox.c.state == "accepted") == 3


def test_N4_no_run_has_a_largest_size(town: Town):
    """30,000 a run, elsewhere. Here the pace decides: a run is as long as its households, share by share."""
    for number in range(450):
        town.household(f"U{number:03}")
    town.begin(Plan("全部", pace=36_000))
    for _ in range(12):
        town.tick()
        town.clock.move(seconds=6)
    assert len(town.sent) == 450


def test_every_story_has_a_test_or_a_sentence():
    """The stories of the field that belong to delivery and outreach: none is forgotten."""
    here = Path(__file__).parent
    named = {story for path in here.glob("test_*.py") for name in re.findall(r"def test_((?:[DLNO]\d_)+)", path.read_text())
             for story in name.strip("_").split("_")}
    told = set(re.findall(r"^\*\*([DLNO]\d)", (here / "README.md").read_text(), re.M))
    assert set(STORIES) - named - told == set()
