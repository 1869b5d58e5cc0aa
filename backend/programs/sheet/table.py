"""The quick-reference sheet (早見表) as a table: programs by degree of damage, every figure worked out by the engine. Pure.

Layout after 広川町被災者支援早見表 (令和5年7月豪雨): the degree of damage with the flooding of the certificate down, programs across.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from backend.programs import spoken
from backend.programs.amounts import Amount
from backend.programs.deadlines import Part
from backend.programs.edition import Edition
from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, POSSIBLE, Result, assess_one
from backend.programs.entry import Entry
from backend.programs.sheet.changes import NOTHING, Change, Changes, desk_and_phone, with_changes
from backend.programs.situation import Disaster, Situation
from dialogs.core.words import Arg, Joined, Text, Yen

LEVELS: tuple[tuple[str, dict[str, str]], ...] = (
    ("partial_below_floor", {"damage_level": "partial", "flood_level": "below_floor"}),
    ("partial_above_floor", {"damage_level": "partial", "flood_level": "above_floor"}),
    ("quasi_half", {"damage_level": "quasi_half"}),
    ("half", {"damage_level": "half"}),
    ("medium_half", {"damage_level": "medium_half"}),
    ("large_half", {"damage_level": "large_half"}),
    ("total", {"damage_level": "total"}),
)
"""The rows of the sheet, lightest first, with what a household of that row answers."""

KINDS = ("grant", "loan", "subsidy", "in_kind", "reduction", "deferral", "consultation")
"""Order of the columns: money first, advice last."""

_STANDING = {"demolished": False, "long_term_evacuation": False, "evacuation_order": False}
_DEMOLISHED = {**_STANDING, "demolished": True, "site_damaged": False}
_ABOUT_DAMAGE = ("household.damage_level", "household.demolished", "household.rebuild_method", "household.long_term_evacuation",
                 "household.evacuation_order")  # fmt: skip
"""Inputs that the rows or the amounts already speak of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One program: a cell for each of `LEVELS`, then what else there is to know."""

    entry: Entry
    cells: tuple[Text, ...]
    conditions: tuple[Text, ...]
    deadline: Arg
    desk: str
    phone: str
    note: str
    change: Change
    """What the municipality decided about it."""

    @property
    def decided(self) -> date | None:
        return self.change.deadline

    @property
    def on(self) -> bool:
        return not self.change.off

    @property
    def covers_something(self) -> bool:
        """Whether there is any degree of damage for which it is there."""
        return any(cell != NOT_COVERED for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet of a municipality. `version` is the catalogue's, with the municipality's changes in it."""

    lines: tuple[Line, ...]
    as_of: date
    version: str
    state: str
    """Digest of everything that the cells were worked out from; another state, perhaps other cells."""


def sheet_of(edition: Edition, disaster: Disaster, as_of: date, changes: Changes, locale: str = "ja") -> Sheet:
    """Work the sheet out for one municipality and disaster; a program that was switched off keeps its line, marked off."""
    seen, known = with_changes(edition, disaster, {program: replace(change, off=False) for program, change in changes.items()})
    where = known.known
    entries = seen.entries_for(where.get("prefecture", ""), where.get("municipality", ""), where.get("date"))
    version = with_changes(edition, disaster, changes)[0].version
    ordered = sorted(entries, key=lambda entry: (KINDS.index(entry.kind), entry.order, entry.rank))
    state = hashlib.sha256(repr((version, sorted(where.items(), key=lambda item: item[0]))).encode()).hexdigest()[:16]
    return Sheet(tuple(_line(entry, known, as_of, changes, locale) for entry in ordered), as_of, version, state)


def _line(entry: Entry, disaster: Disaster, as_of: date, changes: Changes, locale: str) -> Line:
    conditions: dict[Text, None] = {}
    cells = []
    for _, answers in LEVELS:
        several = _look(entry, disaster, answers, 2)
        cells.append(_cell(entry, disaster, answers, several))
        if several.verdict == POSSIBLE:
            conditions.update((spoken.reason(one), None) for one in several.reasons if one.met is None and one.field not in _ABOUT_DAMAGE)
    change = changes.get(entry.id, NOTHING)
    desk, phone = desk_and_phone(entry.desk.in_locale(locale))
    return Line(entry, tuple(cells), tuple(conditions), _deadline(entry, disaster, as_of), desk, phone, change.note or "", change)


def _look(entry: Entry, disaster: Disaster, answers: dict[str, str], size: int, home: dict[str, bool] = _STANDING) -> Result:
    # No day asked about: a sheet says what there is and until when, and never that it is too late.
    return assess_one(Situation(disaster.known, {**home, **answers, "size": size}), entry)


def _cell(entry: Entry, disaster: Disaster, answers: dict[str, str], several: Result) -> Text:
    if several.verdict != NOT_ELIGIBLE:
        return _said(several, _look(entry, disaster, answers, 1))
    torn = _look(entry, disaster, answers, 2, _DEMOLISHED)
    if torn.verdict == NOT_ELIGIBLE:
        return NOT_COVERED
    return Text("program.sheet.cell.demolished", {"what": _said(torn, _look(entry, disaster, answers, 1, _DEMOLISHED))})


NOT_COVERED = Text("program.sheet.cell.no")


def _said(several: Result, alone: Result) -> Text:
    """The amount for a household of several, and for one person where it differs; a mark where it is no money."""
    if several.amount.kind == "none":
        return Text(f"program.sheet.cell.{'eligible' if several.verdict == ELIGIBLE else 'possible'}")
    if several.amount.kind == "unknown":
        return Text("program.sheet.cell.ask")
    if _differs(several.amount, alone.amount):
        return Text("program.sheet.cell.one_person", {"amount": _amount(several.amount), "one": _amount(alone.amount)})
    return _amount(several.amount)


def _amount(of: Amount) -> Text:
    if of.min_yen and of.max_yen and of.min_yen != of.max_yen:
        return Text("program.sheet.cell.range", {"least": Yen(of.min_yen), "most": Yen(of.max_yen)})
    return spoken.amount(of)


def _differs(several: Amount, alone: Amount) -> bool:
    return alone.max_yen is not None and (several.min_yen, several.max_yen) != (alone.min_yen, alone.max_yen)


def _deadline(entry: Entry, disaster: Disaster, as_of: date) -> Arg:
    parts = assess_one(Situation(disaster.known, {"damage_level": "total"}, as_of=as_of), entry).deadlines
    dated = tuple(_part(part, as_of, len(parts) > 1) for part in parts if part.date)
    return Joined(dated, "lines") if dated else Text("program.sheet.deadline.ask")


def _part(part: Part, as_of: date, several: bool) -> Text:
    assert part.date
    said = Text("program.sheet.deadline.passed" if part.date < as_of else "program.sheet.deadline.until", {"date": part.date})
    return Text("program.sheet.deadline.part", {"part": Text(f"program.part.{part.part}"), "what": said}) if several else said
