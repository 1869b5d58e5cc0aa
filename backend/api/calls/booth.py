"""Consultation days: the stations and what came of the day, in numbers. Who holds which number stays at the booth."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.api.call import Asked, Call
from backend.booth import days
from backend.booth.summary import summary_of
from backend.db import Row
from backend.staff.roles import CARRIES_CASES


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


def _brief(day: Row) -> dict[str, Any]:
    return {**{name: day[name] for name in ("id", "name", "place", "state")}, "held_on": day["held_on"].isoformat()}


CALLS = (
    Call("GET", "/days", listed, "booth:read", CARRIES_CASES, "Consultation days"),
    Call("GET", "/days/{id}", read, "booth:read", CARRIES_CASES, "One consultation day, summed up"),
)
