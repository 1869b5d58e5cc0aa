"""Who reads the minutes of a case meeting: free words about several households at once, so no accessor of one case guards them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend.cases.models import case
from backend.db import Row
from backend.meetings.models import meeting_item, participant
from backend.staff.access import may_see
from backend.staff.roles import CARRIES_CASES, SUPERVISOR, Staff


def may_read(connection: Connection, staff: Staff, meeting: Row) -> bool:
    """Supervisors; and whoever planned it, was invited, or carries one of its households, where none of them is protected from them."""
    if staff.role not in CARRIES_CASES:
        return False
    if staff.role == SUPERVISOR:
        return True
    chosen = select(case.c.assigned_to, case.c.restricted).join(meeting_item, meeting_item.c.case_id == case.c.id)
    homes = connection.execute(chosen.where(meeting_item.c.meeting_id == meeting["id"])).all()
    if not all(may_see(staff, home.restricted, home.assigned_to) for home in homes):
        return False
    if meeting["made_by"] == staff.id or any(home.assigned_to == staff.id for home in homes):
        return True
    invited = select(participant.c.id).where(participant.c.meeting_id == meeting["id"], participant.c.staff_id == staff.id)
    return connection.execute(invited.limit(1)).first() is not None
