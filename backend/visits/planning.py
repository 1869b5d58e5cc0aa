"""A person decides: who is visited on which day, by whom, in which order; moves a visit, and takes one off the day again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.models import case
from backend.clock import Clock, in_japan
from backend.conflict import Conflict
from backend.db import Row
from backend.people.models import person
from backend.plans import not_by
from backend.staff.access import case_for, doors, may_see, planned_for, visible
from backend.staff.models import staff as staff_table
from backend.staff.roles import OPENS_CASES, Staff
from backend.tasks.models import task
from backend.tasks.service import done_by, seen_by
from backend.visits import appointments
from backend.visits.models import visit, visit_request

PLANNED, WANTED, DONE, CANCELLED = "planned", "wanted", "done", "cancelled"
FARTHEST = timedelta(days=366)
LONGEST = 1000
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class WrongVisit(ValueError):
    """It cannot be planned like this; `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One home of a day as somebody decided it. `place` is its place in the walking order."""

    case_id: str
    first: str
    second: str
    place: int = 0
    visit_id: str = ""
    request_id: str = ""
    from_time: str = ""
    until_time: str = ""
    interpreter: str = ""
    safety: str = ""


def decide(engine: Engine, clock: Clock, staff: Staff, day: date, chosen: Sequence[Decided]) -> list[str]:
    """Put these homes on the day, all or none; returns the visits' ids.

    A home that was put on a day meanwhile raises `Conflict`. Raises `WrongVisit`, `NotForYou` or `Restricted`.
    """
    now = clock()
    _check_day(day, now)
    with engine.begin() as connection:
        # All homes first, in one order, and the trail last: two who plan the same day wait for each other instead of crosswise.
        homes = select(case.c.id).where(case.c.id.in_([one.case_id for one in chosen])).order_by(case.c.id)
        connection.execute(homes.with_for_update(key_share=True)).all()
        made = [_decide(connection, staff, day, one, now) for one in chosen]
        for visit_id in made:
            _trace(connection, staff, "visit.planned_for", visit_id, now, {"day": day.isoformat()})
        return made


def _decide(connection: Connection, staff: Staff, day: date, one: Decided, now: datetime) -> str:
    found = case_for(connection, staff, one.case_id, now, viewing=False)
    _check_pair(connection, staff, found, one.first, one.second)
    times = _times(one.from_time, one.until_time)
    there = connection.execute(
        select(visit.c.id, visit.c.planned_on).where(visit.c.case_id == one.case_id, visit.c.state == PLANNED).limit(1)).first()
    if there is not None:
        raise Conflict({"planned_on": there.planned_on})
    values: dict[str, Any] = {
        "state": PLANNED, "planned_on": day, "from_time": times[0], "until_time": times[1], "place_in_day": one.place,
        "first_worker": one.first, "second_worker": one.second, "interpreter": one.interpreter[:10], "changed_at": now, "changed_by": staff.id,
    }  # fmt: skip
    if one.safety.strip():
        values["safety"] = one.safety.strip()[:LONGEST]
    request_id = _request(connection, one.case_id, one.request_id)
    mine = select(visit.c.id, visit.c.version).where(visit.c.id == one.visit_id, visit.c.case_id == one.case_id, visit.c.state == WANTED)
    wanted = connection.execute(mine.with_for_update(key_share=True)).first() if one.visit_id else None
    if one.visit_id and wanted is None:
        raise Conflict({"state": "planned"})
    if wanted is not None:
        visit_id = str(wanted.id)
        connection.execute(update(visit).where(visit.c.id == visit_id).values(version=wanted.version + 1, **values))
    else:
        visit_id = ids.new()
        connection.execute(insert(visit).values(
            id=visit_id, tenant_id=staff.tenant_id, case_id=one.case_id, request_id=request_id, why="request" if request_id else "again",
            made_at=now, **values))  # fmt: skip
    if request_id:
        asked = update(visit_request).where(visit_request.c.id == request_id, visit_request.c.state == "open")
        connection.execute(asked.values(state="planned", changed_at=now, changed_by=staff.id, version=visit_request.c.version + 1))
    _seen(connection, one.case_id, staff.id, now)
    record.add(connection, tenant_id=staff.tenant_id, case_id=one.case_id, kind="visit", state="day", at=now, staff_id=staff.id,
               args={"day": day}, about=("visit", visit_id))
    appointments.announce(connection, visit_id, now)
    return visit_id


def move(engine: Engine, clock: Clock, staff: Staff, visit_id: str, version: int, to: Decided, day: date) -> None:
    """Another day, time, pair, place or note. Raises `Conflict`, `WrongVisit`, `NotForYou` or `Restricted`."""
    now = clock()
    _check_day(day, now)
    with engine.begin() as connection:
        row = _locked(connection, staff, visit_id, version, now)
        found = case_for(connection, staff, row["case_id"], now, viewing=False)
        _check_pair(connection, staff, found, to.first, to.second)
        times = _times(to.from_time, to.until_time)
        connection.execute(update(visit).where(visit.c.id == visit_id).values(
            planned_on=day, from_time=times[0], until_time=times[1], first_worker=to.first, second_worker=to.second,
            interpreter=to.interpreter[:10], safety=to.safety.strip()[:LONGEST] or None, place_in_day=max(to.place, 0), changed_at=now,
            changed_by=staff.id, version=version + 1))  # fmt: skip
        _trace(connection, staff, "visit.moved", visit_id, now, {"day": day.isoformat()})
        if (row["planned_on"], row["from_time"], row["until_time"]) != (day, *times):
            appointments.announce(connection, visit_id, now)


def take_off(engine: Engine, clock: Clock, staff: Staff, visit_id: str, version: int) -> None:
    """Not on that day: the home waits again. One that waits already: nobody need go there any more, they answered meanwhile.

    Raises `Conflict`, `NotForYou` or `Restricted`.
    """
    with engine.begin() as connection:
        now = clock()
        row = _locked(connection, staff, visit_id, version, now, (PLANNED, WANTED))
        if row["state"] == PLANNED:
            put_back(connection, row, now, staff.id)
            _trace(connection, staff, "visit.taken_off", visit_id, now, {})
        else:
            _not_needed(connection, staff, row, now)


def _not_needed(connection: Connection, staff: Staff, row: Row, now: datetime) -> None:
    """The visit is cancelled, and the task that asked for it done; what the household asked for itself stays."""
    connection.execute(update(visit).where(visit.c.id == row["id"]).values(
        state=CANCELLED, changed_at=now, changed_by=staff.id, version=row["version"] + 1))
    mine = select(task.c.id, task.c.acked_at).where(
        task.c.case_id == row["case_id"], task.c.kind == "visit", task.c.visit_request_id.is_(None), task.c.done_at.is_(None))
    for waits in connection.execute(mine).all():
        if waits.acked_at is None:
            seen_by(connection, waits.id, staff.id, now)
        done_by(connection, waits.id, staff.id, now)
    record.add(connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="visit", state="cancelled", at=now, staff_id=staff.id,
               about=("visit", row["id"]))
    _trace(connection, staff, "visit.not_needed", row["id"], now, {})


def put_back(connection: Connection, row: Row, now: datetime, by: str | None) -> None:
    """The home of a planned visit waits for another day."""
    connection.execute(update(visit).where(visit.c.id == row["id"]).values(
        state=WANTED, planned_on=None, from_time="", until_time="", place_in_day=0, changed_at=now, changed_by=by, version=row["version"] + 1))
    appointments.forget(connection, row["id"])


def of_day(connection: Connection, staff: Staff, day: date, worker: str = "") -> list[Any]:
    """The visits of a day that this account may know of, pair by pair, in walking order; with `worker`, only theirs.

    `reached`: whether it may open the case as well.
    """
    chosen = (
        select(visit, case.c.number, case.c.district, case.c.restricted, case.c.assigned_to, case.c.language, person.c.name, person.c.kana,
               person.c.phone, person.c.landline, person.c.address, person.c.current_address, visible(staff).label("reached"))
        .join(case, case.c.id == visit.c.case_id)
        .join(person, person.c.id == case.c.person_id)
        .where(visit.c.tenant_id == staff.tenant_id, _by_visit(doors(staff)), visit.c.planned_on == day, visit.c.state.in_((PLANNED, DONE)))
        .order_by(visit.c.first_worker, visit.c.second_worker, visit.c.place_in_day, visit.c.id)
    )
    if worker:
        chosen = chosen.where((visit.c.first_worker == worker) | (visit.c.second_worker == worker))
    return list(connection.execute(chosen))


def days(connection: Connection, staff: Staff, since: date) -> list[tuple[date, int]]:
    """The days on which visits are planned, with how many."""
    chosen = select(visit.c.planned_on, func.count()).join(case, case.c.id == visit.c.case_id).where(
        visit.c.tenant_id == staff.tenant_id, _by_visit(visible(staff)), visit.c.state == PLANNED, visit.c.planned_on >= since).group_by(visit.c.planned_on).order_by(visit.c.planned_on)
    return [(row[0], int(row[1])) for row in connection.execute(chosen)]


def _by_visit(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The visits lead to the cases, not the other way round: there are a million of those."""
    return not_by(seen, case.c.tenant_id, case.c.assigned_to, case.c.district, case.c.restricted)


def workers(connection: Connection, tenant_id: str, now: datetime) -> list[Any]:
    """Who may go: everybody who opens cases."""
    chosen = select(staff_table.c.id, staff_table.c.name, staff_table.c.role).where(
        staff_table.c.tenant_id == tenant_id, staff_table.c.active, staff_table.c.role.in_(OPENS_CASES),
        (staff_table.c.ends_at.is_(None)) | (staff_table.c.ends_at > now)).order_by(staff_table.c.name, staff_table.c.id)
    return list(connection.execute(chosen))


def _locked(connection: Connection, staff: Staff, visit_id: str, version: int, now: datetime, states: Sequence[str] = (PLANNED,)) -> Row:
    row = planned_for(connection, staff, visit_id, now, lock=True)
    if row["version"] != version or row["state"] not in states:
        raise Conflict({"state": row["state"], "planned_on": row["planned_on"], "from_time": row["from_time"]})
    return row


def _request(connection: Connection, case_id: str, request_id: str) -> str | None:
    chosen = select(visit_request.c.id).where(visit_request.c.case_id == case_id, visit_request.c.state == "open")
    if request_id:
        chosen = chosen.where(visit_request.c.id == request_id)
    return connection.execute(chosen.order_by(visit_request.c.id).limit(1)).scalar_one_or_none()


def _seen(connection: Connection, case_id: str, staff_id: str, now: datetime) -> None:
    mine = select(task.c.id).where(task.c.case_id == case_id, task.c.kind == "visit", task.c.done_at.is_(None), task.c.acked_at.is_(None))
    for id_ in connection.execute(mine).scalars().all():
        seen_by(connection, id_, staff_id, now)


def _check_pair(connection: Connection, staff: Staff, found: Row, first: str, second: str) -> None:
    if not first or not second or first == second:
        raise WrongVisit("console.visits.wrong.two")
    able = {row.id: row for row in connection.execute(
        select(staff_table.c.id, staff_table.c.role).where(
            staff_table.c.id.in_((first, second)), staff_table.c.tenant_id == staff.tenant_id, staff_table.c.active,
            staff_table.c.role.in_(OPENS_CASES)))}  # fmt: skip
    if len(able) != 2:
        raise WrongVisit("console.visits.wrong.worker")
    for row in able.values():
        other = Staff(row.id, staff.tenant_id, "", "", row.role)
        if not may_see(other, bool(found["restricted"]), found["assigned_to"]):
            raise WrongVisit("console.visits.wrong.protected")


def _check_day(day: date, now: datetime) -> None:
    today = in_japan(now).date()
    if not today <= day <= today + FARTHEST:
        raise WrongVisit("console.visits.wrong.day")


def _times(start: str, end: str) -> tuple[str, str]:
    if (start and not _TIME.fullmatch(start)) or (end and not _TIME.fullmatch(end)) or (start and end and end < start) or (end and not start):
        raise WrongVisit("console.visits.wrong.time")
    return start, end


def _trace(connection: Connection, staff: Staff, action: str, visit_id: str, now: datetime, detail: dict[str, Any]) -> None:
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind="visit", object_id=visit_id,
                 detail=detail, at=now)
