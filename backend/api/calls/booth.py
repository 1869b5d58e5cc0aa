"""Consultation days: stations, the queue of numbers between them, and what came of the day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from backend.api.bodies_field import BoothDay, CaseNumber, DayState, Drawn, Station, TicketMove
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.booth import days, queue
from backend.booth.days import Closed
from backend.booth.summary import summary_of
from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.db import Row
from backend.staff.access import NotForYou, Restricted
from backend.staff.roles import CARRIES_CASES
from backend.staff.seeded import seeded_for


def listed(asked: Asked) -> dict[str, Any]:
    """Those that are on or to come, and the last ones that are over: thirty at most."""
    with asked.reading() as c:
        rows = days.open_days(c, asked.staff.tenant_id)
    return {"items": [_brief(dict(row)) for row in rows], "next": ""}


def read(asked: Asked) -> dict[str, Any]:
    """Numbers drawn, finished, absent and left, and for each station how many came and how long they waited, in minutes."""
    with asked.reading() as c:
        day = days.day_for(c, asked.staff, asked.path("id"))
        stations, tickets = days.stations_of(c, day["id"]), days.tickets_of(c, day["id"])
        made = summary_of(stations, tickets, [stop for one in tickets for stop in days.stops_of(c, one["id"])])
    kinds = {one["id"]: {"kind": one["kind"], "name": one["name"]} for one in stations}
    figures = asdict(made)
    return {**_brief(day), **figures, "stations": [{**one, **kinds[one["station_id"]]} for one in figures["stations"]]}


def make(asked: Asked) -> dict[str, Any]:
    """Reception is always there; `kinds` says which other stations."""
    body: BoothDay = asked.body
    if unknown := sorted(set(body.kinds) - set(queue.KINDS)):
        raise Problem("invalid", errors=[{"field": "kinds", "kind": "unknown"} for _ in unknown[:20]])
    return {"id": days.make_day(asked.shell.engine, asked.shell.clock, asked.staff, name=body.name, place=body.place, held_on=body.held_on,
                                kinds=body.kinds)}  # fmt: skip


def add_station(asked: Asked) -> dict[str, Any]:
    body: Station = asked.body
    _day(asked)
    try:
        return {"station": days.add_station(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.kind, body.name)}
    except ValueError:
        raise Problem("invalid", errors=[{"field": "kind", "kind": "unknown_or_unnamed"}]) from None
    except Closed:
        raise Problem("refused", why="closed") from None


def close(asked: Asked) -> dict[str, Any]:
    """End the day, or open it again. Numbers that wait stay as they are."""
    body: DayState = asked.body
    _day(asked)
    days.close_day(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), closed=body.closed)
    return _brief(_day(asked))


def draw(asked: Asked) -> dict[str, Any]:
    body: Drawn = asked.body
    _day(asked)
    try:
        made, number = days.draw(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.station)
    except Closed:
        raise Problem("refused", why="closed") from None
    return {"ticket": made, "number": number}


def tickets(asked: Asked) -> dict[str, Any]:
    """The numbers of the day in the order in which they are called; of one `station`, in one `state`. Nothing about anybody."""
    with asked.reading() as c:
        day = days.day_for(c, asked.staff, asked.path("id"))
        rows = days.tickets_of(c, day["id"], (asked.query("state"),) if asked.query("state") else (), asked.query("station"))
    return {"items": [_ticket(row) for row in rows], "next": ""}


def call(asked: Asked) -> dict[str, Any]:
    """Who waits longest at the station; null where nobody does. Whoever has called somebody keeps them."""
    with asked.reading() as c:
        days.station_for(c, asked.staff, asked.path("id"))
    try:
        return {"ticket": days.call_next(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"))}
    except Closed:
        raise Problem("refused", why="closed") from None


def ticket(asked: Asked) -> dict[str, Any]:
    """A number, what its stations did and what the next should know: for whoever may open its case."""
    with asked.reading() as c:
        row = days.ticket_for(c, asked.staff, asked.path("id"))
        stops = days.stops_of(c, row["id"])
    told = _may_read(asked, row)
    return {**_ticket(row), "note": row["note"] if told else None, "case_id": row["case_id"] if told else None, "stops": [
        {"station_id": one["station_id"], "result": one["result"], "called_at": moment(one["called_at"]), "ended_at": moment(one["ended_at"]),
         "done": one["done"] if told else None} for one in stops
    ]}  # fmt: skip


def move(asked: Asked) -> dict[str, Any]:
    """One act on a number. What a station did goes into the case's support record too."""
    body: TicketMove = asked.body
    with asked.reading() as c:
        days.ticket_for(c, asked.staff, asked.path("id"))
    try:
        row = days.act(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.act, asked.version(), to=body.to,
                       done=body.done, note=body.note)  # fmt: skip
    except Closed:
        raise Problem("refused", why="closed") from None
    except ValueError:
        raise Problem("invalid", errors=[{"field": "to", "kind": "unknown"}]) from None
    return _ticket(row)


def attach(asked: Asked) -> dict[str, Any]:
    """A number whose person has a case already. One that is wrong, or not to be seen, changes nothing and looks the same."""
    body: CaseNumber = asked.body
    with asked.writing() as c:
        row = days.ticket_for(c, asked.staff, asked.path("id"))
        chosen = select(case.c.id).where(case.c.tenant_id == asked.staff.tenant_id, case.c.number == (read_case_number(body.number) or "-"))
        case_id = c.execute(chosen).scalar_one_or_none()
        try:
            if case_id is None:
                raise NotForYou
            seeded_for(c, asked.staff, case_id, asked.now)
        except (NotForYou, Restricted):
            raise Problem("invalid", errors=[{"field": "number", "kind": "unknown"}]) from None
        days.attach(c, asked.staff, row["id"], case_id, asked.now)
    return {"case": case_id}


def _may_read(asked: Asked, row: Row) -> bool:
    if not row["case_id"]:
        return True
    try:
        with asked.writing() as c:
            seeded_for(c, asked.staff, row["case_id"], asked.now)
    except (NotForYou, Restricted):
        return False
    return True


def _day(asked: Asked) -> Row:
    with asked.reading() as c:
        return days.day_for(c, asked.staff, asked.path("id"))


def _ticket(row: Row) -> dict[str, Any]:
    return {**{name: row[name] for name in ("id", "number", "state", "station_id", "version")},
            **{name: moment(row[name]) for name in ("taken_at", "waiting_since", "called_at")}}  # fmt: skip


def _brief(day: Row) -> dict[str, Any]:
    return {**{name: day[name] for name in ("id", "name", "place", "state")}, "held_on": day["held_on"].isoformat()}


CALLS = (
    Call("GET", "/days", listed, "booth:read", CARRIES_CASES, "Consultation days"),
    Call("POST", "/days", make, "booth:write", CARRIES_CASES, "Prepare a consultation day", body=BoothDay, status=201),
    Call("GET", "/days/{id}", read, "booth:read", CARRIES_CASES, "One consultation day, summed up"),
    Call("POST", "/days/{id}/stations", add_station, "booth:write", CARRIES_CASES, "Add a station", body=Station, status=201),
    Call("POST", "/days/{id}/close", close, "booth:write", CARRIES_CASES, "End a consultation day, or open it again", body=DayState),
    Call("GET", "/days/{id}/tickets", tickets, "booth:read", CARRIES_CASES, "Numbers of a day", queries=("station", "state")),
    Call("POST", "/days/{id}/tickets", draw, "booth:write", CARRIES_CASES, "Draw a number", body=Drawn, status=201),
    Call("POST", "/stations/{id}/call", call, "booth:write", CARRIES_CASES, "Call the next number"),
    Call("GET", "/tickets/{id}", ticket, "booth:read", CARRIES_CASES, "One number and what was done"),
    Call("POST", "/tickets/{id}/move", move, "booth:write", CARRIES_CASES, "Move a number on", body=TicketMove, versioned=True),
    Call("POST", "/tickets/{id}/attach", attach, "booth:write", CARRIES_CASES, "Say whose number it is", body=CaseNumber),
)  # fmt: skip
