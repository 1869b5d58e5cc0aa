"""The case page, and the page of a conversation that has no case yet: the same parts, as far as they exist.

Each part that changes by itself is a fragment of its own, so that one that somebody is writing in stays still
while the others are refreshed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.casefile import consents, programs, sheet, talk, work
from backend.casefile.reminders import reminders_of
from backend.clock import in_japan
from backend.consent import oral
from backend.console import lists
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.offices import read_office
from backend.db import Row
from backend.people.models import person
from backend.replies.rules import text_for
from backend.replies.service import templates_of
from backend.staff.access import NotForYou, case_for, conversation_for, hidden_in
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES
from backend.tasks.rules import DANGER
from backend.tasks.service import last_heard
from backend.teams.service import names_of_teams
from backend.tenants.districts import districts_in


@dataclass(frozen=True, slots=True)
class File:
    """What a page is about: a case with its conversations, or one conversation. `open` is the one that is shown."""

    case: Row | None
    open: Row | None
    talks: list[Row]

    @property
    def owner(self) -> dict[str, str | None]:
        """Whose answers and decisions: the case's, or the conversation's while there is none."""
        if self.case:
            return {"case_id": self.case["id"], "conversation_id": None}
        assert self.open is not None
        return {"case_id": None, "conversation_id": self.open["id"]}

    @property
    def href(self) -> str:
        if not self.case:
            return f"/console/conversations/{self.open['id'] if self.open else ''}"
        return f"/console/cases/{self.case['id']}"


def show_case(desk: Desk) -> Response:
    return _whole(desk, _file_of_case(desk, desk.path("id")))


def show_conversation(desk: Desk) -> Response:
    file = _file_of_conversation(desk, desk.path("id"))
    return desk.to(f"{file.href}?talk={file.open['id']}") if file.case and file.open else _whole(desk, file)


def part_of_case(desk: Desk) -> Response:
    return _part(desk, _file_of_case(desk, desk.path("id")))


def part_of_conversation(desk: Desk) -> Response:
    file = _file_of_conversation(desk, desk.path("id"))
    # The page was opened before the case was: its head and forms are still those of a conversation.
    return _part(desk, file, moved=f"{file.href}?talk={desk.path('id')}" if file.case else "")


def _file_of_case(desk: Desk, case_id: str) -> File:
    with desk.writing() as c:
        found = case_for(c, desk.staff, case_id, desk.now)
    with desk.reading() as c:
        talks = talk.talks_of_case(c, case_id)
    wanted = desk.request.query_params.get("talk", "")
    opened = next((one for one in talks if one["id"] == wanted), talks[0] if talks else None)
    return File(found, opened, talks)


def _file_of_conversation(desk: Desk, conversation_id: str) -> File:
    with desk.writing() as c:
        found = conversation_for(c, desk.staff, conversation_id, desk.now)
        case = case_for(c, desk.staff, found["case_id"], desk.now) if found["case_id"] else None
    return File(case, found, [found])


Load = Callable[[Desk, Connection, File], dict[str, Any]]


def _todo(desk: Desk, c: Connection, file: File) -> dict[str, Any]:
    opened = file.open["id"] if file.open else None
    ids = {"case_id": file.case["id"] if file.case else None, "conversation_id": opened}
    hidden = hidden_in(c, desk.staff, file.case) if file.case else ()
    tasks = work.open_tasks(c, **ids)
    return {
        "heard": {one.id: last_heard(c, one.conversation_id) for one in tasks if one.kind in DANGER},
        "glance": sheet.glance_of(sheet.sheet_of(c, **file.owner, hidden=hidden)),
        "tasks": tasks, "done": work.done_tasks(c, **file.owner),
        "names": names_of_staff(c, desk.staff.tenant_id),
    }  # fmt: skip


def _talk(desk: Desk, c: Connection, file: File) -> dict[str, Any]:
    everything = desk.request.query_params.get("all") == "1"
    shown = talk.talk_of(c, desk.shell.words, file.open, everything) if file.open else None
    return {"talk": shown, "all": everything}


def _hold(desk: Desk, c: Connection, file: File) -> dict[str, Any]:
    names = names_of_staff(c, desk.staff.tenant_id)
    kept, wanted = templates_of(c, desk.staff.tenant_id), desk.request.query_params.get("template", "")
    chosen = next((one for one in kept if one.id == wanted), None)
    return {
        "held_name": names.get(file.open["held_by"], "") if file.open else "", "templates": kept, "prefilled": chosen.id if chosen else "",
        "fitting": text_for(chosen.texts, file.open["locale"]) if chosen and file.open else None,
    }  # fmt: skip


def _record(desk: Desk, c: Connection, file: File) -> dict[str, Any]:
    home = [one["id"] for one in file.talks]
    values: dict[str, Any] = {
        "sheet": sheet.sheet_of(c, **file.owner, hidden=hidden_in(c, desk.staff, file.case) if file.case else ()),
        "consents": consents.consents_of(c, **file.owner),
        "notices": consents.notices_of(c, home),
        "panel": programs.panel_of(c, desk.staff.tenant_id, in_japan(desk.now).date(), **file.owner),
        "attachments": work.attachments_of(c, home),
        "names": names_of_staff(c, desk.staff.tenant_id),
        "referrals": [], "visits": [], "views": [], "questions": {}, "reminders": [],
    }  # fmt: skip
    if file.case:
        office = read_office(c, desk.staff.tenant_id, desk.now)
        values |= {
            "referrals": work.referrals_of(c, file.case["id"]), "visits": work.visits_of(c, file.case["id"]),
            "views": work.views_of(c, file.case["id"]),
            "questions": oral.questions(c, desk.shell.words, file.case["id"], office), "reminders": reminders_of(c, office, file.case["id"]),
        }  # fmt: skip
    values["professionals"] = work.professionals(c, desk.staff.tenant_id)
    return values


PARTS: dict[str, Load] = {"todo": _todo, "talk": _talk, "hold": _hold, "record": _record}


def _head(desk: Desk, c: Connection, file: File) -> dict[str, Any]:
    who, called = None, ""
    if file.open and not file.case:
        called = lists.given_names(c, [file.open["id"]]).get(file.open["id"], "")
    if file.case:
        who = c.execute(select(person).where(person.c.id == file.case["person_id"])).one()
    colleagues = work.colleagues(c, desk.staff.tenant_id)
    return {
        "file": file, "case": file.case, "open": file.open, "who": who, "called": called, "tab": "case", "colleagues": colleagues, "back": file.href, "moved": "",
        "districts": districts_in(c, desk.staff.tenant_id), "teams": names_of_teams(c, desk.staff.tenant_id),
    }  # fmt: skip


def _whole(desk: Desk, file: File) -> Response:
    with desk.reading() as c:
        values = _head(desk, c, file)
        for load in PARTS.values():
            values |= load(desk, c, file)
    return desk.page("case.html", **values)


def _part(desk: Desk, file: File, moved: str = "") -> Response:
    name = desk.path("part")
    if name not in PARTS:
        raise NotForYou
    with desk.reading() as c:
        values = _head(desk, c, file) | PARTS[name](desk, c, file) | {"moved": moved}
    return desk.fragment(f"parts/{name}.html", **values)


PAGES = (
    Page("GET", "/console/cases/{id}", show_case, OPENS_CASES),
    Page("GET", "/console/conversations/{id}", show_conversation, OPENS_CASES),
    Page("GET", "/console/live/cases/{id}/{part}", part_of_case, OPENS_CASES, live=True),
    Page("GET", "/console/live/conversations/{id}/{part}", part_of_conversation, OPENS_CASES, live=True),
)
