"""One switch: everything automatic stops, also in the middle of a campaign; what a person says or asks still goes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import orjson
import pytest
from sqlalchemy import insert, select

from backend import crypto
from backend.audit.models import audit
from backend.campaigns import switch
from backend.campaigns.calling_back import HELD, tell_held
from backend.campaigns.models import member
from backend.campaigns.pacing import send_some
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.service import Plan
from backend.conversations import service as conversations
from backend.conversations.post import post
from backend.followups.models import due
from backend.followups.plan import TOLD
from backend.followups.run import remind, run_due
from backend.followups.silence import AUTOMATIC
from backend.journal.batch import Batch
from backend.journal.models import conversation, inbox
from backend.journal.outbox import lease, mark
from backend.messages import Accepted, OutMessage, Temporary
from backend.tasks.models import task
from bots.deliver import Sender
from tests.campaigns.field import HOME, Town
from tests.journal.field import CAPABILITIES


def many(town: Town, count: int) -> None:
    for number in range(count):
        town.household(f"U{number:04}")
    town.begin(Plan("全世帯", pace=36_000))
    while run_due(town.engine, town.clock, {LADDER: LadderClock()}):
        pass


def queue(town: Town, times: int) -> None:
    for _ in range(times):
        send_some(town.engine, town.clock, town.shell.words)
        town.clock.move(seconds=6)


async def test_it_stops_in_the_middle_of_sending_within_seconds(town):
    """Deliveries of a running sender: what it holds ends, the rest never goes out."""
    many(town, 150)
    queue(town, 3)
    assert town.queued().count("pending") == 150

    class Slow:
        name, capabilities, sent = "line", CAPABILITIES["line"], []

        async def send(self, delivery):
            self.sent.append(delivery.address)
            if len(self.sent) == 20:
                await asyncio.to_thread(switch.stop, town.engine, town.clock, town.second)
                pressed.set()
            elif len(self.sent) > 20:
                await pressed.wait()  # under way while the switch is pressed, however long the database takes for that
            return Accepted("r")

        async def close(self): ...

    slow, stop, pressed = Slow(), asyncio.Event(), asyncio.Event()
    take = partial(lease, town.engine, town.clock, channels={"line": CAPABILITIES["line"]})
    running = asyncio.create_task(Sender({"line": slow}, take, partial(mark, town.engine, town.clock), at_once=16).run(stop))
    async with asyncio.timeout(300):
        await pressed.wait()
        while {"pending", "sending"} & set(town.queued()):  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    stop.set()
    await running
    assert 20 <= len(slow.sent) < 20 + 16
    for _ in range(3):
        town.clock.move(minutes=1)
        town.tick()
    assert len(slow.sent) + len(town.sent) <= 36


def test_what_was_called_back_goes_out_once_after_the_release(town):
    many(town, 60)
    queue(town, 1)
    town.deliver(20)
    back = switch.stop(town.engine, town.clock, town.second)
    assert back == 30 and len(town.sent) == 20
    town.days(1)
    assert len(town.sent) == 20
    assert switch.release(town.engine, town.clock, HOME, town.second.id)
    town.days(1, step=0.1)
    assert sorted(address for address, _ in town.sent) == [f"U{number:04}" for number in range(60)]
    assert town.states() == ["accepted"] * 60


def test_one_that_was_tried_may_have_arrived_and_is_not_sent_again(town):
    many(town, 1)
    queue(town, 1)
    town.ends["U0000"] = Temporary("timed out")
    town.deliver()
    switch.stop(town.engine, town.clock, town.second)
    town.ends.clear()
    switch.release(town.engine, town.clock, HOME, town.second.id)
    town.days(1)
    assert town.sent == [] and town.states() == ["unknown"]


def test_people_are_answered_and_danger_is_told_all_the_same(town):
    """Decision: the switch is for what nobody asked for. Replies, staff and danger go on."""
    home = town.household("U1")
    switch.stop(town.engine, town.clock, town.second)
    (row,) = town.rows(conversation)
    with town.engine.begin() as c:
        batch = Batch(c, town.clock())
        for kind, key in (("crisis", "truth-1"), ("plain", "event-77")):
            post(batch, dict(row._mapping), [(OutMessage("119", "ja", kind), None)], key=key)
        batch.flush()
        c.execute(insert(inbox).values(id=77, conversation_id=row.id, channel="line", event_id="e", happened_at=town.clock(),
                                       received_at=town.clock(), body=b"", done_at=town.clock()))
    conversations.reply(town.engine, town.clock, row.id, town.second.id, "明日うかがいます。")
    assert switch.call_back_again(town.engine, town.clock) == 0
    town.deliver()
    assert [text for _, text in town.sent] == ["119", "119", "明日うかがいます。"] and home


@pytest.mark.parametrize("prefix", AUTOMATIC)
def test_reminders_wait_wherever_they_are(town, prefix):
    """Due, stored as an event, or answered by a turn and queued: none of them goes out; what was not said yet is later."""
    for number in range(3):
        town.household(f"U{number}")
    rows = town.rows(conversation)
    sealed = crypto.ring().seal(orjson.dumps({"elapsed": "first"}), "inbox.body")
    with town.engine.begin() as c:
        c.execute(insert(due).values(kind="reminder", subject=rows[0].id, due_at=town.clock(), detail={"reminder": "first"}))
        for number, (row, done) in enumerate(((rows[1], None), (rows[2], town.clock()))):
            c.execute(insert(inbox).values(id=50 + number, conversation_id=row.id, channel="clock", event_id=f"{prefix}{number}:0",
                                           happened_at=town.clock(), received_at=town.clock(), body=sealed, done_at=done))
        batch = Batch(c, town.clock())
        post(batch, dict(rows[2]._mapping), [(OutMessage("お変わりありませんか。", "ja"), None)], key="event-51")
        batch.flush()
    handlers = {"reminder": remind, HELD: tell_held}
    switch.stop(town.engine, town.clock, town.second)
    run_due(town.engine, town.clock, handlers)
    town.deliver()
    assert town.sent == []
    assert sorted(row.kind for row in town.rows(due)) == ["held", "reminder"]
    assert "first" not in str([row.detail for row in town.rows(due, due.c.kind == "held")])
    assert [(row.kind, row.conversation_id) for row in town.rows(task)] == [("silence", rows[2].id)]
    assert town.count(inbox, inbox.c.done_at.is_(None)) == 0
    switch.release(town.engine, town.clock, HOME, None)
    town.clock.move(minutes=6)
    run_due(town.engine, town.clock, handlers)
    waiting = town.rows(inbox, inbox.c.done_at.is_(None))
    assert {row.conversation_id for row in waiting} == {rows[0].id, rows[1].id} and town.rows(due, due.c.kind != TOLD) == []
    assert all(orjson.loads(crypto.ring().open(row.body, "inbox.body")) == {"elapsed": "first"} for row in waiting)


def test_while_all_is_stopped_nobody_moves_up_the_ladder(town):
    """No telephone call and no visit is asked for either: nobody could have answered a message that was held."""
    town.household("U1")
    town.household()
    town.begin()
    switch.stop(town.engine, town.clock, town.second)
    before = [(one.place, one.state) for one in town.rows(member)]
    town.days(40)
    assert [(one.place, one.state) for one in town.rows(member)] == before and not town.rows(task) and town.sent == []
    switch.release(town.engine, town.clock, HOME, town.second.id)
    town.days(40)
    assert [(one.place, one.state) for one in town.rows(member)] != before and town.rows(task)


def test_whoever_stops_while_others_queue_leaves_nothing_behind(town):
    """Two hands at once: whatever was queued before the switch is called back by it, and nothing is queued after it."""
    many(town, 120)

    def queue_on(_):
        return sum(send_some(town.engine, town.clock, town.shell.words) for _ in range(3))

    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(queue_on, n) for n in range(2)]
        stopping = pool.submit(switch.stop, town.engine, town.clock, town.second)
        [one.result() for one in (*working, stopping)]
    assert town.queued().count("pending") == 0
    town.deliver()
    assert town.sent == [] and set(town.states()) == {"planned"}


def test_the_neighbours_go_on(town, make_tenant):
    other = make_tenant(town.engine, "tonari")
    switch.stop(town.engine, town.clock, town.second)
    with town.engine.connect() as c:
        assert switch.standing(c, HOME)["stopped_why"] == "staff"
        assert switch.standing(c, other)["stopped_at"] is None and switch.standing(c, other)["weekly_cap"] == 2


def test_who_stopped_and_who_released_stays_written(town):
    switch.stop(town.engine, town.clock, town.second)
    assert switch.release(town.engine, town.clock, HOME, town.second.id)
    assert not switch.release(town.engine, town.clock, HOME, town.second.id)
    with town.engine.connect() as c:
        rows = c.execute(select(audit.c.action, audit.c.staff_id).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [("outreach.stopped", town.second.id), ("outreach.released", town.second.id)]
