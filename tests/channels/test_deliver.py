"""The sending loop: everything leased is marked, at the channel's pace, and one bad send stops nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from backend.messages import (
    Accepted,
    Delivery,
    Incoming,
    OutMessage,
    SendResult,
    Temporary,
    Throttled,
    Unknown,
)
from backend.settings import Settings
from bots.channels import paces
from bots.deliver import Sender
from bots.line.draw import CAPABILITIES
from bots.pace import Bucket, Pace


def delivery(number: int, channel: str = "line", address: str = "") -> Delivery:
    return Delivery(number, channel, address or f"U{number}", (OutMessage("はい", "ja"),), f"out-{number}")


@dataclass
class Outbox:
    """What waits, and how each ended; leases like the real one, without a database."""

    waiting: list[Delivery]
    ended: dict[int, SendResult] = field(default_factory=dict)
    leases: list[int] = field(default_factory=list)

    def lease(self, limit: int) -> list[Delivery]:
        self.leases.append(limit)
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def mark(self, results: Sequence[tuple[Delivery, SendResult]]) -> None:
        for one, result in results:
            assert one.id not in self.ended, "marked twice"
            self.ended[one.id] = result


@dataclass
class Channel:
    """A channel whose sends take as long as a gate stays shut, or raise."""

    gate: asyncio.Event | None = None
    bad: tuple[int, ...] = ()
    under_way: int = 0
    most: int = 0
    name: str = "line"
    capabilities: Any = CAPABILITIES

    def parse(self, body: bytes) -> Incoming:
        return Incoming(None)

    async def send(self, one: Delivery) -> SendResult:
        if one.id in self.bad:
            raise KeyError("山田 花子")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if self.gate:
            await self.gate.wait()
        await asyncio.sleep(0)
        self.under_way -= 1
        return Accepted(str(one.id))

    async def close(self) -> None:
        return None


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not true():  # noqa: ASYNC110  a list tells nobody
            await asyncio.sleep(0.001)


async def test_everything_that_is_due_is_sent_and_marked() -> None:
    outbox = Outbox([delivery(n) for n in range(1, 1001)])
    sender = Sender({"line": Channel()}, outbox.lease, outbox.mark, at_once=64)
    assert await sender.once() == 1000
    assert outbox.ended == {n: Accepted(str(n)) for n in range(1, 1001)}


async def test_the_loop_sends_until_it_is_told_to_stop_and_then_ends_what_it_began() -> None:
    channel, stop = Channel(asyncio.Event()), asyncio.Event()
    outbox = Outbox([delivery(n) for n in range(1, 301)])
    running = asyncio.create_task(Sender({"line": channel}, outbox.lease, outbox.mark, at_once=100).run(stop))
    await soon(lambda: channel.under_way == 100)
    stop.set()
    assert channel.gate is not None
    channel.gate.set()
    await running
    assert channel.most == 100 and len(outbox.ended) == 100 and len(outbox.waiting) == 200


async def test_the_loop_finds_what_comes_later() -> None:
    channel, stop, outbox = Channel(), asyncio.Event(), Outbox([])
    running = asyncio.create_task(Sender({"line": channel}, outbox.lease, outbox.mark).run(stop))
    await soon(lambda: bool(outbox.leases))
    outbox.waiting.append(delivery(7))
    await soon(lambda: 7 in outbox.ended)
    stop.set()
    await running


async def test_one_send_that_fails_in_our_own_code_is_uncertain_and_stops_nobody(
        caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox([delivery(n) for n in (1, 2, 3)])
    await Sender({"line": Channel(bad=(2,))}, outbox.lease, outbox.mark).once()
    assert isinstance(outbox.ended[2], Unknown) and isinstance(outbox.ended[3], Accepted)
    assert caplog.messages == ["send on line failed: KeyError"]


async def test_an_entry_of_a_channel_that_is_not_here_waits() -> None:
    outbox = Outbox([delivery(1, "fax")])
    await Sender({"line": Channel()}, outbox.lease, outbox.mark).once()
    assert isinstance(outbox.ended[1], Temporary)


async def test_what_would_wait_too_long_goes_back_and_makes_room() -> None:
    outbox = Outbox([delivery(n, address="U1") for n in range(1, 9)])
    pace = Pace(rate=1000, burst=1000, per_person=0.1, person_burst=2)
    await Sender({"line": Channel()}, outbox.lease, outbox.mark, {"line": pace}).once()
    assert [type(r) for r in outbox.ended.values()].count(Accepted) == 2
    waits = [r.after for r in outbox.ended.values() if isinstance(r, Throttled)]
    assert len(waits) == 6 and all(5 < wait <= 10 for wait in waits)


def test_a_bucket_lets_a_burst_through_and_then_keeps_the_rate() -> None:
    bucket, now, sent = Bucket(rate=10, burst=5), 100.0, []
    for _ in range(25):
        now += bucket.wait(now)
        bucket.take(now)
        sent.append(now)
    assert sent[:5] == [100.0] * 5
    assert all(round(b - a, 6) == 0.1 for a, b in pairwise(sent[5:]))
    for start in sent:
        assert sum(start <= at < start + 1 for at in sent) <= 15


def test_one_persons_pace_does_not_slow_down_another() -> None:
    pace = Pace(rate=1000, burst=100, per_person=1.0, person_burst=1)
    pace.take("hanako", 0.0)
    assert pace.wait("hanako", 0.0) == 1.0 and pace.wait("taro", 0.0) == 0.0 and pace.wait("hanako", 1.0) == 0.0


def test_people_who_are_free_again_are_forgotten() -> None:
    pace = Pace(rate=1e9, burst=1e9, per_person=1.0)
    for number in range(25_000):
        pace.take(str(number), float(number))
    assert len(pace._people) <= 10_002


def test_line_is_written_to_at_the_rate_that_it_accepts():
    assert paces(Settings())["line"] == Pace(rate=2000, burst=200)
    slower = paces(Settings(line_per_second=50))["line"]
    for _ in range(5):
        slower.take("U1", 0.0)
    assert slower.wait("U2", 0.0) == pytest.approx(0.02)
