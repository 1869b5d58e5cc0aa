"""Read one household of the line format: unknown keys are ignored, a wrong type or value is an error with its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.programs.situation import Situation
from backend.programs.vocabulary import (
    BOOL,
    CHOICE,
    CODE,
    DATE,
    DATES,
    DISASTER,
    HOUSEHOLD,
    IDS,
    MEMBER,
    SPELLINGS,
    WHOLE,
    Kind,
)

MOST_MEMBERS = 200
"""More people than any household; a longer list is a mistake, not a family."""

_PREFECTURE = r"(0[1-9]|[1-3][0-9]|4[0-7])"
_CODES = {"prefecture": re.compile(_PREFECTURE), "municipality": re.compile(_PREFECTURE + r"[0-9]{3,4}")}


class Unreadable(ValueError):
    """An input that is not what the format says. The message names the key path and what belongs there, never the value."""


def read_situation(data: Any) -> Situation:
    """A line's object as a `Situation`. A null is the same as absent. Raises `Unreadable`."""
    if not isinstance(data, dict):
        raise Unreadable("the line must hold one JSON object")
    household = _part(data, "household")
    members = household.get("members")
    if members is None:
        members = []
    if not isinstance(members, list):
        raise Unreadable("household.members must be a list")
    if len(members) > MOST_MEMBERS:
        raise Unreadable(f"household.members must hold at most {MOST_MEMBERS} people")
    disaster = _known(_part(data, "disaster"), DISASTER, "disaster")
    if "municipality" in disaster:
        disaster["municipality"] = disaster["municipality"][:5]  # a sixth figure is the check digit
        disaster.setdefault("prefecture", disaster["municipality"][:2])
    as_of = data.get("as_of")
    return Situation(
        disaster=disaster,
        household=_known(household, HOUSEHOLD, "household"),
        members=tuple(_member(member, index) for index, member in enumerate(members)),
        as_of=None if as_of is None else _date(as_of, "as_of"),
    )


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = data.get(key)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise Unreadable(f"{key} must be an object")
    return part


def _member(member: Any, index: int) -> Mapping[str, Any]:
    where = f"household.members[{index}]"
    if not isinstance(member, dict):
        raise Unreadable(f"{where} must be an object")
    return _known(member, MEMBER, where)


def _known(data: Mapping[str, Any], kinds: Mapping[str, Kind], where: str) -> dict[str, Any]:
    return {
        name: _value(data[name], kind, name, f"{where}.{name}")
        for name, kind in kinds.items()
        if data.get(name) is not None
    }


def _value(value: Any, kind: Kind, name: str, path: str) -> Any:
    if kind.name == BOOL:
        if not isinstance(value, bool):
            raise Unreadable(f"{path} must be true or false")
        return value
    if kind.name == CHOICE:
        if isinstance(value, str):
            value = SPELLINGS.get(name, {}).get(value, value)
            if value in kind.choices:
                return value
        raise Unreadable(f"{path} must be one of {', '.join(kind.choices)}")
    if kind.name == WHOLE:
        if isinstance(value, bool) or not isinstance(value, int) or not kind.least <= value <= kind.most:
            raise Unreadable(f"{path} must be a whole number from {kind.least} to {kind.most}")
        return value
    if kind.name == DATE:
        return _date(value, path)
    if kind.name == CODE:
        if not isinstance(value, str) or not _CODES[name].fullmatch(value):
            raise Unreadable(f"{path} must be a JIS X 0402 code of {2 if name == 'prefecture' else 5} digits in a string")
        return value
    if kind.name == IDS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Unreadable(f"{path} must be a list of program ids")
        return frozenset(value)
    assert kind.name == DATES
    if not isinstance(value, dict):
        raise Unreadable(f"{path} must be an object of program id and date")
    return {str(key): _date(day, f"{path}.{key}") for key, day in value.items() if day is not None}


def _date(value: Any, path: str) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            day = date.fromisoformat(value)
            if 1900 <= day.year <= 2199:
                return day
        except ValueError:
            pass
    raise Unreadable(f"{path} must be a date written YYYY-MM-DD, from 1900 to 2199")
