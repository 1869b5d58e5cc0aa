"""CallHuman, Refer, RequestVisit: put a person on it, and say who makes contact by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from backend import ids
from backend.cases.service import wait_for_human
from backend.conversations.facts import open_case
from backend.conversations.hearing import Hearing
from backend.referrals.models import referral
from backend.staff.models import notice
from backend.tasks import rules
from backend.tasks.raising import Raised, open_task, raise_task, tell
from backend.visits.models import visit_request
from dialogs.core.effects import CallHuman, OpenCase, Refer, RequestVisit
from dialogs.core.heard import HumanTold

RING_AGAIN = timedelta(minutes=1)
NOT_SENT = "none"
"""`notice.route` of what was over before it was sent."""


def call(hearing: Hearing, effect: CallHuman) -> HumanTold:
    """Danger joins the open task of the same level for six hours; the wish to talk joins the one that waits."""
    wait_for_human(hearing.batch, hearing.conversation)
    kind = effect.urgency
    about = "crisis" if kind in rules.DANGER else kind
    there = open_task(hearing.batch, hearing.conversation["id"], kind)
    if there is not None and (kind not in rules.DANGER or there["made_at"] > hearing.now - rules.JOIN):
        _again(hearing, there, kind)
        reached = bool(hearing.office.on_duty)
        return _told(hearing, Raised(there["id"], there["due_at"], reached, _in_hours(hearing), joined=True), about)
    raised = raise_task(
        hearing.batch, hearing.office, kind, topic=effect.topic, rule=effect.rule,
        conversation_id=hearing.conversation["id"], case_id=hearing.conversation["case_id"],
    )  # fmt: skip
    return _told(hearing, raised, about)


def _again(hearing: Hearing, there: Mapping[str, Any], kind: str) -> None:
    """SF-11: danger said again reaches whoever has taken it; while nobody has, the task's clock rings by itself.

    Who asks again to be called has no clock: whoever has taken it, or is on duty, is told again.
    """
    if kind != "talk" and (kind not in rules.DANGER or there["acked_at"] is None):
        return
    office = hearing.office
    member = next((one for one in office.members if one.id == there["acked_by"]), None)
    for one in (member,) if member else office.on_duty[:1] or office.members:
        if (at := _rings_at(hearing, one.id, there, kind)) is not None:
            tell(hearing.batch, office, one, kind, there["id"], at)


def _rings_at(hearing: Hearing, staff_id: str, there: Mapping[str, Any], kind: str) -> datetime | None:
    """At once, or a minute after the last ring; None where one is still to come, which tells of this message too.

    Somebody who writes thirty times a minute must not make the telephone ring thirty times: nobody would look at it any more.
    What is no danger waits for its bundle.
    """
    danger = kind in rules.DANGER
    if not danger and any((row["task_id"], row["staff_id"]) == (there["id"], staff_id) for row in hearing.batch.added(notice)):
        return None
    first = hearing.now if danger else hearing.now + rules.BUNDLE
    last = hearing.batch.connection.execute(
        select(notice.c.state, notice.c.tries, notice.c.route, notice.c.created_at, notice.c.sent_at)
        .where(notice.c.staff_id == staff_id, notice.c.task_id == there["id"]).order_by(notice.c.id.desc()).limit(1)
    ).first()  # fmt: skip
    if last is None or (there["acked_at"] and last.created_at <= there["acked_at"]) or last.route == NOT_SENT:
        return first  # what was planned before the task was taken is never sent
    if last.state == "pending" and not last.tries:
        return None
    after: datetime = (last.sent_at or last.created_at) + RING_AGAIN
    return max(first, after)


def refer(hearing: Hearing, effect: Refer) -> HumanTold:
    """A wish for a professional is kept with the decision taken for it; nothing leaves the municipality by itself."""
    case_id = _case(hearing)
    for row in hearing.batch.connection.execute(
        select(referral.c.profession, referral.c.due_at, referral.c.id).where(
            referral.c.case_id == case_id, referral.c.state == "open"
        )
    ):
        if row.profession == effect.profession:
            return _told(hearing, Raised(row.id, row.due_at, True, _in_hours(hearing), joined=True), "refer")
    by = rules.due_at("refer", hearing.now, hearing.office.calendar, hearing.office.contact_days)
    referral_id = ids.new()
    hearing.batch.add(
        referral,
        {
            "id": referral_id, "tenant_id": hearing.office.id, "case_id": case_id,
            "conversation_id": hearing.conversation["id"], "profession": effect.profession, "consent": effect.consent,
            "made_at": hearing.now, "due_at": by, "changed_at": hearing.now,
        },
    )  # fmt: skip
    raised = raise_task(
        hearing.batch, hearing.office, "refer", topic=effect.profession, case_id=case_id,
        conversation_id=hearing.conversation["id"], referral_id=referral_id, due_at=by,
    )  # fmt: skip
    return _told(hearing, raised, "refer")


def request_visit(hearing: Hearing, _effect: RequestVisit) -> HumanTold:
    """A wish for a home visit; one that is open or planned already is the same wish."""
    case_id = _case(hearing)
    there = hearing.batch.connection.execute(
        select(visit_request.c.id, visit_request.c.due_at)
        .where(visit_request.c.case_id == case_id, visit_request.c.state.in_(("open", "planned")))
        .limit(1)
    ).first()
    if there is not None:
        return _told(hearing, Raised(there.id, there.due_at, True, _in_hours(hearing), joined=True), "visit")
    by = rules.due_at("visit", hearing.now, hearing.office.calendar, hearing.office.contact_days)
    request_id = ids.new()
    hearing.batch.add(
        visit_request,
        {
            "id": request_id, "tenant_id": hearing.office.id, "case_id": case_id,
            "conversation_id": hearing.conversation["id"], "made_at": hearing.now, "due_at": by,
            "changed_at": hearing.now,
        },
    )  # fmt: skip
    raised = raise_task(
        hearing.batch, hearing.office, "visit", case_id=case_id, conversation_id=hearing.conversation["id"],
        visit_request_id=request_id, due_at=by,
    )  # fmt: skip
    return _told(hearing, raised, "visit")


def _case(hearing: Hearing) -> str:
    """The case of this conversation; somebody who asks for help before one was opened gets one now."""
    if not hearing.conversation["case_id"]:
        open_case(hearing, OpenCase())
    return str(hearing.conversation["case_id"])


def _in_hours(hearing: Hearing) -> bool:
    return hearing.office.calendar.in_hours(hearing.now)


def _told(hearing: Hearing, raised: Raised, about: str) -> HumanTold:
    """What the person is told: a day that has passed is promised anew, while the task stays overdue for staff."""
    office, by = hearing.office, raised.due_at
    if by <= hearing.now and about != "crisis":
        by = rules.due_at(about, hearing.now, office.calendar, office.contact_days)
    return HumanTold(office.about.name, by, about, raised.reached, raised.in_hours)
