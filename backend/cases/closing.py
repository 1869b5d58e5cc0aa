"""End the support of a household (終了) with a reason and a handover, and take it up again.

A person judges it household by household (福岡県手引き Ⅱ 5); the reasons are its examples, and what else happens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases import quiet, record
from backend.cases.carrying import change, newest
from backend.cases.models import closing
from backend.cases.review import REVIEW
from backend.conversations.between import between_turns, chats_of
from backend.followups.models import due
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from dialogs.core.words import Text

REASONS = ("rebuilt", "settled", "community", "facility", "refused", "moved", "died", "other")
"""Home rebuilt or repaired · settled after temporary housing · connected to a community support centre and improving ·
facility or hospital · refused several times · moved away · died · something else."""

NEEDS_HANDOVER = frozenset({"community", "facility"})
"""Somebody else goes on from here: who it is must be said."""


class CannotClose(ValueError):
    """`why` is `danger` (somebody must see to it first), `handover`, `reason` or `closed`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def close(
    connection: Connection, *, case_id: str, reason: str, note: str, handed_to: str, handover: str, by: str, version: int,
    at: datetime,
) -> None:  # fmt: skip
    """Close the case. What waits in it is finished, and nothing more is said by itself (`quiet`); a danger is not finished. Raises `Conflict` or `CannotClose`."""
    between_turns(connection, chats_of(case_id))
    row = newest(connection, case_id, version)
    if row.status != "open":
        raise CannotClose("closed")
    if reason not in REASONS or (reason == "other" and not note.strip()):
        raise CannotClose("reason")
    if reason in NEEDS_HANDOVER and not handed_to.strip():
        raise CannotClose("handover")
    waiting = (task.c.case_id == case_id) & task.c.done_at.is_(None)
    if connection.execute(select(task.c.id).where(waiting, task.c.kind.in_(DANGER)).limit(1)).first():
        raise CannotClose("danger")
    # A danger that has come since it was looked for is not finished with the rest.
    connection.execute(update(task).where(waiting, task.c.kind.not_in(DANGER)).values(done_at=at, done_by=by))
    connection.execute(delete(due).where(due.c.kind == REVIEW, due.c.subject == case_id))
    quiet.stop(connection, case_id, by=by, at=at)
    change(connection, row, at, status="closed", closed_at=at, close_reason=reason, review_on=None, waiting_since=None)
    connection.execute(insert(closing).values(
        id=ids.new(), tenant_id=row.tenant_id, case_id=case_id, reason=reason, note=note.strip() or None,
        handed_to=handed_to.strip() or None, handover=handover.strip() or None, at=at, closed_by=by))  # fmt: skip
    record.add(connection, tenant_id=row.tenant_id, case_id=case_id, kind="closed", at=at, staff_id=by,
               args={"reason": Text(f"console.close.reason.{reason}")}, text=note)  # fmt: skip
    audit.record(connection, tenant_id=row.tenant_id, staff_id=by, action="case.closed", object_kind="case", object_id=case_id,
                 detail={"reason": reason}, at=at)  # fmt: skip


def reopen(connection: Connection, *, case_id: str, note: str, by: str, version: int, at: datetime) -> None:
    """Take a closed case up again. Raises `Conflict`, or `CannotClose` (`open`) when it is open."""
    row = newest(connection, case_id, version)
    if row.status != "closed":
        raise CannotClose("open")
    change(connection, row, at, status="open", closed_at=None, close_reason="")
    quiet.resume(connection, case_id, at)
    connection.execute(update(closing).where(closing.c.case_id == case_id, closing.c.reopened_at.is_(None)).values(
        reopened_at=at, reopened_by=by, reopen_note=note.strip() or None))
    record.add(connection, tenant_id=row.tenant_id, case_id=case_id, kind="reopened", at=at, staff_id=by, text=note)
    audit.record(connection, tenant_id=row.tenant_id, staff_id=by, action="case.reopened", object_kind="case",
                 object_id=case_id, at=at)  # fmt: skip


def closings_of(connection: Connection, case_id: str) -> list[Any]:
    """Every end of the case, newest first."""
    mine = select(closing).where(closing.c.case_id == case_id)
    return list(connection.execute(mine.order_by(closing.c.at.desc(), closing.c.id.desc())))
