"""What a human has to do on a case: open tasks, referrals, visit requests; and who looked at it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from backend.audit.models import audit
from backend.journal.models import attachment
from backend.referrals.models import referral
from backend.staff.models import staff
from backend.staff.roles import OPENS_CASES
from backend.tasks.models import task
from backend.tenants.models import recipient
from backend.visits.models import visit_request

MOST_DONE = 20
MOST_VIEWS = 20


def open_tasks(connection: Connection, *, case_id: str | None, conversation_id: str | None) -> list[Any]:
    """Most urgent first. Tasks made before there was a case are found through the conversation."""
    mine = [task.c.case_id == case_id] if case_id else []
    if conversation_id:
        mine.append(task.c.conversation_id == conversation_id)
    chosen = select(task).where(or_(*mine), task.c.done_at.is_(None)).order_by(task.c.rank, task.c.due_at, task.c.id)
    return list(connection.execute(chosen))


def done_tasks(connection: Connection, *, case_id: str | None, conversation_id: str | None) -> list[Any]:
    mine = task.c.case_id == case_id if case_id else task.c.conversation_id == conversation_id
    chosen = select(task).where(mine, task.c.done_at.is_not(None)).order_by(task.c.done_at.desc(), task.c.id)
    return list(connection.execute(chosen.limit(MOST_DONE)))


def referrals_of(connection: Connection, case_id: str) -> list[Any]:
    chosen = (
        select(referral, recipient.c.name.label("recipient_name"))
        .join(recipient, recipient.c.id == referral.c.recipient_id, isouter=True)
        .where(referral.c.case_id == case_id)
        .order_by(referral.c.made_at.desc(), referral.c.id)
    )
    return list(connection.execute(chosen))


def visits_of(connection: Connection, case_id: str) -> list[Any]:
    chosen = select(visit_request).where(visit_request.c.case_id == case_id)
    return list(connection.execute(chosen.order_by(visit_request.c.made_at.desc(), visit_request.c.id)))


def professionals(connection: Connection, tenant_id: str) -> list[Any]:
    """The professionals a referral can go to."""
    chosen = select(recipient).where(
        recipient.c.tenant_id == tenant_id, recipient.c.kind == "professional", recipient.c.active
    )
    return list(connection.execute(chosen.order_by(recipient.c.profession, recipient.c.id)))


def attachments_of(connection: Connection, conversation_ids: list[str]) -> list[Any]:
    """What was sent besides words; the content itself is not loaded here."""
    shown = (attachment.c.id, attachment.c.kind, attachment.c.name, attachment.c.media_type, attachment.c.state, attachment.c.at)
    chosen = select(*shown).where(attachment.c.conversation_id.in_(conversation_ids))
    return list(connection.execute(chosen.order_by(attachment.c.at, attachment.c.id)))


def views_of(connection: Connection, case_id: str) -> list[Any]:
    """Who looked at or changed the case, newest first (ST-03: who has seen)."""
    chosen = (
        select(audit.c.at, audit.c.action, staff.c.name)
        .join(staff, staff.c.id == audit.c.staff_id, isouter=True)
        .where(audit.c.object_kind == "case", audit.c.object_id == case_id)
        .order_by(audit.c.id.desc())
        .limit(MOST_VIEWS)
    )
    return list(connection.execute(chosen))


def colleagues(connection: Connection, tenant_id: str) -> list[Any]:
    """Whom a case can be given to."""
    chosen = select(staff.c.id, staff.c.name).where(
        staff.c.tenant_id == tenant_id, staff.c.active, staff.c.role.in_(OPENS_CASES)
    )
    return list(connection.execute(chosen.order_by(staff.c.name, staff.c.id)))
