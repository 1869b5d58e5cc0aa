"""The ASGI application: the backend plus the routes of every configured channel, behind one ingest."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from backend.app import NOBODY_SERVES, Shell, make_backend
from backend.journal.ingest import Ingest
from bots.web.desk import TEMPLATES
from bots.web.headers import SecurityHeaders
from bots.web.missing import Missing
from bots.web.pages import Pages
from bots.web.trouble import Trouble

Answers: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
OTHERS = ("/console", "/api/", "/webhooks/", "/healthz")
"""Staff and programs, whom the backend answers where nobody serves an address."""
SWITCH = 0.0005
"""Seconds a thread may keep the interpreter from another: the ingest holds SQLite's lock while it waits for it."""


def make_app(shell: Shell) -> FastAPI:
    """Everything that is served at one address. The caller runs it on 127.0.0.1 (`backend.settings.HOST`)."""
    ingest = Ingest(shell.engine, shell.clock)
    app = make_backend(shell)
    app.state.ingest = ingest
    # Plain routes, and in front: a webhook must not pay for what only the staff's pages need (stack.md §3).
    app.router.routes[:0] = channel_routes(shell, ingest)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: Any) -> AsyncIterator[Any]:
        sys.setswitchinterval(SWITCH)
        async with inner(served) as state:
            try:
                yield state
            finally:
                ingest.close()

    app.router.lifespan_context = lifespan
    others = cast(Answers, app.exception_handlers[NOBODY_SERVES[0]])
    resident = Missing(shell, Pages(shell, TEMPLATES))

    async def missing(request: Request, error: Exception) -> Response:
        return await (others if request.url.path.startswith(OTHERS) else resident)(request, error)

    for status in NOBODY_SERVES:
        app.add_exception_handler(status, missing)
    app.add_middleware(Trouble, words=shell.words)
    app.add_middleware(SecurityHeaders, secure=shell.settings.secure_cookies)
    return app


def channel_routes(shell: Shell, ingest: Ingest) -> list[BaseRoute]:
    """The web chat always; LINE and Telegram where their settings are there."""
    from bots.web.routes import routes as web

    found: list[BaseRoute] = list(web(shell, ingest))
    if shell.settings.line:
        from bots.line.routes import routes as line

        found += line(shell, ingest)
    if shell.settings.telegram:
        from bots.telegram.routes import routes as telegram

        found += telegram(shell, ingest)
    return found
