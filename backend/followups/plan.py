"""Setting what the clock will do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend.db import is_postgres
from backend.followups.models import due


def put_due(connection: Connection, kind: str, subject: str, at: datetime, detail: dict[str, Any]) -> None:
    """Set what the clock will do about a subject, in place of what it was to do before."""
    connection.execute(_PUT[is_postgres(connection)],
                       {"kind": kind, "subject": subject, "due_at": at, "detail": detail, "turn": 0})


def _put(build: Any) -> Any:
    new = build(due)
    return new.on_conflict_do_update(index_elements=["kind", "subject"], set_={
        "due_at": new.excluded.due_at, "detail": new.excluded.detail, "turn": due.c.turn + 1})


# Built once: building it takes longer than running it, and every new conversation sets two.
_PUT = {True: _put(pg_insert), False: _put(sqlite_insert)}
