"""Visits to homes: what waits, the proposal for a day, the day as it was decided, its sheet."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from backend.audit import service as audit
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.support import day_of
from backend.forms.glyphs import CannotPrint
from backend.forms.visit_paper import day_paper
from backend.staff.access import planned_for
from backend.staff.names import names_of_staff
from backend.staff.roles import CARRIES_CASES
from backend.visits import appointments, planning
from backend.visits.plan import HALVES, MOST, propose
from backend.visits.planning import Decided, WrongVisit
from backend.visits.waiting import MOST as MOST_READ
from backend.visits.waiting import districts, pressing, told

VISITS = "/console/visits"
PER_PAGE = 50
"""Homes that wait on one page; the proposal is made from all that were read."""


def index(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    """What waits and, once a day and the people are chosen, the proposal for it."""
    asked = desk.request.query_params if desk.request.method == "GET" else desk.form
    today = in_japan(desk.now).date()
    day = day_of(str(asked.get("day", ""))) or today
    area = str(asked.get("district", ""))[:80]
    most = min(_number(asked.get("most"), MOST), 12)
    going = [str(one) for one in asked.getlist("worker")]
    with desk.reading() as c:
        able = planning.workers(c, desk.staff.tenant_id, desk.now)
        there = {row.id for row in able}
        chosen = [one for one in dict.fromkeys(going) if one in there]
        homes = pressing(c, desk.staff, day, area)
        if len(chosen) > 1:  # the walking order is by address
            homes = told(c, homes)
        routes = propose([one.home for one in homes if not one.restricted], chosen, day, most) if len(chosen) > 1 else ()
        start = min(_number(asked.get("from"), 1) - 1, max(len(homes) - 1, 0)) // PER_PAGE * PER_PAGE
        shown = homes[start : start + PER_PAGE]
        values = {
            "homes": shown if len(chosen) > 1 else told(c, shown), "many": len(homes), "counted": f"{len(homes)}+" if len(homes) >= MOST_READ else len(homes), "start": start, "per_page": PER_PAGE,
            "by_case": {one.home.case_id: one for one in homes}, "routes": routes, "areas": districts(c, desk.staff),
            "days": planning.days(c, desk.staff, today), "workers": able, "names": names_of_staff(c, desk.staff.tenant_id),
        }  # fmt: skip
    return desk.page("visits/index.html", status, on=day, today=today, area=area, most=most, going=chosen, halves=HALVES, wrong=wrong, asked=str(asked.get("asked", ""))[:4],
                     left=len(homes) - sum(len(one.stops) for one in routes), back=VISITS, **values)


def _number(written: Any, otherwise: int) -> int:
    """A small number of an address, 1 or more."""
    said = str(written or "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 4 and int(said) else otherwise


def decide(desk: Desk) -> Response:
    """Keep the homes of a pair that stayed ticked, with what was changed; then on to the next pair. One form each: a form has 300 fields."""
    day = day_of(desk.sent("day"))
    if day is None:
        return index(desk, "console.visits.wrong.day", 422)
    chosen = [_decided(desk, case_id) for case_id in dict.fromkeys(desk.sent_all("case"))]
    if not chosen:
        return index(desk, "console.visits.wrong.nobody", 422)
    try:
        planning.decide(desk.engine, desk.shell.clock, desk.staff, day, chosen)
    except WrongVisit as wrong:
        return index(desk, str(wrong.args[0]), 422)
    others = desk.sent_all("worker")
    if len(others) > 1:  # the other pairs' days are still to be decided
        asked = {"day": day.isoformat(), "district": desk.sent("district", 80), "most": desk.sent("most", 3), "worker": others}
        return desk.to(f"{VISITS}?{urlencode(asked, doseq=True)}")
    return desk.to(f"{VISITS}/day?{urlencode({'on': day.isoformat()})}")


def _decided(desk: Desk, case_id: str) -> Decided:
    def of(name: str, longest: int = 40) -> str:
        return desk.sent(f"{name}.{case_id}", longest)

    place = of("place", 4)
    return Decided(
        case_id, of("first"), of("second"), int(place) if place.isascii() and place.isdigit() else 0, of("visit"), of("request"), of("from"),
        of("until"), of("interpreter"), of("safety", planning.LONGEST))  # fmt: skip


def ask_times(desk: Desk) -> Response:
    """Ask those who wait, in their chat, which half days suit."""
    with desk.reading() as c:
        homes = [one.home.case_id for one in pressing(c, desk.staff, in_japan(desk.now).date(), desk.sent("district", 80))]
    asked = appointments.ask_times(desk.engine, desk.shell.clock, desk.staff, homes)
    return desk.to(f"{VISITS}?{urlencode({'asked': asked})}")


def day(desk: Desk, wrong: str = "", status: int = 200, on: date | None = None) -> Response:
    """A day as it was decided, pair by pair."""
    on = on or day_of(desk.request.query_params.get("on", "")) or in_japan(desk.now).date()
    with desk.writing() as c:
        rows = planning.of_day(c, desk.staff, on)
        _seen(c, desk, "visit.day_viewed", on, len(rows))
    pairs: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        pairs.setdefault((row.first_worker or "", row.second_worker or ""), []).append(row)
    with desk.reading() as c:
        names, able = names_of_staff(c, desk.staff.tenant_id), planning.workers(c, desk.staff.tenant_id, desk.now)
    return desk.page("visits/day.html", status, on=on, today=in_japan(desk.now).date(), pairs=pairs, names=names, workers=able, wrong=wrong, back=f"{VISITS}/day")


def move(desk: Desk) -> Response:
    to = Decided("", desk.sent("first"), desk.sent("second"), max(desk.number("place"), 0), "", "", desk.sent("from_time", 5),
                 desk.sent("until_time", 5), desk.sent("interpreter", 10), desk.sent("safety", planning.LONGEST))
    on = day_of(desk.sent("planned_on"))
    with desk.reading() as c:
        planned_for(c, desk.staff, desk.path("id"), desk.now)
    try:
        if on is None:
            raise WrongVisit("console.visits.wrong.day")
        planning.move(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.number("version"), to, on)
    except WrongVisit as wrong:
        return day(desk, str(wrong.args[0]), 422, day_of(desk.sent("was_on")))
    return desk.to(f"{VISITS}/day?{urlencode({'on': on.isoformat()})}")


def take_off(desk: Desk) -> Response:
    planning.take_off(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.number("version"))
    was = day_of(desk.sent("was_on"))
    return desk.to(f"{VISITS}/day?{urlencode({'on': was.isoformat()})}" if was else VISITS)


def sheet(desk: Desk) -> Response:
    """The day's sheets as one PDF, a page for each pair, in walking order."""
    on = day_of(desk.request.query_params.get("on", "")) or in_japan(desk.now).date()
    try:
        with desk.writing() as c:
            made = day_paper(c, desk.shell, desk.staff, on)
    except CannotPrint:
        return day(desk, "console.forms.cannot_print", 500, on)
    if made is None:
        return desk.to(f"{VISITS}/day?{urlencode({'on': on.isoformat()})}")
    return Response(made.content, media_type=made.media_type, headers={
        "Cache-Control": "no-store", "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}"})


def _seen(c: Any, desk: Desk, action: str, on: date, count: int) -> None:
    audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action=action, object_kind="day", object_id=on.isoformat(),
                 detail={"visits": count}, at=desk.now)


PAGES = (
    Page("GET", VISITS, index, CARRIES_CASES),
    Page("POST", f"{VISITS}/day", decide, CARRIES_CASES),
    Page("POST", f"{VISITS}/times", ask_times, CARRIES_CASES),
    Page("GET", f"{VISITS}/day", day, CARRIES_CASES),
    Page("GET", f"{VISITS}/day/sheet", sheet, CARRIES_CASES),
    Page("POST", "/console/planned/{id}/move", move, CARRIES_CASES),
    Page("POST", "/console/planned/{id}/off", take_off, CARRIES_CASES),
)
