"""Signing in: the one page of the console that anybody may open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend import crypto, ids
from backend.console.cookies import BEFORE, STAFF
from backend.console.desk import plain, same
from backend.console.page import LOGIN, signed_in
from backend.console.paper import Paper
from backend.elsewhere import longer_than
from backend.staff import sessions
from backend.staff.policy import public
from backend.staff.sessions import Half, SignedIn

if TYPE_CHECKING:
    from backend.app import Shell

LOCALES = ("ja", "en")
MOST_BYTES = 16 * 1024
AT_ONCE = 2
"""Passwords that are checked at a time. Each takes 64 MB and a core for a moment (argon2): strangers who try
thousands wait for each other, and neither fill the memory nor keep the threads that every other page needs.
"""

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(shell: Shell, paper: Paper) -> list[Route]:
    checks = anyio.CapacityLimiter(AT_ONCE)

    def form(request: Request, status: int = 200, wrong: bool = False, ticket: str = "") -> Response:
        locale = request.query_params.get("locale", "ja")
        locale = locale if locale in LOCALES else "ja"
        proof = BEFORE.of(request, shell.settings) or ids.token()
        response = paper.answer(
            "login_code.html" if ticket else "login.html", locale, status, wrong=wrong,
            csrf=crypto.ring().sign(proof, "login form"), ticket=ticket, other="en" if locale == "ja" else "ja",
        )  # fmt: skip
        BEFORE.give(response, shell.settings, proof)
        return response

    async def show(request: Request) -> Response:
        session = await run_in_threadpool(signed_in, shell, request, True)
        return RedirectResponse("/console", 303) if session else form(request)

    async def sign_in(request: Request) -> Response:
        if longer_than(request, MOST_BYTES):
            return form(request, 413)
        sent = await request.form(max_files=0, max_fields=10)
        proof = BEFORE.of(request, shell.settings)
        token = str(sent.get("csrf", ""))
        if not proof or not same(token, crypto.ring().sign(proof, "login form")):
            return form(request, 403)
        login, password, ticket, code = (plain(str(sent.get(name, ""))) for name in ("login", "password", "ticket", "code"))
        if ticket:
            opened = await run_in_threadpool(sessions.second_step, shell.engine, ticket[:300], code[:80], shell.clock())
            return signed_in_as(opened) if opened else form(request, 401, wrong=True, ticket=ticket[:300])
        done = await anyio.to_thread.run_sync(
            sessions.sign_in, shell.engine, login, password, shell.clock(), limiter=checks
        )
        if isinstance(done, Half):
            return form(request, ticket=done.ticket)
        return signed_in_as(done) if done else form(request, 401, wrong=True)

    def signed_in_as(done: SignedIn) -> Response:
        response = RedirectResponse("/console", 303)
        STAFF.give(response, shell.settings, done.token)
        BEFORE.take(response, shell.settings)
        return response

    return [
        Route(LOGIN, public(show), methods=["GET"], name="login.show"),
        Route(LOGIN, public(sign_in), methods=["POST"], name="login.sign_in"),
    ]
