"""A program in a form: what somebody types becomes part of their draft, never at once what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import orjson
from sqlalchemy import Connection
from starlette.responses import Response

from backend import ids
from backend.conflict import Conflict
from backend.console.desk import Desk, plain
from backend.console.page import Page
from backend.console.pages.programs import HOME
from backend.programs.editing import drafts, form, simple
from backend.programs.editing.drafts import NotAllowed
from backend.programs.editing.form import Form
from backend.programs.edition import current
from backend.programs.entry import Entry
from backend.programs.facts import FACTS
from backend.programs.nodes import CatalogueError
from backend.programs.of_case import place_of
from backend.programs.sheet.changes import NOTHING, Change, decided
from backend.programs.vocabulary import (
    AMOUNT_KINDS,
    DESK_DECIDES,
    DISASTER,
    HOUSEHOLD,
    MEMBER,
    PARTS,
    PROFESSIONS,
    PROGRAM_KINDS,
    Kind,
)
from backend.staff.access import NotForYou
from backend.staff.roles import EDITS_PROGRAMS
from dialogs.core.words import Text

NEW = "new"
OWN = "own_"


def show(desk: Desk) -> Response:
    program = desk.path("program")
    with desk.reading() as c:
        base, change = _stands(desk, c, program)
    entry = _entry(program, base, change)
    if entry is None:
        raise NotForYou
    return _page(desk, program, form.shown(entry, change, current().shelf), change, entry)


def blank(desk: Desk) -> Response:
    """The form of a program of their own."""
    return _page(desk, "", form.shown(None, NOTHING, current().shelf), NOTHING, None)


def save(desk: Desk) -> Response:
    return _save(desk, desk.path("program"))


def create(desk: Desk) -> Response:
    return _save(desk, "")


def _save(desk: Desk, program: str) -> Response:
    own = program or f"{OWN}{ids.new()}"
    with desk.writing() as c:
        base, change = _stands(desk, c, program) if program else (None, NOTHING)
        entry = _entry(own, base, change) if program else None
        if program and entry is None:
            raise NotForYou
        if program and desk.sent("seen") != _seen(change):
            raise Conflict(form.shown(entry, change, current().shelf).texts)
        if desk.sent("act") == "catalogue":
            wanted, wrong = NOTHING, dict[str, Text]()
            typed = form.shown(entry, change, current().shelf)
        else:
            typed, wrong = _composed(desk, form.sent(lambda name, most: _raw(desk, name)[:most], desk.sent_all))
            wanted, mistakes = form.read(typed, own, base, change, current().shelf)
            wrong = {**mistakes, **wrong}
        if not wrong:
            try:
                draft = drafts.put(c, desk.staff.tenant_id, desk.staff.id, own, wanted, desk.now)
            except NotAllowed as nothing:
                wrong = {"": Text(str(nothing.args[0]))}
    if wrong:
        return _page(desk, program, replace(typed, wrong=wrong), change, entry, 422)
    return desk.to(f"/console/program-drafts/{draft}" if draft else f"{HOME}/{program}")


def _composed(desk: Desk, typed: Form) -> tuple[Form, dict[str, Text]]:
    """Conditions and amounts that were ticked rather than written; what is written goes first."""
    ticked = simple.sent(lambda name: desk.sent(name, form.LONGEST_WORDS), desk.sent_all)
    texts, wrong = dict(typed.texts), dict[str, Text]()
    if not texts["conditions"].strip() and ticked.says_something:
        texts["conditions"] = simple.conditions(ticked)
        if not texts["amount"].strip():
            texts["amount"], mistake = simple.amount(ticked)
            wrong = {"amount": mistake} if mistake else {}
    return replace(typed, texts=texts), wrong


def _raw(desk: Desk, name: str) -> str:
    """As it was typed: spaces at the beginning of a line mean something in conditions."""
    value = desk.form.get(name, "")
    text = plain(value) if isinstance(value, str) else ""
    return text if name in form.CODE else text.strip()


def _stands(desk: Desk, c: Connection, program: str) -> tuple[Entry | None, Change]:
    """The catalogue's program, and what this person's draft, or else what holds, makes of it."""
    where = place_of(c, desk.staff.tenant_id)
    known = where.disaster.known
    entries = current().entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    base = next((entry for entry in entries if entry.id == program), None)
    holds = where.changes.get(program, NOTHING)
    draft = drafts.mine(c, desk.staff.tenant_id, desk.staff.id)
    # A draft that was overtaken begins again with what holds now: it must not take a colleague's change back unseen.
    if draft and program in draft["touched"] and drafts.found(draft)[program] == holds:
        return base, drafts.wanted(draft)[program]
    return base, holds


def _entry(program: str, base: Entry | None, change: Change) -> Entry | None:
    if base is None and not change.own:
        return None
    try:
        return decided(program, base, change, current().shelf)
    except CatalogueError:
        # What was written no longer fits: the form shows the catalogue's, with the own words in their fields.
        return base


def _seen(change: Change) -> str:
    return sha256(orjson.dumps(change.to_json(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _page(desk: Desk, program: str, typed: Form, change: Change, entry: Entry | None, status: int = 200) -> Response:
    return desk.page(
        "programs/edit.html", status, back=HOME, program=program, form=typed, entry=entry, seen=_seen(change), kinds=PROGRAM_KINDS,
        papers=current().shelf.documents, professions=PROFESSIONS, code=form.CODE, vocabulary=VOCABULARY, amount_kinds=AMOUNT_KINDS,
        parts=PARTS, desk_decides=DESK_DECIDES, ticked=simple.sent(lambda name: desk.sent(name, form.LONGEST_WORDS), desk.sent_all),
        damages=simple.DAMAGES, floods=simple.FLOODS, tenures=simple.TENURES, same=simple.SAME,
    )  # fmt: skip


def _values(kind: Kind) -> Sequence[str]:
    return kind.choices or {"bool": ("true", "false"), "whole": ("{at_least: 1}", "{at_most: 5}", "{below: 10}")}.get(kind.name, ())


def _usable(inputs: Mapping[str, Kind], prefix: str = "") -> list[tuple[str, str, Sequence[str]]]:
    """Inputs a condition may name: as it is written, the key of its words, its values."""
    return [(prefix + name, name, _values(kind)) for name, kind in inputs.items() if _values(kind)]


VOCABULARY = {
    "household": _usable(HOUSEHOLD),
    "member": _usable(MEMBER),
    "disaster": _usable(DISASTER, "disaster."),
    "fact": [(name, name, [str(value).lower() for value in fact.domain]) for name, fact in FACTS.items()],
}

PAGES = (
    Page("GET", f"{HOME}/{NEW}", blank, EDITS_PROGRAMS),
    Page("POST", f"{HOME}/{NEW}", create, EDITS_PROGRAMS),
    Page("GET", f"{HOME}/{{program}}/edit", show, EDITS_PROGRAMS),
    Page("POST", f"{HOME}/{{program}}/edit", save, EDITS_PROGRAMS),
)
