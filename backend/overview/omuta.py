"""The outreach tables of Omuta's support centre (大牟田市地域支え合いセンター, July 2020 flood; domain.md §8). Pure.

How each approach counts was worked out from the published figures: at the closing, assessed + refused + died is exactly
the number of first contacts (2,770 + 18 + 39 = 2,827), and assessed + absent + unknown + vacant + refused + died is
exactly the number of households visited or reached, in each of the three years.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.contacts.rules import (
    ABSENT,
    AGAIN,
    ANSWERED,
    CARD_LEFT,
    DANGER,
    DIED,
    MET,
    MOVED,
    OUT,
    REFUSED,
    UNSAFE,
    VACANT,
    WORD,
    WRONG_ADDRESS,
    WRONG_NUMBER,
)

STATES = ("assessed", "absent", "unknown", "vacant", "refused", "died")
"""What is known of a household that was visited or reached; each is in exactly one."""

TRIES = ("by_itself", "one", "two_to_four", "five_up", "never")
"""Approaches until first contact. `by_itself`: the household came before anybody had approached it."""

_STATE_OF = {
    MET: "assessed", ANSWERED: "assessed", DANGER: "assessed", AGAIN: "assessed", ABSENT: "absent", CARD_LEFT: "absent",
    UNSAFE: "absent", WORD: "absent", MOVED: "unknown", WRONG_NUMBER: "unknown", WRONG_ADDRESS: "unknown", VACANT: "vacant", REFUSED: "refused",
    DIED: "died",
}  # fmt: skip
"""A message that was only sent says nothing of the household. A neighbour's word says that they are there: not met yet."""

_STRENGTH = {"died": 3, "assessed": 2, "refused": 1}
"""A later absence does not undo that somebody was met; that they refused holds until they are met."""

_CONTACT = frozenset({"assessed", "refused", "died"})


@dataclass(frozen=True, slots=True)
class Approach:
    """One row of the contact log. `channel` and `result` are of `backend.contacts.rules`; `on` is the day in Japan."""

    household: str
    on: date
    channel: str
    result: str
    direction: str = OUT


@dataclass(frozen=True, slots=True)
class Standing:
    """The households at the end of one day."""

    until: date
    known: int
    """Households on the list (with a certificate)."""
    states: Mapping[str, int]
    visits: int
    """Home visits made so far, whoever was met."""

    @property
    def reached(self) -> int:
        """Visited or reached: an absent household counts as visited."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Tables:
    """`tries`: approaches until first contact. `channels`, `periods`: first contacts, by channel and by span of days."""

    households: int
    tries: Mapping[str, int]
    channels: Mapping[str, int]
    periods: Mapping[tuple[date, date], int]
    standings: tuple[Standing, ...]


@dataclass(slots=True)
class Household:
    """What is known of one household so far: its rows are taken in one after the other, oldest first."""

    tried: int = 0
    state: str = ""
    first: tuple[date, str, int] | None = None
    """Day, channel and number of the approach that was the first contact."""

    def take(self, on: date, channel: str, result: str, direction: str) -> bool:
        """Take one row in; whether it was a home visit."""
        if direction == OUT:
            self.tried += 1
        state = _STATE_OF.get(result, "")
        if state in _CONTACT and self.first is None:
            self.first = (on, channel, self.tried)
        if state and _STRENGTH.get(state, 0) >= _STRENGTH.get(self.state, 0):
            self.state = state
        return direction == OUT and channel == "visit"


def tables(
    known: Mapping[str, date], approaches: Iterable[Approach], until: Sequence[date],
    periods: Sequence[tuple[date, date]] = (),
) -> Tables:
    """Every table at once.

    `known`: household -> the day from which it is on the list. `until`: the last days of the rows of the state table,
    usually `year_ends(…)`; what happened after the last of them is left out. `periods`: first and last days.
    """
    days = sorted(set(until))
    last = days[-1] if days else date.max
    homes: dict[str, Household] = defaultdict(Household)
    rows = sorted((row for row in approaches if row.household in known and row.on <= last), key=lambda row: row.on)
    standings, visits, place = [], 0, 0
    for day in days:
        while place < len(rows) and rows[place].on <= day:
            visits += homes[rows[place].household].take(*_row(rows[place]))
            place += 1
        there = Counter(home.state for home in homes.values() if home.state)
        listed = sum(since <= day for since in known.values())
        standings.append(Standing(day, listed, {state: there[state] for state in STATES}, visits))
    if not days:
        for row in rows:
            homes[row.household].take(*_row(row))
    firsts = [home.first for home in homes.values() if home.first]
    tries = Counter(tries_of(number) for _, _, number in firsts)
    tries["never"] = sum(since <= last for since in known.values()) - len(firsts)
    return Tables(
        sum(since <= last for since in known.values()),
        {name: tries[name] for name in TRIES},
        dict(Counter(channel for _, channel, _ in firsts).most_common()),
        {span: sum(span[0] <= day <= span[1] for day, _, _ in firsts) for span in periods},
        tuple(standings),
    )


def year_ends(first: date, last: date) -> list[date]:
    """The last days of the fiscal years (31 March) from `first` on, and `last` itself."""
    ends = []
    year = first.year if first <= date(first.year, 3, 31) else first.year + 1
    while date(year, 3, 31) < last:
        ends.append(date(year, 3, 31))
        year += 1
    return [*ends, last]


def fiscal_years(first: date, last: date) -> list[tuple[date, date]]:
    """Spans of days, a fiscal year each, cut at `first` and `last`."""
    spans, start = [], first
    for end in year_ends(first, last):
        spans.append((start, end))
        start = end + timedelta(days=1)
    return spans


def fiscal_year(day: date) -> int:
    """年度: from April on it is the calendar year."""
    return day.year if day.month >= 4 else day.year - 1


def _row(row: Approach) -> tuple[date, str, str, str]:
    return row.on, row.channel, row.result, row.direction


def tries_of(number: int) -> str:
    """Which of `TRIES` a first contact belongs to that came with that many approaches."""
    if number == 0:
        return "by_itself"
    return "one" if number == 1 else "two_to_four" if number < 5 else "five_up"
