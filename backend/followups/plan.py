"""Setting what the clock will do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend.db import is_postgres
from backend.followups.models import due
from backend.journal.batch import Batch

TOLD = "told"
"""Kind of the due rows that write into the contact log how something ended which the clock told (`programs/logged.py`)."""
FIRST_LOOK = timedelta(seconds=30)


def put_due(connection: Connection, kind: str, subject: str, at: datetime, detail: dict[str, Any]) -> None:
    """Set what the clock will do about a subject, in place of what it was to do before."""
    connection.execute(_PUT[is_postgres(connection)], _row(kind, subject, at, detail))


def plan_due(batch: Batch, kind: str, subject: str, at: datetime, detail: dict[str, Any]) -> None:
    """`put_due` with the rest of what a turn writes."""
    batch.do(_PUT[is_postgres(batch.connection)], _row(kind, subject, at, detail))


def drop_due(batch: Batch, kind: str, subject: str) -> None:
    """The clock does nothing about it any more."""
    batch.do(_DROP, {"_kind": kind, "_subject": subject})


def _row(kind: str, subject: str, at: datetime, detail: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "subject": subject, "due_at": at, "detail": detail, "turn": 0}


def _put(build: Any) -> Any:
    new = build(due)
    return new.on_conflict_do_update(index_elements=["kind", "subject"], set_={
        "due_at": new.excluded.due_at, "detail": new.excluded.detail, "turn": due.c.turn + 1})


# Built once: building it takes longer than running it, and every new conversation sets two.
_PUT = {True: _put(pg_insert), False: _put(sqlite_insert)}
_DROP = delete(due).where(due.c.kind == bindparam("_kind"), due.c.subject == bindparam("_subject"))
