"""Signing in and staying signed in: a cookie's token is known here only by its hash.

A session ends 30 minutes after the last page somebody asked for (live updates do not count) and 10 hours after
signing in, whichever comes first (SEC-03). Five wrong passwords lock an account for a quarter of an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.db import reading
from backend.staff import passwords
from backend.staff.models import staff, staff_form, staff_session
from backend.staff.roles import Staff

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=10)
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the cookie and nowhere else."""

    token: str
    staff: Staff


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `csrf` must come back in every form."""

    id: str
    csrf: str
    staff: Staff


def sign_in(engine: Engine, login: str, password: str, at: datetime) -> SignedIn | None:
    """A new session for the right login and password; None for everything else, without saying which was wrong."""
    named = select(staff).where(staff.c.login == login.strip().casefold()[:80])
    with reading(engine).begin() as c:
        known = c.execute(named).one_or_none()
    if known is None:
        passwords.waste_time(password[: passwords.LONGEST + 1])
        return None
    # Outside the writing transaction: it takes long on purpose, and a writer would hold everybody up.
    right = passwords.fits(known.password_hash, password[: passwords.LONGEST + 1])
    with engine.begin() as c:
        row = c.execute(named.with_for_update()).one()
        if row.locked_until is not None and row.locked_until > at:
            audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.while_locked", at=at)
            return None
        if not right or row.password_hash != known.password_hash:
            failures = row.failures + 1
            lock = at + LOCKED_FOR if failures >= TRIES else None
            c.execute(
                update(staff).where(staff.c.id == row.id).values(failures=0 if lock else failures, locked_until=lock)
            )
            action = "login.locked" if lock else "login.failed"
            audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action=action, at=at)
            return None
        if not row.active or (row.ends_at is not None and row.ends_at <= at):
            audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.ended_account", at=at)
            return None
        fresh: dict[str, object] = {"failures": 0, "locked_until": None}
        if passwords.is_old(row.password_hash):
            fresh["password_hash"] = passwords.hashed(password)
        c.execute(update(staff).where(staff.c.id == row.id).values(**fresh))
        c.execute(delete(staff_session).where(staff_session.c.expires_at <= at))
        c.execute(delete(staff_form).where(staff_form.c.at <= at - AT_MOST))
        token = ids.token()
        c.execute(
            insert(staff_session).values(
                id=ids.hashed(token), staff_id=row.id, csrf=ids.token(), created_at=at, seen_at=at, expires_at=at + AT_MOST
            )
        )
        audit.record(c, tenant_id=row.tenant_id, staff_id=row.id, action="login.done", at=at)
        return SignedIn(token, Staff.of(row))


def find(engine: Engine, token: str, at: datetime, touch: bool = True) -> Session | None:
    """The session of a cookie, or None when there is none, it ended, or its account did.

    `touch=False` for what a page fetches by itself: an open window must not keep a session alive.
    """
    if not token:
        return None
    chosen = (
        select(staff_session.c.csrf, staff_session.c.seen_at, staff_session.c.expires_at, staff)
        .join(staff, staff.c.id == staff_session.c.staff_id)
        .where(staff_session.c.id == ids.hashed(token))
    )
    with reading(engine).begin() as c:
        row = c.execute(chosen).one_or_none()
    if row is None or row.expires_at <= at or row.seen_at + IDLE <= at:
        return None
    if not row.active or (row.ends_at is not None and row.ends_at <= at):
        return None
    if touch and row.seen_at + _TOUCH_EVERY <= at:
        with engine.begin() as c:
            c.execute(update(staff_session).where(staff_session.c.id == ids.hashed(token)).values(seen_at=at))
    return Session(ids.hashed(token), row.csrf, Staff.of(row))


def sign_out(engine: Engine, session: Session, at: datetime) -> None:
    """End this browser's session at once."""
    with engine.begin() as c:
        c.execute(delete(staff_session).where(staff_session.c.id == session.id))
        audit.record(c, tenant_id=session.staff.tenant_id, staff_id=session.staff.id, action="login.ended", at=at)
