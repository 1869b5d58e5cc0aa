"""Put something in front of a human: the task, who is told, and the clock that rings again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from backend import ids
from backend.conversations.offices import Member, Office
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.staff.models import notice
from backend.tasks import rules
from backend.tasks.models import task

HELD = "held"
"""Topic of a `talk` task that stands for an unanswered message to whoever holds the conversation."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of it: by when a human has it, and whether anybody on duty was there to tell."""

    task_id: str
    due_at: datetime
    reached: bool
    in_hours: bool
    joined: bool = False


def raise_task(
    batch: Batch,
    office: Office,
    kind: str,
    *,
    topic: str = "",
    rule: str = "",
    conversation_id: str | None = None,
    case_id: str | None = None,
    referral_id: str | None = None,
    visit_request_id: str | None = None,
    due_at: datetime | None = None,
) -> Raised:
    """Open a task of `kind` and tell whoever is on duty; nobody on duty: tell every account of the municipality.

    Danger rings the first two on duty at once and starts its clock; other work is put together into one notice.
    """
    now = batch.now
    danger = kind in rules.DANGER
    by = due_at or rules.due_at(kind, now, office.calendar, office.contact_days)
    task_id = ids.new()
    batch.add(
        task,
        {
            "id": task_id, "tenant_id": office.id, "kind": kind, "rank": rules.RANKS[kind], "topic": topic, "rule": rule,
            "conversation_id": conversation_id, "case_id": case_id, "referral_id": referral_id,
            "visit_request_id": visit_request_id, "made_at": now, "due_at": by,
            "paged_all_at": None if office.on_duty else now,
        },
    )  # fmt: skip
    first = office.on_duty[: rules.PAGED_AT_FIRST] if danger else office.on_duty[:1]
    for member in first or office.members:
        tell(batch, office, member, kind, task_id)
    if danger:
        batch.add(due, {"kind": "task_clock", "subject": task_id, "due_at": by, "detail": {}})
    return Raised(task_id, by, bool(office.on_duty), office.calendar.in_hours(now))


def open_task(batch: Batch, conversation_id: str, kind: str, *, topic: str | None = None) -> dict[str, Any] | None:
    """The newest unfinished task of this kind about a conversation, written or about to be."""
    row: dict[str, Any]
    for row in reversed(batch.added(task)):
        if row["conversation_id"] == conversation_id and row["kind"] == kind and topic in (None, row["topic"]):
            return row
    about = {"here": conversation_id, "kind": kind} | ({} if topic is None else {"topic": topic})
    found = batch.connection.execute(_OPEN if topic is None else _OPEN_ON, about).mappings().first()
    return dict(found) if found else None


_OPEN = (
    select(task)
    .where(task.c.conversation_id == bindparam("here"), task.c.kind == bindparam("kind"), task.c.done_at.is_(None))
    .order_by(task.c.id.desc())
    .limit(1)
)
_OPEN_ON = _OPEN.where(task.c.topic == bindparam("topic"))


def tell(batch: Batch, office: Office, member: Member, kind: str, task_id: str, at: datetime | None = None) -> None:
    """One notice to one account: at once for danger, else when the bundle is full of time; or `at` a time."""
    at = at or (batch.now if kind in rules.DANGER else batch.now + rules.BUNDLE)
    batch.add(
        notice,
        {
            "id": ids.new(), "tenant_id": office.id, "staff_id": member.id, "task_id": task_id, "urgency": kind,
            "created_at": batch.now, "due_at": at,
        },
    )  # fmt: skip
