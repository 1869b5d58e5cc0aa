"""The next questions: of what is not known yet, the answers that settle the most. Pure.

"Two more answers would settle four programs": a program is settled when its verdict and its sum no longer hang on anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from backend.programs.answers import field_of, situation_of
from backend.programs.edition import Edition
from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, Result, assess, assess_one
from backend.programs.entry import USUAL_ORDER, Entry
from backend.programs.likely import ordinary
from backend.programs.situation import Disaster, Situation
from dialogs.core.words import SENSITIVE
from dialogs.fields import FIELDS

ASKABLE = (
    "damage_level", "tenure", "home_habitable", "demolished", "household_includes", "rebuild_method", "household_size",
    "flood_level", "cannot_fund", "debts", "birth_date", "income_year",
)  # fmt: skip
"""Fields worth asking for by themselves, the easier ones first: they win between equals."""

_TRIED: dict[str, tuple[Any, ...]] = {
    "household_size": (1, 2, 4),
    "birth_date": (30, 62, 70, 80),
    "income_year": (1_500_000, 5_000_000, 12_000_000),
    "household_includes": (("none",), ("none",), ("business",), ("school",)),
    "demolished": ("done", "no", "no"),
}
"""Answers tried where there is no closed list, or where one is commoner than the others. Ages in years."""

_HARD = 0.5
"""What a question counts that people find hard (money, health), and again one that needs the secure page."""

_POINTLESS = {"rent": ("cannot_fund", "demolished"), "public_housing": ("cannot_fund",), "repair": ("demolished",)}
"""`rebuild_method` → what nobody asks of whoever plans so: the money for repairs of somebody who moves out."""
_LATER = 0.1
"""What a program counts that nobody needs first (an entry without an `order` of its own)."""
_SHORT_LIST = 4
"""Fields looked at for a second question: those that were best for the first."""


@dataclass(frozen=True, slots=True)
class NextAnswers:
    """The fields to ask for, the most telling first; how many programs they settle together, and how many more they
    narrow without settling them, on average over the answers."""

    fields: tuple[str, ...]
    settles: int
    narrows: int = 0


def next_answers(
    answers: Mapping[str, Any], disaster: Disaster, today: date, edition: Edition, *, open_fields: Collection[str] = ASKABLE,
    out_of_reach: Collection[str] = (), most: int = 2,
) -> NextAnswers | None:
    """Up to `most` of `open_fields` that settle the most value; None when no answer settles anything.

    `out_of_reach` are asked on another page. Every answer is tried, but only on the programs that
    hang on it: some ten milliseconds.
    """
    doubtful = [one for one in assess(_situation(answers, disaster, today), edition) if _worth(one) > 0]
    pointless = _POINTLESS.get(str(answers.get("rebuild_method")), ())
    names = [name for name in ASKABLE if name in open_fields and name not in answers and name not in pointless]
    hang = {name: [one.entry for one in doubtful if name in asked_by(one)] for name in names}
    chosen: list[str] = []
    settles = 0.0
    for _ in range(most):
        tried = [(name, _tries(answers, [*chosen, name], disaster, today, hang)) for name in hang if name not in chosen and hang[name]]
        better = [(gain * _ease(name, out_of_reach), settled, name) for name, (gain, settled, _) in tried if settled > settles]
        if not better:
            break
        better.sort(key=lambda one: (-one[0], ASKABLE.index(one[2])))
        _, settles, name = better[0]
        chosen.append(name)
        hang = {name: hang[name] for name in dict.fromkeys((*chosen, *(name for _, _, name in better[:_SHORT_LIST])))}
    if not chosen:
        return None
    # Told to people, so counted over every program in doubt: an answer may settle one that hangs on something else as well.
    _, settles, narrows = _tries(answers, chosen, disaster, today, {name: [one.entry for one in doubtful] for name in chosen})
    return NextAnswers(tuple(chosen), round(settles), round(narrows)) if round(settles) else None


def _ease(name: str, out_of_reach: Collection[str]) -> float:
    return (_HARD if FIELDS[name].sensitivity >= SENSITIVE else 1.0) * (_HARD if name in out_of_reach else 1.0)


def _tries(
    answers: Mapping[str, Any], fields: list[str], disaster: Disaster, today: date, hang: Mapping[str, list[Entry]]
) -> tuple[float, float, float]:
    """(value gained, programs settled, programs narrowed) by answers to all of `fields`, on average over the answers."""
    entries: dict[str, Entry] = {entry.id: entry for name in fields for entry in hang[name]}
    before = _situation(answers, disaster, today)
    doubts = {name: _worth(assess_one(before, entry)) for name, entry in entries.items()}
    looks = list(product(*(tried(name, today) for name in fields)))
    gain = settled = narrowed = 0.0
    for values in looks:
        after = _situation({**answers, **dict(zip(fields, values, strict=True))}, disaster, today)
        for name, entry in entries.items():
            left = _worth(assess_one(after, entry))
            gain += doubts[name] - left
            settled += left == 0
            narrowed += 0 < left < doubts[name]
    return gain / len(looks), settled / len(looks), narrowed / len(looks)


def _situation(answers: Mapping[str, Any], disaster: Disaster, today: date) -> Situation:
    """As known, without rare circumstances: what only they keep open no question of ours would settle."""
    return ordinary(situation_of(answers, disaster, today))


def tried(name: str, today: date) -> tuple[Any, ...]:
    """The answers that are tried for a field: one of each side of every limit."""
    values = _TRIED.get(name) or tuple(option for option in FIELDS[name].options if option not in ("other", "undecided"))
    return tuple(f"{today.year - age:04d}-01-01" for age in values) if name == "birth_date" else values


def asked_by(result: Result) -> frozenset[str]:
    """The fields that what is still open about a program is asked by."""
    return frozenset(_fields(result.missing))


def _fields(missing: Iterable[str]) -> Iterable[str]:
    return (name for path in missing if (name := field_of(path)))


def _worth(result: Result) -> float:
    """How much is in doubt: what may be had, more while more is open. Nothing once it is settled."""
    amount = result.amount
    if result.verdict == NOT_ELIGIBLE or result.entry.only_when_told:
        return 0.0
    worth = 1.0 if result.entry.kind == "loan" else 1.0 + (amount.max_yen or 0) / 1_000_000
    if result.entry.order >= USUAL_ORDER:
        worth *= _LATER
    if result.verdict != ELIGIBLE:
        # An answer that has more to settle behind it still brings the end nearer.
        return worth * (1.0 + len(set(_fields(result.missing))) + result.open)
    if amount.kind == "range" and amount.max_yen:
        return worth * (amount.max_yen - (amount.min_yen or 0)) / amount.max_yen
    return 0.0
