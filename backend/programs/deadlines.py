"""Deadlines: N months counted with the day of the disaster, rolled to the next working day where the rule says so.

Inferred from one case (programs.md G1): 13 and 37 months from 2024-01-01 end on 2025-01-31 and, that being a Sunday in
2027, on Monday 2027-02-01. So the period ends on the eve of the corresponding day (民法143条; the month's last day where
there is none) and a closed day moves it on (地方自治法4条の2第3項). A date entered by staff goes before any rule.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from backend.calendar import Calendar
from backend.programs.conditions import Condition, Met, condition_of
from backend.programs.nodes import Node
from backend.programs.situation import Situation

_OFFICES = Calendar()
_ONE_DAY = timedelta(days=1)
MOST_MONTHS = 600


@lru_cache(maxsize=4096)
def months_counted(start: date, months: int) -> date:
    """The last day of a period of `months` that begins on `start` and counts that day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - _ONE_DAY


@lru_cache(maxsize=4096)
def next_working_day(day: date) -> date:
    """The day itself, or the first working day of public offices after it."""
    while not _OFFICES.is_working_day(day):
        day += _ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One part's deadline: `months` from the disaster or a fixed `day`; neither means the rule is not settled."""

    part: str
    months: int = 0
    roll: bool = False
    day: date | None = None
    when: Condition | None = None

    def date_for(self, happened_on: date | None) -> date | None:
        if self.day or not self.months or not happened_on:
            return self.day
        end = months_counted(happened_on, self.months)
        return next_working_day(end) if self.roll else end


class Part(NamedTuple):
    """The deadline of one part of a program; None where nobody knows it yet."""

    part: str
    date: date | None


class Due(NamedTuple):
    """The parts that concern this household, the next date to keep, and whether it is too late.

    `in_time` is None when a date has passed but may have been extended, False when an entered extension has passed too.
    """

    parts: tuple[Part, ...]
    next: date | None
    in_time: Met


def due(program: str, rules: tuple[DeadlineRule, ...], situation: Situation) -> Due:
    """Work out a program's deadlines. An extension never shortens a part; with no day asked about, nothing is late."""
    extended: Mapping[str, Any] = situation.disaster.get("extended_deadlines") or {}
    happened_on = situation.disaster.get("date")
    parts, entered = [], []
    for rule in rules or ((DeadlineRule("application"),) if program in extended else ()):
        if rule.when and rule.when(situation).met is False:
            continue
        own = rule.date_for(happened_on)
        more = extended.get(f"{program}.{rule.part}") or extended.get(program)
        parts.append(Part(rule.part, max(own, more) if own and more else own or more))
        entered.append(more is not None)
    days = sorted(part.date for part in parts if part.date)
    today = situation.as_of
    if not days or not today:
        return Due(tuple(parts), days[0] if days else None, True)
    ahead = [day for day in days if day >= today]
    if len(ahead) == len(days):
        return Due(tuple(parts), days[0], True)
    all_over = not ahead and all(entered) and all(part.date for part in parts)
    return Due(tuple(parts), ahead[0] if ahead else days[-1], False if all_over else None)


def deadline_of(node: Node) -> DeadlineRule:
    """Read one item of `deadlines:`; `unsettled: true` says that the source leaves the rule open."""
    parts = node.mapping(("months", "roll", "day", "when", "unsettled"), ("part",))
    given = [key for key in ("months", "day", "unsettled") if key in parts]
    if len(given) != 1:
        node.fail("give exactly one of months, day, unsettled")
    if "months" in parts and not 0 < parts["months"].whole() <= MOST_MONTHS:
        parts["months"].fail(f"a period is 1 to {MOST_MONTHS} months long")
    return DeadlineRule(
        part=parts["part"].text(),
        months=parts["months"].whole() if "months" in parts else 0,
        roll=parts["roll"].boolean() if "roll" in parts else False,
        day=parts["day"].day() if "day" in parts else None,
        when=condition_of(parts["when"]) if "when" in parts else None,
    )
