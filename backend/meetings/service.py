"""Plan a case meeting, say who takes part, decide household by household, and hold it. Callers own the transaction."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.models import case
from backend.cases.review import plan_review
from backend.clock import JST
from backend.conflict import Conflict
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.conversations.offices import read_office
from backend.db import Row
from backend.journal.batch import Batch
from backend.meetings.models import assignment, meeting, meeting_item, participant
from backend.meetings.rules import REASONS
from backend.referrals.models import referral
from backend.staff.models import staff
from backend.tasks.models import task
from backend.tasks.raising import raise_task
from backend.tasks.service import done_by, seen_by
from backend.tenants.models import recipient
from dialogs.fields import PROFESSIONS

LONGEST = 8000


class NoSuchMeeting(LookupError):
    """There is no such meeting, item or participant in this municipality."""


class MeetingTrouble(ValueError):
    """`why` is `held` (it is over), `there` (the household is on it already), `empty`, `who`, `profession`
    or `minutes` (not theirs to read and write)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def plan(connection: Connection, *, tenant_id: str, held_on: date, starts_at: str, place: str, by: str, at: datetime) -> str:
    """Plan a meeting and return its id."""
    id_ = ids.new()
    connection.execute(insert(meeting).values(
        id=id_, tenant_id=tenant_id, held_on=held_on, starts_at=starts_at[:5], place=place[:120], made_by=by, made_at=at))
    _trace(connection, tenant_id, by, "meeting.planned", id_, at)
    return id_


def find(connection: Connection, tenant_id: str, meeting_id: str, *, lock: bool = False) -> Row:
    """Raises `NoSuchMeeting`."""
    chosen = select(meeting).where(meeting.c.id == meeting_id, meeting.c.tenant_id == tenant_id)
    row = connection.execute(chosen.with_for_update(key_share=True) if lock else chosen).mappings().one_or_none()
    if row is None:
        raise NoSuchMeeting
    return dict(row)


def items_of(connection: Connection, meeting_id: str) -> list[Any]:
    """The agenda, in order."""
    mine = select(meeting_item).where(meeting_item.c.meeting_id == meeting_id)
    return list(connection.execute(mine.order_by(meeting_item.c.place, meeting_item.c.id)))


def participants_of(connection: Connection, meeting_id: str) -> list[Any]:
    """Who is at the table, with the pledge of their organisation (`pledge_until`)."""
    chosen = (
        select(participant, recipient.c.kind, recipient.c.active, recipient.c.pledge_until, recipient.c.name.label("recipient_name"))
        .join(recipient, recipient.c.id == participant.c.recipient_id, isouter=True)
        .where(participant.c.meeting_id == meeting_id).order_by(participant.c.id)
    )  # fmt: skip
    return list(connection.execute(chosen))


def assignments_of(connection: Connection, item_ids: list[str]) -> dict[str, list[Any]]:
    """Item id -> what was given to whom."""
    found: dict[str, list[Any]] = {id_: [] for id_ in item_ids}
    for row in connection.execute(select(assignment).where(assignment.c.item_id.in_(item_ids)).order_by(assignment.c.id)):
        found[row.item_id].append(row)
    return found


def flag(connection: Connection, *, tenant_id: str, case_id: str, question: str, by: str, at: datetime) -> None:
    """Ask for the next meeting to talk about a household; asked twice it waits once, with the newer question."""
    waits = (meeting_item.c.case_id == case_id) & meeting_item.c.meeting_id.is_(None)
    connection.execute(delete(meeting_item).where(waits))
    connection.execute(insert(meeting_item).values(
        id=ids.new(), tenant_id=tenant_id, case_id=case_id, why="flagged", question=question.strip()[:LONGEST] or None, added_by=by, at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="case.flagged", object_kind="case", object_id=case_id, at=at)


def put_down(connection: Connection, case_id: str) -> Any | None:
    """What waits to be talked over about a household: `question`, `at`, and `held_on`, the day of the meeting or None; None if nothing does."""
    waits = meeting_item.c.meeting_id.is_(None) | (meeting.c.state == "planned")
    return connection.execute(
        select(meeting_item.c.question, meeting_item.c.at, meeting.c.held_on)
        .outerjoin(meeting, meeting.c.id == meeting_item.c.meeting_id)
        .where(meeting_item.c.case_id == case_id, waits).order_by(meeting_item.c.id.desc())
    ).first()  # fmt: skip


def put_on(connection: Connection, *, tenant_id: str, meeting_id: str, case_id: str, why: str, question: str, by: str, at: datetime) -> str:
    """Put a household on the agenda; what waited for the next meeting comes along. Raises `MeetingTrouble`."""
    _planned(connection, tenant_id, meeting_id)
    if why not in REASONS:
        raise MeetingTrouble("who")
    mine = meeting_item.c.meeting_id == meeting_id
    if connection.execute(select(meeting_item.c.id).where(mine, meeting_item.c.case_id == case_id)).first():
        raise MeetingTrouble("there")
    waited = connection.execute(select(meeting_item).where(
        meeting_item.c.case_id == case_id, meeting_item.c.meeting_id.is_(None))).first()
    last = connection.execute(select(func.max(meeting_item.c.place)).where(mine)).scalar_one() or 0
    values = {"meeting_id": meeting_id, "place": last + 1, "question": question.strip()[:LONGEST] or (waited.question if waited else None)}
    item_id = waited.id if waited else ids.new()
    if waited:
        connection.execute(update(meeting_item).where(meeting_item.c.id == item_id).values(**values))
    else:
        connection.execute(insert(meeting_item).values(
            id=item_id, tenant_id=tenant_id, case_id=case_id, why=why, added_by=by, at=at, **values))
    _trace(connection, tenant_id, by, "meeting.item_added", meeting_id, at, case=case_id)
    return str(item_id)


def take_off(connection: Connection, *, tenant_id: str, meeting_id: str, item_id: str, by: str, at: datetime) -> None:
    """Take a household off the agenda while nothing was decided about it. Raises `MeetingTrouble` or `NoSuchMeeting`."""
    _planned(connection, tenant_id, meeting_id)
    row = _item(connection, meeting_id, item_id)
    if row["decision"] or assignments_of(connection, [item_id])[item_id]:
        raise MeetingTrouble("held")
    connection.execute(delete(meeting_item).where(meeting_item.c.id == item_id))
    _trace(connection, tenant_id, by, "meeting.item_removed", meeting_id, at, case=row["case_id"])


def invite(
    connection: Connection, *, tenant_id: str, meeting_id: str, name: str, organisation: str, staff_id: str | None,
    recipient_id: str | None, pledged_on: date | None, by: str, at: datetime,
) -> str:  # fmt: skip
    """Somebody takes part: a colleague, or a person of an organisation with the day of their pledge. Raises `MeetingTrouble`."""
    _planned(connection, tenant_id, meeting_id)
    if staff_id:
        theirs = select(staff.c.name).where(staff.c.id == staff_id, staff.c.tenant_id == tenant_id, staff.c.active)
        name = connection.execute(theirs).scalar_one_or_none() or ""
    elif recipient_id:
        known = select(recipient.c.id).where(recipient.c.id == recipient_id, recipient.c.tenant_id == tenant_id)
        if connection.execute(known).first() is None:
            raise MeetingTrouble("who")
    if not name.strip():
        raise MeetingTrouble("who")
    id_ = ids.new()
    connection.execute(insert(participant).values(
        id=id_, meeting_id=meeting_id, name=name.strip()[:120], organisation=organisation.strip()[:120], staff_id=staff_id or None,
        recipient_id=None if staff_id else recipient_id or None, pledged_on=pledged_on))  # fmt: skip
    _trace(connection, tenant_id, by, "meeting.invited", meeting_id, at)
    return id_


def uninvite(connection: Connection, *, tenant_id: str, meeting_id: str, participant_id: str, by: str, at: datetime) -> None:
    _planned(connection, tenant_id, meeting_id)
    mine = (participant.c.id == participant_id) & (participant.c.meeting_id == meeting_id)
    if connection.execute(delete(participant).where(mine)).rowcount:
        _trace(connection, tenant_id, by, "meeting.uninvited", meeting_id, at)


def decide(
    connection: Connection, *, tenant_id: str, meeting_id: str, item_id: str, decision: str, review_on: date | None, by: str,
    version: int, at: datetime,
) -> None:  # fmt: skip
    """What the meeting decided about one household, and when it is looked at next. Raises `Conflict`."""
    _planned(connection, tenant_id, meeting_id)
    row = _item(connection, meeting_id, item_id)
    if row["version"] != version:
        raise Conflict({"decision": row["decision"] or "", "review_on": row["review_on"].isoformat() if row["review_on"] else ""})
    connection.execute(update(meeting_item).where(meeting_item.c.id == item_id).values(
        decision=decision.strip()[:LONGEST] or None, review_on=review_on, version=version + 1))
    _trace(connection, tenant_id, by, "meeting.decided", meeting_id, at, case=row["case_id"])


def assign(
    connection: Connection, *, tenant_id: str, meeting_id: str, item_id: str, what: str, owner: str, due_on: date | None,
    profession: str, by: str, at: datetime,
) -> None:  # fmt: skip
    """Give something to somebody: it waits as a task at once; with a profession it is a referral (つなぎ).

    A referral keeps what the household decided on sharing; whoever marks it accepted needs its yes. Raises `MeetingTrouble`.
    """
    _planned(connection, tenant_id, meeting_id)
    row = _item(connection, meeting_id, item_id)
    if not what.strip():
        raise MeetingTrouble("empty")
    if profession and profession not in PROFESSIONS:
        raise MeetingTrouble("profession")
    batch, office = Batch(connection, at), read_office(connection, tenant_id, at)
    by_day = datetime.combine(due_on, time(17, 15), JST) if due_on else None
    values: dict[str, Any] = {"kind": "referral" if profession else "task"}
    if profession:
        said = standing(decisions_of(connection, case_id=row["case_id"]), at).get("professional", "deferred")
        values["referral_id"] = ids.new()
        raised = raise_task(batch, office, "refer", topic=profession, case_id=row["case_id"], referral_id=values["referral_id"], due_at=by_day)
        batch.add(referral, {
            "id": values["referral_id"], "tenant_id": tenant_id, "case_id": row["case_id"], "profession": profession, "consent": said,
            "note": what.strip(), "made_at": at, "due_at": raised.due_at, "changed_at": at, "changed_by": by})  # fmt: skip
    else:
        raised = raise_task(batch, office, "decided", case_id=row["case_id"], due_at=by_day)
    batch.flush()
    connection.execute(insert(assignment).values(
        id=ids.new(), item_id=item_id, what=what.strip()[:LONGEST], owner=owner.strip()[:120], due_on=due_on, task_id=raised.task_id, **values))
    _trace(connection, tenant_id, by, "meeting.assigned", meeting_id, at, case=row["case_id"])


def hold(
    connection: Connection, *, tenant_id: str, meeting_id: str, minutes: str, present: set[str], by: str, version: int, at: datetime
) -> None:
    """The meeting is over: minutes, who came; each household's support record and review date follow. Raises `Conflict`."""
    row = find(connection, tenant_id, meeting_id, lock=True)
    if row["version"] != version or row["state"] != "planned":
        raise Conflict({"minutes": row["minutes"] or "", "state": row["state"]})
    connection.execute(update(meeting).where(meeting.c.id == meeting_id).values(
        state="held", minutes=minutes.strip()[:LONGEST] or None, version=version + 1))
    for one in participants_of(connection, meeting_id):
        came = 1 if one.id in present else 2
        connection.execute(update(participant).where(participant.c.id == one.id).values(present=came))
    for item in items_of(connection, meeting_id):
        record.add(connection, tenant_id=tenant_id, case_id=item.case_id, kind="meeting", at=at, staff_id=by,
                   args={"day": row["held_on"]}, text=item.decision or "", about=("meeting", meeting_id))  # fmt: skip
        for waits in connection.execute(select(task.c.id, task.c.acked_at).where(
                task.c.case_id == item.case_id, task.c.kind == "meeting", task.c.done_at.is_(None))).all():
            if waits.acked_at is None:
                seen_by(connection, waits.id, by, at)
            done_by(connection, waits.id, by, at)  # what outreach asked for has taken place
        if item.review_on is not None:
            mine = update(case).where(case.c.id == item.case_id)
            connection.execute(mine.values(review_on=item.review_on, version=case.c.version + 1))
            plan_review(connection, item.case_id, item.review_on)
    _trace(connection, tenant_id, by, "meeting.held", meeting_id, at)


def cancel(connection: Connection, *, tenant_id: str, meeting_id: str, by: str, version: int, at: datetime) -> None:
    """It does not take place: its households wait for the next one. Raises `Conflict`."""
    row = find(connection, tenant_id, meeting_id, lock=True)
    if row["version"] != version or row["state"] != "planned":
        raise Conflict({"state": row["state"]})
    connection.execute(update(meeting).where(meeting.c.id == meeting_id).values(state="cancelled", version=version + 1))
    for item in items_of(connection, meeting_id):
        flag(connection, tenant_id=tenant_id, case_id=item.case_id, question=item.question or "", by=by, at=at)
    _trace(connection, tenant_id, by, "meeting.cancelled", meeting_id, at)


def _planned(connection: Connection, tenant_id: str, meeting_id: str) -> None:
    if find(connection, tenant_id, meeting_id, lock=True)["state"] != "planned":
        raise MeetingTrouble("held")


def _item(connection: Connection, meeting_id: str, item_id: str) -> Row:
    row = connection.execute(select(meeting_item).where(
        meeting_item.c.id == item_id, meeting_item.c.meeting_id == meeting_id).with_for_update(key_share=True)).mappings().one_or_none()
    if row is None:
        raise NoSuchMeeting
    return dict(row)


def _trace(connection: Connection, tenant_id: str, by: str, action: str, meeting_id: str, at: datetime, **detail: str) -> None:
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action=action, object_kind="meeting", object_id=meeting_id,
                 detail=detail or None, at=at)  # fmt: skip
