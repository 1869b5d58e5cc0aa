"""Setting up one-time codes for one's own account: scan, type the first code, keep the recovery codes on paper."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response

from backend.console.cookies import STAFF
from backend.console.desk import Desk
from backend.console.page import SECOND_STEP, Page
from backend.staff import sessions, totp
from backend.staff.roles import EVERYBODY

HOME = SECOND_STEP


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    if desk.staff.enrolled:
        with desk.reading() as c:
            left = totp.left(c, desk.staff.id)
        return desk.page("second_step.html", status, wrong=wrong, left=left, qr="", secret="", required=_required(desk), back=HOME)
    with desk.writing() as c:
        secret = totp.begin(c, desk.staff.id)
    name = desk.frame()["office"].name
    code = segno.make(totp.address(secret, desk.staff.login, name.get("en") or name["ja"]), error="m")
    # Drawn here and put into the page: nothing about it may be fetched, cached or logged.
    qr = Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704  (made here)
    spelled = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return desk.page("second_step.html", status, wrong=wrong, left=0, qr=qr, secret=spelled, required=_required(desk), back=HOME)


def confirm(desk: Desk) -> Response:
    with desk.writing() as c:
        codes = totp.confirm(c, desk.staff.id, desk.sent("code", 80), desk.now, keep_session=desk.session.id)
        token = sessions.renew(c, desk.session.id) if codes else ""
    if not codes:
        return show(desk, "console.second.wrong", 422)
    response = desk.page("recovery_codes.html", codes=codes, back=HOME)
    STAFF.give(response, desk.shell.settings, token)
    return response


def stop(desk: Desk) -> Response:
    with desk.writing() as c:
        done = totp.stop(c, desk.staff.id, desk.sent("code", 80), desk.now)
    return desk.to(HOME) if done else show(desk, "console.second.wrong", 422)


def _required(desk: Desk) -> bool:
    return desk.staff.role in totp.required_roles(desk.session.totp_roles, desk.shell.settings.production)


PAGES = (
    Page("GET", HOME, show, EVERYBODY, before_codes=True),
    Page("POST", HOME, confirm, EVERYBODY, before_codes=True),
    Page("POST", f"{HOME}/stop", stop, EVERYBODY, before_codes=True),
)
