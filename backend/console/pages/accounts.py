"""Staff accounts, kept by an administrator; a first password is shown once."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from backend.console.desk import Desk
from backend.console.page import Page
from backend.staff import accounts
from backend.staff.accounts import AccountError
from backend.staff.models import staff
from backend.staff.roles import ROLES, RUNS_SETTINGS

HOME = "/console/accounts"


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        chosen = select(staff).where(staff.c.tenant_id == desk.staff.tenant_id)
        rows = list(c.execute(chosen.order_by(staff.c.active.desc(), staff.c.name, staff.c.id)))
    return desk.page("accounts.html", status, wrong=wrong, rows=rows, roles=ROLES, back=HOME)


def create(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            made = accounts.create_staff(
                c, tenant_id=desk.staff.tenant_id, login=desk.sent("login"), name=desk.sent("name", 80),
                role=desk.sent("role"), at=desk.now, by=desk.staff.id,
            )  # fmt: skip
    except AccountError:
        return show(desk, "console.accounts.wrong", 422)
    return desk.page("first_password.html", made=made)


def reset(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            made = accounts.reset_staff(
                c, login=desk.sent("login"), at=desk.now, by=desk.staff.id, tenant_id=desk.staff.tenant_id
            )
    except AccountError:
        return show(desk, "console.accounts.wrong", 422)
    return desk.page("first_password.html", made=made)


def end(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            accounts.end_staff(
                c, tenant_id=desk.staff.tenant_id, staff_id=desk.sent("id"), at=desk.now, by=desk.staff.id
            )
    except AccountError:
        return show(desk, "console.accounts.last", 422)
    return desk.to(HOME)


PAGES = (
    Page("GET", HOME, show, RUNS_SETTINGS),
    Page("POST", f"{HOME}/create", create, RUNS_SETTINGS),
    Page("POST", f"{HOME}/reset", reset, RUNS_SETTINGS),
    Page("POST", f"{HOME}/end", end, RUNS_SETTINGS),
)
