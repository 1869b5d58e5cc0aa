"""The only way to a case, a conversation, a task, a referral or a visit request: guarded and traced.

Each accessor looks only inside the staff member's own municipality, lets only roles that carry cases through,
keeps restricted people to their handlers (PR-31), and writes the read into the audit trail (PR-34: every view).
What is not there and what one may not know to be there look alike.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, false, or_, select, true

from backend.audit import service as audit
from backend.audit.models import audit as trail
from backend.cases.models import case
from backend.db import Row
from backend.journal.models import conversation
from backend.people import guarded
from backend.referrals.models import referral
from backend.staff.models import staff as staff_table
from backend.staff.roles import CARRIES_CASES, OPENS_CASES, OPERATOR, PARTNER, SUPERVISOR, Staff
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from backend.tenants.models import recipient
from backend.visits.models import visit, visit_request

Found: TypeAlias = Row

VIEW_LASTS = timedelta(minutes=10)
"""A page that refreshes itself is one view: the same person's view of the same thing is written once in this time."""


class NotForYou(LookupError):
    """It does not exist, belongs to somebody else's municipality, or the role does not carry cases."""


class Restricted(LookupError):
    """It exists, and only its handlers may see it. `handler` is the name of whom to ask, or empty."""

    def __init__(self, handler: str = "") -> None:
        super().__init__("restricted")
        self.handler = handler


def reach(staff: Staff) -> ColumnElement[bool]:
    """Which rows of `case` this account may open: the condition that every list, search, count and export adds.

    A supervisor: the whole municipality. A caseworker: the districts it is limited to, cases that have none yet, and
    what is assigned to it. An operator: what is assigned to it. Everybody else: none. Restricted people are hidden
    besides (`may_see`).
    """
    own = case.c.tenant_id == staff.tenant_id
    if staff.role not in OPENS_CASES:
        return false()
    limit = within(staff)
    return own if limit is None else and_(own, limit)


def within(staff: Staff) -> ColumnElement[bool] | None:
    """What keeps an account that opens cases to a part of its municipality; None: nothing."""
    mine = case.c.assigned_to == staff.id
    if staff.role == OPERATOR:
        return mine
    near = districts_of(staff)
    return or_(mine, case.c.district.in_(near)) if near else None


def districts_of(staff: Staff) -> tuple[str, ...]:
    """The districts that a caseworker is limited to, with "" for the cases that have none yet; empty: no such limit."""
    return ("", *staff.districts) if staff.districts and staff.role not in (SUPERVISOR, OPERATOR) else ()


def visible(staff: Staff) -> ColumnElement[bool]:
    """`reach`, without the restricted people that this account does not handle: what may be listed by name."""
    handled = true() if staff.role == SUPERVISOR else or_(case.c.restricted.is_(False), case.c.assigned_to == staff.id)
    return and_(reach(staff), handled)


def case_for(connection: Connection, staff: Staff, case_id: str, at: datetime, *, viewing: bool = True) -> Found:
    """The case's row. `viewing=False` for an act that writes its own entry. Raises `NotForYou` or `Restricted`."""
    found = _own(connection, case, staff, case_id)
    if not _reaches(staff, found) and not (staff.role in CARRIES_CASES and _in_danger(connection, case_id)):
        raise NotForYou
    if found["restricted"] and not _handles(connection, staff, found):
        raise Restricted(name_of(connection, found["assigned_to"]))
    if viewing:
        viewed(connection, staff, "case", case_id, at)
    return found


def conversation_for(
    connection: Connection, staff: Staff, conversation_id: str, at: datetime, *, viewing: bool = True
) -> Found:
    """The conversation's row; where it belongs to a case, the case's guard holds too."""
    found = _own(connection, conversation, staff, conversation_id)
    if found["case_id"]:
        case_for(connection, staff, found["case_id"], at, viewing=viewing)
    elif staff.role not in CARRIES_CASES:
        raise NotForYou  # nobody has been given it
    elif viewing:
        viewed(connection, staff, "conversation", conversation_id, at)
    return found


def task_for(connection: Connection, staff: Staff, task_id: str, at: datetime) -> Found:
    """The task's row, for acting on it."""
    found = _own(connection, task, staff, task_id)
    if found["case_id"]:
        case_for(connection, staff, found["case_id"], at, viewing=False)
    elif found["conversation_id"]:
        conversation_for(connection, staff, found["conversation_id"], at, viewing=False)
    elif staff.role not in CARRIES_CASES:
        raise NotForYou
    return found


def referral_for(connection: Connection, staff: Staff, referral_id: str, at: datetime) -> Found:
    """The referral's row, for acting on it."""
    found = _own(connection, referral, staff, referral_id)
    case_for(connection, staff, found["case_id"], at, viewing=False)
    return found


def referred_for(connection: Connection, staff: Staff, referral_id: str, at: datetime, *, viewing: bool = True) -> Found:
    """A referral for the partner it was made to. What of the household they may see says `referrals.sharing`.

    A referral that was withdrawn, or about a protected person, is not there for them (PR-04, PR-31).
    """
    if staff.role != PARTNER or not staff.recipient_id:
        raise NotForYou
    chosen = referred(staff).where(referral.c.id == referral_id)
    found = connection.execute(chosen).mappings().one_or_none()
    if found is None:
        raise NotForYou
    if viewing:
        viewed(connection, staff, "referral", referral_id, at)
    return dict(found)


def referred(staff: Staff) -> Select[Any]:
    """The referrals that a partner's account may see at all."""
    return (
        select(referral)
        .join(case, case.c.id == referral.c.case_id)
        .join(recipient, recipient.c.id == referral.c.recipient_id)
        .where(
            referral.c.tenant_id == staff.tenant_id, referral.c.recipient_id == staff.recipient_id,
            referral.c.state != "withdrawn", case.c.restricted.is_(False), recipient.c.active,
        )
    )


def visit_for(connection: Connection, staff: Staff, visit_id: str, at: datetime) -> Found:
    """The visit request's row, for acting on it."""
    found = _own(connection, visit_request, staff, visit_id)
    case_for(connection, staff, found["case_id"], at, viewing=False)
    return found


def planned_for(connection: Connection, staff: Staff, visit_id: str, at: datetime, *, lock: bool = False) -> Found:
    """The row of a visit itself, for acting on it; `lock` holds it until commit."""
    found = _own(connection, visit, staff, visit_id, lock=lock)
    case_for(connection, staff, found["case_id"], at, viewing=False)
    return found


def hidden_in(connection: Connection, staff: Staff, home: Row) -> tuple[str, ...]:
    """The beginnings of the answers of a case that this account may not read: those about protected members of an open household."""
    return () if may_see(staff, True, home["assigned_to"]) else guarded.scopes(connection, home["id"])


def doors(staff: Staff) -> ColumnElement[bool]:
    """Which rows of `visit` joined with `case` stand on somebody's own list of the day: what they may see, and where they were
    sent. A pair that is lent for the visits is given the doors, not the cases; protected people stay with their handlers."""
    if staff.role not in OPENS_CASES:
        return false()
    sent = or_(visit.c.first_worker == staff.id, visit.c.second_worker == staff.id)
    return or_(visible(staff), and_(case.c.tenant_id == staff.tenant_id, sent, case.c.restricted.is_(False)))


def door_for(connection: Connection, staff: Staff, visit_id: str, at: datetime, *, lock: bool = False) -> tuple[Found, Found]:
    """A visit and its case, for telling what was met there: for whoever reaches the case, and for those who were sent."""
    found = _own(connection, visit, staff, visit_id, lock=lock)
    if staff.id in (found["first_worker"], found["second_worker"]):
        home = _own(connection, case, staff, found["case_id"])
        if not home["restricted"]:
            return found, home
    return found, case_for(connection, staff, found["case_id"], at, viewing=False)


def may_see(staff: Staff, restricted: bool, assigned_to: str | None) -> bool:
    """Whether a list may show who this is. The case page may let more through (`_handles`), a list never."""
    return not restricted or staff.role == SUPERVISOR or assigned_to == staff.id


def _own(connection: Connection, table: Table, staff: Staff, id_: str, *, lock: bool = False) -> Found:
    if staff.role not in OPENS_CASES:
        raise NotForYou
    chosen = select(table).where(table.c.id == id_, table.c.tenant_id == staff.tenant_id)
    found = connection.execute(chosen.with_for_update(key_share=True) if lock else chosen).mappings().one_or_none()
    if found is None:
        raise NotForYou
    return dict(found)


def _reaches(staff: Staff, found: Found) -> bool:
    """`reach`, for a row at hand."""
    if found["assigned_to"] == staff.id or staff.role == SUPERVISOR:
        return True
    return staff.role != OPERATOR and (not staff.districts or found["district"] in ("", *staff.districts))


def _handles(connection: Connection, staff: Staff, found: Found) -> bool:
    if may_see(staff, bool(found["restricted"]), found["assigned_to"]):
        return True
    # Life goes first: whoever is on duty must be able to answer a danger, whoever handles the case.
    return staff.on_duty is not None and _in_danger(connection, found["id"])


def _in_danger(connection: Connection, case_id: str) -> bool:
    danger = select(task.c.id).where(task.c.case_id == case_id, task.c.done_at.is_(None), task.c.kind.in_(DANGER))
    return connection.execute(danger.limit(1)).first() is not None


def name_of(connection: Connection, staff_id: Any) -> str:
    """The name of an account, for the sentence that says whom to ask."""
    if not staff_id:
        return ""
    return str(connection.execute(select(staff_table.c.name).where(staff_table.c.id == staff_id)).scalar_one())


def viewed(connection: Connection, staff: Staff, kind: str, id_: str, at: datetime) -> None:
    """Write a view into the trail, once in `VIEW_LASTS`."""
    lately = (
        select(trail.c.id)
        .where(
            trail.c.object_kind == kind, trail.c.object_id == id_, trail.c.action == f"{kind}.viewed",
            trail.c.staff_id == staff.id, trail.c.at > at - VIEW_LASTS,
        )
        .limit(1)
    )
    if connection.execute(lately).first() is None:
        audit.record(
            connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=f"{kind}.viewed", object_kind=kind,
            object_id=id_, at=at,
        )
