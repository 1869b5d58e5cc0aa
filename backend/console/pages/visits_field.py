"""The page for the field: a worker's visits of the day on a telephone, and what came of each. Works by itself as a form;
its scripts keep what could not be sent, where the worker switched that on (`static/field.js`), and the page itself for where
there is no network (`static/field-kept.js`)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import JSONResponse, Response

from backend import crypto
from backend.audit import service as audit
from backend.clock import JST, in_japan
from backend.conflict import Conflict
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.support import day_of
from backend.contacts.service import LONGEST_NOTE
from backend.people.models import household_member, person
from backend.staff.access import NotForYou, Restricted, door_for
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES
from backend.visits import planning, reporting, survey
from backend.visits.reporting import RESULTS, AtTheDoor, WrongReport
from dialogs.core.words import Text
from dialogs.fields import FIELDS

FIELD = "/console/visits/field"


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    """Today's visits of whoever is signed in (`?on=`: another day's)."""
    on = day_of(desk.request.query_params.get("on", "")) or in_japan(desk.now).date()
    with desk.writing() as c:
        rows = planning.of_day(c, desk.staff, on, desk.staff.id)
        audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="visit.field_viewed", object_kind="day",
                     object_id=on.isoformat(), detail={"visits": len(rows)}, at=desk.now)  # fmt: skip
    with desk.reading() as c:
        names, people = names_of_staff(c, desk.staff.tenant_id), _people(c, [row.case_id for row in rows])
    return desk.page(
        "visits/field.html", status, on=on, rows=rows, names=names, people=people, results=RESULTS, wrong=wrong, today=in_japan(desk.now).date(),
        this_minute=f"{in_japan(desk.now):%H:%M}", questions=[FIELDS[name] for name in survey.QUESTIONS], device_key=_device_key(desk),
        sent_visit=desk.path("id") if wrong else "", sent={name: desk.sent(name, LONGEST_NOTE) for name in ("result", "note", "next_on", "at")},
        back=FIELD)  # fmt: skip


def offline(desk: Desk) -> Response:
    """What a telephone keeps to open the page with: it asks for the worker's code, and nothing of anybody stands in it."""
    return desk.fragment("visits/offline.html")


def tell(desk: Desk) -> Response:
    """Keep what came of a visit. To the script it answers in JSON: kept, changed since (with both values), or wrong."""
    by_script = "application/json" in desk.request.headers.get("accept", "")
    try:
        with desk.reading() as c:
            door_for(c, desk.staff, desk.path("id"), desk.now)
        reporting.report(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), _told(desk))
    except WrongReport as wrong:
        key = str(wrong.args[0])
        return JSONResponse({"wrong": _said(desk, key)}, 422) if by_script else show(desk, key, 422)
    except Conflict as conflict:
        if not by_script:
            raise
        return JSONResponse({"now": [_beside(desk, name, value) for name, value in conflict.now.items()]}, 409)
    except (NotForYou, Restricted):
        if not by_script:
            raise
        return JSONResponse({"gone": True}, 404)
    return JSONResponse({"kept": True}) if by_script else desk.to(FIELD)


def _told(desk: Desk) -> AtTheDoor:
    local = in_japan(desk.now)
    raw: dict[str, Any] = {}
    for name in survey.QUESTIONS:
        many = desk.sent_all(f"a.{name}")
        raw[name] = many if FIELDS[name].kind == "multi" else (many[0][:LONGEST_NOTE] if many else "")
    key = desk.sent("key", 40) or desk.sent("form", 40)
    return AtTheDoor(
        key, desk.number("version"), desk.sent("result", 20), _moment(desk.sent("on", 10), desk.sent("at", 5), local),
        desk.sent("note", LONGEST_NOTE), _day(desk.sent("next_on", 10)), raw)  # fmt: skip


def _moment(on: str, at: str, local: datetime) -> datetime:
    try:
        clock = time.fromisoformat(at) if at else local.time()
        return datetime.combine(date.fromisoformat(on) if on else local.date(), clock, JST)
    except ValueError:
        raise WrongReport("console.contact.wrong_time") from None


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise WrongReport("console.contact.wrong_next") from None


def _people(c: Connection, ids: list[str]) -> dict[str, list[Any]]:
    chosen = select(household_member.c.case_id, household_member.c.relation, person.c.id, person.c.name).join(
        person, person.c.id == household_member.c.person_id).where(
        household_member.c.case_id.in_(ids), household_member.c.left_on.is_(None), person.c.restricted.is_(False)).order_by(household_member.c.id)
    found: dict[str, list[Any]] = {}
    for row in c.execute(chosen):
        found.setdefault(row.case_id, []).append(row)
    return found


def _device_key(desk: Desk) -> str:
    """Of this account alone, and only in pages that it is signed in to see: what opens the entries kept on a telephone.

    It outlives a session on purpose: whoever signs in again can still send what they wrote before it ended.
    """
    return crypto.ring().sign(desk.staff.id, "visits.device")


def _said(desk: Desk, key: str) -> str:
    return str(desk.shell.words.render(Text(key), desk.staff.locale))


def _beside(desk: Desk, name: str, value: Any) -> dict[str, str]:
    label = f"console.conflict.field.{name}"
    shown = "" if value is None else str(value)
    if name == "result":
        shown = _said(desk, f"console.contact.result.{value}")
    elif name == "state":
        shown = _said(desk, f"console.visits.state.{value}")
    return {"name": name, "label": _said(desk, label), "value": shown}


PAGES = (
    Page("GET", FIELD, show, OPENS_CASES),
    Page("GET", f"{FIELD}/offline", offline, OPENS_CASES),
    Page("POST", "/console/planned/{id}/report", tell, OPENS_CASES),
)
