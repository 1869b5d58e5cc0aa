"""One timeline of a case: everything that happened, filtered by what one looks for."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from starlette.responses import Response

from backend.casefile.timeline import KINDS, timeline_of
from backend.console.desk import Desk
from backend.console.page import Page
from backend.people.models import person
from backend.staff.access import case_for
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES


def show(desk: Desk) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now)
    asked = desk.request.query_params
    chosen = tuple(kind for kind in KINDS if kind in asked.getlist("show")) or KINDS
    before = asked.get("before", "")
    with desk.reading() as c:
        events, more = timeline_of(c, desk.shell.words, found["id"], chosen, _moment(before))
        return desk.page(
            "timeline/timeline.html", case=found, who=c.execute(select(person).where(person.c.id == found["person_id"])).one(),
            events=events, chosen=chosen, kinds=KINDS, names=names_of_staff(c, desk.staff.tenant_id), tab="timeline",
            earlier=round(events[-1].at.timestamp() * 1000) if more else 0,
        )  # fmt: skip


def _moment(asked: str) -> datetime | None:
    """Milliseconds since 1970, as the link to earlier events says it."""
    return datetime.fromtimestamp(int(asked) / 1000, UTC) if asked.isascii() and asked.isdigit() and len(asked) < 15 else None


PAGES = (Page("GET", "/console/cases/{id}/timeline", show, OPENS_CASES),)
