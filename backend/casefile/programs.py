"""What the rules say about a household now, with every reason, and what was suggested to it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, select

from backend.cases.models import suggestion
from backend.cases.service import facts_of
from backend.programs import spoken
from backend.programs.amounts import Amount
from backend.programs.answers import looked_at, situation_of
from backend.programs.asking import ASKABLE, NextAnswers, next_answers
from backend.programs.edition import Edition, current
from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, POSSIBLE, SOON_DAYS, Result, assess
from backend.programs.explain import deadline
from backend.programs.of_case import answers_of, place_of
from backend.programs.service import SECOND_SURVEY, best_first, higher_grade_helps, worth_saying
from backend.programs.situation import Disaster, Situation
from backend.programs.snapshot import newly_possible
from dialogs.core.words import Arg, Text, Words, Yen

ONLY_WHEN_TOLD = "only_when_told"
GROUPS = (ELIGIBLE, POSSIBLE, ONLY_WHEN_TOLD, NOT_ELIGIBLE)
"""What a panel is parted into; nobody brings up the dead or gravely injured by a list, so those stand apart."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A condition, whether it is met (None: not known), and what was answered there, if anything was."""

    met: bool | None
    words: Text
    answer: Arg | None


@dataclass(frozen=True, slots=True)
class Program:
    """One program for this household, ready to be written: names and desks are data, the rest message keys."""

    id: str
    name: Words
    summary: Words
    kind: str
    group: str
    verdict: str
    amount: Text
    grounds: tuple[Ground, ...]
    missing: tuple[Text, ...]
    deadline: Text
    parts: tuple[tuple[str, date | None], ...]
    soon: bool
    desk: Words
    documents: tuple[Words, ...]
    professions: tuple[str, ...]
    warnings: tuple[Words, ...]
    as_of: int
    source: str
    url: str
    collected_on: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Boundary:
    """A grade near a threshold: with the next higher one more would be open, so a second survey is worth asking for."""

    now: Text
    higher: Text
    desk: Words
    professions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was suggested last: when, with which version of the catalogue, and what it found, best first."""

    at: datetime
    catalogue: str
    programs: tuple[tuple[Words, str, Text], ...]
    """Name, verdict, amount."""
    differs: tuple[tuple[str, Words], ...]
    """What is otherwise now: (`new` | `gone` | `verdict` | `amount` | `deadline`, name)."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything a case page says about programs. Without a disaster on record `programs` is empty."""

    programs: tuple[Program, ...]
    shown: Shown | None
    boundary: Boundary | None
    next: NextAnswers | None
    newly: tuple[Words, ...]
    """What has become possible since the open task about it was raised."""
    today: date
    catalogue: str
    place_known: bool

    def of(self, group: str) -> tuple[Program, ...]:
        return tuple(one for one in self.programs if one.group == group)

    @property
    def asks(self) -> tuple[Text, ...]:
        """The questions worth asking next, by name."""
        return tuple(Text(f"field.{name}.label") for name in self.next.fields) if self.next else ()


def panel_of(connection: Connection, tenant_id: str, today: date, *, case_id: str | None, conversation_id: str | None) -> Panel:
    """Look at a case, or at a conversation while there is none, as it stands now."""
    where = place_of(connection, tenant_id)
    edition, disaster = where.decided(current())
    facts = facts_of(connection, case_id=case_id, conversation_id=conversation_id or "")
    answers = answers_of(connection, case_id, conversation_id or "")
    # Whoever did not want to answer is not asked again because it would settle something.
    open_fields = tuple(name for name in ASKABLE if name not in facts or facts[name].state != "declined")
    situation = situation_of(answers, disaster, today)
    found = assess(situation, edition) if disaster.known.get("date") else ()
    return Panel(
        programs=tuple(_program(one, situation) for one, _ in best_first(situation, found)),
        shown=_shown(connection, found, case_id, conversation_id),
        boundary=_boundary(situation, edition, found),
        next=_next(answers, disaster, today, edition, open_fields) if found else None,
        newly=tuple(Words.of(one["name"]) for one in newly_possible(connection, case_id)) if case_id else (),
        today=today,
        catalogue=edition.version,
        place_known=bool(found),
    )


def chosen(programs: tuple[Program, ...], *, group: str = "", kind: str = "", soon: bool = False) -> tuple[Program, ...]:
    """Only those of a group or kind, or whose deadline is near."""
    return tuple(
        one for one in programs
        if group in ("", one.group) and kind in ("", one.kind) and (one.soon or not soon)
    )  # fmt: skip


def _program(result: Result, situation: Situation) -> Program:
    entry = result.entry
    asleep = entry.only_when_told and result.verdict == POSSIBLE
    return Program(
        id=entry.id, name=entry.name, summary=entry.summary, kind=entry.kind, group=ONLY_WHEN_TOLD if asleep else result.verdict,
        verdict=result.verdict, amount=amount(result.amount),
        grounds=tuple(Ground(one.met, spoken.reason(one), spoken.answer(one.field, situation)) for one in result.reasons),
        missing=spoken.missing(result.missing), deadline=deadline(result),
        parts=tuple((part.part, part.date) for part in result.deadlines),
        soon=result.days_left is not None and 0 <= result.days_left <= SOON_DAYS,
        desk=entry.desk, documents=entry.documents, professions=entry.professions, warnings=entry.warnings, as_of=entry.as_of,
        source=entry.source.text, url=entry.source.url, collected_on=entry.source.collected_on, confirmed=entry.confirmed,
    )  # fmt: skip


def amount(of: Amount) -> Text:
    """Always 最大…: what somebody gets is the desk's decision, never ours."""
    if of.kind in ("none", "unknown") or of.max_yen is None:
        return Text("console.amount.none" if of.kind == "none" else "console.amount.unknown")
    if of.min_yen and of.min_yen != of.max_yen:
        return Text("console.amount.range", {"low": Yen(of.min_yen), "high": Yen(of.max_yen)})
    return Text("console.amount.up_to", {"high": Yen(of.max_yen)})


def _boundary(situation: Situation, edition: Edition, found: tuple[Result, ...]) -> Boundary | None:
    survey = next((one for one in found if one.entry.id == SECOND_SURVEY and one.verdict != NOT_ELIGIBLE), None)
    higher = higher_grade_helps(situation, edition) if survey else None
    if survey is None or higher is None:
        return None
    level = situation.household["damage_level"]
    now, then = (Text(f"field.damage_level.option.{one}") for one in (level, higher))
    return Boundary(now, then, survey.entry.desk, survey.entry.professions)


_MOST_REMEMBERED = 256
_remembered: dict[bytes, NextAnswers | None] = {}


def _next(
    answers: Mapping[str, Any], disaster: Disaster, today: date, edition: Edition, open_fields: tuple[str, ...]
) -> NextAnswers | None:
    """Trying every answer costs as much as many looks, and a page looks again at every change."""
    given = looked_at(answers)
    rests_on = orjson.dumps((edition.version, given, disaster.known, today, open_fields), option=orjson.OPT_SORT_KEYS)
    key = blake2b(rests_on, digest_size=16).digest()
    if key not in _remembered:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = next_answers(given, disaster, today, edition, open_fields=open_fields)
    return _remembered[key]


def _shown(connection: Connection, found: tuple[Result, ...], case_id: str | None, conversation_id: str | None) -> Shown | None:
    mine = suggestion.c.case_id == case_id if case_id else suggestion.c.conversation_id == conversation_id
    row = connection.execute(select(suggestion).where(mine).order_by(suggestion.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    then = {one["id"]: one for one in row.result}
    programs = tuple((Words.of(one["name"]), one["verdict"], _amount_then(one)) for one in row.result)
    return Shown(row.at, row.catalogue, programs, _differs(then, found) if found else ())


def _amount_then(one: Mapping[str, Any]) -> Text:
    return amount(Amount(one["amount_kind"], one.get("min_yen"), one.get("max_yen")))


def _differs(then: Mapping[str, Mapping[str, Any]], found: tuple[Result, ...]) -> tuple[tuple[str, Words], ...]:
    now = {one.entry.id: one for one in found if worth_saying(one)}
    rows: list[tuple[str, Words]] = []
    for program, one in now.items():
        was = then.get(program)
        if was is None:
            rows.append(("new", one.entry.name))
        elif was["verdict"] != one.verdict:
            rows.append(("verdict", one.entry.name))
        elif (was["amount_kind"], was.get("min_yen"), was.get("max_yen")) != tuple(one.amount):
            rows.append(("amount", one.entry.name))
        elif was.get("deadline") != (one.deadline.isoformat() if one.deadline else None):
            rows.append(("deadline", one.entry.name))
    rows += [("gone", Words.of(was["name"])) for program, was in then.items() if program not in now]
    return tuple(rows)
