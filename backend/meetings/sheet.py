"""The sheet of a case meeting, cut to what one participant may see of each household, or without anybody's name.

Printing belongs to `backend/forms`; this says who may see what, by consent and pledge, and gives the facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.audit import service as audit
from backend.cases import policy
from backend.cases.models import case
from backend.cases.service import facts_of_case
from backend.clock import in_japan
from backend.consent.rules import Recipient
from backend.consent.service import decisions_of
from backend.db import Row
from backend.meetings import rules, service
from backend.meetings.rules import View
from backend.people.models import person
from backend.staff.access import may_see, visible
from backend.staff.models import staff as accounts
from backend.staff.roles import Staff
from dialogs.core.answers import Facts
from dialogs.fields import FIELDS

PLAIN = (
    "household_size", "household_situation", "damage_level", "flood_level", "certificate", "tenure", "living_now", "rebuild_method",
    "rebuild_started", "moving", "meals", "sleep", "work", "debts", "confidant", "trouble",
)  # fmt: skip
"""What is told of a household without its name: answers that are chosen from a list, nothing that somebody typed."""


@dataclass(frozen=True, slots=True)
class Household:
    """One household on the sheet. `called` is the number on the agenda; `name`, `number` and `policy` are None unless they
    may be seen. `answers` are (field, value) in the order of the vocabulary; `decade` is the age in tens."""

    item_id: str
    case_id: str
    called: int
    view: View
    why: str
    category: int | None = None
    name: str | None = None
    number: str | None = None
    district: str | None = None
    decade: int | None = None
    answers: tuple[tuple[str, Any], ...] = ()
    policy: str | None = None
    question: str = ""
    decision: str = ""
    review_on: date | None = None
    assignments: tuple[tuple[str, str, date | None], ...] = ()
    """(what, by whom, by when)"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet. `left_out` counts households that this reader may not even be told exist."""

    meeting: Row
    participant: Any
    households: tuple[Household, ...]
    left_out: int


def sheet_for(connection: Connection, meeting_id: str, participant_id: str | None, *, tenant_id: str, at: datetime) -> Sheet:
    """The sheet for one participant, or without any name for None. Raises `NoSuchMeeting`."""
    found = service.find(connection, tenant_id, meeting_id)
    reader = None
    if participant_id is not None:
        reader = next((one for one in service.participants_of(connection, meeting_id) if one.id == participant_id), None)
        if reader is None:
            raise service.NoSuchMeeting
    items = service.items_of(connection, meeting_id)
    given = service.assignments_of(connection, [item.id for item in items])
    households = [_household(connection, called, item, given[item.id], reader, at) for called, item in enumerate(items, 1)]
    shown = tuple(one for one in households if one.view.mode != "out")
    return Sheet(found, reader, shown, len(households) - len(shown))


def sheet_through(connection: Connection, staff: Staff, meeting_id: str, participant_id: str | None, at: datetime) -> Sheet:
    """The sheet for a participant as this account may hand it over: nobody gets at a household by way of somebody else's sheet.

    What the account may not open itself is counted as left out. Raises `NoSuchMeeting`.
    """
    whole = sheet_for(connection, meeting_id, participant_id, tenant_id=staff.tenant_id, at=at)
    mine = select(case.c.id).where(visible(staff), case.c.id.in_([one.case_id for one in whole.households]))
    own = set(connection.execute(mine).scalars())
    shown = tuple(one for one in whole.households if one.view.mode == "plain" or one.case_id in own)
    return replace(whole, households=shown, left_out=whole.left_out + len(whole.households) - len(shown))


def look_at(connection: Connection, staff: Staff, meeting_id: str, participant_id: str | None, at: datetime) -> Sheet:
    """`sheet_through`, and who looked at it is in the trail."""
    made = sheet_through(connection, staff, meeting_id, participant_id, at)
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="meeting.sheet_viewed", object_kind="meeting",
                 object_id=meeting_id, detail={"for": participant_id or "", "households": len(made.households)}, at=at)  # fmt: skip
    return made


def _household(connection: Connection, called: int, item: Any, given: list[Any], reader: Any, at: datetime) -> Household:
    row = connection.execute(select(
        case.c.id, case.c.number, case.c.district, case.c.category, case.c.restricted, case.c.assigned_to, person.c.name,
    ).join(person, person.c.id == case.c.person_id).where(case.c.id == item.case_id)).one()  # fmt: skip
    view = _view(connection, row, reader, at)
    if view.mode == "out":
        return Household(item.id, item.case_id, called, view, item.why)
    facts = facts_of_case(connection, item.case_id)
    if view.mode == "plain":
        return Household(
            item.id, item.case_id, called, view, item.why, row.category, decade=_decade(facts, in_japan(at).date()),
            answers=_answers(facts, lambda name: name in PLAIN), review_on=item.review_on,
        )  # fmt: skip
    # What is to be decided, what was, and the policy are free words: whoever may see everything, and nobody else by consent alone.
    free = view.mode == "all" or "notes" in view.allowed
    newest = next(iter(policy.versions_of(connection, item.case_id)), None)
    return Household(
        item.id, item.case_id, called, view, item.why, row.category, row.name or "", row.number, row.district,
        _decade(facts, in_japan(at).date()), _answers(facts, lambda name: FIELDS[name].category in view.allowed),
        newest.policy if newest and free else None, (item.question or "") if free else "", (item.decision or "") if free else "",
        item.review_on, tuple((one.what, one.owner, one.due_on) for one in given) if free else (),
    )  # fmt: skip


def _view(connection: Connection, row: Any, reader: Any, at: datetime) -> View:
    if reader is None:
        return rules.view_of_nobody(row.restricted)
    if reader.staff_id:
        account = connection.execute(select(accounts).where(accounts.c.id == reader.staff_id)).one()
        return rules.view_for_staff(row.restricted, may_see(Staff.of(account), row.restricted, row.assigned_to))
    recipient = Recipient(reader.kind, reader.active, reader.pledge_until) if reader.recipient_id else None
    pledged = reader.pledged_on is not None and reader.pledged_on <= in_japan(at).date()
    return rules.view_for_partner(row.restricted, recipient, pledged, decisions_of(connection, case_id=row.id), at)


def _answers(facts: Facts, shown: Any) -> tuple[tuple[str, Any], ...]:
    """Answers of the household as a whole that were given; those about single members stay in the record."""
    order = {name: place for place, name in enumerate(FIELDS)}
    names = sorted((name for name in facts if name in order and not FIELDS[name].consent), key=order.__getitem__)
    return tuple((name, facts[name].value) for name in names if facts[name].given and shown(name))


def _decade(facts: Facts, today: date) -> int | None:
    answer = facts.get("birth_date")
    if answer is None or not answer.given:
        return None
    born = date.fromisoformat(str(answer.value))
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return min(age // 10 * 10, 90)
