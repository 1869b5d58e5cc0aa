"""The engine: which programs could help this household, and why. Pure: the same situation and catalogue, the same results.

Three-valued: eligible / possible / not eligible. Whatever is not known gives possible and is named in `missing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.programs.amounts import NO_AMOUNT, UNKNOWN_AMOUNT, Amount
from backend.programs.conditions import Finding, Met, Reason
from backend.programs.deadlines import Part, due
from backend.programs.edition import Edition
from backend.programs.entry import Entry
from backend.programs.situation import Situation

ELIGIBLE, POSSIBLE, NOT_ELIGIBLE = "eligible", "possible", "not_eligible"
_ORDER = {ELIGIBLE: 0, POSSIBLE: 1, NOT_ELIGIBLE: 2}

SOON_DAYS = 60
"""A deadline nearer than this comes before everything of the same verdict."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one program means for one household. Dates are days in Japan; `missing` holds key paths."""

    entry: Entry
    verdict: str
    amount: Amount
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    deadline: date | None
    deadlines: tuple[Part, ...]
    days_left: int | None
    open: int = 0
    """How much of the conditions is still undecided: one each, two where a particular member would have to fit."""


def assess(situation: Situation, edition: Edition) -> tuple[Result, ...]:
    """Every program of the situation's place, what helps most now first."""
    disaster = situation.disaster
    entries = edition.entries_for(disaster.get("prefecture", ""), disaster.get("municipality", ""), disaster.get("date"))
    return tuple(sorted((assess_one(situation, entry) for entry in entries), key=helps_most))


def assess_one(situation: Situation, entry: Entry) -> Result:
    """One program for one household."""
    findings = [condition(situation) for condition in entry.conditions]
    for exclusion in entry.exclusions:
        found = exclusion.when(situation)
        if found.met:
            stands: Met = False if exclusion.then == NOT_ELIGIBLE else None
            findings.append(Finding(stands, tuple(Reason(r.field, f"excluded when {r.condition}", stands) for r in found.reasons)))
    deadlines = due(entry.id, entry.deadlines, situation)
    if not deadlines.in_time:
        findings.append(Finding(deadlines.in_time, (Reason("disaster.date", "deadline_passed", deadlines.in_time),)))
    verdict = ELIGIBLE
    for finding in findings:
        if finding.met is False:
            verdict = NOT_ELIGIBLE
            break
        if finding.met is None:
            verdict = POSSIBLE
    amount, missing = NO_AMOUNT, []
    if verdict != NOT_ELIGIBLE:
        missing = [path for finding in findings if finding.met is None for path in finding.missing]
        amount = UNKNOWN_AMOUNT
        if entry.confirmed:
            amount, narrowing = entry.amount.settle(situation)
            missing.extend(narrowing)
    days_left = (deadlines.next - situation.as_of).days if deadlines.next and situation.as_of else None
    return Result(
        entry,
        verdict,
        amount,
        tuple(reason for finding in findings for reason in finding.reasons),
        tuple(dict.fromkeys(missing)),
        deadlines.next,
        deadlines.parts,
        days_left,
        sum(1 + finding.reasons[0].field.startswith("household.members") for finding in findings if finding.met is None),
    )


def surely_closed(situation: Situation, entry: Entry) -> bool:
    """Whether one program's verdict is `not_eligible`: `assess_one` without the reasons, which cost most of it."""
    return (
        any(condition(situation).met is False for condition in entry.conditions)
        or any(exclusion.then == NOT_ELIGIBLE and exclusion.when(situation).met for exclusion in entry.exclusions)
        or due(entry.id, entry.deadlines, situation).in_time is False
    )


def helps_most(result: Result) -> tuple[int, int, bool, int, int, int, int]:
    """Order: certain before possible, a near deadline before a far one, money given before money lent, then the larger sum.

    Never a grand total: programs exclude each other.
    """
    left = result.days_left
    soon = left if left is not None and 0 <= left <= SOON_DAYS else SOON_DAYS + 1
    lent = result.entry.kind == "loan"
    return (_ORDER[result.verdict], soon, lent, -(result.amount.max_yen or 0), result.open, result.entry.order, result.entry.rank)
