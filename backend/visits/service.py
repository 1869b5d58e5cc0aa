"""Mark what became of a request for a home visit."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from backend.audit import service as audit
from backend.cases import record
from backend.clock import Clock
from backend.conflict import Conflict
from backend.conversations.between import between_turns, chats_of
from backend.tasks.acting import locked
from backend.tasks.models import task
from backend.tasks.service import done_by, seen_by
from backend.visits.models import visit_request
from backend.visits.rules import may_move


def mark(
    engine: Engine, clock: Clock, request_id: str, staff_id: str, state: str, note: str, version: int
) -> None:
    """Mark a request `planned`, `done` or `declined`. Raises `NotThere` or `Conflict`."""
    with engine.begin() as connection:
        now = clock()
        between_turns(connection, chats_of(select(visit_request.c.case_id).where(visit_request.c.id == request_id).scalar_subquery()))
        row = locked(connection, visit_request, request_id, staff_id)
        if row["version"] != version or not may_move(row["state"], state):
            raise Conflict({"state": row["state"], "note": row["note"] or ""})
        changed = update(visit_request).where(visit_request.c.id == request_id)
        connection.execute(
            changed.values(
                state=state, note=note.strip() or row["note"], changed_at=now, changed_by=staff_id, version=version + 1
            )
        )
        mine = select(task.c.id, task.c.acked_at).where(task.c.visit_request_id == request_id, task.c.done_at.is_(None))
        for waiting in connection.execute(mine).all():
            if waiting.acked_at is None:
                seen_by(connection, waiting.id, staff_id, now)
            if state in ("done", "declined"):
                done_by(connection, waiting.id, staff_id, now)
        record.add(
            connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="visit", state=state, at=now,
            staff_id=staff_id, text=note, about=("visit_request", request_id),
        )  # fmt: skip
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff_id, action=f"visit.{state}",
            object_kind="visit_request", object_id=request_id, at=now,
        )  # fmt: skip
