"""What every member of staff does for themselves: sign out, change the password, choose the language."""

from __future__ import annotations

from sqlalchemy import update
from starlette.responses import Response

from backend.console.cookies import STAFF
from backend.console.desk import Desk
from backend.console.page import LOGIN, PASSWORD, Page
from backend.console.pages.login import LOCALES
from backend.staff import accounts, sessions
from backend.staff.models import staff
from backend.staff.roles import EVERYBODY


def sign_out(desk: Desk) -> Response:
    sessions.sign_out(desk.engine, desk.session, desk.now)
    response = desk.to(LOGIN)
    STAFF.take(response, desk.shell.settings)
    return response


def password(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    return desk.page("password.html", status, wrong=wrong, first=desk.staff.must_change)


def change_password(desk: Desk) -> Response:
    # Passwords are taken as typed: a space at either end counts.
    old, new, again = (str(desk.form.get(name, ""))[:300] for name in ("old", "new", "again"))
    if new != again:
        return password(desk, "console.password.not_the_same", 422)
    with desk.writing() as c:
        problem = accounts.change_password(
            c, staff_id=desk.staff.id, old=old, new=new, at=desk.now, keep_session=desk.session.id
        )
        token = "" if problem else sessions.renew(c, desk.session.id)
    if problem:
        return password(desk, problem, 422)
    response = desk.to("/console")
    STAFF.give(response, desk.shell.settings, token)
    return response


def language(desk: Desk) -> Response:
    chosen = desk.sent("locale")
    if chosen in LOCALES:
        with desk.writing() as c:
            c.execute(update(staff).where(staff.c.id == desk.staff.id).values(locale=chosen))
    return desk.to(desk.came_from())


PAGES = (
    Page("POST", "/console/logout", sign_out, EVERYBODY, before_password=True),
    Page("GET", PASSWORD, password, EVERYBODY, before_password=True),
    Page("POST", PASSWORD, change_password, EVERYBODY, before_password=True),
    Page("POST", "/console/language", language, EVERYBODY, before_password=True),
)
