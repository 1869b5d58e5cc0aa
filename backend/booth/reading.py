"""What somebody typed or ticked at the booth, as the answers a chat would have kept. Pure.

A raw value is what the form holds: words, an option id, a list of option ids, or `-unknown` `-deferred` `-declined`; an empty
one is a question that was not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from backend.booth.questions import Asked, applies
from dialogs.core import understand
from dialogs.core.answers import NOT_GIVEN, Answer, Value
from dialogs.core.flow import spoken_for
from dialogs.core.model import MONEY, MULTI
from dialogs.core.typed import MAX_WORDS
from dialogs.fields import DECISIONS, FIELDS

Raw: TypeAlias = str | list[str]


class Unreadable(ValueError):
    """Something is there, and no single answer can be read in it."""


@dataclass(slots=True)
class Read:
    """What a form says. `wrong` names the questions whose words could not be read; `consents` recipient → decision."""

    facts: dict[str, Answer] = field(default_factory=dict)
    consents: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Answered, but not asked of this household (another answer closed the question)."""


def read(asked: Sequence[Asked], raw: Mapping[str, Raw], today: date) -> Read:
    """Read a whole form. A question whose condition does not hold counts for nothing, as in the chat."""
    found = Read()
    for one in asked:
        given = raw.get(one.key, "")
        if given in ("", []):
            continue
        if not applies(one, found.facts):
            found.left_out.append(one.key)
            continue
        if one.consent:
            if given in DECISIONS:
                found.consents[one.consent] = str(given)
            continue
        try:
            _take(found, one, given, today)
        except Unreadable:
            found.wrong.append(one.key)
    whom = found.facts.get("for_whom")
    by, about = spoken_for(whom.value) if whom is not None and whom.given else ("self", "self")
    found.facts = {
        key: Answer(key, answer.value, answer.state, by, about) for key, answer in found.facts.items()
    }
    return found


def _take(found: Read, one: Asked, given: Raw, today: date) -> None:
    if isinstance(given, str) and given[1:] in NOT_GIVEN and given.startswith("-"):
        if given[1:] in one.ways:
            found.facts[one.key] = Answer(one.key, None, given[1:])
        return
    value = value_of(one.field, given, today)
    if isinstance(value, understand.Name):
        found.facts[one.key] = Answer(one.key, value.written)
        if one.key == "name" and value.reading:
            # A reading given along with the name answers that question too; what is typed there goes before.
            found.facts["name_kana"] = Answer("name_kana", value.reading)
        return
    found.facts[one.key] = Answer(one.key, value)


def value_of(field_id: str, given: Raw, today: date) -> Value | understand.Name:
    """One raw value as the value of a field. Raises `Unreadable`."""
    known = FIELDS[field_id]
    if known.kind == MULTI:
        ticked = [given] if isinstance(given, str) else given
        return _sure(tuple(option for option in known.options if option in ticked) or None)
    text = given if isinstance(given, str) else ",".join(given)
    match known.kind:
        case "choice" | "language":
            return _sure(text if text in known.options else None)
        case "number":
            return _sure(understand.read_number(text, known.least, known.most or 10**9))
        case "money":
            return _sure(understand.read_money(text))
        case "date":
            day = understand.read_date(text, today)
            return _sure(day.isoformat() if day else None)
        case "phone":
            return _sure(understand.read_phone(text))
        case "name":
            name = understand.read_name(text)
            return name if name.written else _none()
        case "kana":
            name = understand.read_name(text)
            return _sure(name.reading or name.written or None)
        case _:
            return _sure(understand.clean(text)[:MAX_WORDS] or None)


def raw_of(answer: Answer) -> Raw:
    """A kept answer as the form shows it, so that an unchanged form reads back as the same answer."""
    if not answer.given:
        return f"-{answer.state}"
    if isinstance(answer.value, tuple):
        return list(answer.value)
    if FIELDS[answer.field.rsplit(".", 1)[-1]].kind == MONEY:
        return f"{answer.value}円"
    return str(answer.value)


def _sure(value: Value | None) -> Value:
    return _none() if value is None else value


def _none() -> Value:
    raise Unreadable
