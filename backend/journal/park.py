"""An event that cannot be heard is set aside for the staff after five tries; it never blocks anybody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, exists, insert, select, update

from backend import ids
from backend.clock import Clock
from backend.db import is_postgres
from backend.journal.models import conversation, inbox
from backend.tasks.models import task
from backend.tasks.rules import RANKS

TRIES = 5
TIME_TO_LOOK = timedelta(hours=24)


def failed_once(engine: Engine, clock: Clock, event_id: int, error: str) -> None:
    """Count a failure of one event. `error` is the name of an error, never its message."""
    with engine.begin() as connection:
        asked = select(inbox.c.conversation_id, inbox.c.tries).where(
            inbox.c.id == event_id, inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None))
        found = connection.execute(asked.with_for_update(key_share=True) if is_postgres(connection) else asked).first()
        if found is None:
            return
        values: dict[str, Any] = {"tries": found.tries + 1, "error": error[:200]}
        if found.tries + 1 >= TRIES:
            values["parked_at"] = clock()
            ask_staff(connection, "parked", found.conversation_id, clock(), topic=error[:24])
        connection.execute(update(inbox).where(inbox.c.id == event_id).values(values))


def ask_staff(connection: Connection, kind: str, conversation_id: str, now: datetime, topic: str = "") -> None:
    """One open task of `kind` for a conversation: a second reason of the same kind joins it."""
    home = connection.execute(
        select(conversation.c.tenant_id, conversation.c.case_id).where(conversation.c.id == conversation_id)).one()
    there = connection.scalar(select(exists().where(
        task.c.conversation_id == conversation_id, task.c.kind == kind, task.c.done_at.is_(None))))
    if not there:
        connection.execute(insert(task).values(
            id=ids.new(), tenant_id=home.tenant_id, kind=kind, rank=RANKS[kind], topic=topic, case_id=home.case_id,
            conversation_id=conversation_id, made_at=now, due_at=now + TIME_TO_LOOK))
