"""The catalogue of a place as a list to search: every program, where it comes from, what was changed or switched off. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from backend.programs.deadlines import Due, due
from backend.programs.edition import Edition
from backend.programs.engine import SOON_DAYS
from backend.programs.entry import Entry
from backend.programs.sheet.changes import MINE
from backend.programs.situation import Disaster, Situation
from backend.words import in_kana, without_readings

NATIONAL, PREFECTURE, MUNICIPALITY, OWN = "national", "prefecture", "municipality", "own"
LEVELS = (NATIONAL, PREFECTURE, MUNICIPALITY, OWN)
"""Whose program it is; `own`: written by the municipality in the console."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A program as it stands here. `layers` are the overlays that say something about it, in their order: (name, `added` |
    `changed` | `off`); the municipality's own comes last under the name `MINE`."""

    entry: Entry
    level: str
    layers: tuple[tuple[str, str], ...]
    off: bool
    due: Due
    days_left: int | None

    @property
    def changed_here(self) -> bool:
        return any(name == MINE for name, _ in self.layers)

    @property
    def soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS


def listed(edition: Edition, disaster: Disaster, today: date) -> tuple[Listed, ...]:
    """Every program of a place, those that are switched off too. `edition` has the municipality's decisions in it."""
    known = disaster.known
    where = known.get("prefecture", ""), known.get("municipality", ""), known.get("date")
    entries = {entry.id: entry for entry in edition.national}
    levels = dict.fromkeys(entries, NATIONAL)
    layers: dict[str, list[tuple[str, str]]] = {}
    off: set[str] = set()
    for overlay in edition.overlays:
        if not overlay.place.covers(*where):
            continue
        own = OWN if overlay.name == MINE else MUNICIPALITY if overlay.place.municipality else PREFECTURE
        for entry in overlay.added:
            entries[entry.id], levels[entry.id] = entry, own
            layers.setdefault(entry.id, []).append((overlay.name, "added"))
        for program, entry in overlay.changed.items():
            entries[program] = entry
            layers.setdefault(program, []).append((overlay.name, "changed"))
        for program in overlay.off:
            off.add(program)
            layers.setdefault(program, []).append((overlay.name, "off"))
    rows = [_listed(entry, levels[entry.id], tuple(layers.get(entry.id, ())), entry.id in off, disaster, today) for entry in entries.values()]
    return tuple(sorted(rows, key=lambda one: (one.off, one.entry.order, one.entry.rank)))


def _listed(entry: Entry, level: str, layers: tuple[tuple[str, str], ...], off: bool, disaster: Disaster, today: date) -> Listed:
    when = due(entry.id, entry.deadlines, Situation(disaster.known, as_of=today))
    return Listed(entry, level, layers, off, when, (when.next - today).days if when.next else None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty: everything."""

    words: str = ""
    kind: str = ""
    level: str = ""
    profession: str = ""
    state: str = ""
    """confirmed | unconfirmed | changed | off | soon."""


def chosen(rows: tuple[Listed, ...], wanted: Wanted) -> tuple[Listed, ...]:
    """Those that fit; every word must stand in a name (in any language, or as it is read), the summary or the id."""
    parts = _plain(wanted.words).split()
    return tuple(one for one in rows if _fits(one, wanted) and all(part in _said(one.entry) for part in parts))


def _fits(one: Listed, wanted: Wanted) -> bool:
    states = {
        "": True, "confirmed": one.entry.confirmed, "unconfirmed": not one.entry.confirmed, "changed": bool(one.layers),
        "off": one.off, "soon": one.soon,
    }  # fmt: skip
    return (
        wanted.kind in ("", one.entry.kind)
        and wanted.level in ("", one.level)
        and (not wanted.profession or wanted.profession in one.entry.professions)
        and states.get(wanted.state, False)
    )


def _said(entry: Entry) -> str:
    names = [words for _, words in (*entry.name.by_locale, *entry.summary.by_locale)]
    simple = [text for words in (entry.name, entry.summary) for text in (in_kana(words.in_locale("ja@simple")), without_readings(words.in_locale("ja@simple")))]
    return _plain(" ".join((entry.id, *names, *simple)))


def _plain(words: str) -> str:
    """Small letters, narrow figures, hiragana: however it was typed."""
    narrow = unicodedata.normalize("NFKC", words).casefold()
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in narrow)
