"""Internal notes of a case (ST-03): among staff. There is no way from here to a message, and a test looks for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases.models import internal_note
from backend.conflict import Conflict

LONGEST = 4000


def notes_of(connection: Connection, case_id: str) -> list[Any]:
    """The notes of a case, newest first."""
    mine = select(internal_note).where(internal_note.c.case_id == case_id)
    return list(connection.execute(mine.order_by(internal_note.c.at.desc(), internal_note.c.id.desc())))


def write(connection: Connection, *, tenant_id: str, case_id: str, text: str, by: str, at: datetime) -> str:
    """Write a note and return its id. Raises `ValueError` for one without words."""
    id_ = ids.new()
    connection.execute(insert(internal_note).values(
        id=id_, tenant_id=tenant_id, case_id=case_id, text=_words(text), staff_id=by, at=at, changed_at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="note.written", object_kind="case", object_id=case_id, at=at)
    return id_


def change(connection: Connection, *, case_id: str, note_id: str, text: str, by: str, version: int, at: datetime) -> None:
    """Change one's own note. Raises `Conflict` (also when it is a colleague's), `ValueError` for one without words."""
    words = _words(text)
    row = connection.execute(
        select(internal_note).where(internal_note.c.id == note_id, internal_note.c.case_id == case_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.version != version or row.staff_id != by:
        raise Conflict({"text": row.text if row else ""})
    connection.execute(update(internal_note).where(internal_note.c.id == note_id).values(
        text=words, changed_at=at, version=version + 1))
    audit.record(connection, tenant_id=row.tenant_id, staff_id=by, action="note.changed", object_kind="case", object_id=case_id, at=at)


def _words(text: str) -> str:
    words = text.replace("\x00", "").strip()[:LONGEST]
    if not words:
        raise ValueError("a note has words")
    return words
