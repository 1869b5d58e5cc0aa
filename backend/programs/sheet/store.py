"""What a municipality decided about its programs and holds now: the newest published edition."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from backend.programs.models import program_edition
from backend.programs.sheet.changes import Change

_IN_FORCE = (
    select(program_edition.c.changes)
    .where(program_edition.c.tenant_id == bindparam("tenant"), program_edition.c.state == "published")
    .order_by(program_edition.c.number.desc())
    .limit(1)
)


def changes_of(connection: Connection, tenant_id: str) -> dict[str, Change]:
    """What this municipality decided, by program id."""
    decided = connection.execute(_IN_FORCE, {"tenant": tenant_id}).scalar_one_or_none() or {}
    return {program: Change.from_json(decided[program]) for program in sorted(decided)}
