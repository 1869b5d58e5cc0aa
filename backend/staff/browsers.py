"""Browsers in which somebody has signed in before: the lock of an account, which any stranger can bring about, does not hold for them.

Five wrong passwords lock an account (ASVS 6.3.1), so that whoever knows the logins of a town hall could keep everybody out of it for
days. A cookie that only a signing in gives tells the account's own people from strangers (OWASP, "Device cookies"); it opens nothing,
has as few tries as an account, and ends with the password.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, select

from backend import crypto, ids
from backend.db import reading
from backend.staff.models import staff

LASTS = timedelta(days=180)
MOST = 6
"""Accounts that one browser is known for: a desk is shared."""
_LONGEST = 2000


def known(engine: Engine, cookie: str, which: ColumnElement[bool]) -> bool:
    """Whether the browser with this cookie is known for the account that `which` finds."""
    if not cookie:
        return False
    row = _row(engine, which)
    return row is not None and any(_is_of(row, one) for one in _split(cookie))


def remembered(engine: Engine, cookie: str, staff_id: str) -> str:
    """The cookie with which the browser is known for this account too."""
    row = _row(engine, staff.c.id == staff_id)
    if row is None:
        return cookie
    nonce = ids.token()
    others = [one for one in _split(cookie) if not _is_of(row, one)]
    return "~".join((f"{nonce}.{_sign(row, nonce)}", *others[: MOST - 1]))


def _row(engine: Engine, which: ColumnElement[bool]) -> Any:
    with reading(engine).begin() as c:
        return c.execute(select(staff.c.id, staff.c.password_hash).where(which)).one_or_none()


def _split(cookie: str) -> list[str]:
    return cookie.split("~")[:MOST] if len(cookie) <= _LONGEST else []


def _is_of(row: Any, one: str) -> bool:
    nonce, _, signature = one.partition(".")
    return hmac.compare_digest(_sign(row, nonce).encode(), signature.encode("utf-8", "replace"))


def _sign(row: Any, nonce: str) -> str:
    return crypto.ring().sign(f"{row.id}.{nonce}.{row.password_hash}", "known browser")
