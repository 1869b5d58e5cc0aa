"""The contact log of a case: every approach with its result, and the form that notes another one."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from backend.clock import JST, in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.contacts import rules, service, ways
from backend.contacts.service import Told, WrongContact
from backend.db import Row
from backend.staff.access import case_for
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES


def contacts_of(desk: Desk, c: Connection, case_id: str, most: int = 200) -> dict[str, Any]:
    """What `contacts/part.html` needs: for any page that shows a case."""
    local = in_japan(desk.now)
    return {
        "contacts": service.of_case(c, case_id, most), "contact_names": names_of_staff(c, desk.staff.tenant_id),
        "contact_channels": rules.BY_STAFF, "contact_results": rules.NOTED, "today": local.date().isoformat(),
        "this_minute": f"{local:%H:%M}",
    }  # fmt: skip


def show(desk: Desk) -> Response:
    return _show(desk, desk.path("id"))


def note(desk: Desk) -> Response:
    """Keep what somebody did or heard."""
    try:
        told = Told(desk.sent("channel"), desk.sent("result"), _moment(desk), desk.sent("note", service.LONGEST_NOTE), _day(desk.sent("next_on", 10)))
        service.note(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), told)
    except WrongContact as wrong:
        return _show(desk, desk.path("id"), str(wrong.args[0]))
    return desk.to(f"/console/cases/{desk.path('id')}/contacts")


def add_way(desk: Desk) -> Response:
    """Keep a number or address beside the chat."""
    try:
        ways.add(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.sent("kind"), desk.sent("address", ways.LONGEST))
    except WrongContact as wrong:
        return _show(desk, desk.path("id"), str(wrong.args[0]))
    return desk.to(f"/console/cases/{desk.path('id')}/contacts")


def set_way_aside(desk: Desk) -> Response:
    ways.set_aside(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.sent("way"))
    return desk.to(f"/console/cases/{desk.path('id')}/contacts")


def _show(desk: Desk, case_id: str, wrong: str = "") -> Response:
    with desk.writing() as c:
        found: Row = case_for(c, desk.staff, case_id, desk.now)
    with desk.reading() as c:
        values = {**contacts_of(desk, c, case_id), "ways": ways.of_case(c, case_id), "way_kinds": ways.KINDS}
    sent = {name: desk.sent(name, 2000) for name in ("channel", "result", "note", "on", "at", "next_on")}
    return desk.page("contacts/page.html", 400 if wrong else 200, case=found, wrong=wrong, sent=sent,
                     back=f"/console/cases/{case_id}/contacts", **values)


def _moment(desk: Desk) -> datetime:
    """Day and time as they stand in the form, Japanese wall clock. Raises `WrongContact`."""
    day = _day(desk.sent("on", 10))
    try:
        at = time.fromisoformat(desk.sent("at", 5) or "12:00")
    except ValueError:
        raise WrongContact("console.contact.wrong_time") from None
    if day is None:
        raise WrongContact("console.contact.wrong_time")
    return datetime.combine(day, at, JST)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise WrongContact("console.contact.wrong_time") from None


PAGES = (
    Page("GET", "/console/cases/{id}/contacts", show, OPENS_CASES),
    Page("POST", "/console/cases/{id}/contacts", note, OPENS_CASES),
    Page("POST", "/console/cases/{id}/ways", add_way, OPENS_CASES),
    Page("POST", "/console/cases/{id}/ways/aside", set_way_aside, OPENS_CASES),
)
