"""A consultation day (相談会): its stations, numbers drawn and called, handed on from station to station with what was done.

Every act locks what it changes, so that two stations that call at once never get the same number, on either database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend import ids
from backend.audit import service as audit
from backend.booth import queue
from backend.booth.models import booth_day, booth_station, booth_stop, booth_ticket
from backend.cases import record
from backend.clock import Clock
from backend.conflict import Conflict
from backend.contacts import rules as results
from backend.contacts import service as contacts
from backend.db import Row
from backend.staff.access import NotForYou
from backend.staff.roles import SEEDS_CASES, Staff
from dialogs.core.words import Arg, Text

LONGEST = 2000
"""Characters of what was done, and of what the next station should know."""


class Closed(Exception):
    """The day is over: nobody is called any more."""


# --- reading ------------------------------------------------------------------------------------------------------


def day_for(connection: Connection, staff: Staff, day_id: str) -> Row:
    """A day of the account's own municipality. Raises `NotForYou`."""
    return _own(connection, booth_day, staff, day_id)


def station_for(connection: Connection, staff: Staff, station_id: str) -> Row:
    return _own(connection, booth_station, staff, station_id)


def ticket_for(connection: Connection, staff: Staff, ticket_id: str) -> Row:
    """A number. It says nothing about a person: whoever shows its note or its case asks `staff.seeded` first."""
    return _own(connection, booth_ticket, staff, ticket_id)


def open_days(connection: Connection, tenant_id: str) -> list[Any]:
    """The days that are on or to come, the next one first; and the last ones that are over."""
    chosen = select(booth_day).where(booth_day.c.tenant_id == tenant_id)
    rows = connection.execute(chosen.order_by(booth_day.c.state.desc(), booth_day.c.held_on.desc(), booth_day.c.id.desc()).limit(30))
    return list(rows.mappings())


def stations_of(connection: Connection, day_id: str) -> list[Row]:
    chosen = select(booth_station).where(booth_station.c.day_id == day_id)
    return [dict(row) for row in connection.execute(chosen.order_by(booth_station.c.place_in_row, booth_station.c.id)).mappings()]


def tickets_of(connection: Connection, day_id: str, states: Iterable[str] = (), station_id: str = "") -> list[Row]:
    """The numbers of a day in the order in which they are called; without their notes."""
    columns = [column for column in booth_ticket.c if column.name != "note"]
    chosen = select(*columns).where(booth_ticket.c.day_id == day_id)
    if states:
        chosen = chosen.where(booth_ticket.c.state.in_(tuple(states)))
    if station_id:
        chosen = chosen.where(booth_ticket.c.station_id == station_id)
    return [dict(row) for row in connection.execute(chosen.order_by(booth_ticket.c.waiting_since, booth_ticket.c.number)).mappings()]


def stops_of(connection: Connection, ticket_id: str) -> list[Row]:
    """What each station did with a number, oldest first."""
    chosen = select(booth_stop).where(booth_stop.c.ticket_id == ticket_id).order_by(booth_stop.c.ended_at, booth_stop.c.id)
    return [dict(row) for row in connection.execute(chosen).mappings()]


def station_name(station: Row) -> Arg:
    """What a station is called: its kind, its own name, or both."""
    kind = Text(f"console.booth.station.{station['kind']}")
    if station["kind"] == "own":
        return str(station["name"]) or kind
    return Text("console.booth.station.named", {"kind": kind, "name": station["name"]}) if station["name"] else kind


# --- a day ---------------------------------------------------------------------------------------------------------


def make_day(
    engine: Engine, clock: Clock, staff: Staff, *, name: str, place: str, held_on: date, kinds: Iterable[str]
) -> str:
    """Prepare a day with its stations; reception is always there. Raises `ValueError` without a name."""
    if not name.strip():
        raise ValueError("a day has a name")
    wanted = set(kinds)
    with engine.begin() as connection:
        day_id = ids.new()
        connection.execute(insert(booth_day).values(
            id=day_id, tenant_id=staff.tenant_id, name=name.strip()[:80], place=place.strip()[:80], held_on=held_on, made_by=staff.id,
            made_at=clock()))  # fmt: skip
        for row, kind in enumerate(kind for kind in queue.KINDS if kind == "reception" or kind in wanted):
            _add_station(connection, staff.tenant_id, day_id, kind, "", row)
        _trace(connection, staff, "booth.day_made", "booth_day", day_id, clock())
    return day_id


def add_station(engine: Engine, clock: Clock, staff: Staff, day_id: str, kind: str, name: str) -> str:
    """One more station. Raises `ValueError` for an unknown kind, and for an own one without a name."""
    if kind not in queue.KINDS or (kind == "own" and not name.strip()):
        raise ValueError("a station has a known kind, or a name of its own")
    with engine.begin() as connection:
        day = _open_day(connection, staff, day_id)
        many = connection.execute(select(func.count()).where(booth_station.c.day_id == day["id"])).scalar_one()
        station_id = _add_station(connection, staff.tenant_id, day_id, kind, name, many)
        _trace(connection, staff, "booth.station_made", "booth_station", station_id, clock())
    return station_id


def close_day(engine: Engine, clock: Clock, staff: Staff, day_id: str, *, closed: bool = True) -> None:
    """End the day, or open it again. Numbers that still wait stay as they are, and the summary says so."""
    with engine.begin() as connection:
        day_for(connection, staff, day_id)
        connection.execute(update(booth_day).where(booth_day.c.id == day_id).values(state="closed" if closed else "open"))
        _trace(connection, staff, "booth.day_closed" if closed else "booth.day_opened", "booth_day", day_id, clock())


# --- numbers --------------------------------------------------------------------------------------------------------


def draw(engine: Engine, clock: Clock, staff: Staff, day_id: str, station_id: str = "", case_id: str | None = None) -> tuple[str, int]:
    """The next number, waiting at `station_id` (reception if none is said): its id and the number. Raises `Closed`."""
    with engine.begin() as connection:
        now = clock()
        _open_day(connection, staff, day_id)
        stations = [row["id"] for row in stations_of(connection, day_id)]
        where = station_id if station_id in stations else stations[0]
        counted = update(booth_day).where(booth_day.c.id == day_id).values(next_number=booth_day.c.next_number + 1)
        number = connection.execute(counted.returning(booth_day.c.next_number)).scalar_one() - 1
        ticket_id = ids.new()
        connection.execute(insert(booth_ticket).values(
            id=ticket_id, tenant_id=staff.tenant_id, day_id=day_id, number=number, station_id=where, case_id=case_id, taken_at=now,
            waiting_since=now))  # fmt: skip
        _trace(connection, staff, "booth.number_drawn", "booth_ticket", ticket_id, now)
    return ticket_id, number


def call_next(engine: Engine, clock: Clock, staff: Staff, station_id: str) -> str | None:
    """Call who waits longest at a station; its id, or None when nobody waits. Whoever has called somebody keeps them."""
    try:
        with engine.begin() as connection:
            now = clock()
            station = station_for(connection, staff, station_id)
            _open_day(connection, staff, station["day_id"], lock=False)
            if (mine := _called_by(connection, station_id, staff.id)) is not None:
                return mine
            longest = (
                select(booth_ticket.c.id).where(booth_ticket.c.station_id == station_id, booth_ticket.c.state == queue.WAITING)
                .order_by(booth_ticket.c.waiting_since, booth_ticket.c.number).limit(1).with_for_update(skip_locked=True, key_share=True)
            )  # fmt: skip
            found = connection.execute(longest).scalar_one_or_none()
            if found is None:
                return None
            _call(connection, staff, found, now)
            return str(found)
    except IntegrityError:  # the same person pressed twice, in two windows: the first press called somebody
        with engine.begin() as connection:
            return _called_by(connection, station_id, staff.id)


def act(
    engine: Engine, clock: Clock, staff: Staff, ticket_id: str, name: str, version: int, *, to: str = "", done: str = "", note: str = "",
) -> Row:
    """Move a number by one of `queue.MOVES`; returns it as it is then.

    `to` is the station it is handed on to, `done` what this station did, `note` what the next should know. Both go with the
    number; what was done goes into the case's support record too. Raises `Conflict`, `Closed`, `NotForYou`, or `ValueError`
    for a station that is not of this day.
    """
    try:
        with engine.begin() as connection:
            return _move(connection, staff, ticket_id, name, version, to, done.strip()[:LONGEST], note.strip()[:LONGEST], clock())
    except IntegrityError:
        raise Conflict({"state": queue.CALLED}) from None


def attach(connection: Connection, staff: Staff, ticket_id: str, case_id: str, at: datetime) -> None:
    """The number is this case's. Who may reach the case was checked."""
    ticket_for(connection, staff, ticket_id)
    connection.execute(update(booth_ticket).where(booth_ticket.c.id == ticket_id).values(case_id=case_id))
    _trace(connection, staff, "booth.number_attached", "booth_ticket", ticket_id, at)


def _move(
    connection: Connection, staff: Staff, ticket_id: str, name: str, version: int, to: str, done: str, note: str, now: datetime
) -> Row:
    row = _own(connection, booth_ticket, staff, ticket_id, lock=True)
    _open_day(connection, staff, row["day_id"], lock=False)
    state = queue.after(name, row["state"])
    if row["version"] != version or state is None:
        raise Conflict({"state": row["state"]})
    if name == "call":
        _call(connection, staff, ticket_id, now)
        return _own(connection, booth_ticket, staff, ticket_id)
    values: dict[str, Any] = {"state": state, "version": version + 1}
    if name == "again":
        values["called_at"] = now
    if name in queue.RESULTS and row["called_at"] is not None:
        _stopped(connection, staff, row, queue.RESULTS[name], done, now)
    if state in (queue.WAITING, queue.AWAY):
        values |= {"called_by": None, "called_at": None, "ended_at": None}
    if state in queue.ENDED:
        values["ended_at"] = now
    if name in ("hand_on", "reopen"):
        if to not in [one["id"] for one in stations_of(connection, row["day_id"])]:
            raise ValueError("no such station on this day")
        values |= {"station_id": to, "waiting_since": now}
    if name == "hand_on":
        values["note"] = note or None
    connection.execute(update(booth_ticket).where(booth_ticket.c.id == ticket_id).values(**values))
    _trace(connection, staff, f"booth.{name}", "booth_ticket", ticket_id, now)
    return _own(connection, booth_ticket, staff, ticket_id)


def _stopped(connection: Connection, staff: Staff, row: Row, result: str, done: str, now: datetime) -> None:
    """One stay is over. What was done is written once: here, and by it in the support record and the contact log."""
    connection.execute(insert(booth_stop).values(
        id=ids.new(), tenant_id=row["tenant_id"], day_id=row["day_id"], ticket_id=row["id"], station_id=row["station_id"],
        staff_id=staff.id, waited_from=row["waiting_since"], called_at=row["called_at"], ended_at=now, result=result, done=done or None))  # fmt: skip
    if not row["case_id"] or result == "absent":
        return
    station = station_for(connection, staff, row["station_id"])
    record.add(
        connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="booth", at=now, staff_id=staff.id,
        args={"what": station_name(station)}, text=done, about=("booth_ticket", row["id"]),
    )  # fmt: skip
    contacts.keep(
        connection, tenant_id=row["tenant_id"], case_id=row["case_id"], channel="booth", direction=results.IN, result=results.MET,
        at=now, made_at=now, staff_id=staff.id, source=f"booth:{row['id']}",
    )  # fmt: skip


def _call(connection: Connection, staff: Staff, ticket_id: str, now: datetime) -> None:
    connection.execute(
        update(booth_ticket).where(booth_ticket.c.id == ticket_id)
        .values(state=queue.CALLED, called_by=staff.id, called_at=now, version=booth_ticket.c.version + 1)
    )  # fmt: skip
    _trace(connection, staff, "booth.called", "booth_ticket", ticket_id, now)


def _called_by(connection: Connection, station_id: str, staff_id: str) -> str | None:
    mine = select(booth_ticket.c.id).where(
        booth_ticket.c.station_id == station_id, booth_ticket.c.state == queue.CALLED, booth_ticket.c.called_by == staff_id)  # fmt: skip
    return connection.execute(mine).scalar_one_or_none()


def _open_day(connection: Connection, staff: Staff, day_id: str, *, lock: bool = True) -> Row:
    row = _own(connection, booth_day, staff, day_id, lock=lock)
    if row["state"] != "open":
        raise Closed
    return row


def _own(connection: Connection, table: Table, staff: Staff, id_: str, *, lock: bool = False) -> Row:
    if staff.role not in SEEDS_CASES:
        raise NotForYou
    chosen = select(table).where(table.c.id == id_, table.c.tenant_id == staff.tenant_id)
    found = connection.execute(chosen.with_for_update(key_share=True) if lock else chosen).mappings().one_or_none()
    if found is None:
        raise NotForYou
    return dict(found)


def _add_station(connection: Connection, tenant_id: str, day_id: str, kind: str, name: str, row: int) -> str:
    station_id = ids.new()
    connection.execute(insert(booth_station).values(
        id=station_id, tenant_id=tenant_id, day_id=day_id, kind=kind, name=name.strip()[:80], place_in_row=row))  # fmt: skip
    return station_id


def _trace(connection: Connection, staff: Staff, action: str, kind: str, id_: str, now: datetime) -> None:
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind=kind, object_id=id_, at=now)
