"""What staff do with what waits: see it, finish it, judge whether the alarm was right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from backend.audit import service as audit
from backend.clock import Clock
from backend.conflict import Conflict
from backend.conversations.between import between_turns
from backend.followups.models import due
from backend.journal.models import conversation, message
from backend.tasks.acting import locked
from backend.tasks.clock import CLOCK
from backend.tasks.models import task
from backend.tasks.rules import DANGER

VERDICTS = ("true", "false", "unsure")


def acknowledge(engine: Engine, clock: Clock, task_id: str, staff_id: str) -> None:
    """Somebody has it: the clock stops ringing. Acknowledged before, by whomever, it stays so. Raises `NotThere`."""
    with engine.begin() as connection:
        _between_turns(connection, task_id)
        row = locked(connection, task, task_id, staff_id)
        if row["acked_at"] is None:
            seen_by(connection, row["id"], staff_id, clock())
            _trace(connection, row, staff_id, "task.acknowledged", clock())


def finish(engine: Engine, clock: Clock, task_id: str, staff_id: str, heard: int | None = None) -> None:
    """The task is done; finishing says that it was seen as well. Raises `NotThere`.

    `heard`: the last message (`last_heard`) that whoever finishes has read. Danger that has gone on since is not over: raises `Conflict`.
    """
    with engine.begin() as connection:
        _between_turns(connection, task_id)
        row = locked(connection, task, task_id, staff_id)
        if row["done_at"] is not None:
            return
        if heard is not None and row["kind"] in DANGER and last_heard(connection, row["conversation_id"]) > heard:
            raise Conflict
        if row["acked_at"] is None:
            seen_by(connection, row["id"], staff_id, clock())
        done_by(connection, row["id"], staff_id, clock())
        _trace(connection, row, staff_id, "task.finished", clock())


def last_heard(connection: Connection, conversation_id: str | None) -> int:
    """The number of the last message that came in; 0 where there is none."""
    came = (message.c.conversation_id == conversation_id) & (message.c.direction == "in")
    return connection.execute(select(func.max(message.c.id)).where(came)).scalar() or 0


def verdict(engine: Engine, clock: Clock, task_id: str, staff_id: str, said: str) -> None:
    """Whether the crisis rule was right (SF-14): true, false or unsure; may be changed. Raises `ValueError`."""
    if said not in VERDICTS:
        raise ValueError("a verdict is true, false or unsure")
    with engine.begin() as connection:
        row = locked(connection, task, task_id, staff_id)
        connection.execute(update(task).where(task.c.id == task_id).values(verdict=said))
        _trace(connection, row, staff_id, "task.judged", clock(), {"rule": row["rule"], "verdict": said})


def seen_by(connection: Connection, task_id: str, staff_id: str, now: datetime) -> None:
    """Acknowledge inside the caller's transaction."""
    connection.execute(update(task).where(task.c.id == task_id).values(acked_at=now, acked_by=staff_id))
    connection.execute(delete(due).where(due.c.kind == CLOCK, due.c.subject == task_id))


def done_by(connection: Connection, task_id: str, staff_id: str, now: datetime) -> None:
    """Finish inside the caller's transaction."""
    connection.execute(update(task).where(task.c.id == task_id).values(done_at=now, done_by=staff_id))


def _between_turns(connection: Connection, task_id: str) -> None:
    """Danger said again joins the task that is open: one that is being finished at that moment would ring for nobody."""
    between_turns(connection, conversation.c.id == select(task.c.conversation_id).where(task.c.id == task_id).scalar_subquery())


def _trace(
    connection: Connection, row: dict[str, Any], staff_id: str, action: str, now: datetime, detail: Any = None
) -> None:
    audit.record(
        connection, tenant_id=row["tenant_id"], staff_id=staff_id, action=action, object_kind="task",
        object_id=row["id"], detail=detail or {"kind": row["kind"]}, at=now,
    )  # fmt: skip
