"""Internal notes of a case: a page of their own, away from every form that sends."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from backend.cases import notes
from backend.console.desk import Desk
from backend.console.page import Page
from backend.people.models import person
from backend.staff.access import case_for
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES


def show(desk: Desk) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now)
    with desk.reading() as c:
        return desk.page(
            "notes/notes.html", case=found, who=c.execute(select(person).where(person.c.id == found["person_id"])).one(),
            notes=notes.notes_of(c, found["id"]), names=names_of_staff(c, desk.staff.tenant_id), tab="notes",
        )  # fmt: skip


def write(desk: Desk) -> Response:
    text = desk.sent("text", notes.LONGEST)
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
        if text:
            notes.write(c, tenant_id=desk.staff.tenant_id, case_id=found["id"], text=text, by=desk.staff.id, at=desk.now)
    return desk.to(f"/console/cases/{found['id']}/notes")


def change(desk: Desk) -> Response:
    text = desk.sent("text", notes.LONGEST)
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
        if text:
            notes.change(
                c, case_id=found["id"], note_id=desk.sent("note", 26), text=text, by=desk.staff.id,
                version=desk.number("version"), at=desk.now,
            )  # fmt: skip
    return desk.to(f"/console/cases/{found['id']}/notes")


PAGES = (
    Page("GET", "/console/cases/{id}/notes", show, OPENS_CASES),
    Page("POST", "/console/cases/{id}/notes", write, OPENS_CASES),
    Page("POST", "/console/cases/{id}/notes/change", change, OPENS_CASES),
)
