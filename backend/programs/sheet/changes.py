"""What a municipality decides about programs: desk, telephone, note, a decided deadline, on or off, and any key of an
entry in its own wording, up to whole programs of its own. Pure.

A layer over the catalogue's own overlays: the files stay as they are, the engine sees an edition with the changes in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

import orjson

from backend.programs.edition import Edition, Overlay
from backend.programs.entry import OPTIONAL, REQUIRED, Entry, Place, Shelf, entry_of, program_id
from backend.programs.nodes import CatalogueError, Node, read_nodes, without_aliases
from backend.programs.situation import Disaster
from backend.programs.vocabulary import DESK_DECIDES, PARTS
from dialogs.core.words import Words

_PHONE = re.compile(r"\s*(0\d{1,4}-\d{1,4}-\d{3,4})\s*")


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the catalogue for one program; None: as the catalogue has it. `deadline` a day in Japan.

    `own`: keys of the entry (`OWN_KEYS`) with the YAML that stands in the place of the catalogue's.
    """

    desk: str | None = None
    phone: str | None = None
    note: str | None = None
    deadline: date | None = None
    off: bool = False
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        return self == NOTHING

    def to_json(self) -> dict[str, Any]:
        """Only what differs; days as ISO dates."""
        kept: dict[str, Any] = {name: value for name in ("desk", "phone", "note") if (value := getattr(self, name)) is not None}
        if self.deadline:
            kept["deadline"] = self.deadline.isoformat()
        return kept | ({"off": True} if self.off else {}) | ({"own": dict(self.own)} if self.own else {})

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


OWN_KEYS = tuple(key for key in (*REQUIRED, *OPTIONAL) if key not in ("id", "desk"))
"""What a municipality may word itself; the desk has fields of its own."""
IN_JAPANESE = ("ja",)
"""The language a municipality's own words must stand in; the others fall back to it."""
MINE = "decided by the municipality"
LAST = 10_000
"""Rank of the municipality's own programs: after the catalogue's, where nothing else decides."""

_BLANK = "{desk: municipality_survivor_desk, documents: [], professions: []}"


def with_changes(edition: Edition, disaster: Disaster, changes: Changes) -> tuple[Edition, Disaster]:
    """The edition and disaster as this municipality decided. Programs that no longer exist are passed over, and so are
    words of its own that no longer fit the catalogue (`misfits` names them)."""
    wanted = {program: change for program, change in changes.items() if not change.is_nothing}
    if not wanted:
        return edition, disaster
    known = disaster.known
    where = (known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    content = orjson.dumps({program: wanted[program].to_json() for program in sorted(wanted)})
    key = (edition.version, where, content)
    seen = _remembered.get(key)
    if seen is None:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        seen = _remembered[key] = _with(edition, where, wanted, content)
    return seen, _extended(disaster, wanted)


_MOST_REMEMBERED = 64
_remembered: dict[tuple[Any, ...], Edition] = {}


def _with(edition: Edition, where: tuple[str, str, date | None], wanted: Changes, content: bytes) -> Edition:
    there = {entry.id: entry for entry in edition.entries_for(*where)}
    off = {program for program, change in wanted.items() if change.off}
    changed, added = {}, []
    for program, change in wanted.items():
        before = there.get(program)
        if before is None and not change.own:
            continue
        try:
            entry = decided(program, before, change, edition.shelf)
        except CatalogueError:
            if before is None:
                continue
            entry = _desk_and_note(before, change)
        if not entry.place.covers(*where):
            off.add(program)
        elif before is None:
            added.append(entry)
        else:
            changed[program] = entry
    version = f"{edition.version}+{hashlib.sha256(content).hexdigest()[:8]}"
    mine = Overlay(MINE, Place(), frozenset(off), changed, tuple(added))
    return Edition(version, edition.national, (*edition.overlays, mine), edition.shelf)


def decided(program: str, before: Entry | None, change: Change, shelf: Shelf) -> Entry:
    """A program as the municipality decided it; `before` is the catalogue's, None for one of its own.

    Raises `CatalogueError`: its `field` begins with the key that is wrong, its `line` counts within that key's words.
    """
    entry = before
    if change.own or before is None:
        own = {key: _node(key, text) for key, text in change.own.items()}
        parts = {**(before.parts if before else _blank(program)), **own}
        missing = next((key for key in REQUIRED if key not in parts), None)
        if missing:
            raise CatalogueError(f"{program}: the key {missing} is missing.", field=missing, problem=f"the key {missing} is missing")
        entry = entry_of(parts, shelf, before.place if before else Place(), before.rank if before else LAST, IN_JAPANESE)
    assert entry is not None
    return _desk_and_note(entry, change)


def misfits(edition: Edition, disaster: Disaster, changes: Changes) -> dict[str, CatalogueError]:
    """Programs whose own words cannot be read (any more), with what is wrong."""
    known = disaster.known
    there = {one.id: one for one in edition.entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))}
    wrong = {}
    for program, change in changes.items():
        if change.own:
            try:
                decided(program, there.get(program), change, edition.shelf)
            except CatalogueError as error:
                wrong[program] = error
    return wrong


def _can_be_said(node: Node) -> None:
    """What the desk decides and the parts of a deadline must have words: ours in every language, or theirs in Japanese."""
    if node.is_mapping:
        for name, part in node.mapping().items():
            if name == "desk_decides":
                words = part.text()
                if (words.isascii() and words not in DESK_DECIDES) or "\n" in words or len(words) > LONGEST_CONDITION:
                    part.fail(f"write in Japanese what the desk looks at ({LONGEST_CONDITION} characters at most), or one of {', '.join(DESK_DECIDES)}")
            elif name == "part":
                part.one_of(PARTS)
            elif name in ("using", "received"):
                for item in part.items():
                    program_id(item)
            else:
                _can_be_said(part)
    elif node.is_list:
        for item in node.items():
            _can_be_said(item)


LONGEST_CONDITION = 60


@lru_cache(maxsize=512)
def _node(key: str, text: str) -> Node:
    if key not in OWN_KEYS:
        raise CatalogueError(f"{key} cannot be changed.", field=key, problem=f"there is no such key here; possible are {', '.join(OWN_KEYS)}")
    try:
        without_aliases(text)
        node = read_nodes(text, "own words")
        if key in ("conditions", "exclusions", "amount", "deadlines"):
            _can_be_said(node)
    except CatalogueError as error:
        field = ".".join(filter(None, (key, error.field)))
        raise CatalogueError(str(error), line=error.line, field=field, problem=error.problem) from None
    node.field = key
    return node


@lru_cache(maxsize=512)
def _blank(program: str) -> dict[str, Node]:
    name = read_nodes(program, "own words")
    program_id(name)
    return {"id": name, **read_nodes(_BLANK, "own words").mapping()}


def _desk_and_note(entry: Entry, change: Change) -> Entry:
    if change.desk is None and change.phone is None and not change.note:
        return entry
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
