"""What a municipality's desk decides about programs: desk, telephone, note, a decided deadline, on or off. Pure.

A layer over the catalogue's own overlays: the files stay as they are, the engine sees an edition with the changes in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import orjson

from backend.programs.edition import Edition, Overlay
from backend.programs.entry import Entry, Place
from backend.programs.situation import Disaster
from dialogs.core.words import Words

_PHONE = re.compile(r"\s*(0\d{1,4}-\d{1,4}-\d{3,4})\s*")


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the catalogue for one program; None: as the catalogue has it. `deadline` a day in Japan."""

    desk: str | None = None
    phone: str | None = None
    note: str | None = None
    deadline: date | None = None
    off: bool = False

    @property
    def is_nothing(self) -> bool:
        return self == NOTHING

    def to_json(self) -> dict[str, Any]:
        """Only what differs; days as ISO dates."""
        kept = {name: value for name, value in asdict(self).items() if value is not None and value is not False}
        return kept | ({"deadline": self.deadline.isoformat()} if self.deadline else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        day = data.get("deadline")
        return cls(**{**data, "deadline": date.fromisoformat(day) if day else None})


NOTHING = Change()

Changes = Mapping[str, Change]
"""Program id → what the municipality decided about it."""


def desk_and_phone(words: str) -> tuple[str, str]:
    """A desk as the catalogue writes it, parted: 広川町福祉課 · 0943-32-1113."""
    found = _PHONE.search(words)
    return (_PHONE.sub("", words, count=1).strip(), found[1]) if found else (words.strip(), "")


def with_changes(edition: Edition, disaster: Disaster, changes: Changes) -> tuple[Edition, Disaster]:
    """The edition and disaster as this municipality decided. Programs that no longer exist are passed over."""
    wanted = {program: change for program, change in changes.items() if not change.is_nothing}
    if not wanted:
        return edition, disaster
    known = disaster.known
    entries = edition.entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    changed = {entry.id: _entry(entry, wanted[entry.id]) for entry in entries if entry.id in wanted}
    off = frozenset(program for program, change in wanted.items() if change.off)
    content = orjson.dumps({program: wanted[program].to_json() for program in sorted(wanted)})
    version = f"{edition.version}+{hashlib.sha256(content).hexdigest()[:8]}"
    mine = Overlay("decided by the municipality", Place(), off, changed, ())
    return Edition(version, edition.national, (*edition.overlays, mine)), _extended(disaster, wanted)


def _entry(entry: Entry, change: Change) -> Entry:
    desk = entry.desk
    if change.desk is not None or change.phone is not None:
        own_desk, own_phone = desk_and_phone(desk.in_locale("ja"))
        name = own_desk if change.desk is None else change.desk
        phone = own_phone if change.phone is None else change.phone
        # A name that somebody typed stands as it is in every language; with a new number alone the translations stay.
        names = dict(desk.by_locale) if change.desk is None else {"ja": name}
        desk = Words.of({locale: " ".join(filter(None, (desk_and_phone(words)[0], phone))) for locale, words in names.items()})
    warnings = (Words.of(change.note), *entry.warnings) if change.note else entry.warnings
    return replace(entry, desk=desk, warnings=warnings)


def _extended(disaster: Disaster, changes: Changes) -> Disaster:
    decided = {program: change.deadline for program, change in changes.items() if change.deadline}
    if not decided:
        return disaster
    before = disaster.known.get("extended_deadlines") or {}
    return Disaster({**disaster.known, "extended_deadlines": {**before, **decided}})
