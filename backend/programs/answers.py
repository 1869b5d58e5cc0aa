"""The intake's answers as the rules want them. What was not answered, or answered "other", stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from backend.programs.situation import Disaster, Situation
from backend.programs.vocabulary import HOUSEHOLD, Kind

_SAME = ("damage_level", "flood_level", "tenure", "rebuild_method")
_CERTIFICATE = {"issued": "issued", "applied": "applied", "planned": "none"}

FIELD_OF_PATH = {
    "household.damage_level": "damage_level",
    "household.flood_level": "flood_level",
    "household.size": "household_size",
    "household.tenure": "tenure",
    "household.rebuild_method": "rebuild_method",
    "household.loans_before_disaster": "debts",
    "household.single_parent": "household_situation",
}
"""Key path of the line format → field id of `dialogs/fields.py`, for what the intake asks."""


LOOKED_AT = frozenset((
    *_SAME, "household_size", "certificate", "debts", "household_situation", "living_now", "birth_date", "head_of_household",
))  # fmt: skip
"""Every answer that can make a difference, beside the ages of the members."""


def looked_at(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `answers` that can make a difference, in an order of their own: neither names nor addresses."""
    return {name: answers[name] for name in sorted(answers) if name in LOOKED_AT or name.endswith(".member_age")}


def situation_of(answers: Mapping[str, Any], disaster: Disaster, today: date | None) -> Situation:
    """Answers by field id, repeated ones as `members.m1.member_age`; a value outside the vocabulary counts as unknown."""
    household: dict[str, Any] = {
        name: answers[name] for name in _SAME if _fits(answers.get(name), HOUSEHOLD[name])
    }
    size = answers.get("household_size")
    if isinstance(size, int) and size >= 1:
        household["size"] = size
    if (certificate := _CERTIFICATE.get(str(answers.get("certificate")))) is not None:
        household["certificate"] = certificate
    if answers.get("debts") in ("yes", "no"):
        household["loans_before_disaster"] = answers["debts"] == "yes"
    if answers.get("household_situation") == "single_parent":
        household["single_parent"] = True
    if answers.get("living_now") == "temporary":
        household["using"] = frozenset(("temporary_housing",))
    return Situation(disaster.known, household, _members(answers, today), today)


def _fits(value: object, kind: Kind) -> bool:
    return value in kind.choices


def _members(answers: Mapping[str, Any], today: date | None) -> tuple[Mapping[str, Any], ...]:
    """The person who answers first, then those told of one by one."""
    person: dict[str, Any] = {}
    born = answers.get("birth_date")
    if isinstance(born, str) and today:
        with suppress(ValueError):
            person["age"] = years_between(date.fromisoformat(born), today)
    if answers.get("head_of_household") in ("me", "someone_else"):
        person["head"] = answers["head_of_household"] == "me"
    ages = {
        key.split(".")[1]: value
        for key, value in answers.items()
        if key.startswith("members.") and key.endswith(".member_age") and isinstance(value, int) and value >= 0
    }
    others = [{"age": ages[member]} for member in sorted(ages)]
    return (person, *others) if person or others else ()


def years_between(born: date, today: date) -> int:
    """Age in full years, never below zero."""
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


def field_of(path: str) -> str | None:
    """The intake field that a key path is asked by; None when the intake does not ask it."""
    if path.startswith("household.members") and path.endswith(".age"):
        return "birth_date" if path.startswith("household.members[0]") else "member_age"
    return FIELD_OF_PATH.get(path)
