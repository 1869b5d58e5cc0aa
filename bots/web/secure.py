"""The secure page: a one-time link from a chat opens the same conversation here, for what must not lie in the chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend import ids
from backend.db import reading
from backend.elsewhere import from_elsewhere, host
from backend.journal.ingest import PAGE as PAGE_ADDRESS
from backend.journal.models import page_link
from backend.messages import RawEvent
from backend.staff.policy import resident
from bots.web import visitor as visitors
from bots.web.desk import Desk, see
from bots.web.parse import body_came
from bots.web.visitor import PAGE, Visitor

SECURE = "secure"
"""`page_link.purpose` of the links that chats send."""
OPENED = "page"
"""What the dialog hears in `Came.payload` when the page is opened."""


def good(engine: Engine, token: str, now: datetime) -> str:
    """The conversation that a link would open, or "". Looking uses nothing up: chat apps preview links."""
    with reading(engine).connect() as connection:
        link = connection.execute(select(page_link).where(page_link.c.id == ids.hashed(token))).mappings().first()
    if link is None or link["purpose"] != SECURE or link["used_at"] is not None or link["expires_at"] <= now:
        return ""
    return str(link["conversation_id"])


def use(engine: Engine, token: str, now: datetime) -> str:
    """Use the link up, once: the conversation it opens, or "" when it was used, has ended or never was."""
    with engine.begin() as connection:
        done = connection.execute(
            update(page_link)
            .where(page_link.c.id == ids.hashed(token), page_link.c.purpose == SECURE,
                   page_link.c.used_at.is_(None), page_link.c.expires_at > now)
            .values(used_at=now)
        ).rowcount
        if not done:
            return ""
        row = connection.execute(
            select(page_link.c.conversation_id).where(page_link.c.id == ids.hashed(token))
        ).one()
    return str(row.conversation_id)


class SecureLink:
    """`/p/<token>`: GET shows one button, POST opens."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @resident
    async def link(self, request: Request) -> Response:
        desk = self.desk
        now = desk.shell.clock()
        token = request.path_params["token"]
        stranger = await self._stranger(request, token)
        if not desk.opening.take(host(request), now):
            return desk.pages.show(request, stranger, "note.html", 429, note="slow")
        conversation_id = await run_in_threadpool(good, desk.shell.engine, token, now)
        if request.method != "POST":
            if not conversation_id:
                return desk.pages.show(request, stranger, "gone.html", 404)
            return desk.pages.show(request, stranger, "open.html")
        if from_elsewhere(request, desk.shell.settings.public_url):
            return desk.pages.show(request, stranger, "note.html", 403, note="stale")
        if not conversation_id:
            # A second press of the button: the page is open already.
            open_already = await desk.visitor(request, PAGE)
            if open_already.conversation is not None:
                return see("/page#now")
            return desk.pages.show(request, stranger, "gone.html", 404)
        return await self._open(request, stranger, token, conversation_id, now)

    async def _open(self, request: Request, stranger: Visitor, token: str, conversation_id: str, now: datetime) -> Response:
        """Store first, use up second: when the database is away the link still holds."""
        desk = self.desk
        opened = RawEvent(
            channel="web", address=PAGE_ADDRESS + conversation_id, event_id=ids.hashed(f"open|{ids.hashed(token)}"),
            happened_at=now, body=body_came(OPENED),
        )
        if not await desk.stored([opened]):
            return desk.pages.show(request, stranger, "note.html", 503, note="problem")
        if not await run_in_threadpool(use, desk.shell.engine, token, now):
            return desk.pages.show(request, stranger, "gone.html", 404)
        fresh = ids.token()
        # `now` was taken before the event was stored: what the dialog asks on opening belongs to this page.
        await run_in_threadpool(visitors.bind, desk.shell.engine, fresh, conversation_id, PAGE, now)
        response = see("/page#now")
        visitors.set_cookie(response, desk.shell, PAGE, fresh)
        return response

    async def _stranger(self, request: Request, token: str) -> Visitor:
        """Who may be behind the link, for its language and municipality alone: nothing of the conversation shows."""
        return await run_in_threadpool(_behind, self.desk, token, self.desk.shell.clock())


def _behind(desk: Desk, token: str, now: datetime) -> Visitor:
    conversation_id = good(desk.shell.engine, token, now)
    with reading(desk.shell.engine).connect() as connection:
        if conversation_id:
            return visitors.of_conversation(connection, token, "page", conversation_id)
        return Visitor(token, "page", visitors.here(connection))


__all__ = ["OPENED", "SecureLink", "good", "use"]
