"""One look at the programs with answers as they stand, remembered: many households of one disaster answer alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from backend.conversations.offices import Office
from backend.programs import service
from backend.programs.answers import looked_at
from backend.programs.edition import Edition, current
from backend.programs.sheet.changes import with_changes
from backend.programs.situation import Disaster
from backend.programs.snapshot import kept
from dialogs.core.heard import FoundProgram


class Found(NamedTuple):
    """The programs, best first; the same as JSON for the snapshot; the version of the catalogue that answered."""

    programs: tuple[FoundProgram, ...]
    result: orjson.Fragment | list[Any]
    catalogue: str


_MOST_REMEMBERED = 1024
_remembered: dict[bytes, Found] = {}


def look(answers: Mapping[str, Any], office: Office, today: date) -> Found:
    """Look with the values given so far, by field id, on a day in Japan; nothing is found where no disaster is on record.

    A look costs as much as ten turns: what was found is remembered under a digest of everything it rests on.
    """
    struck = office.disaster
    if struck is None:
        return Found((), [], "")
    given, version = looked_at(answers), service.catalogue_version()
    rests_on = (given, struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines, today, version,
                {program: change.to_json() for program, change in office.programs.items()})  # fmt: skip
    key = blake2b(orjson.dumps(rests_on, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
    if (before := _remembered.get(key)) is not None:
        return before
    edition, disaster = place_of(office)
    programs = service.suggest(given, disaster, today, edition)
    found = Found(programs, orjson.Fragment(orjson.dumps([kept(program) for program in programs])), edition.version)
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = found
    return found


def place_of(office: Office) -> tuple[Edition, Disaster]:
    """The catalogue and the disaster with what the municipality decided in them."""
    struck = office.disaster
    disaster = Disaster()
    if struck is not None:
        disaster = Disaster.of(struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines)
    return with_changes(current(), disaster, office.programs)
