"""Visits to homes: the proposal for a day, the day as somebody decided it, and what was met at the door."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.api.bodies_field import AtDoor, Going, InDistrict, Moved, VisitDay
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem, wrong
from backend.audit import service as audit
from backend.clock import in_japan
from backend.forms.glyphs import CannotPrint
from backend.forms.visit_paper import day_paper
from backend.staff.access import case_for, door_for, planned_for
from backend.staff.roles import CARRIES_CASES, OPENS_CASES
from backend.visits import appointments, planning, reporting
from backend.visits.plan import MOST, propose
from backend.visits.planning import Decided, WrongVisit
from backend.visits.reporting import AtTheDoor, WrongReport
from backend.visits.survey import QUESTIONS
from backend.visits.waiting import waiting

MOST_OF_PAIR = 12


def propose_day(asked: Asked) -> dict[str, Any]:
    """What waits, the weightiest first, and, with two or more `worker`s (ids, divided by commas), a day for each pair in walking order.
    `most` homes for a pair, 12 at most. Nothing is decided by it. Protected people are proposed to nobody."""
    today = in_japan(asked.now).date()
    day, most = asked.day("day") or today, asked.query("most")
    if most and not (most.isascii() and most.isdigit() and len(most) < 3 and 1 <= int(most) <= MOST_OF_PAIR):
        raise Problem("invalid", errors=[{"field": "most", "kind": f"1..{MOST_OF_PAIR}"}])
    with asked.reading() as c:
        able = planning.workers(c, asked.staff.tenant_id, asked.now)
        there = {row.id for row in able}
        going = [one for one in dict.fromkeys(asked.query("worker").split(",")) if one]
        if unknown := [one for one in going if one not in there]:
            raise Problem("invalid", errors=[{"field": "worker", "kind": "unknown"} for _ in unknown[:20]])
        homes = waiting(c, asked.staff, day, asked.query("district")[:80])
        days = planning.days(c, asked.staff, today)
    free = [one.home for one in homes if not one.restricted]
    routes = propose(free, going, day, int(most or MOST)) if len(going) > 1 else ()
    return {
        "day": day.isoformat(), "days": [{"day": on.isoformat(), "visits": count} for on, count in days],
        "workers": [{"id": one.id, "name": one.name, "role": one.role} for one in able],
        "homes": [
            {"case": one.home.case_id, "number": one.number, "name": one.name, "district": one.home.district, "address": one.home.address,
             "why": one.why, "since": moment(one.since), "reasons": list(one.home.reasons), "visit": one.home.visit_id,
             "request": one.home.request_id, "interpreter": one.home.interpreter, "restricted": one.restricted} for one in homes
        ],
        "pairs": [
            {"first": one.first, "second": one.second, "homes": [{"case": stop.home.case_id, "half": stop.half} for stop in one.stops]}
            for one in routes
        ],
    }  # fmt: skip


def decide(asked: Asked) -> dict[str, Any]:
    """Put these homes on the day, all or none: a pair is two people. 409 where one was put on a day meanwhile."""
    body: VisitDay = asked.body
    with asked.reading() as c:
        for one in body.homes:
            case_for(c, asked.staff, one.case, asked.now, viewing=False)
    chosen = [_going(one, one.case, one.visit, one.request) for one in body.homes]
    try:
        return {"visits": planning.decide(asked.shell.engine, asked.shell.clock, asked.staff, body.day, chosen)}
    except WrongVisit as refused:
        raise wrong(refused) from None


def ask_times(asked: Asked) -> dict[str, Any]:
    """Ask those who wait, in their chat, which half days suit; once."""
    body: InDistrict = asked.body
    with asked.reading() as c:
        homes = [one.home.case_id for one in waiting(c, asked.staff, in_japan(asked.now).date(), body.district)]
    return {"asked": appointments.ask_times(asked.shell.engine, asked.shell.clock, asked.staff, homes)}


def of_day(asked: Asked) -> dict[str, Any]:
    """The visits of a day that the account may know of, pair by pair, in walking order; `mine=yes`: where it was sent itself."""
    on = asked.day("on") or in_japan(asked.now).date()
    with asked.writing() as c:
        rows = planning.of_day(c, asked.staff, on, asked.staff.id if asked.query("mine") == "yes" else "")
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="visit.day_viewed", object_kind="day",
                     object_id=on.isoformat(), detail={"visits": len(rows)}, at=asked.now)  # fmt: skip
    return {"next": "", "items": [
        {**{name: getattr(row, name) for name in (
            "id", "case_id", "number", "state", "first_worker", "second_worker", "from_time", "until_time", "interpreter", "safety",
            "name", "kana", "phone", "landline", "address", "current_address", "version")},
         "place": row.place_in_day, "planned_on": row.planned_on.isoformat()} for row in rows
    ]}  # fmt: skip


def fetch_sheets(asked: Asked) -> Response:
    """The day's sheets as a PDF, a page for each pair with its homes in walking order. 404 where nobody goes on that day."""
    on = asked.day("on") or in_japan(asked.now).date()
    try:
        with asked.writing() as c:
            made = day_paper(c, asked.shell, asked.staff, on)
    except CannotPrint:
        raise Problem("refused", why="cannot_print") from None
    if made is None:
        raise Problem("not_found")
    return attached(made.content, made.media_type, made.name)


def move(asked: Asked) -> None:
    """Another day, time, pair, place or note. The household is told anew where the day or the time changed."""
    body: Moved = asked.body
    with asked.reading() as c:
        planned_for(c, asked.staff, asked.path("id"), asked.now)
    try:
        planning.move(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), asked.version(), _going(body), body.day)
    except WrongVisit as refused:
        raise wrong(refused) from None


def take_off(asked: Asked) -> None:
    """Not on that day: the home waits again."""
    planning.take_off(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), asked.version())


def report(asked: Asked) -> dict[str, Any]:
    """Contact log, support record, answers, what comes next: all or nothing, and once for each `key`. A danger rings those on duty."""
    body: AtDoor = asked.body
    with asked.reading() as c:
        door_for(c, asked.staff, asked.path("id"), asked.now)
    if body.at.tzinfo is None:
        raise Problem("invalid", errors=[{"field": "at", "kind": "timezone_missing"}])
    if unknown := sorted(set(body.answers) - set(QUESTIONS)):
        raise Problem("invalid", errors=[{"field": f"answers.{name}", "kind": "unknown"} for name in unknown[:20]])
    told = AtTheDoor(body.key, asked.version(), body.result, body.at, body.note, body.next_on, body.answers)
    try:
        return {"contact": reporting.report(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), told)}
    except WrongReport as refused:
        raise wrong(refused) from None


def _going(to: Going, case: str = "", visit: str = "", request: str = "") -> Decided:
    return Decided(case, to.first, to.second, to.place, visit, request, to.from_time, to.until_time, to.interpreter, to.safety)


CALLS = (
    Call("GET", "/visit-days", propose_day, "visits:read", CARRIES_CASES, "Homes that wait for a visit, and a proposal for a day",
         queries=("day", "district", "most", "worker")),
    Call("POST", "/visit-days", decide, "visits:write", CARRIES_CASES, "Put homes on a day", body=VisitDay, status=201),
    Call("POST", "/visit-days/ask-times", ask_times, "visits:write", CARRIES_CASES, "Ask in the chat which half days suit", body=InDistrict),
    Call("GET", "/planned", of_day, "visits:read", OPENS_CASES, "The visits of a day", queries=("on", "mine")),
    Call("GET", "/planned/sheets", fetch_sheets, "visits:read", CARRIES_CASES, "The sheets of a visiting day, to print", queries=("on",)),
    Call("POST", "/planned/{id}/move", move, "visits:write", CARRIES_CASES, "Move a visit", body=Moved, status=204, versioned=True),
    Call("POST", "/planned/{id}/off", take_off, "visits:write", CARRIES_CASES, "Take a visit off its day", status=204, versioned=True),
    Call("POST", "/planned/{id}/report", report, "visits:write", OPENS_CASES, "Tell what came of a visit", body=AtDoor, status=201,
         versioned=True),
)  # fmt: skip
