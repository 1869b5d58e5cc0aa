"""A closed case is quiet: nothing more is said by itself, and nobody goes there. Taken up again, what is still of use comes back.

What asks whether the case is open when it comes due (news, promised calls, campaigns, reviews) needs no word here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from backend.cases import record
from backend.cases.models import case
from backend.conversations.offices import read_office
from backend.conversations.reminders import REMINDER
from backend.followups.models import due
from backend.journal.models import conversation
from backend.programs import reminders
from backend.visits import appointments
from backend.visits.models import visit, visit_request


def stop(connection: Connection, case_id: str, *, by: str, at: datetime) -> None:
    """Reminders of silence and of deadlines stop, visits that are planned or wanted do not take place."""
    chats = connection.execute(select(conversation.c.id).where(conversation.c.case_id == case_id)).scalars().all()
    kinds = (REMINDER, appointments.APPOINTMENT)
    connection.execute(delete(due).where(due.c.kind.in_(kinds), due.c.subject.in_(chats)))
    reminders.pause(connection, case_id)
    ahead = select(visit.c.id, visit.c.tenant_id, visit.c.version).where(visit.c.case_id == case_id, visit.c.state.in_(("wanted", "planned")))
    for row in connection.execute(ahead.with_for_update(key_share=True)).all():
        appointments.forget(connection, row.id)
        connection.execute(update(visit).where(visit.c.id == row.id).values(
            state="cancelled", changed_at=at, changed_by=by, version=row.version + 1))  # fmt: skip
        record.add(connection, tenant_id=row.tenant_id, case_id=case_id, kind="visit", state="cancelled", at=at, staff_id=by, about=("visit", row.id))
    asked = update(visit_request).where(visit_request.c.case_id == case_id, visit_request.c.state.in_(("open", "planned")))
    connection.execute(asked.values(state="declined", changed_at=at, changed_by=by, version=visit_request.c.version + 1))


def resume(connection: Connection, case_id: str, at: datetime) -> int:
    """Deadlines that are still ahead are reminded of again; returns how many. Visits are planned anew by a person."""
    tenant_id = connection.execute(select(case.c.tenant_id).where(case.c.id == case_id)).scalar_one()
    return reminders.resume(connection, read_office(connection, tenant_id, at), case_id, at)
