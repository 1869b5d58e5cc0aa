"""Which households wait for a case meeting, and why; most urgent reason first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from backend.cases.models import case
from backend.cases.review import stalled_after
from backend.cases.selection import standing_still
from backend.meetings.models import meeting, meeting_item
from backend.meetings.rules import NEEDS_MEETING, REASONS, Standing, reasons_for
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff.access import visible
from backend.staff.roles import Staff
from backend.tasks.models import task

MOST = 300
"""Candidates that are looked at: a meeting talks about ten."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that should come before a meeting. `reasons` in the order of `rules.REASONS`."""

    row: Any
    reasons: tuple[str, ...]
    question: str = ""


def candidates(connection: Connection, staff: Staff, now: datetime, today: date) -> list[Candidate]:
    """Open cases that this member of staff sees and that no planned meeting has on its agenda."""
    after = stalled_after(connection, staff.tenant_id)
    planned = select(meeting_item.c.case_id).join(meeting, meeting.c.id == meeting_item.c.meeting_id).where(
        meeting.c.tenant_id == staff.tenant_id, meeting.c.state == "planned")
    waiting = {row.case_id: row.question or "" for row in connection.execute(
        select(meeting_item.c.case_id, meeting_item.c.question).where(
            meeting_item.c.tenant_id == staff.tenant_id, meeting_item.c.meeting_id.is_(None)))}
    back = {row.case_id for row in connection.execute(
        select(task.c.case_id).join(referral, referral.c.id == task.c.referral_id).where(
            task.c.tenant_id == staff.tenant_id, task.c.done_at.is_(None), referral.c.state == "declined").limit(MOST))}
    unreached = {row.case_id for row in connection.execute(
        select(task.c.case_id).where(task.c.tenant_id == staff.tenant_id, task.c.done_at.is_(None), task.c.kind == "meeting")
        .order_by(task.c.due_at, task.c.id).limit(MOST))}
    chosen = (
        select(case.c.id, case.c.number, case.c.category, case.c.changed_at, case.c.review_on, case.c.district, case.c.restricted,
               person.c.name, person.c.kana)
        .join(person, person.c.id == case.c.person_id)
        .where(visible(staff), case.c.status == "open", case.c.id.not_in(planned), or_(
            case.c.id.in_([*waiting, *back, *unreached]), case.c.category.in_(NEEDS_MEETING), case.c.review_on <= today,
            standing_still(now, after) & case.c.category.is_not(None)))
        .order_by(case.c.changed_at, case.c.id).limit(MOST)
    )  # fmt: skip
    rows = list(connection.execute(chosen))
    last = _last_meetings(connection, [row.id for row in rows])
    found = []
    for row in rows:
        standing = Standing(row.category, row.changed_at, row.review_on, row.id in back, row.id in waiting, last.get(row.id), row.id in unreached)
        if why := reasons_for(standing, now, today, after):
            found.append(Candidate(row, why, waiting.get(row.id, "")))
    return sorted(found, key=lambda one: (REASONS.index(one.reasons[0]), one.row.changed_at, one.row.id))


def _last_meetings(connection: Connection, case_ids: list[str]) -> dict[str, date]:
    chosen = (
        select(meeting_item.c.case_id, func.max(meeting.c.held_on).label("held_on"))
        .join(meeting, meeting.c.id == meeting_item.c.meeting_id)
        .where(meeting_item.c.case_id.in_(case_ids), meeting.c.state == "held").group_by(meeting_item.c.case_id)
    )  # fmt: skip
    return {row.case_id: row.held_on for row in connection.execute(chosen)}
