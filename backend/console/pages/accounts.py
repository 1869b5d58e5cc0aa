"""Staff accounts, kept by an administrator; a first password is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from starlette.responses import Response

from backend.console.desk import Desk
from backend.console.page import Page
from backend.staff import accounts, terms, totp
from backend.staff.accounts import AccountError
from backend.staff.models import staff
from backend.staff.roles import ROLES, RUNS_SETTINGS
from backend.staff.terms import Terms
from backend.staff.tokens import tokens_of
from backend.tenants import service as tenants
from backend.tenants.districts import districts_in
from backend.tenants.models import recipient
from backend.tenants.service import By

HOME = "/console/accounts"


def show(desk: Desk, wrong: str = "", status: int = 200, said: Mapping[str, str] | None = None) -> Response:
    own = desk.staff.tenant_id
    with desk.reading() as c:
        chosen = select(staff).where(staff.c.tenant_id == own)
        rows = list(c.execute(chosen.order_by(staff.c.active.desc(), staff.c.name, staff.c.id)))
        edited = next((row for row in rows if row.id == desk.request.query_params.get("edit") and row.active), None)
        partners = select(recipient).where(recipient.c.tenant_id == own, recipient.c.active).order_by(recipient.c.id)
        return desk.page(
            "accounts/list.html", status, wrong=wrong, rows=rows, roles=ROLES, back=HOME, edited=edited, said=said or {},
            last_day=terms.last_day, districts=districts_in(c, own),
            recipients={row.id: row.name for row in c.execute(partners)}, carried=terms.carried_by(c, own),
            codes=totp.required_roles(desk.session.totp_roles, desk.shell.settings.production), tokens=tokens_of(c, own),
            version=desk.frame()["office"].version,
        )  # fmt: skip


def create(desk: Desk) -> Response:
    try:
        wanted = _terms(desk)
        with desk.writing() as c:
            terms.check(c, desk.staff.tenant_id, wanted, desk.now)
            made = accounts.create_staff(
                c, tenant_id=desk.staff.tenant_id, login=desk.sent("login"), name=desk.sent("name", 80),
                role=wanted.role, at=desk.now, by=desk.staff.id,
            )  # fmt: skip
            terms.set_terms(
                c, tenant_id=desk.staff.tenant_id, staff_id=made.staff_id, terms=wanted, at=desk.now, by=desk.staff.id
            )
    except AccountError as wrong:
        return show(desk, wrong.key, 422, {name: desk.sent(name) for name in ("name", "login", "sent_by")})
    return desk.page("first_password.html", made=made)


def change(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            terms.set_terms(
                c, tenant_id=desk.staff.tenant_id, staff_id=desk.sent("id"), terms=_terms(desk), at=desk.now,
                by=desk.staff.id,
            )  # fmt: skip
    except AccountError as wrong:
        return show(desk, wrong.key, 422)
    return desk.to(HOME)


def reset(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            made = accounts.reset_staff(
                c, login=desk.sent("login"), at=desk.now, by=desk.staff.id, tenant_id=desk.staff.tenant_id
            )
    except AccountError as wrong:
        return show(desk, wrong.key, 422)
    return desk.page("first_password.html", made=made)


def reset_codes(desk: Desk) -> Response:
    """Take one-time codes off an account whose telephone and paper are lost."""
    try:
        with desk.writing() as c:
            totp.reset(c, login=desk.sent("login"), at=desk.now, by=desk.staff.id, tenant_id=desk.staff.tenant_id)
    except AccountError as wrong:
        return show(desk, wrong.key, 422)
    return desk.to(HOME)


def end(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            accounts.end_staff(
                c, tenant_id=desk.staff.tenant_id, staff_id=desk.sent("id"), at=desk.now, by=desk.staff.id
            )
    except AccountError as wrong:
        return show(desk, wrong.key, 422)
    return desk.to(HOME)


def keep_codes(desk: Desk) -> Response:
    """Which roles must use one-time codes."""
    chosen = [role for role in ROLES if role in desk.sent_all("role")]
    with desk.writing() as c:
        tenants.change(c, desk.staff.tenant_id, By(desk.staff.id, desk.now), desk.number("version"), totp_roles=chosen)
    return desk.to(f"{HOME}#codes")


def _terms(desk: Desk) -> Terms:
    written = desk.sent("last_day", 10)
    try:
        until = date.fromisoformat(written) if written else None
    except ValueError:
        raise AccountError("The last day is no date.", "console.accounts.wrong_end") from None
    return Terms(desk.sent("role"), until, desk.sent("sent_by", 80), desk.sent_all("district"), desk.sent("recipient") or None)


PAGES = (
    Page("GET", HOME, show, RUNS_SETTINGS),
    Page("POST", f"{HOME}/create", create, RUNS_SETTINGS),
    Page("POST", f"{HOME}/change", change, RUNS_SETTINGS),
    Page("POST", f"{HOME}/reset", reset, RUNS_SETTINGS),
    Page("POST", f"{HOME}/reset-codes", reset_codes, RUNS_SETTINGS),
    Page("POST", f"{HOME}/end", end, RUNS_SETTINGS),
    Page("POST", f"{HOME}/codes", keep_codes, RUNS_SETTINGS),
)
