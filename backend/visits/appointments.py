"""The appointment of a visit, as the household hears of it: set, moved, the day before; and what they answer.

They hear it in the chat in which they were heard last, where they have one and want to be written to; where it does not
arrive, in another one. It stands in the contact log and counts in their week. Whether they answer changes nothing about
the visit: it is made on its day all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from backend.audit import service as audit
from backend.calendar import Calendar
from backend.campaigns.facts import BESIDE
from backend.cases import record
from backend.cases.models import answer
from backend.clock import JST, Clock, in_japan
from backend.contacts import rules
from backend.conversations.offices import Office, read_office
from backend.db import Row
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.followups.silence import LOOK_AGAIN, refused_homes, silent_homes
from backend.followups.system import tell
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs.logged import Otherwise, watch
from backend.programs.when import next_open
from backend.staff.access import case_for
from backend.staff.roles import Staff
from backend.visits.models import visit, visit_request

APPOINTMENT = "appointment"
"""Kind of the due rows; their subject is the visit."""
ASK, SET, NEAR = "ask", "set", "near"
AT = time(10, 0)
"""When on the day before, in Japan."""
TALKED_TO = timedelta(minutes=30)
"""A colleague is just writing with them in every chat they have: the appointment is told when they have finished."""
SOON = timedelta(minutes=2)
"""Somebody who moves three visits about has finished before the households hear of it."""


def announce(connection: Connection, visit_id: str, now: datetime) -> None:
    """The household is told of the day; in place of whatever it was to be told before."""
    put_due(connection, APPOINTMENT, visit_id, now + SOON, {"what": SET})


def forget(connection: Connection, visit_id: str) -> None:
    """Nothing more is said of this visit."""
    connection.execute(delete(due).where(due.c.kind == APPOINTMENT, due.c.subject == visit_id))


def ask_times(engine: Engine, clock: Clock, staff: Staff, case_ids: Sequence[str]) -> int:
    """Ask in the chat which half days suit, whoever has one and has not said; how many are asked.

    Raises `NotForYou` or `Restricted`.
    """
    now, asked = clock(), 0
    with engine.begin() as connection:
        office = read_office(connection, staff.tenant_id, now)
        at = next_open(connection, office, now)
        for case_id in case_ids:
            case_for(connection, staff, case_id, now, viewing=False)
            home = home_of(connection, case_id)
            if home is None or _has_said(connection, case_id):
                continue
            put_due(connection, APPOINTMENT, home["id"], at, {"what": ASK})
            asked += 1
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="visit.times_asked", object_kind="day",
                     object_id=in_japan(now).date().isoformat(), detail={"homes": asked}, at=now)
    return asked


def _has_said(connection: Connection, case_id: str) -> bool:
    said = select(answer.c.id).where(
        answer.c.case_id == case_id, answer.c.field == "visit_times", answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    return connection.execute(said.limit(1)).first() is not None


def planned(connection: Connection, case_id: str, visit_id: str) -> Row | None:
    """The visit, while it stands on a day."""
    chosen = select(visit).where(visit.c.id == visit_id, visit.c.case_id == case_id, visit.c.state == "planned")
    found = connection.execute(chosen).mappings().first()
    return dict(found) if found else None


def moved_by_household(connection: Connection, case_id: str, visit_id: str, to: str, now: datetime) -> bool:
    """They want another time (the home waits again) or no visit; False where it is on no day any more."""
    row = planned(connection, case_id, visit_id)
    if row is None:
        return False
    state = "wanted" if to == "other" else "cancelled"
    connection.execute(update(visit).where(visit.c.id == visit_id).values(
        state=state, planned_on=None if to == "other" else row["planned_on"], from_time="", until_time="", changed_at=now, changed_by=None,
        version=row["version"] + 1))  # fmt: skip
    if to != "other":
        asked = update(visit_request).where(visit_request.c.case_id == case_id, visit_request.c.state.in_(("open", "planned")))
        connection.execute(asked.values(state="declined", changed_at=now, version=visit_request.c.version + 1))
    forget(connection, visit_id)
    record.add(connection, tenant_id=row["tenant_id"], case_id=case_id, kind="visit", state="moved" if to == "other" else "cancelled", at=now,
               about=("visit", visit_id))
    return True


def tell_due(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `APPOINTMENT`: tell the day, and remind on the day before; in the day, not while everything is stopped."""
    connection, now = batch.connection, batch.now
    chosen = select(visit).where(visit.c.id.in_([one.subject for one in rows]), visit.c.state == "planned")
    visits = {row.id: row for row in connection.execute(chosen)}
    again: dict[int, datetime] = {}
    offices: dict[str, Office] = {}
    for one in rows:
        if one.detail.get("what") == ASK:
            if one.subject in silent_homes(connection, {one.subject}):
                again[one.id] = now + LOOK_AGAIN
            else:
                _tell(connection, one.subject, f"visit:{one.id}:{one.turn}", {"visit": "", "what": ASK}, now)
            continue
        row = visits.get(one.subject)
        if row is None or row.planned_on < in_japan(now).date() + timedelta(days=one.detail.get("what") == NEAR):
            continue  # on the day itself nobody is reminded of it any more
        tried = [str(id) for id in one.detail.get("tried", ())]
        home = home_of(connection, row.case_id, tried)
        if home is None:
            if home_of(connection, row.case_id, tried, held=True) is not None:
                again[one.id] = now + TALKED_TO
            continue
        if home["id"] in refused_homes(connection, {home["id"]}):
            continue  # a person comes on the day a person set; the software says nothing of it
        office = offices.get(row.tenant_id) or offices.setdefault(row.tenant_id, read_office(connection, row.tenant_id, now))
        opens = next_open(connection, office, now)
        if home["id"] in silent_homes(connection, {home["id"]}):
            again[one.id] = now + LOOK_AGAIN
        elif opens > now:
            again[one.id] = opens
        else:
            what = str(one.detail.get("what", SET))
            if_not = Otherwise(APPOINTMENT, row.id, {"what": what, "tried": [*tried, home["id"]]})
            _tell(connection, home["id"], f"visit:{one.id}:{one.turn}", {"visit": row.id, "what": what}, now, if_not)
            before = datetime.combine(day_before(row.planned_on, office.calendar), AT, JST)
            if what == SET and before > now:
                put_due(connection, APPOINTMENT, row.id, before, {"what": NEAR})
    return again


def _tell(connection: Connection, home_id: str, event_id: str, said: dict[str, Any], now: datetime, if_not: Otherwise | None = None) -> None:
    tell(connection, home_id, event_id, said, now, now)
    watch(connection, event_id, rules.APPOINTMENT, now, if_not)


def day_before(day: date, calendar: Calendar) -> date:
    """The working day before `day`: whoever reads the reminder then can still ask the desk."""
    before = day - timedelta(days=1)
    while not calendar.is_working_day(before):
        before -= timedelta(days=1)
    return before


def home_of(connection: Connection, case_id: str, tried: Sequence[str] = (), *, held: bool = False) -> Mapping[str, Any] | None:
    """The chat in which this household is told: of those it may be written to in, the one it was heard in last.

    `tried`: in these it did not arrive. `held`: also one in which a colleague is just writing. Where they were never heard
    (a number or an address that outreach wrote to) nothing can be answered.
    """
    chosen = (
        select(conversation)
        .where(conversation.c.case_id == case_id, conversation.c.contact == "ok", conversation.c.quiet.is_(False),
               conversation.c.session.is_not(None), conversation.c.channel.not_in(BESIDE), conversation.c.id.not_in(list(tried)))
        .order_by(conversation.c.last_heard_at.desc().nulls_last(), conversation.c.id)
        .limit(1)
    )
    if not held:
        chosen = chosen.where(conversation.c.held_by.is_(None))
    found = connection.execute(chosen).mappings().first()
    return dict(found) if found else None
