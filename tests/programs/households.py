"""Invented households for the tests, asked the way the line format asks."""

from __future__ import annotations

from typing import Any

from backend.programs.edition import current
from backend.programs.engine import Result, assess, assess_one
from backend.programs.reading import read_situation

NOTO = {
    "date": "2024-01-01", "prefecture": "17", "relief_act_applied": True, "recovery_support_act_applied": True,
    "specific_emergency": True, "houterasu_designated": True, "emergency_small_loan_open": True,
}  # fmt: skip
"""A disaster to which every Act applies, on the day the deadline rule was inferred from."""
SETTLED = {"demolished": False, "site_damaged": False, "long_term_evacuation": False, "evacuation_order": False}
"""What a household at home, with its house standing, would answer."""


def results(household: dict[str, Any], disaster: dict[str, Any] | None = None, as_of: str | None = "2024-02-01") -> dict[str, Result]:
    """Every program for one household, by id."""
    line = {"as_of": as_of, "disaster": NOTO if disaster is None else disaster, "household": household}
    return {result.entry.id: result for result in assess(read_situation(line), current())}


def ask(program: str, household: dict[str, Any], disaster: dict[str, Any] | None = None, as_of: str | None = "2024-02-01") -> Result:
    """One program for one household."""
    line = {"as_of": as_of, "disaster": NOTO if disaster is None else disaster, "household": household}
    situation = read_situation(line)
    known = situation.disaster
    entries = current().entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    return assess_one(situation, next(entry for entry in entries if entry.id == program))


def verdict(program: str, household: dict[str, Any], disaster: dict[str, Any] | None = None, as_of: str | None = "2024-02-01") -> str:
    return ask(program, household, disaster, as_of).verdict


def condition_names(result: Result) -> set[str]:
    return {reason.condition for reason in result.reasons}
