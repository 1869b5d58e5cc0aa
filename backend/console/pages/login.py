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
from backend.console.cookies import BEFORE, KNOWN, STAFF
from backend.console.desk import plain, same
from backend.console.page import LOGIN, signed_in
from backend.console.paper import Paper
from backend.elsewhere import host, longer_than
from backend.staff import browsers, sessions
from backend.staff.guesses import MOST_OF_BROWSER, MOST_OF_SENDER, Guesses
from backend.staff.models import staff
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
    strangers, own = Guesses(MOST_OF_SENDER), Guesses(MOST_OF_BROWSER)

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
        now, cookie = shell.clock(), KNOWN.of(request, shell.settings)
        which = staff.c.id == ticket.partition(".")[0] if ticket else sessions.named(login)
        known = await run_in_threadpool(browsers.known, shell.engine, cookie, which) and own.take(cookie, now)
        # Whoever is no more than a stranger shares what their line may get wrong; nobody looks at what comes beyond it.
        if not known and not strangers.take(host(request), now):
            return form(request, 429, wrong=True, ticket=ticket[:300])
        done: SignedIn | Half | None
        if ticket:
            done = await run_in_threadpool(sessions.second_step, shell.engine, ticket[:300], code[:80], now, known)
        else:
            done = await anyio.to_thread.run_sync(sessions.sign_in, shell.engine, login, password, now, known, limiter=checks)
        if done is None:
            return form(request, 401, wrong=True, ticket=ticket[:300])
        if known:
            own.right(cookie)
        else:
            strangers.right(host(request))
        if isinstance(done, Half):
            return form(request, ticket=done.ticket)
        return await run_in_threadpool(signed_in_as, request, done, cookie)

    def signed_in_as(request: Request, done: SignedIn, cookie: str) -> Response:
        response = RedirectResponse("/console", 303)
        if before := STAFF.of(request, shell.settings):
            sessions.end(shell.engine, before)  # who sat here before is no longer signed in
        STAFF.give(response, shell.settings, done.token)
        KNOWN.give(response, shell.settings, browsers.remembered(shell.engine, cookie, done.staff.id), browsers.LASTS)
        BEFORE.take(response, shell.settings)
        return response

    return [
        Route(LOGIN, public(show), methods=["GET"], name="login.show"),
        Route(LOGIN, public(sign_in), methods=["POST"], name="login.sign_in"),
    ]
