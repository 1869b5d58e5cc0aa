"""Tokens for programs that work with one's own rights, and where a municipality's own systems are told of events."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from backend.api import hooks
from backend.api.events import EVENTS
from backend.api.hooks import HookError
from backend.api.routes import described, scopes_of
from backend.console.desk import Desk
from backend.console.page import Page
from backend.staff import accounts, tokens
from backend.staff.roles import ADMINISTRATOR, RUNS_SETTINGS, USES_PROGRAMS
from backend.staff.tokens import LONGEST, TokenError

HOME = "/console/api"
DAYS = (30, 90, 180, LONGEST.days - 1)


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        mine = tokens.tokens_of(c, desk.staff.tenant_id, desk.staff.id)
        told = hooks.hooks_of(c, desk.staff.tenant_id) if desk.staff.role == ADMINISTRATOR else []
    return desk.page(
        "accounts/api.html", status, wrong=wrong, tokens=mine, scopes=scopes_of(desk.staff.role), days=DAYS, hooks=told, events=EVENTS,
        dead=sum(one["dead"] for one in told), back=HOME,
    )  # fmt: skip


def create(desk: Desk) -> Response:
    """A token outlives the window it was made in: whoever makes one shows again that they are the account's owner."""
    days = desk.number("days")
    with desk.writing() as c:
        if not accounts.is_password(c, desk.staff.id, str(desk.form.get("password", ""))[:300], desk.now):
            wrong = "console.password.old_wrong"
        else:
            try:
                token = tokens.make_token(
                    c, desk.staff, name=desk.sent("name", 80), scopes=desk.sent_all("scope"),
                    lasts=timedelta(days=days if days in DAYS else 0), at=desk.now,
                )  # fmt: skip
                return desk.page("accounts/token.html", token=token, back=HOME)
            except TokenError as error:
                wrong = str(error.args[0])
    return show(desk, wrong, 422)


def revoke(desk: Desk) -> Response:
    admin = desk.staff.role == ADMINISTRATOR
    with desk.writing() as c:
        tokens.revoke(
            c, tenant_id=desk.staff.tenant_id, token_id=desk.sent("id", 64), at=desk.now, by=desk.staff.id,
            owner="" if admin else desk.staff.id,
        )  # fmt: skip
    return desk.to(desk.came_from())


def make_hook(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            _, secret = hooks.make(
                c, tenant_id=desk.staff.tenant_id, url=desk.sent("url", 500), chosen=desk.sent_all("event"), by=desk.staff.id,
                at=desk.now,
            )  # fmt: skip
    except HookError as wrong:
        return show(desk, str(wrong.args[0]), 422)
    return desk.page("accounts/secret.html", secret=secret, back=HOME)


def remove_hook(desk: Desk) -> Response:
    with desk.writing() as c:
        hooks.remove(c, tenant_id=desk.staff.tenant_id, webhook_id=desk.sent("id"), by=desk.staff.id, at=desk.now)
    return desk.to(f"{HOME}#hooks")


def try_again(desk: Desk) -> Response:
    with desk.writing() as c:
        hooks.try_again(c, tenant_id=desk.staff.tenant_id, at=desk.now)
    return desk.to(f"{HOME}#hooks")


def describe(desk: Desk) -> Response:
    """The description of the API, for whoever is signed in."""
    return described()


PAGES = (
    Page("GET", HOME, show, USES_PROGRAMS),
    Page("GET", f"{HOME}/openapi.json", describe, USES_PROGRAMS),
    Page("POST", f"{HOME}/create", create, USES_PROGRAMS),
    Page("POST", f"{HOME}/revoke", revoke, USES_PROGRAMS),
    Page("POST", f"{HOME}/hooks", make_hook, RUNS_SETTINGS),
    Page("POST", f"{HOME}/hooks/remove", remove_hook, RUNS_SETTINGS),
    Page("POST", f"{HOME}/hooks/again", try_again, RUNS_SETTINGS),
)
