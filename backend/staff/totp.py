"""The second step of signing in: six digits from a telephone (TOTP, RFC 6238), and codes on paper for a lost one.

A code holds for the half minute it belongs to and the ones beside it, because telephones' clocks differ; a code that was
used is refused from then on, however fast somebody repeats it (RFC 6238 §5.2).
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from backend import crypto
from backend.audit import service as audit
from backend.staff import passwords, tokens
from backend.staff.accounts import AccountError
from backend.staff.models import recovery_code, staff, staff_session
from backend.staff.roles import ADMINISTRATOR, AUDITOR, SUPERVISOR, Staff

STEP = 30
"""Seconds that a code stands for."""
SKEW = 1
"""Steps before and after the present one whose code is taken."""
RECOVERY_CODES = 10
IN_PRODUCTION = frozenset({ADMINISTRATOR, SUPERVISOR, AUDITOR})
"""Who must use it where a municipality has decided nothing: roles that see every case, or change accounts."""


def required_roles(chosen: Iterable[str] | None, production: bool) -> frozenset[str]:
    """The roles that must use one-time codes. `chosen` is the municipality's setting, None while it has none."""
    if chosen is not None:
        return frozenset(chosen)
    return IN_PRODUCTION if production else frozenset()


def must_enrol(staff: Staff, chosen: Iterable[str] | None, production: bool) -> bool:
    """Whether an account may do nothing before it has set one-time codes up. A demonstration asks nobody for them."""
    return not staff.enrolled and not staff.demonstration and staff.role in required_roles(chosen, production)


def step_of(secret: str, code: str, at: datetime, used: int) -> int | None:
    """The step that a code belongs to, or None: wrong, too old, too new, or not newer than the last one `used`."""
    typed = _plain(code)
    here = int(at.timestamp()) // STEP
    found = None
    totp = pyotp.TOTP(secret)
    for step in range(here - SKEW, here + SKEW + 1):
        if hmac.compare_digest(totp.at(step * STEP).encode(), typed.encode()) and step > used:
            found = step
    return found


def address(secret: str, login: str, office: str) -> str:
    """What the QR code holds (otpauth://): the telephone shows municipality and login beside the digits."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=office)


def begin(connection: Connection, staff_id: str) -> str:
    """The secret to be scanned; it counts for nothing until its first code is typed. Raises `AccountError`."""
    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update(key_share=True)).one()
    if row.totp_since is not None:
        raise AccountError("The account has one-time codes already.")
    if row.totp_secret:
        return str(row.totp_secret)  # the page was opened again: the telephone may have scanned the first one
    secret = pyotp.random_base32()
    connection.execute(update(staff).where(staff.c.id == staff_id).values(totp_secret=secret, totp_step=0))
    return secret


def confirm(connection: Connection, staff_id: str, code: str, at: datetime, keep_session: str = "") -> list[str]:
    """The first code from the telephone turns it on: returns the recovery codes, shown this once; [] for a wrong code.

    Every other open window of the account ends.
    """
    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update(key_share=True)).one()
    if row.totp_since is not None or not row.totp_secret:
        return []
    step = step_of(row.totp_secret, code, at, row.totp_step)
    if step is None:
        return []
    connection.execute(update(staff).where(staff.c.id == staff_id).values(totp_since=at, totp_step=step))
    others = (staff_session.c.staff_id == staff_id, staff_session.c.id != keep_session)
    connection.execute(delete(staff_session).where(*others))
    codes = new_recovery_codes(connection, staff_id)
    _trace(connection, row, staff_id, "staff.totp_enrolled", at)
    return codes


def new_recovery_codes(connection: Connection, staff_id: str) -> list[str]:
    """Ten new ones; what was on the old paper no longer works."""
    connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
    codes = [passwords.recovery() for _ in range(RECOVERY_CODES)]
    connection.execute(insert(recovery_code), [{"id": _kept(staff_id, code), "staff_id": staff_id} for code in codes])
    return codes


def left(connection: Connection, staff_id: str) -> int:
    """How many recovery codes have not been used."""
    mine = select(recovery_code.c.id).where(recovery_code.c.staff_id == staff_id, recovery_code.c.used_at.is_(None))
    return len(connection.execute(mine).all())


def take(connection: Connection, row: Any, code: str, at: datetime) -> bool:
    """Use up a code of an enrolled account, from the telephone or from paper. `row` is its row, locked."""
    step = step_of(row.totp_secret, code, at, row.totp_step)
    if step is not None:
        connection.execute(update(staff).where(staff.c.id == row.id).values(totp_step=step))
        return True
    on_paper = update(recovery_code).where(
        recovery_code.c.id == _kept(row.id, code), recovery_code.c.staff_id == row.id, recovery_code.c.used_at.is_(None)
    )
    if connection.execute(on_paper.values(used_at=at)).rowcount != 1:
        return False
    _trace(connection, row, row.id, "login.recovery_code", at)
    return True


def stop(connection: Connection, staff_id: str, code: str, at: datetime) -> bool:
    """Take it off one's own account (a new telephone is set up after that); needs a code that holds.

    Wrong ones count towards the lock of the account, and none is taken while it is locked: whoever got at an open window
    cannot try them all.
    """
    from backend.staff.sessions import count_failure

    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update(key_share=True)).one()
    if row.totp_since is None or (row.locked_until is not None and row.locked_until > at):
        return False
    if not take(connection, row, code, at):
        count_failure(connection, row, at)
        return False
    _forget(connection, staff_id)
    _trace(connection, row, staff_id, "staff.totp_stopped", at)
    return True


def reset(connection: Connection, *, login: str, at: datetime, by: str | None, tenant_id: str = "") -> None:
    """Take it off somebody else's account, whose telephone and paper are lost; all its windows and tokens end.

    Nobody does this for themselves: whoever got at an open window could. Raises `AccountError`.
    """
    chosen = select(staff).where(staff.c.login == login.strip().casefold())
    if tenant_id:
        chosen = chosen.where(staff.c.tenant_id == tenant_id)
    row = connection.execute(chosen.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise AccountError(f"There is no account {login!r}.")
    if row.id == by:
        raise AccountError("Nobody resets the one-time codes of their own account: ask another administrator.")
    _forget(connection, row.id)
    connection.execute(update(staff).where(staff.c.id == row.id).values(failures=0, locked_until=None))
    connection.execute(delete(staff_session).where(staff_session.c.staff_id == row.id))
    tokens.end_all(connection, row.id, at)
    _trace(connection, row, by, "staff.totp_reset", at)


def _forget(connection: Connection, staff_id: str) -> None:
    connection.execute(update(staff).where(staff.c.id == staff_id).values(totp_secret=None, totp_since=None, totp_step=0))
    connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))


def _kept(staff_id: str, code: str) -> str:
    return crypto.ring().index(f"{staff_id}\0{_plain(code)}", "recovery_code.id")


def _plain(code: str) -> str:
    """As typed on any keyboard: 全角, spaces and dashes between."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", code).casefold() if sign.isalnum())[:40]


def _trace(connection: Connection, row: Any, by: str | None, action: str, at: datetime) -> None:
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action=action, object_kind="staff", object_id=row.id, at=at
    )
