"""The sending loop: lease what is due, send it at the channel's pace, mark how it ended.

Order within one conversation is the lease's business (it hands out one entry each); HTTP happens outside any
transaction. Nothing is decided here about retries: the typed result says what happened and `mark` writes it down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from backend.messages import Channel, Delivery, SendResult, Temporary, Throttled, Unknown
from bots.pace import Pace

log = logging.getLogger("tsunagi.deliver")

Lease: TypeAlias = Callable[[int], Sequence[Delivery]]
Mark: TypeAlias = Callable[[Sequence[tuple[Delivery, SendResult]]], None]

AT_ONCE = 256
"""Sends under way together: 2,000 a second at 100 ms each need 200."""

LONGEST_WAIT = 2.0
"""Seconds an entry may wait for its turn in memory. Longer ones go back to the outbox and make room for others."""

IDLE = 0.02
"""Seconds between looks at an empty outbox."""

TOGETHER, TOGETHER_IN_A_SURGE = 0.01, 0.03
"""Seconds that a result waits for others, so that they are written down in one transaction."""

SURGE = 16
"""Sends under way from which on a transaction saved is worth more than those milliseconds."""

LAST_SENDS = 15.0
"""Seconds that sends under way get to end when the worker is told to stop; longer than any send's time-out."""


class Sender:
    """Sends what `lease(limit)` hands out, over `channels`; both `lease` and `mark` are called in a thread."""

    def __init__(self, channels: Mapping[str, Channel], lease: Lease, mark: Mark, paces: Mapping[str, Pace] | None = None,
                 *, at_once: int = AT_ONCE) -> None:
        self._channels, self._lease, self._mark = channels, lease, mark
        self._paces, self._at_once = dict(paces or {}), at_once
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended: list[tuple[Delivery, SendResult]] = []
        self._news = asyncio.Event()

    async def once(self) -> int:
        """Send everything that is due now, and mark it; how many sends ended. For tests and one-shot commands."""
        ended = 0
        while leased := await self._take():
            await asyncio.gather(*self._under_way)
            ended += len(leased)
            await self._write()
        return ended

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then let what is under way end and write it down."""
        look_again = 0.0
        loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                room = self._at_once - len(self._under_way)
                # A small lease is a transaction for nothing: wait until a quarter is free.
                if room >= self._at_once // 4 and loop.time() >= look_again:
                    asked = room
                    leased = await self._take(asked)
                    look_again = 0.0 if len(leased) == asked else loop.time() + IDLE
                await self._rest(stop)
                await self._write()
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=LAST_SENDS)
            await self._write()

    async def _take(self, limit: int | None = None) -> Sequence[Delivery]:
        leased = await asyncio.to_thread(self._lease, limit or self._at_once)
        for delivery in leased:
            task = asyncio.create_task(self._send(delivery))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return leased

    async def _rest(self, stop: asyncio.Event) -> None:
        self._news.clear()
        if stop.is_set():
            return
        try:
            async with asyncio.timeout(IDLE):
                await self._news.wait()
            await asyncio.sleep(TOGETHER_IN_A_SURGE if len(self._ended) + len(self._under_way) > SURGE else TOGETHER)
        except TimeoutError:
            pass

    async def _write(self) -> None:
        if self._ended:
            ended, self._ended = self._ended, []
            await asyncio.to_thread(self._mark, ended)

    async def _send(self, delivery: Delivery) -> None:
        result = await self._result(delivery)
        self._ended.append((delivery, result))
        self._news.set()

    async def _result(self, delivery: Delivery) -> SendResult:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return Temporary("this channel is not configured here")
        pace = self._paces.get(delivery.channel)
        if pace is not None:
            now = asyncio.get_running_loop().time()
            wait = pace.wait(delivery.address, now)
            if wait > LONGEST_WAIT:
                return Throttled(wait)
            pace.take(delivery.address, now)
            if wait:
                await asyncio.sleep(wait)
        try:
            return await channel.send(delivery)
        except Exception as error:  # a fault of ours: whether it went out is not known
            log.error("send on %s failed: %s", delivery.channel, type(error).__name__)
            return Unknown(f"sender failed: {type(error).__name__}")
