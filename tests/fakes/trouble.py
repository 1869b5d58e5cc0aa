"""What can go wrong with one call, as the caller sees it. Both fakes take these from a queue."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Trouble:
    """One fault for the next call whose path holds `path`: a status, or what happens to the connection."""

    path: str = ""
    status: int = 0
    accept: bool = False  # with a status or silence: the messages were taken all the same
    silent: bool = False  # no answer until the caller gives up
    drop: bool = False  # the connection is closed without an answer
    after: int = 1  # retry_after of a 429, where the platform names one


@dataclass
class Troubles:
    """The queue of faults, and suffering them. `over` is set when the fake stops, so that nothing hangs; `silence(body)` when
    the call with this body is held without an answer."""

    queue: deque[Trouble] = field(default_factory=deque)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    silences: dict[bytes, asyncio.Event] = field(default_factory=dict)

    def next_for(self, path: str) -> Trouble | None:
        if self.queue and self.queue[0].path in path:
            return self.queue.popleft()
        return None

    def silence(self, body: bytes) -> asyncio.Event:
        return self.silences.setdefault(body, asyncio.Event())

    async def hold(self, request: web.Request, trouble: Trouble) -> None:
        """Do to the connection what the trouble says; returns when there is a status left to answer."""
        if trouble.drop and request.transport is not None:
            request.transport.close()
        if trouble.silent:
            self.silence(await request.read()).set()
            await self.over.wait()
