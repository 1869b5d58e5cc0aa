"""One look at the programs with answers as they stand, remembered: many households of one disaster answer alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import orjson

from backend.conversations.offices import Office
from backend.programs import service
from backend.programs.answers import looked_at
from backend.programs.asking import NextAnswers, next_answers
from backend.programs.edition import Edition, current
from backend.programs.sheet.changes import with_changes
from backend.programs.situation import Disaster
from backend.programs.snapshot import Counts, counted, kept
from dialogs.core.heard import FoundProgram
from dialogs.core.words import Words


class Found(NamedTuple):
    """The programs, best first; the same as JSON for the snapshot, and as far as a difference in it matters; the version
    of the catalogue that answered."""

    programs: tuple[FoundProgram, ...]
    result: orjson.Fragment | list[Any]
    counts: Counts
    catalogue: str


_MOST_REMEMBERED = 1024
_remembered: dict[bytes, Found] = {}
_asked: dict[bytes, NextAnswers | None] = {}
Outcome = TypeVar("Outcome")


def look(answers: Mapping[str, Any], office: Office, today: date) -> Found:
    """Look with the values given so far, by field id, on a day in Japan; nothing is found where no disaster is on record.

    A look costs as much as ten turns: what was found is remembered under a digest of everything it rests on.
    """
    if office.disaster is None:
        return Found((), [], {}, "")
    given = looked_at(answers)
    key = _digest(given, office, today)
    if (before := _remembered.get(key)) is not None:
        return before
    edition, disaster = place_of(office)
    programs = service.suggest(given, disaster, today, edition)
    result = [kept(program) for program in programs]
    found = Found(programs, orjson.Fragment(orjson.dumps(result)), counted(result), edition.version)
    return _remember(_remembered, key, found)


def ask_next(
    answers: Mapping[str, Any], office: Office, today: date, *, open_fields: Sequence[str], out_of_reach: Sequence[str], most: int
) -> NextAnswers | None:
    """`asking.next_answers` where the municipality stands; remembered like a look, and as dear as it."""
    if office.disaster is None:
        return None
    given = looked_at(answers)
    key = _digest(given, office, today, open_fields, out_of_reach, most)
    if key in _asked:
        return _asked[key]
    edition, disaster = place_of(office)
    best = next_answers(given, disaster, today, edition, open_fields=open_fields, out_of_reach=out_of_reach, most=most)
    return _remember(_asked, key, best)


def _digest(given: Mapping[str, Any], office: Office, today: date, *more: Any) -> bytes:
    """Of everything that an outcome rests on."""
    struck = office.disaster
    assert struck is not None
    rests_on = (given, struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines, today,
                service.catalogue_version(), {program: change.to_json() for program, change in office.programs.items()}, more)  # fmt: skip
    return blake2b(orjson.dumps(rests_on, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _remember(kept_ones: dict[bytes, Outcome], key: bytes, outcome: Outcome) -> Outcome:
    if len(kept_ones) >= _MOST_REMEMBERED:
        kept_ones.clear()
    kept_ones[key] = outcome
    return outcome


def place_of(office: Office) -> tuple[Edition, Disaster]:
    """The catalogue and the disaster with what the municipality decided in them."""
    struck = office.disaster
    disaster = Disaster()
    if struck is not None:
        disaster = Disaster.of(struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines)
    return with_changes(current(), disaster, office.programs)


def name_of(office: Office, program: str) -> Words:
    """What a program is called where the municipality stands, also when it is no longer possible for somebody."""
    edition, disaster = place_of(office)
    known = disaster.known
    entries = edition.entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    return next((entry.name for entry in entries if entry.id == program), Words.of(program))
