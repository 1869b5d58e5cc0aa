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
    "household.single_parent": "household_includes",
    "household.farm_or_business": "household_includes",
    "household.certificate": "certificate",
    "household.own_home_habitable": "home_habitable",
    "household.demolished": "demolished",
    "household.cannot_fund_self": "cannot_fund",
}
"""Key path of the line format → field id of `dialogs/fields.py`, for what the intake asks."""


_OF_MEMBERS = {"student": "household_includes", "income_yen": "income_year"}

LOOKED_AT = frozenset((
    *_SAME, "household_size", "certificate", "debts", "household_situation", "living_now", "birth_date", "head_of_household",
    "home_habitable", "demolished", "cannot_fund", "household_includes", "income_year",
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
    # Planned is not done: whether it happens, and whether it must, is still open.
    for name, said, means in _YES_OR_NO:
        if answers.get(name) in said:
            household[means] = answers[name] == said[0]
    includes = _includes(answers)
    if includes:
        household["farm_or_business"] = "business" in includes
        household["single_parent"] = "single_parent" in includes or household.get("single_parent", False)
    if answers.get("living_now") == "temporary":
        household["using"] = frozenset(("temporary_housing",))
    return Situation(disaster.known, household, _members(answers, today), today)


_YES_OR_NO = (
    ("home_habitable", ("yes", "no"), "own_home_habitable"),
    ("demolished", ("done", "no"), "demolished"),
    ("cannot_fund", ("yes", "no"), "cannot_fund_self"),
)
"""Field, its options for true and false, the input it gives."""


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
    income = answers.get("income_year")
    if isinstance(income, int) and income >= 0:
        person["income_yen"] = income  # of the whole household: the others then have none of their own
    ages = {
        key.split(".")[1]: value
        for key, value in answers.items()
        if key.startswith("members.") and key.endswith(".member_age") and isinstance(value, int) and value >= 0
    }
    others: list[dict[str, Any]] = [{"age": ages[member]} for member in sorted(ages)]
    includes, size = _includes(answers), answers.get("household_size")
    if not (person or others or includes):
        return ()
    members = [person, *others]
    if (includes or "income_yen" in person) and isinstance(size, int):
        members += [{} for _ in range(size - len(members))]
    if "income_yen" in person:
        for member in members[1:]:
            member["income_yen"] = 0
    if includes:
        _students(members, includes)
    return tuple(members)


_SCHOOLS = {"preschool": "preschool", "school": None, "university": "university_or_vocational"}
"""Option of `household_includes` → the pupil's school; 小・中・高 together leaves open which."""
_GROWN_UP = 30


def _includes(answers: Mapping[str, Any]) -> frozenset[str]:
    """What the household was said to include; empty where nobody was asked. What was not ticked is not there."""
    said = answers.get("household_includes")
    return frozenset(said) if isinstance(said, list | tuple) else frozenset()


def _students(members: list[dict[str, Any]], includes: frozenset[str]) -> None:
    """Give the pupils a place among the members, the youngest first; nobody else goes to school."""
    told = [school for option, school in _SCHOOLS.items() if option in includes]
    places = sorted(range(len(members)), key=lambda at: (members[at].get("age", _GROWN_UP), -at))
    for school in told:
        at = places.pop(0) if places else len(members)
        if at == len(members):
            members.append({})
        members[at]["student"] = school
    for member in members:
        if member.setdefault("student", "none") is None:
            del member["student"]


def years_between(born: date, today: date) -> int:
    """Age in full years, never below zero."""
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


def field_of(path: str) -> str | None:
    """The intake field that a key path is asked by; None when the intake does not ask it."""
    if path.startswith("household.members"):
        of_member = path.rsplit(".", 1)[-1]
        if of_member == "age":
            return "birth_date" if path.startswith("household.members[0]") else "member_age"
        return _OF_MEMBERS.get(of_member)
    return FIELD_OF_PATH.get(path)
