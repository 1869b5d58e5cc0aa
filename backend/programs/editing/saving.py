"""A program in its form: how it stands for whoever writes at it, and what they wrote as a part of their draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from backend import ids
from backend.conflict import Conflict
from backend.programs.editing import drafts, form
from backend.programs.editing.drafts import NotAllowed
from backend.programs.editing.form import Form
from backend.programs.edition import current
from backend.programs.entry import Entry
from backend.programs.nodes import CatalogueError
from backend.programs.of_case import place_of
from backend.programs.sheet.changes import NOTHING, Change, decided
from backend.staff.access import NotForYou
from backend.staff.roles import Staff
from dialogs.core.words import Text

OWN = "own_"


class Standing(NamedTuple):
    """The catalogue's program (`base`), what this person's draft or else what holds makes of it, and both together (None: nothing)."""

    base: Entry | None
    change: Change
    entry: Entry | None

    @property
    def seen(self) -> str:
        """Names this state: whoever saves says which one they saw."""
        return sha256(orjson.dumps(self.change.to_json(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    @property
    def shown(self) -> Form:
        return form.shown(self.entry, self.change, current().shelf)


class Saved(NamedTuple):
    """`draft` is empty where the draft wants nothing any more; `wrong` is by field, and then nothing was kept."""

    program: str
    draft: str
    typed: Form
    wrong: dict[str, Text]


def standing(connection: Connection, staff: Staff, program: str) -> Standing:
    """Raises `NotForYou` for a program that there is not."""
    where = place_of(connection, staff.tenant_id)
    known = where.disaster.known
    entries = current().entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    base = next((entry for entry in entries if entry.id == program), None)
    change = holds = where.changes.get(program, NOTHING)
    draft = drafts.mine(connection, staff.tenant_id, staff.id)
    # A draft that was overtaken begins again with what holds now: it must not take a colleague's change back unseen.
    if draft and program in draft["touched"] and drafts.found(draft)[program] == holds:
        change = drafts.wanted(draft)[program]
    entry = _entry(program, base, change)
    if entry is None:
        raise NotForYou
    return Standing(base, change, entry)


def save(
    connection: Connection, staff: Staff, program: str, seen: str, make: Callable[[Standing], tuple[Form, dict[str, Text]]] | None, at: datetime
) -> Saved:  # fmt: skip
    """Write a program (`""`: a new one of their own) into this person's draft. `make` says what was typed, with what is wrong with it;
    None takes everything back to the catalogue's. Raises `Conflict` where it stands otherwise than was `seen`, `NotForYou`."""
    own = program or f"{OWN}{ids.new()}"
    now = standing(connection, staff, program) if program else Standing(None, NOTHING, None)
    if program and seen != now.seen:
        raise Conflict(now.shown.texts)
    if make is None:
        typed, wanted, wrong = now.shown, NOTHING, dict[str, Text]()
    else:
        typed, wrong = make(now)
        wanted, mistakes = form.read(typed, own, now.base, now.change, current().shelf)
        wrong = {**mistakes, **wrong}
    draft = ""
    if not wrong:
        try:
            draft = drafts.put(connection, staff.tenant_id, staff.id, own, wanted, at)
        except NotAllowed as nothing:
            wrong = {"": Text(str(nothing.args[0]))}
    return Saved(own, draft, replace(typed, wrong=wrong), wrong)


def _entry(program: str, base: Entry | None, change: Change) -> Entry | None:
    if base is None and not change.own:
        return None
    try:
        return decided(program, base, change, current().shelf)
    except CatalogueError:
        # What was written no longer fits: the form shows the catalogue's, with the own words in their fields.
        return base
