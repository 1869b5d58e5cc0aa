"""Keep what a municipality decided about its programs, with a trace of every difference in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from backend.audit import service as audit
from backend.programs.models import program_overlay
from backend.programs.sheet.changes import Change, Changes


def changes_of(connection: Connection, tenant_id: str) -> dict[str, Change]:
    """What this municipality decided, by program id."""
    rows = connection.execute(
        select(program_overlay.c.program, program_overlay.c.decided)
        .where(program_overlay.c.tenant_id == tenant_id)
        .order_by(program_overlay.c.program)
    )
    return {program: Change.from_json(decided) for program, decided in rows}


def keep(
    connection: Connection, tenant_id: str, changes: Changes, differences: Sequence[Mapping[str, str]], *, staff_id: str | None, at: datetime
) -> None:
    """Put `changes` in the place of everything decided before, inside the caller's transaction; unchanged ones keep their date."""
    before = changes_of(connection, tenant_id)
    wanted = {program: change for program, change in changes.items() if not change.is_nothing}
    touched = [program for program in before.keys() | wanted.keys() if before.get(program) != wanted.get(program)]
    if not touched:
        return
    connection.execute(
        delete(program_overlay).where(program_overlay.c.tenant_id == tenant_id, program_overlay.c.program.in_(touched))
    )
    rows = [
        {"tenant_id": tenant_id, "program": program, "decided": wanted[program].to_json(), "changed_at": at}
        for program in sorted(touched)
        if program in wanted
    ]
    if rows:
        connection.execute(insert(program_overlay), rows)
    audit.record(
        connection, tenant_id=tenant_id, staff_id=staff_id, action="programs.changed", object_kind="tenant", object_id=tenant_id,
        detail={"differences": [dict(one) for one in differences]}, at=at,
    )  # fmt: skip
