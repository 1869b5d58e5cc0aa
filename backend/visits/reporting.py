"""What came of a visit, as those who stood at the door tell it: once, however often a telephone sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.clock import Clock, in_japan
from backend.conflict import Conflict
from backend.contacts import rules as contacts
from backend.contacts import service as log
from backend.contacts.consequences import follow
from backend.contacts.models import contact
from backend.contacts.promises import PROMISE
from backend.conversations.between import between_turns, chats_of
from backend.conversations.offices import read_office
from backend.db import Row
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.staff.access import door_for
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.tasks.service import done_by, seen_by
from backend.visits import appointments, survey
from backend.visits.models import visit, visit_request
from backend.visits.planning import DONE, PLANNED, WANTED
from dialogs.core.words import Text

RESULTS = (
    contacts.MET, contacts.CARD_LEFT, contacts.ABSENT, contacts.REFUSED, contacts.MOVED, contacts.VACANT, contacts.UNSAFE, contacts.DIED,
    contacts.DANGER,
)  # fmt: skip
"""What can be met at a door, in the order of the form. `moved` stands for a wrong address, too."""
AGAIN = frozenset({contacts.ABSENT, contacts.CARD_LEFT, contacts.UNSAFE})
"""Nobody has been spoken with: somebody goes again."""
OVER = {contacts.REFUSED: "declined", contacts.MOVED: "declined", contacts.VACANT: "declined", contacts.DIED: "declined"}
"""What becomes of the request for a visit; everything that is not to be tried again has settled it."""
EARLIEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What somebody fills in at a door. `key` is the telephone's own: the same key is the same report.

    `version` is that of the visit which they had before them; `at` when they stood there.
    """

    key: str
    version: int
    result: str
    at: datetime
    note: str = ""
    next_on: date | None = None
    answers: Mapping[str, survey.Raw] = field(default_factory=dict)


class WrongReport(ValueError):
    """It cannot be kept like this; `args[0]` is the key of a sentence."""


def report(engine: Engine, clock: Clock, staff: Staff, visit_id: str, told: AtTheDoor) -> str:
    """Keep what came of a visit; returns the id of its line in the contact log.

    Writes contact log, support record, answers, request, tasks and what comes next, all or nothing. A danger rings those
    on duty at once. Sent again it changes nothing. Raises `Conflict` where the visit was changed or told by somebody
    else meanwhile, `WrongReport`, `NotForYou` or `Restricted`.
    """
    now = clock()
    with engine.begin() as connection:
        between_turns(connection, chats_of(select(visit.c.case_id).where(visit.c.id == visit_id).scalar_subquery()))
        row, found = door_for(connection, staff, visit_id, now, lock=True)
        source = f"visit:{visit_id}:{told.key}"[:60]
        known = connection.execute(select(contact.c.id).where(contact.c.source == source)).scalar_one_or_none()
        if known is not None:
            return str(known)
        _check(told, now)
        if row["version"] != told.version or row["state"] != PLANNED:
            raise Conflict(_as_it_is(connection, row))
        contact_id = str(log.keep(
            connection, tenant_id=row["tenant_id"], case_id=row["case_id"], person_id=found["person_id"], channel="visit",
            direction=contacts.OUT, result=told.result, at=told.at, made_at=now, staff_id=staff.id, campaign_id=row["campaign_id"],
            note=told.note, next_on=told.next_on, source=source))  # fmt: skip
        connection.execute(update(visit).where(visit.c.id == visit_id).values(
            state=DONE, contact_id=contact_id, changed_at=now, changed_by=staff.id, version=row["version"] + 1))
        appointments.forget(connection, visit_id)
        record.add(
            connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="contact", at=told.at, written_at=now, staff_id=staff.id,
            text=told.note, about=("contact", contact_id), args={
                "channel": Text("console.contact.channel.visit"), "result": Text(f"console.contact.result.{told.result}")},
        )  # fmt: skip
        _settle(connection, staff, row, told, now)
        answered = survey.keep(connection, staff, found, told.answers, now)
        batch = Batch(connection, now)
        follow(batch, read_office(connection, staff.tenant_id, now), row["case_id"], told.result, "visit")
        batch.flush()
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff.id, action="visit.told", object_kind="visit", object_id=visit_id,
            detail={"result": told.result, "answers": answered}, at=now)  # fmt: skip
    return contact_id


def _settle(connection: Connection, staff: Staff, row: Row, told: AtTheDoor, now: datetime) -> None:
    """The request, the tasks, and who goes again when."""
    again = told.result in AGAIN
    if not again:
        asked = update(visit_request).where(visit_request.c.case_id == row["case_id"], visit_request.c.state.in_(("open", "planned")))
        connection.execute(asked.values(
            state=OVER.get(told.result, "done"), changed_at=now, changed_by=staff.id, version=visit_request.c.version + 1))
    mine = select(task.c.id, task.c.acked_at).where(task.c.case_id == row["case_id"], task.c.kind == "visit", task.c.done_at.is_(None))
    for waiting in connection.execute(mine).all():
        if waiting.acked_at is None:
            seen_by(connection, waiting.id, staff.id, now)
        if not again:
            done_by(connection, waiting.id, staff.id, now)
    if told.next_on is None and not again:
        return
    next_one: dict[str, Any] = {
        "id": ids.new(), "tenant_id": row["tenant_id"], "case_id": row["case_id"], "campaign_id": row["campaign_id"],
        "request_id": row["request_id"] if again else None, "state": WANTED, "why": "again", "priority": row["priority"],
        "first_worker": row["first_worker"], "second_worker": row["second_worker"], "interpreter": row["interpreter"],
        "safety": row["safety"], "made_at": now, "changed_at": now, "changed_by": staff.id}  # fmt: skip
    if told.next_on is not None:
        next_one |= {"state": PLANNED, "planned_on": told.next_on}
        # The visit is the reminder: nobody has to be told to telephone on that morning as well.
        connection.execute(delete(due).where(due.c.kind == PROMISE, due.c.subject == row["case_id"]))
    connection.execute(insert(visit).values(next_one))
    if told.next_on is not None:
        appointments.announce(connection, str(next_one["id"]), now)


def _as_it_is(connection: Connection, row: Row) -> dict[str, Any]:
    """The visit as it stands now, to be shown beside what was sent."""
    there = {"state": row["state"], "planned_on": row["planned_on"], "from_time": row["from_time"]}
    if row["contact_id"]:
        line = connection.execute(select(contact).where(contact.c.id == row["contact_id"])).one()
        there |= {"result": line.result, "note": line.note or "", "next_on": line.next_on}
    return there


def _check(told: AtTheDoor, now: datetime) -> None:
    if told.result not in RESULTS or not 8 <= len(told.key) <= 40:
        raise WrongReport("console.visits.wrong.result")
    if not now - EARLIEST <= told.at <= now + timedelta(minutes=10):
        raise WrongReport("console.contact.wrong_time")
    if told.next_on is not None and not in_japan(now).date() <= told.next_on <= in_japan(now).date() + log.EARLIEST:
        raise WrongReport("console.contact.wrong_next")
    if told.result in (contacts.DIED, contacts.MOVED, contacts.VACANT) and told.next_on is not None:
        raise WrongReport("console.visits.wrong.no_next")
