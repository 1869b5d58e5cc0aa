"""Live updates: a stream that says only that something changed; the page fetches the part that it shows.

The stream carries a change number, never content. Browsers without it, and proxies that swallow it, ask for the
number every few seconds instead.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio
from sqlalchemy import Connection, Engine, func, select
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend.audit.models import audit
from backend.cases.models import answer, suggestion
from backend.consent.models import consent_event
from backend.console.desk import Desk
from backend.console.page import Page, signed_in
from backend.db import reading
from backend.jobs.models import job
from backend.jobs.service import OPEN
from backend.journal.models import conversation, message, outbox
from backend.staff.policy import declare, staff_only
from backend.staff.roles import EVERYBODY
from backend.tasks.models import task

if TYPE_CHECKING:
    from backend.app import Shell

EVERY = 1.0
"""Seconds between two looks at the database, however many windows are open."""
CHECK_SESSION_EVERY = 15
CLOSES_WITHIN = 3.0
"""Seconds an open stream has to end by itself when the server stops."""


class Pulse:
    """The change number of a deployment: another one whenever something a page could show was written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._looked = -EVERY
        self._number = ""

    def number(self) -> str:
        with self._lock:
            if time.monotonic() - self._looked >= EVERY:
                with reading(self._engine).begin() as c:
                    self._number = change_number(c)
                self._looked = time.monotonic()
            return self._number


def change_number(connection: Connection) -> str:
    """Cheap: the ends of primary keys and of small partial indexes. It tells that something changed, not what."""
    ends = [
        connection.execute(select(func.max(table.c.id))).scalar_one()
        for table in (message, answer, audit, consent_event, suggestion, task, conversation, outbox)
    ]
    undelivered = select(func.count()).where(outbox.c.state.in_(("pending", "sending")))
    ends.append(connection.execute(undelivered).scalar_one())
    # Long work on the way, so that its bars move; and when any last changed: it may begin and end between two looks.
    under_way = select(func.count(), func.sum(job.c.turn), func.sum(job.c.done)).where(job.c.state.in_(OPEN))
    ends.append(tuple(connection.execute(under_way).one()))
    ends.append(connection.execute(select(func.max(job.c.changed_at))).scalar_one())
    return hashlib.sha256(repr(ends).encode()).hexdigest()[:16]


def routes(shell: Shell) -> list[Route]:
    pulse = Pulse(shell.engine)
    staff = declare(staff_only(EVERYBODY))

    async def stream(request: Request) -> Response:
        if await run_in_threadpool(signed_in, shell, request, False) is None:
            return Response(status_code=401)
        closing = anyio.Event()
        news = changes(shell, pulse, request, closing)
        return EventSourceResponse(news, ping=15, shutdown_event=closing, shutdown_grace_period=CLOSES_WITHIN)

    async def number(request: Request) -> Response:
        if await run_in_threadpool(signed_in, shell, request, False) is None:
            return Response(status_code=401)
        return PlainTextResponse(await run_in_threadpool(pulse.number), headers={"Cache-Control": "no-store"})

    return [
        Route("/console/live", staff(stream), methods=["GET"], name="live.stream"),
        Route("/console/live/number", staff(number), methods=["GET"], name="live.number"),
    ]


async def changes(shell: Shell, pulse: Pulse, request: Request, closing: anyio.Event) -> AsyncIterator[dict[str, str]]:
    """`changed` with the number at once and at every change; `ended` when the session does. Ends when `closing` is set."""
    last, looks = "", 0
    while True:
        number = await run_in_threadpool(pulse.number)
        if number != last:
            last = number
            yield {"event": "changed", "data": number}
        with anyio.move_on_after(EVERY):
            await closing.wait()
            return
        looks += 1
        if looks % CHECK_SESSION_EVERY == 0 and await run_in_threadpool(signed_in, shell, request, False) is None:
            yield {"event": "ended", "data": ""}
            return


def alarm(desk: Desk) -> Response:
    """The banner of dangers nobody has acknowledged, on every page for every role: it names nobody."""
    return desk.fragment("parts/alarm.html")


PAGES = (Page("GET", "/console/live/alarm", alarm, EVERYBODY, live=True, before_password=True),)
