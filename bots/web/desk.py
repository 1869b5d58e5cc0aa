"""What all of the resident's routes share: the shell, the inbox, the pages and the limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.db import reading
from backend.journal.models import inbox, message
from backend.messages import RawEvent
from bots.web import visitor as visitors
from bots.web.draw import Talk, talk
from bots.web.limits import Buckets
from bots.web.live import Watchers
from bots.web.pages import Pages
from bots.web.visitor import Visitor

if TYPE_CHECKING:
    from backend.app import Shell

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

WAIT_FOR_ANSWER = 3.0
"""Seconds a post waits for the worker, so that the page without JavaScript already shows the answer."""
FIRST_LOOK, LAST_LOOK = 0.02, 0.2

MIB = 1024 * 1024

MOST_BUBBLES = 300
"""Messages on one page; a conversation of a year stays quick to open."""


class Inbox(Protocol):
    """Where events are stored; returns when they are committed, raises when they are not."""

    async def put(self, events: Sequence[RawEvent], /) -> object: ...


class Desk:
    """One per application."""

    def __init__(self, shell: Shell, inbox: Inbox) -> None:
        self.shell = shell
        self.inbox = inbox
        self.pages = Pages(shell, TEMPLATES)
        self.watchers = Watchers(shell.engine, shell.clock)
        # A shelter shares one address; a person does not answer more than a question every two seconds for long.
        self.by_browser = Buckets(burst=30, per_minute=30)
        self.by_address = Buckets(burst=300, per_minute=600)
        self.urgent = Buckets(burst=10, per_minute=5)  # beyond those: danger is heard all the same
        self.urgent_here = Buckets(burst=60, per_minute=30)
        # Photos of a house from every side, and a shelter in which everybody takes them; but nobody fills the disk.
        self.bytes_of_browser = Buckets(burst=300 * MIB, per_minute=MIB)
        self.bytes_of_address = Buckets(burst=3000 * MIB, per_minute=10 * MIB)
        self.beginning = Buckets(burst=60, per_minute=60)
        self.opening = Buckets(burst=30, per_minute=30)

    async def visitor(self, request: Request, purpose: str) -> Visitor:
        token = visitors.cookie_of(request, self.shell, purpose)
        return await run_in_threadpool(visitors.find, self.shell, token, purpose, self.shell.clock())

    def known(self, request: Request, response: Response, visitor: Visitor, purpose: str) -> Response:
        """Give the browser its cookie, where it has none or an old one."""
        if visitor.renew or visitors.cookie_of(request, self.shell, purpose) != visitor.token:
            visitors.set_cookie(response, self.shell, purpose, visitor.token)
        return response

    async def talk(self, visitor: Visitor) -> Talk:
        return await run_in_threadpool(self._talk, visitor)

    def _talk(self, visitor: Visitor) -> Talk:
        owner = visitor.conversation
        if owner is None:
            return talk((), "ja", self.shell.words)
        where = (message.c.conversation_id == owner["id"]) & (message.c.surface == visitor.surface)
        if visitor.surface == "page" and visitor.since is not None:
            where &= message.c.at >= visitor.since
        with reading(self.shell.engine).connect() as connection:
            found = connection.execute(
                select(message).where(where).order_by(message.c.id.desc()).limit(MOST_BUBBLES)
            ).mappings().all()
        rows: list[Mapping[str, Any]] = [dict(row) for row in reversed(found)]
        return talk(rows, owner["locale"], self.shell.words, held=bool(owner["held_by"]))

    async def stored(self, events: Sequence[RawEvent]) -> bool:
        """Put events into the inbox and wait a little for the answer. False: nothing was stored, send it again."""
        try:
            await self.inbox.put(list(events))
        except Exception:
            return False
        await self._answered(events[-1].event_id)
        return True

    async def _answered(self, event_id: str) -> None:
        pause, waited = FIRST_LOOK, 0.0
        while waited < WAIT_FOR_ANSWER and not await run_in_threadpool(self._done, event_id):
            await asyncio.sleep(pause)
            waited += pause
            pause = min(LAST_LOOK, pause * 1.5)

    def _done(self, event_id: str) -> bool:
        with reading(self.shell.engine).connect() as connection:
            row = connection.execute(
                select(inbox.c.done_at, inbox.c.parked_at).where(
                    inbox.c.channel == "web", inbox.c.event_id == event_id
                )
            ).first()
        return row is None or row.done_at is not None or row.parked_at is not None

    async def back_in_chat(self, visitor: Visitor) -> bool:
        """Whether the conversation of a secure page has gone on in the chat it came from."""
        return await run_in_threadpool(self._back_in_chat, visitor)

    def _back_in_chat(self, visitor: Visitor) -> bool:
        """The dialog speaks in one place at a time: where it spoke last, there it waits for an answer."""
        owner = visitor.conversation
        if owner is None or visitor.surface != "page":
            return False
        with reading(self.shell.engine).connect() as connection:
            last = connection.execute(
                select(message.c.surface)
                .where(message.c.conversation_id == owner["id"], message.c.author == "dialog")
                .order_by(message.c.id.desc())
                .limit(1)
            ).scalar()
        return last == "chat"

    async def waiting(self, visitor: Visitor) -> bool:
        """Whether something of this conversation has not been answered yet."""
        if visitor.conversation is None:
            return False
        return await run_in_threadpool(self._waiting, visitor.conversation["id"])

    def _waiting(self, conversation_id: str) -> bool:
        pending = inbox.c.done_at.is_(None) & inbox.c.parked_at.is_(None)
        with reading(self.shell.engine).connect() as connection:
            return connection.execute(
                select(inbox.c.id).where(inbox.c.conversation_id == conversation_id, pending).limit(1)
            ).first() is not None


def see(path: str) -> RedirectResponse:
    """After a post: look at that page."""
    return RedirectResponse(path, 303)
