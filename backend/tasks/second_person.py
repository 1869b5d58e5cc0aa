"""Something waits for a second person's yes: those who may give it are told as of any other work, with a link and no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from backend import ids
from backend.staff.models import notice, staff
from backend.staff.roles import APPROVES
from backend.tasks.rules import BUNDLE

PROGRAMS, CAMPAIGN = "programs", "campaign"
PLACES = {PROGRAMS: "/program-drafts", CAMPAIGN: "/outreach"}
"""Kind of the notice (its words: `console.task.<kind>`) -> where in the console the yes is given."""


def tell(connection: Connection, tenant_id: str, kind: str, asked_by: str | None, at: datetime) -> int:
    """Tell everybody who may approve, but whoever asked; returns how many. What was told and not sent yet is not told twice."""
    able = select(staff.c.id).where(
        staff.c.tenant_id == tenant_id, staff.c.active, staff.c.role.in_(APPROVES), staff.c.id != (asked_by or ""),
        staff.c.id.not_in(select(notice.c.staff_id).where(notice.c.tenant_id == tenant_id, notice.c.urgency == kind, notice.c.state == "pending")))
    found = connection.execute(able.order_by(staff.c.id)).scalars().all()
    for one in found:
        connection.execute(insert(notice).values(
            id=ids.new(), tenant_id=tenant_id, staff_id=one, task_id=None, urgency=kind, created_at=at, due_at=at + BUNDLE))
    return len(found)


def settled(connection: Connection, tenant_id: str, kind: str) -> None:
    """Nothing of this kind waits any more: what has not been sent need not be."""
    connection.execute(delete(notice).where(notice.c.tenant_id == tenant_id, notice.c.urgency == kind, notice.c.state == "pending"))
