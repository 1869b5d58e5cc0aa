"""Keep what was tried to reach a household, and read it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.models import case
from backend.clock import Clock, in_japan
from backend.contacts import rules
from backend.contacts.consequences import follow
from backend.contacts.models import contact
from backend.contacts.promises import promise
from backend.conversations.between import between_turns, chats_of
from backend.conversations.offices import read_office
from backend.db import Row, is_postgres
from backend.journal.batch import Batch
from backend.staff.access import case_for
from backend.staff.roles import Staff
from dialogs.core.words import Text

LONGEST_NOTE = 2000
EARLIEST = timedelta(days=366)
"""A contact may be noted so long afterwards, and no further back: an older date is a typing error."""


class WrongContact(ValueError):
    """It cannot be noted like this; `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a member of staff fills in. `at` is when it happened."""

    channel: str
    result: str
    at: datetime
    note: str = ""
    next_on: date | None = None


def note(engine: Engine, clock: Clock, staff: Staff, case_id: str, told: Told) -> str:
    """Note what somebody of the staff did or heard, with what follows from it; returns its id. Raises `WrongContact`, `NotForYou`, `Restricted`."""
    now = clock()
    _check(told, now)
    with engine.begin() as connection:
        between_turns(connection, chats_of(case_id))  # after a death they become quiet
        found = case_for(connection, staff, case_id, now, viewing=False)
        kept = keep(
            connection, tenant_id=found["tenant_id"], case_id=case_id, person_id=found["person_id"], channel=told.channel,
            direction=_direction(connection, case_id, told), result=told.result, at=told.at, made_at=now, staff_id=staff.id,
            note=told.note, next_on=told.next_on,
        )  # fmt: skip
        record.add(
            connection, tenant_id=found["tenant_id"], case_id=case_id, kind="contact", at=told.at, written_at=now, staff_id=staff.id,
            text=told.note, about=("contact", str(kept)), args={
                "channel": Text(f"console.contact.channel.{told.channel}"), "result": Text(f"console.contact.result.{told.result}")},
        )  # fmt: skip
        batch = Batch(connection, now)
        follow(batch, read_office(connection, found["tenant_id"], now), case_id, told.result, told.channel)
        batch.flush()
        audit.record(
            connection, tenant_id=found["tenant_id"], staff_id=staff.id, action="contact.noted", object_kind="case",
            object_id=case_id, detail={"channel": told.channel, "result": told.result}, at=now,
        )  # fmt: skip
    return str(kept)


def keep(
    connection: Connection,
    *,
    tenant_id: str,
    case_id: str,
    channel: str,
    direction: str,
    result: str,
    at: datetime,
    made_at: datetime,
    person_id: str | None = None,
    staff_id: str | None = None,
    campaign_id: str | None = None,
    step: str | None = None,
    note: str = "",
    next_on: date | None = None,
    source: str | None = None,
) -> str | None:
    """Write one line of the log inside the caller's transaction; its id, or None where `source` is written already.

    Sets the case's first contact where this is one, and puts what was agreed on into the clock.
    """
    values: dict[str, Any] = {
        "id": ids.new(), "tenant_id": tenant_id, "case_id": case_id, "person_id": person_id, "channel": channel,
        "direction": direction, "at": at, "staff_id": staff_id, "campaign_id": campaign_id, "step": step, "result": result,
        "note": note.strip()[:LONGEST_NOTE] or None, "next_on": next_on, "source": source, "made_at": made_at,
    }  # fmt: skip
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    written = build(contact).values(values).on_conflict_do_nothing().returning(contact.c.id)
    if connection.execute(written).first() is None:
        return None
    if rules.is_first_contact(direction, result):
        first = case.c.first_contact_at
        connection.execute(update(case).where(case.c.id == case_id, (first.is_(None)) | (first > at)).values(first_contact_at=at))
    if next_on is not None:
        promise(connection, tenant_id, case_id, next_on)
    return str(values["id"])


def of_case(connection: Connection, case_id: str, most: int = 200) -> list[Row]:
    """The case's contacts, newest first."""
    chosen = select(contact).where(contact.c.case_id == case_id).order_by(contact.c.at.desc(), contact.c.id.desc()).limit(most)
    return [dict(row) for row in connection.execute(chosen).mappings()]


def _direction(connection: Connection, case_id: str, told: Told) -> str:
    """The answer to a letter that stands in the log as posted is no approach of its own: it came in."""
    if told.channel == "letter" and told.result == rules.ANSWERED:
        posted = select(contact.c.id).where(contact.c.case_id == case_id, contact.c.channel == "letter", contact.c.result == rules.SENT)
        if connection.execute(posted.limit(1)).first() is not None:
            return rules.IN
    return rules.direction_of(told.result)


def _check(told: Told, now: datetime) -> None:
    if told.channel not in rules.CHANNELS or told.result not in rules.NOTED:
        raise WrongContact("console.contact.wrong_kind")
    if not now - EARLIEST <= told.at <= now + timedelta(minutes=5):
        raise WrongContact("console.contact.wrong_time")
    if told.next_on is not None and not in_japan(now).date() <= told.next_on <= in_japan(now).date() + EARLIEST:
        raise WrongContact("console.contact.wrong_next")
