"""A consultation day: its board and stations live on several tablets, the big number for the room, the day's summary."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.audit import service as audit
from backend.booth import days, drafts, queue
from backend.booth.days import Closed
from backend.booth.models import booth_stop
from backend.booth.summary import minutes, summary_of
from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.forms.cells import plain
from backend.staff.access import NotForYou, Restricted, visible
from backend.staff.models import staff as accounts
from backend.staff.roles import CARRIES_CASES, OPENS_CASES, SEEDS_CASES, TAKES_DATA_OUT
from backend.staff.seeded import seeded_for

LAST_CALLED = 6
"""Numbers that the room's display keeps showing."""


def index(desk: Desk) -> Response:
    with desk.reading() as c:
        found = days.open_days(c, desk.staff.tenant_id)
    return desk.page("booth/days.html", days=found, today=in_japan(desk.now).date(), kinds=queue.KINDS, wrong=False)


def make(desk: Desk) -> Response:
    try:
        day_id = days.make_day(
            desk.engine, desk.shell.clock, desk.staff, name=desk.sent("name", 80), place=desk.sent("place", 80),
            held_on=date.fromisoformat(desk.sent("held_on", 10)), kinds=desk.sent_all("kind"),
        )  # fmt: skip
    except ValueError:
        with desk.reading() as c:
            found = days.open_days(c, desk.staff.tenant_id)
        return desk.page("booth/days.html", 422, days=found, today=in_japan(desk.now).date(), kinds=queue.KINDS, wrong=True)
    return desk.to(f"/console/days/{day_id}")


def show(desk: Desk) -> Response:
    return desk.page("booth/day.html", **_board(desk), kinds=queue.KINDS)


def board(desk: Desk) -> Response:
    return desk.fragment("booth/board.html", **_board(desk))


def display(desk: Desk) -> Response:
    """For the screen in the room: numbers and stations, nothing about anybody."""
    return desk.page("booth/display.html", **_called(desk))


def display_part(desk: Desk) -> Response:
    return desk.fragment("booth/called.html", **_called(desk))


def draw(desk: Desk) -> Response:
    day_id = desk.path("id")
    with desk.writing() as c:
        days.day_for(c, desk.staff, day_id)
    try:
        ticket_id, _ = days.draw(desk.engine, desk.shell.clock, desk.staff, day_id, desk.sent("station", 26))
    except Closed:
        return desk.to(f"/console/days/{day_id}")
    return desk.to(f"/console/tickets/{ticket_id}" if desk.sent("open") else f"/console/days/{day_id}")


def add_station(desk: Desk) -> Response:
    day_id = desk.path("id")
    with desk.reading() as c:
        days.day_for(c, desk.staff, day_id)
    try:
        days.add_station(desk.engine, desk.shell.clock, desk.staff, day_id, desk.sent("kind"), desk.sent("name", 80))
    except (ValueError, Closed):
        return desk.page("trouble.html", 400, what="stale_form")
    return desk.to(f"/console/days/{day_id}")


def close(desk: Desk) -> Response:
    days.close_day(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), closed=desk.sent("open") != "yes")
    return desk.to(f"/console/days/{desk.path('id')}")


# --- at a station -----------------------------------------------------------------------------------------------------


def station(desk: Desk) -> Response:
    return desk.page("booth/station.html", **_station(desk))


def station_part(desk: Desk) -> Response:
    return desk.fragment("booth/queue.html", **_station(desk))


def call(desk: Desk) -> Response:
    station_id = desk.path("id")
    with desk.reading() as c:
        days.station_for(c, desk.staff, station_id)
    try:
        ticket_id = days.call_next(desk.engine, desk.shell.clock, desk.staff, station_id)
    except Closed:
        ticket_id = None
    return desk.to(f"/console/tickets/{ticket_id}" if ticket_id else f"/console/stations/{station_id}")


def ticket(desk: Desk) -> Response:
    with desk.reading() as c:
        row = days.ticket_for(c, desk.staff, desk.path("id"))
        stations = days.stations_of(c, row["day_id"])
        day = days.day_for(c, desk.staff, row["day_id"])
        stops = days.stops_of(c, row["id"])
        names = _names(c, desk.staff.tenant_id)
    found, guarded = _record(desk, row)
    if guarded is not None:
        row, stops = {**row, "note": None}, [{**stop, "done": None} for stop in stops]
    called = {one["id"]: days.station_name(one) for one in stations}
    return desk.page(
        "booth/ticket.html", ticket=row, held=day, stations=stations, called=called, stops=stops, names=names, case=found, guarded=guarded,
        carries=desk.staff.role in OPENS_CASES, can=[act for act in queue.MOVES if queue.after(act, row["state"])],
    )  # fmt: skip


def move(desk: Desk) -> Response:
    """Call again, let step out, hand on, finish …: one act on a number."""
    ticket_id, act = desk.path("id"), desk.sent("act")
    with desk.reading() as c:
        before = days.ticket_for(c, desk.staff, ticket_id)
    try:
        row = days.act(
            desk.engine, desk.shell.clock, desk.staff, ticket_id, act, desk.number("version"), to=desk.sent("to", 26),
            done=desk.sent("done", days.LONGEST), note=desk.sent("note", days.LONGEST),
        )  # fmt: skip
    except Closed:
        return desk.to(f"/console/days/{before['day_id']}")
    except ValueError:
        return desk.page("trouble.html", 400, what="stale_form")
    if act in ("again", "call"):
        return desk.to(f"/console/tickets/{ticket_id}")
    return desk.to(f"/console/stations/{row['station_id'] if act == 'return' else before['station_id']}")


def fill_in(desk: Desk) -> Response:
    """The form of the person who is here: a new one, or the one of the number's case."""
    with desk.writing() as c:
        row = days.ticket_for(c, desk.staff, desk.path("id"))
        if row["case_id"]:
            draft_id = drafts.begin_from_case(c, desk.staff, row["case_id"], ticket_id=row["id"], at=desk.now)
        else:
            draft_id = drafts.begin(c, desk.staff, ticket_id=row["id"], at=desk.now)
    return desk.to(f"/console/drafts/{draft_id}" + ("/ask" if desk.sent("aloud") else ""))


def attach(desk: Desk) -> Response:
    """Somebody who has a case already says its number. One that is wrong, or not to be seen, changes nothing."""
    ticket_id = desk.path("id")
    number = read_case_number(desk.sent("number", 40))
    with desk.writing() as c:
        days.ticket_for(c, desk.staff, ticket_id)
        chosen = select(case.c.id).where(case.c.tenant_id == desk.staff.tenant_id, case.c.number == (number or "-"))
        case_id = c.execute(chosen).scalar_one_or_none()
        try:
            if case_id is not None:
                seeded_for(c, desk.staff, case_id, desk.now)
                days.attach(c, desk.staff, ticket_id, case_id, desk.now)
                return desk.to(f"/console/tickets/{ticket_id}")
        except (NotForYou, Restricted):
            case_id = None
    return desk.page("booth/no_case.html", 422, to=f"/console/tickets/{ticket_id}")


# --- the day's summary ------------------------------------------------------------------------------------------------


def summary(desk: Desk) -> Response:
    with desk.reading() as c:
        day = days.day_for(c, desk.staff, desk.path("id"))
        stations, tickets, stops = _whole(c, day["id"])
        shown = _readable(c, desk, tickets)
    found = summary_of(stations, tickets, stops)
    names = {one["id"]: days.station_name(one) for one in stations}
    numbers = {one["id"]: one["number"] for one in tickets}
    return desk.page(
        "booth/summary.html", held=day, found=found, names=names, stops=stops, numbers=numbers, shown=shown,
        takes_out=desk.staff.role in TAKES_DATA_OUT,
    )  # fmt: skip


def summary_file(desk: Desk) -> Response:
    """One line a stay, as CSV (UTF-8 with BOM, so that Excel reads it); without the words about protected people."""
    with desk.writing() as c:
        day = days.day_for(c, desk.staff, desk.path("id"))
        stations, tickets, stops = _whole(c, day["id"])
        shown = _readable(c, desk, tickets)
        audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="booth.day_exported", object_kind="booth_day",
                     object_id=day["id"], detail={"rows": len(stops)}, at=desk.now)  # fmt: skip
    words, locale = desk.shell.words, desk.staff.locale
    names = {one["id"]: words.word(days.station_name(one), locale) for one in stations}
    numbers = {one["id"]: one["number"] for one in tickets}
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(desk.paper.words(locale, f"console.booth.csv.{name}") for name in ("number", "station", "result", "waited", "took", "done"))
    for stop in stops:
        writer.writerow((
            numbers[stop["ticket_id"]], plain(names[stop["station_id"]]), desk.paper.words(locale, f"console.booth.result.{stop['result']}"),
            minutes(stop["waited_from"], stop["called_at"]), minutes(stop["called_at"], stop["ended_at"]),
            plain(stop["done"] or "") if stop["ticket_id"] in shown else "",
        ))  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="booth-{day["held_on"]:%Y%m%d}.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


# --- what they share --------------------------------------------------------------------------------------------------


def _board(desk: Desk) -> dict[str, Any]:
    with desk.reading() as c:
        day = days.day_for(c, desk.staff, desk.path("id"))
        stations = days.stations_of(c, day["id"])
        tickets = days.tickets_of(c, day["id"])
        names = _names(c, desk.staff.tenant_id)
    called = {one["id"]: days.station_name(one) for one in stations}
    here: dict[str, list[Row]] = {one["id"]: [] for one in stations}
    for one in tickets:
        if one["state"] not in queue.ENDED:
            here[one["station_id"]].append(one)
    over = sum(one["state"] in queue.ENDED for one in tickets)
    return {"held": day, "stations": stations, "called": called, "here": here, "names": names, "over": over, "drawn": len(tickets)}


def _called(desk: Desk) -> dict[str, Any]:
    with desk.reading() as c:
        day = days.day_for(c, desk.staff, desk.path("id"))
        names = {one["id"]: days.station_name(one) for one in days.stations_of(c, day["id"])}
        tickets = days.tickets_of(c, day["id"], (queue.CALLED, queue.WAITING))
    called = sorted((one for one in tickets if one["state"] == queue.CALLED), key=lambda one: one["called_at"], reverse=True)
    return {"held": day, "names": names, "now_called": called[:LAST_CALLED], "still": len(tickets) - len(called)}


def _station(desk: Desk) -> dict[str, Any]:
    with desk.reading() as c:
        here = days.station_for(c, desk.staff, desk.path("id"))
        day = days.day_for(c, desk.staff, here["day_id"])
        tickets = days.tickets_of(c, day["id"], (queue.WAITING, queue.CALLED, queue.AWAY), here["id"])
        names = _names(c, desk.staff.tenant_id)
    states = {state: [one for one in tickets if one["state"] == state] for state in (queue.CALLED, queue.WAITING, queue.AWAY)}
    return {"station": here, "name": days.station_name(here), "held": day, "states": states, "names": names}


def _record(desk: Desk, row: Row) -> tuple[Row | None, str | None]:
    """The number's case for whoever may open it; else None, and whom to ask where the person is protected."""
    if not row["case_id"]:
        return None, None
    try:
        with desk.writing() as c:
            return seeded_for(c, desk.staff, row["case_id"], desk.now, viewing=False), None
    except NotForYou:
        with desk.reading() as c:
            restricted = c.execute(select(case.c.restricted).where(case.c.id == row["case_id"])).scalar_one()
        return None, "" if restricted else None
    except Restricted as protected:
        return None, protected.handler


def _whole(c: Connection, day_id: str) -> tuple[list[Row], list[Row], list[Row]]:
    stops = select(booth_stop).where(booth_stop.c.day_id == day_id).order_by(booth_stop.c.ended_at, booth_stop.c.id)
    return days.stations_of(c, day_id), days.tickets_of(c, day_id), [dict(row) for row in c.execute(stops).mappings()]


def _readable(c: Connection, desk: Desk, tickets: list[Row]) -> set[str]:
    """The numbers whose words this account may read: those of households that its lists may name, and of nobody's case yet."""
    if desk.staff.role not in CARRIES_CASES:
        return set()
    held = {one["case_id"] for one in tickets} - {None}
    listed = set(c.execute(select(case.c.id).where(case.c.id.in_(held), visible(desk.staff))).scalars())
    return {one["id"] for one in tickets if one["case_id"] is None or one["case_id"] in listed}


def _names(c: Connection, tenant_id: str) -> dict[str, str]:
    return {one.id: one.name for one in c.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.tenant_id == tenant_id))}


PAGES = (
    Page("GET", "/console/days", index, SEEDS_CASES),
    Page("POST", "/console/days", make, SEEDS_CASES),
    Page("GET", "/console/days/{id}", show, SEEDS_CASES, shows="booth_day"),
    Page("GET", "/console/live/days/{id}/board", board, SEEDS_CASES, live=True, shows="booth_day"),
    Page("GET", "/console/days/{id}/display", display, SEEDS_CASES),
    Page("GET", "/console/live/days/{id}/display", display_part, SEEDS_CASES, live=True),
    Page("POST", "/console/days/{id}/draw", draw, SEEDS_CASES),
    Page("POST", "/console/days/{id}/station", add_station, SEEDS_CASES),
    Page("POST", "/console/days/{id}/close", close, SEEDS_CASES),
    Page("GET", "/console/days/{id}/summary", summary, SEEDS_CASES, shows="booth_day"),
    Page("GET", "/console/days/{id}/summary.csv", summary_file, TAKES_DATA_OUT, shows="booth_day"),
    Page("GET", "/console/stations/{id}", station, SEEDS_CASES, shows="booth_station"),
    Page("GET", "/console/live/stations/{id}", station_part, SEEDS_CASES, live=True, shows="booth_station"),
    Page("POST", "/console/stations/{id}/call", call, SEEDS_CASES),
    Page("GET", "/console/tickets/{id}", ticket, SEEDS_CASES, shows="booth_ticket"),
    Page("POST", "/console/tickets/{id}/move", move, SEEDS_CASES),
    Page("POST", "/console/tickets/{id}/form", fill_in, SEEDS_CASES),
    Page("POST", "/console/tickets/{id}/attach", attach, SEEDS_CASES),
)
