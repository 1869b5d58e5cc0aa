"""A program in a form: what somebody types becomes part of their draft, never at once what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.responses import Response

from backend.console.desk import Desk, plain
from backend.console.page import Page
from backend.console.pages.programs import HOME
from backend.programs.editing import form, saving, simple
from backend.programs.editing.form import Form
from backend.programs.editing.saving import Standing
from backend.programs.edition import current
from backend.programs.facts import FACTS
from backend.programs.sheet.changes import NOTHING
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
from backend.staff.roles import EDITS_PROGRAMS
from dialogs.core.words import Text

NEW = "new"


def show(desk: Desk) -> Response:
    program = desk.path("program")
    with desk.reading() as c:
        now = saving.standing(c, desk.staff, program)
    return _page(desk, program, now.shown, now)


def blank(desk: Desk) -> Response:
    """The form of a program of their own."""
    now = Standing(None, NOTHING, None)
    return _page(desk, "", now.shown, now)


def save(desk: Desk) -> Response:
    return _save(desk, desk.path("program"))


def create(desk: Desk) -> Response:
    return _save(desk, "")


def _save(desk: Desk, program: str) -> Response:
    with desk.writing() as c:
        now = saving.standing(c, desk.staff, program) if program else Standing(None, NOTHING, None)
        back = bool(program) and desk.sent("act") == "catalogue"
        made = saving.save(c, desk.staff, program, desk.sent("seen"), None if back else lambda _: _composed(
            desk, form.sent(lambda name, most: _raw(desk, name)[:most], desk.sent_all)), desk.now)
    if made.wrong:
        return _page(desk, program, made.typed, now, 422)
    return desk.to(f"/console/program-drafts/{made.draft}" if made.draft else f"{HOME}/{program}")


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


def _page(desk: Desk, program: str, typed: Form, now: Standing, status: int = 200) -> Response:
    return desk.page(
        "programs/edit.html", status, back=HOME, program=program, form=typed, entry=now.entry, seen=now.seen, kinds=PROGRAM_KINDS,
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
