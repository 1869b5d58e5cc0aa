"""Signing in and staying signed in: a cookie's token is known here only by its hash.

A session ends 30 minutes after the last page somebody asked for (live updates do not count) and 10 hours after
signing in, whichever comes first (SEC-03). Five wrong passwords or one-time codes, counted together, lock an account for
a quarter of an hour, except where its people signed in before (`browsers.py`). How many one line may get wrong: `guesses.py`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from backend import crypto, ids
from backend.audit import service as audit
from backend.db import reading
from backend.staff import passwords, totp
from backend.staff.models import staff, staff_form, staff_session
from backend.staff.roles import Staff
from backend.tenants.models import tenant

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=10)
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SECOND_STEP = timedelta(minutes=5)
"""How long after the password the one-time code may be typed."""
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the cookie and nowhere else."""

    token: str
    staff: Staff


@dataclass(frozen=True, slots=True)
class Half:
    """The password was right; the account asks for a one-time code too. `ticket` goes through the form."""

    ticket: str
    locale: str


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `csrf` must come back in every form."""

    id: str
    csrf: str
    staff: Staff
    totp_roles: tuple[str, ...] | None = None
    """The municipality's choice of roles that must use one-time codes; None while it has made none."""


def named(login: str) -> ColumnElement[bool]:
    """The account that somebody means who types this."""
    return staff.c.login == login.strip().casefold()[:80]


def sign_in(engine: Engine, login: str, password: str, at: datetime, known_browser: bool = False) -> SignedIn | Half | None:
    """A new session (or the second step) for the right login and password; None for everything else, without saying
    which was wrong. The lock that strangers brought about holds for no browser that is known for the account."""
    chosen = select(staff).where(named(login))
    with reading(engine).begin() as c:
        known = c.execute(chosen).one_or_none()
    if known is None:
        passwords.waste_time(password[: passwords.LONGEST + 1])
        return None
    # Outside the writing transaction: it takes long on purpose, and a writer would hold everybody up.
    right = passwords.fits(known.password_hash, password[: passwords.LONGEST + 1])
    with engine.begin() as c:
        row = c.execute(chosen.with_for_update(key_share=True)).one()
        if not known_browser and _is_shut(c, row, at):
            return None
        if not right or row.password_hash != known.password_hash:
            count_failure(c, row, at)
            return None
        if not _is_open(c, row, at):
            return None
        if passwords.is_old(row.password_hash):
            fresh = passwords.hashed(password)
            c.execute(update(staff).where(staff.c.id == row.id).values(password_hash=fresh))
            row = c.execute(chosen).one()
        if row.totp_since is not None:
            return Half(_ticket(row, at + SECOND_STEP), row.locale)
        return _open(c, row, at)


def second_step(engine: Engine, ticket: str, code: str, at: datetime, known_browser: bool = False) -> SignedIn | None:
    """A new session for a ticket that holds and a code from the telephone or from paper; None for everything else."""
    staff_id, _, rest = ticket.partition(".")
    until = rest.partition(".")[0]
    if not (until.isascii() and until.isdigit() and len(until) < 16) or int(until) <= at.timestamp() * 1000:
        return None
    with engine.begin() as c:
        row = c.execute(select(staff).where(staff.c.id == staff_id).with_for_update(key_share=True)).one_or_none()
        if row is None or row.totp_since is None or not _same(ticket, _ticket(row, datetime.fromtimestamp(int(until) / 1000, UTC))):
            return None
        if (not known_browser and _is_shut(c, row, at)) or not _is_open(c, row, at):
            return None
        if not totp.take(c, row, code, at):
            count_failure(c, row, at)
            return None
        return _open(c, row, at)


def _is_shut(c: Connection, row: Any, at: datetime) -> bool:
    if row.locked_until is None or row.locked_until <= at:
        return False
    audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.while_locked", at=at)
    return True


def _is_open(c: Connection, row: Any, at: datetime) -> bool:
    if row.active and (row.ends_at is None or row.ends_at > at):
        return True
    audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.ended_account", at=at)
    return False


def count_failure(c: Connection, row: Any, at: datetime) -> None:
    """A wrong password or code; the fifth in a row locks. `row` is the account's, locked."""
    failures = row.failures + 1
    lock = at + LOCKED_FOR if failures >= TRIES else None
    c.execute(update(staff).where(staff.c.id == row.id).values(failures=0 if lock else failures, locked_until=lock))
    action = "login.locked" if lock else "login.failed"
    audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action=action, at=at)


def _open(c: Connection, row: Any, at: datetime) -> SignedIn:
    # A secret that was shown in another window and never confirmed: whoever saw it there must not hold this account's codes.
    unseen = {"totp_secret": None} if row.totp_since is None else {}
    c.execute(update(staff).where(staff.c.id == row.id).values(failures=0, seen_at=at, **unseen))
    c.execute(delete(staff_session).where(staff_session.c.expires_at <= at))
    c.execute(delete(staff_form).where(staff_form.c.at <= at - AT_MOST))
    token = ids.token()
    # A borrowed account's window ends with it.
    ends = min(at + AT_MOST, row.ends_at) if row.ends_at is not None else at + AT_MOST
    c.execute(
        insert(staff_session).values(
            id=ids.hashed(token), staff_id=row.id, csrf=ids.token(), created_at=at, seen_at=at, expires_at=ends
        )
    )
    audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.done", at=at)
    return SignedIn(token, Staff.of(row))


def _ticket(row: Any, until: datetime) -> str:
    """Dies with its time, with a changed password and with codes that were set up anew."""
    said = f"{row.id}.{round(until.timestamp() * 1000)}"
    return f"{said}.{crypto.ring().sign(f'{said}.{row.password_hash}.{row.totp_since}', 'second step')}"


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def find(engine: Engine, token: str, at: datetime, touch: bool = True) -> Session | None:
    """The session of a cookie, or None when there is none, it ended, or its account did.

    `touch=False` for what a page fetches by itself: an open window must not keep a session alive.
    """
    if not token:
        return None
    chosen = (
        select(
            staff_session.c.csrf, staff_session.c.seen_at.label("window_seen_at"), staff_session.c.expires_at,
            tenant.c.totp_roles, staff,
        )
        .join(staff, staff.c.id == staff_session.c.staff_id)
        .join(tenant, tenant.c.id == staff.c.tenant_id)
        .where(staff_session.c.id == ids.hashed(token))
    )
    with reading(engine).begin() as c:
        row = c.execute(chosen).one_or_none()
    if row is None or row.expires_at <= at or row.window_seen_at + IDLE <= at:
        return None
    if not row.active or (row.ends_at is not None and row.ends_at <= at):
        return None
    if touch and row.window_seen_at + _TOUCH_EVERY <= at:
        with engine.begin() as c:
            c.execute(update(staff_session).where(staff_session.c.id == ids.hashed(token)).values(seen_at=at))
            c.execute(update(staff).where(staff.c.id == row.id).values(seen_at=at))
    chosen_roles = tuple(row.totp_roles) if row.totp_roles is not None else None
    return Session(ids.hashed(token), row.csrf, Staff.of(row), chosen_roles)


def renew(connection: Connection, session_id: str) -> str:
    """Another token for a window whose password or codes have just changed: a copy of the cookie opens nothing any more."""
    token = ids.token()
    connection.execute(update(staff_session).where(staff_session.c.id == session_id).values(id=ids.hashed(token)))
    return token


def end_others(connection: Connection, session: Session, at: datetime) -> str:
    """End every other window of the account, and copies of this one's cookie; the token that this one has from now on."""
    others = (staff_session.c.staff_id == session.staff.id, staff_session.c.id != session.id)
    connection.execute(delete(staff_session).where(*others))
    audit.record(
        connection, tenant_id=session.staff.tenant_id, staff_id=session.staff.id, action="login.ended_elsewhere", at=at
    )
    return renew(connection, session.id)


def end(engine: Engine, token: str) -> None:
    """Let a cookie open nothing any more: somebody signs in anew where it lies."""
    with engine.begin() as c:
        c.execute(delete(staff_session).where(staff_session.c.id == ids.hashed(token)))


def sign_out(engine: Engine, session: Session, at: datetime) -> None:
    """End this browser's session at once."""
    with engine.begin() as c:
        c.execute(delete(staff_session).where(staff_session.c.id == session.id))
        audit.record(c, tenant_id=session.staff.tenant_id, staff_id=session.staff.id, action="login.ended", at=at)
