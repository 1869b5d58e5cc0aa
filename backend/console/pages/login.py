"""Signing in: the one page of the console that anybody may open."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend import crypto, ids
from backend.console.desk import plain
from backend.console.page import COOKIE, LOGIN, signed_in
from backend.console.paper import Paper
from backend.staff import sessions
from backend.staff.policy import public

if TYPE_CHECKING:
    from backend.app import Shell

BEFORE = "tsunagi_login"
"""A cookie that only proves that the login form came from this browser (login CSRF)."""

LOCALES = ("ja", "en")

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(shell: Shell, paper: Paper) -> list[Route]:
    secure = shell.settings.public_url.startswith("https://")

    def form(request: Request, status: int = 200, wrong: bool = False) -> Response:
        locale = request.query_params.get("locale", "ja")
        locale = locale if locale in LOCALES else "ja"
        proof = request.cookies.get(BEFORE) or ids.token()
        response = paper.answer(
            "login.html", locale, status, wrong=wrong, csrf=crypto.ring().sign(proof, "login form"),
            other="en" if locale == "ja" else "ja",
        )
        response.set_cookie(BEFORE, proof, path=LOGIN, httponly=True, samesite="lax", secure=secure)
        return response

    async def show(request: Request) -> Response:
        session = await run_in_threadpool(signed_in, shell, request, True)
        return RedirectResponse("/console", 303) if session else form(request)

    async def sign_in(request: Request) -> Response:
        sent = await request.form(max_fields=10)
        proof = request.cookies.get(BEFORE, "")
        token = str(sent.get("csrf", ""))
        if not proof or not secrets.compare_digest(token, crypto.ring().sign(proof, "login form")):
            return form(request, 403)
        login, password = plain(str(sent.get("login", ""))), str(sent.get("password", ""))
        done = await run_in_threadpool(sessions.sign_in, shell.engine, login, password, shell.clock())
        if done is None:
            return form(request, 401, wrong=True)
        response = RedirectResponse("/console", 303)
        # Lax, not Strict: a link in a notice to staff must arrive signed in.
        response.set_cookie(COOKIE, done.token, path="/console", httponly=True, samesite="lax", secure=secure)
        response.delete_cookie(BEFORE, path=LOGIN)
        return response

    return [
        Route(LOGIN, public(show), methods=["GET"], name="login.show"),
        Route(LOGIN, public(sign_in), methods=["POST"], name="login.sign_in"),
    ]
