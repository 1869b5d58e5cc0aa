"""One-time codes that a person types: six digits, ten minutes, once; only a keyed hash is stored.

`notice`: a staff member types it to the bot, and that chat becomes the way they are told about work.
`case`: a resident who lost the way back types it together with the case number (`scope` = case id).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend import crypto, ids
from backend.staff.models import binding_code

MINUTES = 10
DIGITS = 6
MOST_WRONG = 100
"""Wrong codes, from everybody and in every process together, after which a code that waits is dead. Six-digit numbers
are ordinary answers too, so there is room for those; a guesser has one chance in ten thousand.
"""


def code_id(code: str, purpose: str, scope: str = "") -> str:
    """Under what a code is stored. Six digits are guessable, so the hash is keyed with TSUNAGI_SECRET_KEY."""
    return crypto.ring().index(f"{scope}\0{code}", f"binding_code.{purpose}")


def make_code(
    connection: Connection,
    *,
    purpose: str,
    tenant_id: str,
    now: datetime,
    staff_id: str | None = None,
    case_id: str | None = None,
    kind: str = "",
    scope: str = "",
) -> str:
    """A fresh code, to be read aloud or shown once. `kind` narrows the channel it may be typed on (`line`, …)."""
    while True:
        code = ids.code(DIGITS)
        name = code_id(code, purpose, scope)
        if connection.scalar(select(binding_code.c.id).where(binding_code.c.id == name)) is None:
            break
    row = {
        "id": name, "purpose": purpose, "tenant_id": tenant_id, "staff_id": staff_id, "case_id": case_id, "kind": kind,
        "expires_at": now + timedelta(minutes=MINUTES),
    }  # fmt: skip
    connection.execute(insert(binding_code).values(row))
    return code


def take_code(
    connection: Connection, code: str, *, purpose: str, now: datetime, scope: str = ""
) -> dict[str, Any] | None:
    """Use up a code that holds and return its row; None for a wrong, used or old one."""
    taken = (
        update(binding_code)
        .where(
            binding_code.c.id == code_id(code, purpose, scope), binding_code.c.purpose == purpose,
            binding_code.c.used_at.is_(None), binding_code.c.expires_at > now, binding_code.c.tries < MOST_WRONG,
        )
        .values(used_at=now)
    )  # fmt: skip
    if connection.execute(taken).rowcount != 1:
        return None
    row = connection.execute(select(binding_code).where(binding_code.c.id == code_id(code, purpose, scope)))
    return dict(row.mappings().one())


def count_wrong(connection: Connection, *, purpose: str, now: datetime) -> None:
    """A code that fits nothing counts against every code of its purpose that waits."""
    waiting = (binding_code.c.purpose == purpose, binding_code.c.used_at.is_(None), binding_code.c.expires_at > now)
    connection.execute(update(binding_code).where(*waiting).values(tries=binding_code.c.tries + 1))
