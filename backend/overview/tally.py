"""Everything that is counted of a municipality, household by household, so that it can be counted in pieces. Pure.

A tally is added to, put away between two pieces of work (`kept`) and taken up again (`of`); it holds counts alone. Of what
it was given in which order, nothing remains.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from backend.overview.omuta import (
    STATES,
    TRIES,
    Household,
    Standing,
    Tables,
    fiscal_year,
    fiscal_years,
    tries_of,
    year_ends,
)

STAGES = ("known", "reached", "assessed", "consented", "plan", "supported", "closed")
GROUPS = ("district", "category", "language")
"""By what households are counted; "" is the value of those that have none, and of protected people."""


@dataclass(slots=True)
class Tally:
    """`stages`: group -> value -> households at each of `STAGES`. The others are by fiscal year, as Omuta's tables are:
    who became known, who was met first, visits made, and how many households came to a state in that year less those that left it."""

    stages: dict[str, dict[str, list[int]]] = field(default_factory=lambda: {group: {} for group in GROUPS})
    tries: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    firsts: Counter[int] = field(default_factory=Counter)
    known: Counter[int] = field(default_factory=Counter)
    visits: Counter[int] = field(default_factory=Counter)
    states: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    first: date | None = None
    """The day on which the first household became known."""

    def reach(self, groups: tuple[str, str, str], reached: Iterable[int], households: int = 1) -> None:
        """Add households of the same groups (in the order of `GROUPS`) that are at the same stages (their places in `STAGES`)."""
        for group, value in zip(GROUPS, groups, strict=True):
            line = self.stages[group].setdefault(value, [0] * len(STAGES))
            for place in reached:
                line[place] += households

    def know(self, since: date, approaches: Iterable[tuple[date, str, str, str]] = (), households: int = 1) -> None:
        """Add a household that is on the list since a day, with its approaches (day, channel, result, direction), oldest first; or
        several `households` that nobody approached."""
        self.known[_year(since)] += households
        if self.first is None or since < self.first:
            self.first = since
        home: Household | None = None
        for on, channel, result, direction in approaches:
            if home is None:
                home = Household()
            before, year = home.state, _year(on)
            if home.take(on, channel, result, direction):
                self.visits[year] += 1
            if home.state != before:
                there = self.states[year]
                there[home.state] += 1
                if before:
                    there[before] -= 1
        if home is not None and home.first is not None:
            on, channel, number = home.first
            self.tries[tries_of(number)] += 1
            self.channels[channel] += 1
            self.firsts[_year(on)] += 1

    def counted(self, by: str) -> dict[str, dict[str, int]]:
        """Value of the group -> stage -> households."""
        return {value: dict(zip(STAGES, line, strict=True)) for value, line in self.stages[by].items()}

    def tables(self, last: date) -> Tables | None:
        """Omuta's tables up to a day, after which nothing was counted; None while no household is known.

        What was noted before the first household became known stands in the first year.
        """
        if self.first is None:
            return None
        households, contacted = sum(self.known.values()), sum(self.firsts.values())
        spans = fiscal_years(self.first, last)
        tries = {name: self.tries[name] for name in TRIES} | {"never": households - contacted}
        return Tables(
            households, tries, dict(self.channels.most_common()), dict(zip(spans, _by_span(self.firsts, spans), strict=True)),
            tuple(self._standing(end) for end in year_ends(self.first, last)),
        )

    def _standing(self, end: date) -> Standing:
        year = _year(end)
        there = {state: sum(some[state] for when, some in self.states.items() if when <= year) for state in STATES}
        return Standing(end, _until(self.known, year), there, _until(self.visits, year))

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "stages": self.stages, "tries": self.tries, "channels": self.channels, "firsts": _named(self.firsts), "known": _named(self.known),
            "visits": _named(self.visits), "states": _named(self.states), "first": self.first.isoformat() if self.first else None,
        }  # fmt: skip

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Tally:
        """What was kept."""
        states: dict[int, Counter[str]] = defaultdict(Counter, {int(year): Counter(some) for year, some in data["states"].items()})
        return cls(
            {group: {value: list(line) for value, line in some.items()} for group, some in data["stages"].items()}, Counter(data["tries"]),
            Counter(data["channels"]), _numbered(data["firsts"]), _numbered(data["known"]), _numbered(data["visits"]), states,
            date.fromisoformat(data["first"]) if data["first"] else None,
        )  # fmt: skip


@lru_cache(maxsize=20_000)
def _year(day: date) -> int:
    return fiscal_year(day)


def _until(counts: Mapping[int, int], year: int) -> int:
    return sum(count for when, count in counts.items() if when <= year)


def _by_span(counts: Mapping[int, int], spans: list[tuple[date, date]]) -> list[int]:
    """For each fiscal year how many; the first takes in what lies before it."""
    sums = [_until(counts, _year(end)) for _, end in spans]
    return [there - before for there, before in zip(sums, [0, *sums], strict=False)]


def _named(counts: Mapping[int, Any]) -> dict[str, Any]:
    return {str(year): count for year, count in counts.items()}


def _numbered(counts: Mapping[str, int]) -> Counter[int]:
    return Counter({int(year): count for year, count in counts.items()})
