"""Staff accounts: make one, give it a new first password, end it, change one's own password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend import ids
from backend.audit import service as audit
from backend.staff import passwords, tokens
from backend.staff.models import binding_code, notice_route, staff, staff_session
from backend.staff.roles import ROLES

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountError(Exception):
    """What an operator asked for cannot be done; the message is a sentence for them, `key` one for the console."""

    def __init__(self, message: str, key: str = "console.accounts.wrong") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A new or reset account. The password is shown once and works until it is changed at the first login."""

    staff_id: str
    login: str
    password: str


def create_staff(
    connection: Connection,
    *,
    tenant_id: str,
    login: str,
    name: str,
    role: str,
    at: datetime,
    by: str | None = None,
    demonstration: bool = False,
    on_duty: int | None = None,
) -> FirstPassword:
    """Make an account. Raises `AccountError` with a sentence when the login is taken or a value makes no sense."""
    login = login.strip().casefold()
    if not _LOGIN.fullmatch(login):
        raise AccountError("A login has 2 to 40 of these: a-z, 0-9, dot, dash, underscore; it starts with a letter or digit.")
    if role not in ROLES:
        raise AccountError(f"There is no role {role!r}. The roles are: {', '.join(ROLES)}.")
    if not name.strip():
        raise AccountError("An account needs the person's name.")
    password = passwords.one_time()
    made = FirstPassword(ids.new(), login, password)
    try:
        with connection.begin_nested():
            connection.execute(
                insert(staff).values(
                    id=made.staff_id,
                    tenant_id=tenant_id,
                    login=login,
                    name=name.strip(),
                    password_hash=passwords.hashed(password),
                    role=role,
                    demonstration=demonstration,
                    # A demonstration must start without a form to fill in; go-live refuses such accounts anyway.
                    must_change=not demonstration,
                    on_duty=on_duty,
                    created_at=at,
                )
            )
    except IntegrityError:
        raise AccountError(f"The login {login!r} is taken.") from None
    audit.record(
        connection, tenant_id=tenant_id, staff_id=by, action="staff.created", object_kind="staff",
        object_id=made.staff_id, detail={"role": role}, at=at,
    )
    return made


def reset_staff(connection: Connection, *, login: str, at: datetime, by: str | None = None, tenant_id: str = "") -> FirstPassword:
    """Give an account a new first password, unlock it and end all its sessions and tokens."""
    chosen = select(staff.c.id, staff.c.login, staff.c.tenant_id).where(staff.c.login == login.strip().casefold())
    if tenant_id:
        chosen = chosen.where(staff.c.tenant_id == tenant_id)
    found = connection.execute(chosen).one_or_none()
    if found is None:
        raise AccountError(f"There is no account {login!r}.")
    password = passwords.one_time()
    connection.execute(
        update(staff).where(staff.c.id == found.id).values(
            password_hash=passwords.hashed(password), must_change=True, failures=0, locked_until=None, active=True
        )
    )
    connection.execute(delete(staff_session).where(staff_session.c.staff_id == found.id))
    audit.record(
        connection, tenant_id=found.tenant_id, staff_id=by, action="staff.reset", object_kind="staff",
        object_id=found.id, detail={"tokens": tokens.end_all(connection, found.id, at)}, at=at,
    )
    return FirstPassword(found.id, found.login, password)


def end_staff(connection: Connection, *, tenant_id: str, staff_id: str, at: datetime, by: str | None) -> None:
    """Close an account: its sessions and tokens end at once (ASVS 7.4.2) and it leaves the duty list. What it did stays."""
    found = connection.execute(
        select(staff.c.role).where(staff.c.id == staff_id, staff.c.tenant_id == tenant_id, staff.c.active)
    ).one_or_none()
    if found is None:
        raise AccountError("There is no such open account.")
    if found.role == "administrator":
        others = select(func.count()).where(
            staff.c.tenant_id == tenant_id, staff.c.role == "administrator", staff.c.active, staff.c.id != staff_id
        )
        if not connection.execute(others).scalar_one():
            raise AccountError("The last administrator cannot be closed: make another one first.", "console.accounts.last")
    connection.execute(update(staff).where(staff.c.id == staff_id).values(active=False, on_duty=None))
    # Nor does a private phone go on being told what waits.
    for table in (staff_session, notice_route):
        connection.execute(delete(table).where(table.c.staff_id == staff_id))
    own_codes = (binding_code.c.staff_id == staff_id, binding_code.c.purpose == "notice", binding_code.c.used_at.is_(None))
    connection.execute(update(binding_code).where(*own_codes).values(used_at=at))
    audit.record(
        connection, tenant_id=tenant_id, staff_id=by, action="staff.ended", object_kind="staff", object_id=staff_id,
        detail={"tokens": tokens.end_all(connection, staff_id, at)}, at=at,
    )


def change_password(connection: Connection, *, staff_id: str, old: str, new: str, at: datetime, keep_session: str = "") -> str:
    """Change one's own password and end one's other sessions and all tokens: whoever knew the old one may have made some. Gives the text key of an objection, or nothing.

    Wrong old ones count towards the lock of the account, and none is right while it is locked.
    """
    if not is_password(connection, staff_id, old, at):
        return "console.password.old_wrong"
    row = connection.execute(select(staff).where(staff.c.id == staff_id)).one()
    if passwords.fits(row.password_hash, new):
        return "console.password.same"
    if problem := passwords.objection(new, row.login):
        return problem
    connection.execute(
        update(staff).where(staff.c.id == staff_id).values(password_hash=passwords.hashed(new), must_change=False)
    )
    connection.execute(
        delete(staff_session).where(staff_session.c.staff_id == staff_id, staff_session.c.id != keep_session)
    )
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=staff_id, action="staff.password_changed", object_kind="staff",
        object_id=staff_id, detail={"tokens": tokens.end_all(connection, staff_id, at)}, at=at,
    )
    return ""


def is_password(connection: Connection, staff_id: str, password: str, at: datetime) -> bool:
    """Whether somebody at an open window knows its password. Wrong ones count towards the lock of the account."""
    from backend.staff.sessions import count_failure

    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update(key_share=True)).one()
    if row.locked_until is not None and row.locked_until > at:
        return False
    if passwords.fits(row.password_hash, password[: passwords.LONGEST + 1]):
        return True
    count_failure(connection, row, at)
    return False
