"""Drafts of the catalogue: what they change, what that would mean, the second person's answer; editions and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.cases.models import case
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.programs import conditions_of, here
from backend.db import Row
from backend.jobs import service as jobs
from backend.programs.editing import drafts, preview
from backend.programs.editing.differences import Difference, differences
from backend.programs.editing.drafts import NotAllowed
from backend.programs.edition import current
from backend.programs.entry import Entry
from backend.programs.grouped import Group
from backend.programs.nodes import CatalogueError
from backend.programs.of_case import Place, place_of
from backend.programs.sheet.changes import Change, decided
from backend.staff.access import NotForYou, visible
from backend.staff.names import names_of_staff
from backend.staff.roles import APPROVES, CARRIES_CASES, EDITS_PROGRAMS, READS_AUDIT
from dialogs.core.words import Words

HOME = "/console/program-drafts"
READS = EDITS_PROGRAMS | APPROVES | READS_AUDIT


def index(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        unfinished, editions = drafts.open_drafts(c, desk.staff.tenant_id), drafts.published(c, desk.staff.tenant_id)
        named = {name: one for row in (*reversed(editions), *unfinished) for name, one in drafts.wanted(row).items() if one.own}
        values = {
            "open": unfinished, "editions": editions, "names": names_of_staff(c, desk.staff.tenant_id),
            "titles": _titles(place_of(c, desk.staff.tenant_id), named),
        }  # fmt: skip
    return desk.page("programs/drafts.html", status, back=HOME, wrong=wrong, edits=desk.staff.role in EDITS_PROGRAMS, **values)


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        draft = _draft(desk, c)
        where = place_of(c, desk.staff.tenant_id)
        values = _preview(desk, c, draft, where) | {"names": names_of_staff(c, desk.staff.tenant_id)}
    mine = draft["made_by"] == desk.staff.id
    return desk.page(
        "programs/draft.html", status, back=HOME, wrong=wrong, draft=draft, programs=_said(draft, where), mine=mine,
        there={one.entry.id for one in here(desk, where)},
        in_words=_in_words(draft, where), approves=desk.staff.role in APPROVES and not mine, edits=desk.staff.role in EDITS_PROGRAMS, **values,
    )  # fmt: skip


def live(desk: Desk) -> Response:
    with desk.reading() as c:
        draft = _draft(desk, c)
        return desk.fragment("programs/preview.html", draft=draft, back=HOME, **_preview(desk, c, draft, place_of(c, desk.staff.tenant_id)))


def _draft(desk: Desk, c: Connection) -> Row:
    try:
        return drafts.draft_of(c, desk.staff.tenant_id, desk.path("draft"))
    except LookupError:
        raise NotForYou from None


def _said(draft: Row, where: Place) -> list[tuple[str, Words, tuple[Difference, ...]]]:
    """Program by program what the draft changes, beside what it found."""
    there = _catalogue(where)
    titles = _titles(where, drafts.wanted(draft))
    return [
        (program, titles.get(program, Words.of(program)), differences(program, before, drafts.wanted(draft)[program], there.get(program)))
        for program, before in drafts.found(draft).items()
    ]


def _in_words(draft: Row, where: Place) -> dict[tuple[str, str], tuple[Group, ...]]:
    """The conditions of each program, (program, `old` | `new`) → one by one, for whoever does not read the catalogue's vocabulary."""
    there = _catalogue(where)
    said: dict[tuple[str, str], tuple[Group, ...]] = {}
    for side, changes in (("old", drafts.found(draft)), ("new", drafts.wanted(draft))):
        for program, change in changes.items():
            try:
                if program in there or change.own:
                    entry = decided(program, there.get(program), change, current().shelf)
                    said[program, side] = conditions_of(entry)
            except CatalogueError:
                continue
    return said


def _catalogue(where: Place) -> dict[str, Entry]:
    """The programs without the municipality's decisions."""
    known = where.disaster.known
    entries = current().entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    return {one.id: one for one in entries}


def _titles(where: Place, also: dict[str, Change] | None = None) -> dict[str, Words]:
    """Names of programs, the municipality's own and those of a draft too."""
    there = _catalogue(where)
    names = {program: entry.name for program, entry in there.items()}
    for program, change in {**where.changes, **(also or {})}.items():
        try:
            if program in there or change.own:
                names[program] = decided(program, there.get(program), change, current().shelf).name
        except CatalogueError:
            continue
    return names


def _preview(desk: Desk, c: Connection, draft: Row, where: Place) -> dict[str, Any]:
    """How far the preview is and what it found, as far as it still says something about this draft."""
    found = jobs.find(c, desk.staff.tenant_id, draft["preview_id"]) if draft["preview_id"] else None
    fresh = found is not None and found["detail"]["rests_on"] == preview.rests_on(where, draft["touched"])
    numbers: dict[str, str] = {}
    if found and found["result"] and desk.staff.role in CARRIES_CASES:
        # Only of cases that this person may know of; somebody may have been restricted since they were counted.
        wanted = {id_ for moves in found["result"]["samples"].values() for some in moves.values() for id_ in some}
        rows = c.execute(select(case.c.id, case.c.number).where(visible(desk.staff), case.c.id.in_(wanted)))
        numbers = {row.id: row.number for row in rows}
    found = preview.seen_by(desk.staff.role, found) if found else None
    return {"job": found, "fresh": fresh, "numbers": numbers, "titles": _titles(where, drafts.wanted(draft))}


# --- acts -----------------------------------------------------------------------------------------------------


def _acting(act: Callable[[Desk, Connection, Row], Any]) -> Callable[[Desk], Response]:
    """A handler that does one thing with the draft, and says on its page why it cannot be done where it cannot."""

    def handler(desk: Desk) -> Response:
        try:
            with desk.writing() as c:
                act(desk, c, _draft(desk, c))
        except NotAllowed as wrong:
            return show(desk, str(wrong.args[0]), 409)
        return desk.to(f"{HOME}/{desk.path('draft')}")

    handler.__name__, handler.__module__ = act.__name__, __name__
    return handler


def look(desk: Desk, c: Connection, draft: Row) -> None:
    if draft["state"] in drafts.OPEN:
        preview.begin(c, draft, desk.staff.id, desk.now)


def ask(desk: Desk, c: Connection, draft: Row) -> None:
    drafts.ask(c, draft, desk.staff.id, desk.number("version"), desk.sent("reason", drafts.LONGEST_REASON), desk.now)
    if not draft["preview_id"]:
        # Whoever says yes should have seen what it means.
        preview.begin(c, draft, desk.staff.id, desk.now)


def take_back(desk: Desk, c: Connection, draft: Row) -> None:
    drafts.take_back(c, draft, desk.staff.id, desk.number("version"), desk.now)


def drop(desk: Desk, c: Connection, draft: Row) -> None:
    drafts.drop(c, draft, desk.staff.id, desk.number("version"), desk.now)


def give_back(desk: Desk, c: Connection, draft: Row) -> None:
    drafts.give_back(c, draft, desk.staff.id, desk.number("version"), desk.sent("answer", drafts.LONGEST_REASON), desk.now)


def approve(desk: Desk, c: Connection, draft: Row) -> None:
    drafts.approve(c, draft, desk.staff.id, desk.number("version"), desk.now)


def take_out(desk: Desk, c: Connection, draft: Row) -> None:
    """One program less in the draft."""
    program = desk.sent("program", 60)
    if draft["state"] == "draft" and draft["made_by"] == desk.staff.id and program in draft["touched"]:
        drafts.take_out(c, draft, desk.staff.id, desk.number("version"), program, desk.now)


def roll_back(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            draft = drafts.roll_back(c, desk.staff.tenant_id, desk.staff.id, desk.number("number"), desk.now)
    except NotAllowed as wrong:
        return index(desk, str(wrong.args[0]), 409)
    except LookupError:
        return index(desk, "console.programs.wrong.state", 409)
    return desk.to(f"{HOME}/{draft}")


_ONE = f"{HOME}/{{draft}}"
PAGES = (
    Page("GET", HOME, index, READS),
    Page("POST", f"{HOME}/roll-back", roll_back, EDITS_PROGRAMS),
    Page("GET", _ONE, show, READS),
    Page("GET", "/console/live/program-drafts/{draft}", live, READS, live=True),
    Page("POST", f"{_ONE}/preview", _acting(look), EDITS_PROGRAMS),
    Page("POST", f"{_ONE}/ask", _acting(ask), EDITS_PROGRAMS),
    Page("POST", f"{_ONE}/take-back", _acting(take_back), EDITS_PROGRAMS),
    Page("POST", f"{_ONE}/out", _acting(take_out), EDITS_PROGRAMS),
    Page("POST", f"{_ONE}/drop", _acting(drop), EDITS_PROGRAMS),
    Page("POST", f"{_ONE}/give-back", _acting(give_back), APPROVES),
    Page("POST", f"{_ONE}/approve", _acting(approve), APPROVES),
)
