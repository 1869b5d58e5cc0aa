"""What somebody at the booth may open: the forms they are filling in, and the cases they made of them today.

The booth's role carries no cases. It sees what it seeded itself, until the end of that day in Japan; whoever carries cases
comes through `access.case_for`. A protected person is for handlers alone, whoever typed the form (PR-31).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from backend.booth.models import booth_draft
from backend.cases.models import case
from backend.clock import in_japan
from backend.staff import access
from backend.staff.access import Found, NotForYou, Restricted
from backend.staff.roles import CARRIES_CASES, SEEDS_CASES, Staff


def seeded_for(connection: Connection, staff: Staff, case_id: str, at: datetime, *, viewing: bool = True) -> Found:
    """The case's row for whoever reaches it, or seeded it today. Raises `NotForYou` or `Restricted`."""
    try:
        return access.case_for(connection, staff, case_id, at, viewing=viewing)
    except NotForYou:
        if staff.role not in SEEDS_CASES or not _seeded_today(connection, staff, case_id, at):
            raise
    chosen = select(case).where(case.c.id == case_id, case.c.tenant_id == staff.tenant_id)
    found = dict(connection.execute(chosen).mappings().one())
    if not access.may_see(staff, found["restricted"], found["assigned_to"]):
        raise Restricted(access.name_of(connection, found["assigned_to"]))
    if viewing:
        access.viewed(connection, staff, "case", case_id, at)
    return found


def draft_for(connection: Connection, staff: Staff, draft_id: str, at: datetime, *, lock: bool = False) -> Found:
    """A form's row for its author, or for whoever carries cases; where it belongs to a case, the case's guard holds too."""
    chosen = select(booth_draft).where(booth_draft.c.id == draft_id, booth_draft.c.tenant_id == staff.tenant_id)
    row = connection.execute(chosen.with_for_update(key_share=True) if lock else chosen).mappings().one_or_none()
    if row is None or staff.role not in SEEDS_CASES:
        raise NotForYou
    if row["case_id"]:
        home = seeded_for(connection, staff, row["case_id"], at, viewing=False)
        if row["taken"] is not None and access.hidden_in(connection, staff, home):  # its answers stand in the form
            raise Restricted(access.name_of(connection, home["assigned_to"]))
    elif row["staff_id"] != staff.id and staff.role not in CARRIES_CASES:
        raise NotForYou
    return dict(row)


def mine(staff: Staff) -> ColumnElement[bool]:
    """Which rows of `booth_draft` this account may be shown in a list."""
    own = booth_draft.c.tenant_id == staff.tenant_id
    return own if staff.role in CARRIES_CASES else and_(own, booth_draft.c.staff_id == staff.id)


def _seeded_today(connection: Connection, staff: Staff, case_id: str, at: datetime) -> bool:
    morning = in_japan(at).replace(hour=0, minute=0, second=0, microsecond=0)
    found = select(booth_draft.c.id).where(
        booth_draft.c.tenant_id == staff.tenant_id, booth_draft.c.staff_id == staff.id, booth_draft.c.case_id == case_id,
        booth_draft.c.seeded, booth_draft.c.finished_at >= morning,
    )  # fmt: skip
    return connection.execute(found.limit(1)).first() is not None
