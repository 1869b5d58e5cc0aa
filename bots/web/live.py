"""Telling an open page that something changed: a number over server-sent events, never content."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select
from starlette.concurrency import run_in_threadpool

from backend.clock import Clock
from backend.db import reading
from backend.journal.models import conversation, message, page_link

LOOK_EVERY = 1.0
"""Seconds. A page learns of a reply within one; its own posts are answered directly."""
MOST_PAGES = 500
"""Open streams per process; pages beyond that ask again by themselves every few seconds."""
MOST_OF_ONE = 4
"""Open streams of one browser."""
CHECK_EVERY = 3
"""Looks between two checks that the browser has not left."""
ENDED = "ended"
LONGEST = 15 * 60
"""Seconds until the browser is asked to connect anew, so that forgotten tabs let go."""


def state_of(engine: Engine, conversation_id: str, surface: str) -> str:
    """A short text that differs whenever the page would look different."""
    messages = messages_of(engine, conversation_id, surface)
    with reading(engine).connect() as connection:
        row = connection.execute(
            select(conversation.c.locale, conversation.c.held_by).where(conversation.c.id == conversation_id)
        ).mappings().first()
    return state_with(messages, dict(row or {}))


def state_with(messages: str, row: Mapping[str, Any]) -> str:
    """`state_of` for what a page was made of: its messages, and the conversation as it was read."""
    return f"{messages}.{int(bool(row.get('held_by')))}.{row.get('locale', '')}"


def messages_of(engine: Engine, conversation_id: str, surface: str) -> str:
    """Another text for each message that comes or is taken back. A page asks before it reads them: it may then name a state that is
    over, and is told so; never one that it does not show."""
    mine = message.c.conversation_id == conversation_id
    if surface == "chat":
        mine &= message.c.surface == surface  # a secure page also changes when the talk goes on in the chat
    with reading(engine).connect() as connection:
        newest, hidden = connection.execute(
            select(func.max(message.c.id), func.count(message.c.hidden_at)).where(mine)
        ).one()
    return f"{newest or 0}.{hidden}"


def is_known(engine: Engine, browser: str, now: datetime) -> bool:
    """Whether the browser with this hash may still read along. One that was never bound (its first minutes) may."""
    with reading(engine).connect() as connection:
        ends = connection.execute(select(page_link.c.expires_at).where(page_link.c.id == browser)).scalar_one_or_none()
    return ends is None or ends > now


class Watchers:
    """The open streams of this process."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._open: Counter[str] = Counter()

    def full(self, browser: str) -> bool:
        return self._open.total() >= MOST_PAGES or self._open[browser] >= MOST_OF_ONE

    async def changes(self, browser: str, conversation_id: str, surface: str) -> AsyncIterator[dict[str, Any]]:
        """Yields `{"event": "changed", "data": state}` at once and whenever the state is another; `ENDED` once the browser is forgotten, so
        that the other tabs of a borrowed phone look again too."""
        self._open[browser] += 1
        try:
            told = ""
            for look in range(int(LONGEST / LOOK_EVERY)):
                if look % CHECK_EVERY == 0 and not await run_in_threadpool(is_known, self._engine, browser, self._clock()):
                    yield {"event": "changed", "data": ENDED}
                    return
                state = await run_in_threadpool(state_of, self._engine, conversation_id, surface)
                if state != told:
                    told = state
                    yield {"event": "changed", "data": state}
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._open[browser] -= 1
            if not self._open[browser]:
                del self._open[browser]
