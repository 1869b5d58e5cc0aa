"""All programs of one case on a page of their own, to filter by verdict, kind and deadline."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from backend.casefile import programs
from backend.casefile.reminders import reminders_of
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.offices import read_office
from backend.people.models import person
from backend.programs.reminders import take_back
from backend.programs.vocabulary import PROGRAM_KINDS
from backend.staff.access import case_for
from backend.staff.roles import OPENS_CASES


def show(desk: Desk) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now)
    asked = desk.request.query_params
    group, kind, soon = asked.get("group", ""), asked.get("kind", ""), asked.get("soon") == "1"
    with desk.reading() as c:
        panel = programs.panel_of(c, desk.staff.tenant_id, in_japan(desk.now).date(), case_id=found["id"], conversation_id=None)
        set_ = reminders_of(c, read_office(c, desk.staff.tenant_id, desk.now), found["id"])
        who = c.execute(select(person).where(person.c.id == found["person_id"])).one()
    return desk.page(
        "programs/of_case.html", case=found, who=who, tab="programs", panel=panel, groups=programs.GROUPS, kinds=PROGRAM_KINDS,
        chosen=programs.chosen(panel.programs, group=group, kind=kind, soon=soon), group=group, kind=kind, soon=soon, reminders=set_,
    )  # fmt: skip


def cancel_reminder(desk: Desk) -> Response:
    """The person has applied already, or staff remind them themselves: it does not come."""
    with desk.writing() as c:
        take_back(c, desk.staff, desk.path("id"), desk.sent("reminder", 26), desk.now)
    return desk.to(f"/console/cases/{desk.path('id')}/programs")


PAGES = (
    Page("GET", "/console/cases/{id}/programs", show, OPENS_CASES),
    Page("POST", "/console/cases/{id}/reminders/cancel", cancel_reminder, OPENS_CASES),
)
