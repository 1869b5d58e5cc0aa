"""What was decided about a disaster, dated: which Acts apply, which deadlines were extended, and who entered what, when.

`disaster.acts` and `disaster.extended_deadlines` hold what is so now; `disaster_decision` every change of them, appended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend.audit import service as audit
from backend.conflict import Conflict
from backend.db import Row
from backend.programs import recompute
from backend.tenants.models import disaster, disaster_decision

DEADLINE = "deadline:"
"""How the fact of an extended deadline begins; `<program>` or `<program>.<part>` follows."""
_EXTENDED = re.compile(r"[a-z][a-z0-9_]{2,59}(\.[a-z_]{1,30})?")
LONGEST_SOURCE = 300


def decide(
    connection: Connection, row: Row, staff_id: str | None, version: int, *, acts: Mapping[str, bool],
    extended: Mapping[str, date], decided_on: date | None, source: str, at: datetime,
) -> int:  # fmt: skip
    """Write down the Acts and extended deadlines of a disaster (a row of it) as they are from now on; returns how many changed.

    An Act that is absent is not known yet. Every open case is looked at again. Raises `Conflict`, and `ValueError` for a deadline
    of something that no program can be called.
    """
    wrong = next((name for name in extended if not _EXTENDED.fullmatch(name)), None)
    if wrong is not None:
        raise ValueError("not the name of a program or its part")
    if row["version"] != version:
        raise Conflict({"decided_on": ""})
    wanted = {"acts": dict(acts), "extended_deadlines": {name: day.isoformat() for name, day in sorted(extended.items())}}
    changed = differences(row, wanted)
    if not changed:
        return 0
    mine = update(disaster).where(disaster.c.id == row["id"], disaster.c.version == version)
    if connection.execute(mine.values(**wanted, version=version + 1)).rowcount != 1:
        raise Conflict({"decided_on": ""})
    note(connection, row["tenant_id"], row["id"], changed, staff_id, at, decided_on=decided_on, source=source)
    audit.record(
        connection, tenant_id=row["tenant_id"], staff_id=staff_id, action="disaster.decided", object_kind="disaster", object_id=row["id"],
        detail={"changed": {fact: list(values) for fact, values in changed.items()}, "source": source[:LONGEST_SOURCE]}, at=at,
    )  # fmt: skip
    return len(changed)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fact → (before, after) between two states of a disaster, of what each of them names; days as ISO dates."""
    changed: dict[str, tuple[Any, Any]] = {}
    for name in ("happened_on", "prefecture", "municipality"):
        old, new = _plain(before.get(name)), _plain(after.get(name, before.get(name)))
        if old != new:
            changed[name] = (old, new)
    for column, prefix in (("acts", ""), ("extended_deadlines", DEADLINE)):
        was = before.get(column) or {}
        will = after.get(column, was) or {}
        changed |= {
            f"{prefix}{name}": (was.get(name), will.get(name))
            for name in sorted(was.keys() | will.keys()) if was.get(name) != will.get(name)
        }  # fmt: skip
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value or None


def note(
    connection: Connection, tenant_id: str, disaster_id: str, changed: Mapping[str, tuple[Any, Any]], staff_id: str | None, at: datetime,
    *, decided_on: date | None = None, source: str = "",
) -> None:  # fmt: skip
    """Append what changed, a row for each fact, and have every open case looked at again."""
    if not changed:
        return
    connection.execute(insert(disaster_decision), [
        {
            "tenant_id": tenant_id, "disaster_id": disaster_id, "fact": fact, "before": old, "after": new, "decided_on": decided_on,
            "source": source[:LONGEST_SOURCE], "staff_id": staff_id, "at": at,
        }
        for fact, (old, new) in changed.items()
    ])  # fmt: skip
    recompute.all_soon(connection, tenant_id, at)


def history(connection: Connection, tenant_id: str, disaster_id: str) -> list[Row]:
    """Every change of a disaster's facts, newest first."""
    chosen = select(disaster_decision).where(disaster_decision.c.tenant_id == tenant_id, disaster_decision.c.disaster_id == disaster_id)
    return [dict(row) for row in connection.execute(chosen.order_by(disaster_decision.c.id.desc())).mappings()]
