"""What is likely: rare circumstances that nobody has told of are not what to begin with. Pure.

Unknown stays unknown in every verdict; this only decides what is pushed first, what waits for a reason, and which sum is usual.
"""

from __future__ import annotations

from backend.programs.engine import POSSIBLE, Result, assess_one
from backend.programs.situation import Situation

RARE = ("long_term_evacuation", "evacuation_order", "site_damaged", "house_lost")
"""Circumstances of few households that no chat asks."""
_UNUSUAL = ("demolished", "remainder_must_be_torn_down", *RARE)
"""Circumstances that lift a sum; without them it is the usual one."""

SPECIAL = frozenset((
    "farm_or_business", "single_parent", "student", "pregnant", "care_level", "disability_certificate", "job", "car_lost",
    "loans_before_disaster", "died", "injury_treatment", "severe_disability_from_disaster", "planned_loan",
))  # fmt: skip
"""Inputs about a circumstance that a household has or has not: while nobody told, what hangs on it waits for a reason."""


def ordinary(situation: Situation, names: tuple[str, ...] = RARE) -> Situation:
    """The same household when none of `names` holds, as far as nobody said so."""
    household = {**dict.fromkeys(names, False), **situation.household}
    return Situation(situation.disaster, household, situation.members, situation.as_of)


def waits(situation: Situation, result: Result) -> bool:
    """Whether a possible program hangs on a special circumstance that nobody has told of."""
    if result.verdict != POSSIBLE:
        return False
    # Somebody told of the pupils: that one of them goes to some school is a reason, even if not to which.
    told = {name for member in situation.members for name in member}
    for condition in result.entry.conditions:
        found = condition(situation)
        if found.met is None and all(_input(path) in SPECIAL - told for path in found.missing):
            return True
    return False


def speaks_for(situation: Situation, result: Result) -> bool:
    """Whether a special circumstance that the program is for was told: there is a business, somebody goes to school."""
    told = {name for member in situation.members for name in member} & SPECIAL
    for condition in result.entry.conditions:
        found = condition(situation)
        named = {_input(reason.field) for reason in found.reasons} | {_input(path) for path in found.missing}
        if (found.met and named & SPECIAL) or (found.met is None and named & told):
            return True
    return False


def usual_yen(situation: Situation, result: Result) -> tuple[int | None, tuple[str, ...]]:
    """(the highest sum without unusual circumstances, the inputs that could lift it); (None, ()) where nothing lifts it."""
    lifting = tuple(name for name in _UNUSUAL if f"household.{name}" in result.missing)
    most = result.amount.max_yen
    if not lifting or most is None:
        return None, ()
    usual = assess_one(ordinary(situation, lifting), result.entry).amount.max_yen or 0
    return (usual, lifting) if usual < most else (None, ())


def _input(path: str) -> str:
    return path.rsplit(".", 1)[-1]
