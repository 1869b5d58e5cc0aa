"""The support policy (支援方針) of a case in versions, with the wishes of the household that it rests on (支援記録 2 · 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.models import case, policy_version
from backend.conflict import Conflict

PARTS = ("wish_home", "wish_life", "policy")
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: it stayed, went, or came."""

    what: Literal["same", "gone", "new"]
    text: str


def versions_of(connection: Connection, case_id: str) -> list[Any]:
    """Every version, newest first."""
    mine = select(policy_version).where(policy_version.c.case_id == case_id)
    return list(connection.execute(mine.order_by(policy_version.c.number.desc())))


def write(
    connection: Connection, *, case_id: str, based_on: int, wish_home: str, wish_life: str, policy: str, as_of: date,
    by: str, at: datetime,
) -> int:  # fmt: skip
    """Write the next version and return its number; `based_on` is the number that was on the page (0: none yet).

    What says the same as the newest version is not written again. Raises `Conflict` when a colleague was faster, and
    `ValueError` when all is empty.
    """
    parts = {"wish_home": wish_home, "wish_life": wish_life, "policy": policy}
    kept = {name: words.replace("\x00", "").strip().replace("\r\n", "\n")[:LONGEST] for name, words in parts.items()}
    if not any(kept.values()):
        raise ValueError("a policy says something")
    tenant_id = connection.execute(select(case.c.tenant_id).where(case.c.id == case_id).with_for_update(key_share=True)).scalar_one()
    before = next(iter(versions_of(connection, case_id)), None)
    there = before.number if before else 0
    if there != based_on:
        raise Conflict({name: getattr(before, name) for name in PARTS} if before else {})
    if before and {name: getattr(before, name) for name in PARTS} == kept:
        return there
    connection.execute(insert(policy_version).values(
        id=ids.new(), tenant_id=tenant_id, case_id=case_id, number=there + 1, as_of=as_of, author=by, at=at, **kept))
    record.add(connection, tenant_id=tenant_id, case_id=case_id, kind="policy", at=at, staff_id=by, args={"number": there + 1})
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="policy.written", object_kind="case", object_id=case_id,
                 detail={"number": there + 1}, at=at)  # fmt: skip
    return there + 1


def difference(before: str, after: str) -> tuple[Line, ...]:
    """Two texts line by line. The lines that are not `gone` are exactly `after`, those not `new` exactly `before`."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += (Line("same", text) for text in old[a:b])
        else:
            lines += (Line("gone", text) for text in old[a:b])
            lines += (Line("new", text) for text in new[c:d])
    return tuple(lines)
