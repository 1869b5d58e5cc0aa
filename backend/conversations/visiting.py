"""ChangeVisit, and what the clock tells of a home visit, as it stands now."""

from __future__ import annotations

from sqlalchemy import select

from backend.conversations.hearing import Hearing
from backend.staff.models import staff
from backend.tasks.raising import raise_task
from backend.visits.appointments import ASK, moved_by_household, planned
from dialogs.core.effects import ChangeVisit
from dialogs.core.heard import VisitPlanned


def told(hearing: Hearing, heard: VisitPlanned) -> VisitPlanned | None:
    """None where nothing is planned any more, or nobody may be written to here now."""
    here = hearing.conversation
    if here["contact"] == "blocked" or here["held_by"] or here["quiet"] or not here["case_id"]:
        return None
    if heard.what == ASK:
        return heard
    row = planned(hearing.batch.connection, here["case_id"], heard.visit)
    if row is None:
        return None
    pair = [row["first_worker"], row["second_worker"]]
    rows = hearing.batch.connection.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(pair)))
    names = {one.id: one.name for one in rows}
    return VisitPlanned(
        heard.visit, heard.what, row["planned_on"], row["from_time"], row["until_time"], tuple(names[one] for one in pair if one in names))


def change(hearing: Hearing, effect: ChangeVisit) -> None:
    """Take the visit off its day, or cancel it, and tell the staff: they arrange what follows."""
    here = hearing.conversation
    if not here["case_id"]:
        return
    if moved_by_household(hearing.batch.connection, here["case_id"], effect.visit, effect.to, hearing.now):
        raise_task(hearing.batch, hearing.office, "talk", topic=f"visit_{effect.to}", case_id=here["case_id"], conversation_id=here["id"])
