"""Show that an answer is on its way, when it takes longer than people expect.

Source: "Display a loading animation": one-to-one chats only, 100 requests a second, gone with the next message. It is
shown only for turns that are still open after `PATIENCE`: an animation that starts after the answer would promise
another one. Best effort: nothing waits for it and nothing depends on it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from sqlalchemy import Engine, bindparam, select

from backend.db import reading
from backend.journal.models import inbox
from backend.messages import RawEvent
from bots.line.client import Line
from bots.line.parse import NOBODY

log = logging.getLogger("tsunagi.line")

PATIENCE = 1.5
"""Seconds without an answer before the animation is shown."""

SECONDS = 20
"""How long it is shown at most."""

MOST_AT_ONCE = 40
"""Animations started per look; with a look each second, well below LINE's 100 a second."""

MOST_REMEMBERED = 2000
"""In a surge the newest are watched: the oldest have left the chat open for long enough."""

_OPEN = select(inbox.c.event_id).where(
    inbox.c.channel == "line", inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None),
    inbox.c.event_id.in_(bindparam("ids", expanding=True)))


class Loading:
    """Remembers who is waiting. `open_events(ids)` says which of these events have had no turn yet."""

    def __init__(self, client: Line, open_events: Callable[[list[str]], set[str]], patience: float = PATIENCE) -> None:
        self._client, self._open_events, self._patience = client, open_events, patience
        self._waiting: deque[tuple[float, str, str]] = deque(maxlen=MOST_REMEMBERED)
        self._watch: asyncio.Task[None] | None = None

    def expect(self, events: Sequence[RawEvent]) -> None:
        """These were stored just now. Returns at once."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._patience
        self._waiting.extend((due, e.event_id, e.address) for e in events if e.address != NOBODY)
        if self._waiting and (self._watch is None or self._watch.done()):
            self._watch = loop.create_task(self._look())

    async def _look(self) -> None:
        """Look until nobody is waiting; then the task ends, and the client's connections with it."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                await asyncio.sleep(max(self._waiting[0][0] - loop.time(), self._patience / 2))
                due: dict[str, str] = {}
                while self._waiting and self._waiting[0][0] <= loop.time():
                    _, event, user = self._waiting.popleft()
                    due[event] = user
                still = await asyncio.to_thread(self._open_events, list(due)) if due else set()
                people = list(dict.fromkeys(due[event] for event in due if event in still))[-MOST_AT_ONCE:]
                await asyncio.gather(*(self._client.show_loading(user, SECONDS) for user in people))
        except Exception as failed:  # a nicety: it must never show up as a fault of the webhook
            log.info("loading animation: %s", type(failed).__name__)
        finally:
            await self._client.close()


def still_open(engine: Engine) -> Callable[[list[str]], set[str]]:
    """Which of these LINE events have had no turn yet, asked of the inbox."""

    def ask(ids: list[str]) -> set[str]:
        with reading(engine).connect() as connection:
            return set(connection.execute(_OPEN, {"ids": ids}).scalars())

    return ask
