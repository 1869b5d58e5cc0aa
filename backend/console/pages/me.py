"""How I am told about work: e-mail, or a LINE or Telegram chat that is bound by typing a code to the bot."""

from __future__ import annotations

import re

from sqlalchemy import Connection, delete, select
from starlette.responses import Response

from backend.audit import service as audit
from backend.console.cookies import STAFF
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.binding import bind
from backend.staff import sessions
from backend.staff.codes import MINUTES, make_code
from backend.staff.models import notice_route
from backend.staff.roles import EVERYBODY

HOME = "/console/me"
_ADDRESS = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        mine = select(notice_route).where(notice_route.c.staff_id == desk.staff.id)
        routes = {row.kind: row for row in c.execute(mine)}
    served = [name for name in ("line", "telegram") if getattr(desk.shell.settings, name)]
    return desk.page("me.html", status, wrong=wrong, routes=routes, served=served, back=HOME,
                     done=desk.request.query_params.get("done") == "elsewhere")  # fmt: skip


def keep_email(desk: Desk) -> Response:
    address = desk.sent("address")
    if not _ADDRESS.fullmatch(address):
        return show(desk, "console.me.wrong_address", 422)
    with desk.writing() as c:
        bind(c, desk.staff.id, "email", address, desk.now)
        _note(desk, c, "staff.notice_bound", "email")
    return desk.to(HOME)


def make_binding(desk: Desk) -> Response:
    kind = desk.sent("kind")
    if kind not in ("line", "telegram") or not getattr(desk.shell.settings, kind):
        return show(desk)
    with desk.writing() as c:
        code = make_code(
            c, purpose="notice", tenant_id=desk.staff.tenant_id, now=desk.now, staff_id=desk.staff.id, kind=kind
        )
    return desk.page("binding_code.html", code=code, kind=kind, minutes=MINUTES)


def drop(desk: Desk) -> Response:
    kind = desk.sent("kind")
    with desk.writing() as c:
        mine = delete(notice_route).where(notice_route.c.staff_id == desk.staff.id, notice_route.c.kind == kind)
        if c.execute(mine).rowcount:
            _note(desk, c, "staff.notice_dropped", kind)
    return desk.to(HOME)


def sign_out_elsewhere(desk: Desk) -> Response:
    with desk.writing() as c:
        token = sessions.end_others(c, desk.session, desk.now)
    response = desk.to(f"{HOME}?done=elsewhere")
    STAFF.give(response, desk.shell.settings, token)
    return response


def _note(desk: Desk, connection: Connection, action: str, kind: str) -> None:
    audit.record(
        connection, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action=action, object_kind="staff",
        object_id=desk.staff.id, detail={"kind": kind}, at=desk.now,
    )  # fmt: skip


PAGES = (
    Page("GET", HOME, show, EVERYBODY),
    Page("POST", f"{HOME}/email", keep_email, EVERYBODY),
    Page("POST", f"{HOME}/bind", make_binding, EVERYBODY),
    Page("POST", f"{HOME}/drop", drop, EVERYBODY),
    Page("POST", f"{HOME}/elsewhere", sign_out_elsewhere, EVERYBODY),
)
