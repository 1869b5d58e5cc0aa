"""Which homes to visit on a day, by whom, in which order: a proposal. Pure; a person decides.

Homes of one district go to one pair, the most pressing first; nobody goes alone; whoever was there before goes again
where that is possible. Sources: 福岡県 災害ケースマネジメント手引き (two people per visit), domain.md §2 and §8.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.sorting import numbered

MOST = 6
"""Homes that a pair visits in a day, where nobody says otherwise."""
OLD = 75
MORNING, AFTERNOON = "morning", "afternoon"
HALVES: Mapping[str, tuple[str, str]] = {MORNING: ("09:30", "12:00"), AFTERNOON: ("13:00", "16:30")}
"""Wall clock of the half days that a household is offered."""

WEIGHTS: Mapping[str, int] = {
    "danger": 100, "promised": 50, "late": 30, "asked": 20, "alone_old": 20, "care": 15, "never_met": 15, "alone": 8,
    "heavy": 8, "watching": 8, "again": 5,
}  # fmt: skip
"""Points of each reason. A reason stands on the page beside the home: `console.visits.why.<reason>`."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a household that says how soon somebody should stand at its door."""

    danger: bool = False
    """An alarm is open."""
    asked: bool = False
    """They asked for the visit themselves."""
    due_on: date | None = None
    promised_on: date | None = None
    met: bool = False
    people: int | None = None
    age: int | None = None
    care: bool = False
    damage: str = ""
    category: int | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """One home that waits for a visit. `times` are the half days that suit (`<weekday|weekend>_<half>`); none: any."""

    case_id: str
    district: str = ""
    address: str = ""
    reasons: tuple[str, ...] = ()
    visit_id: str = ""
    request_id: str = ""
    last_worker: str = ""
    language: str = ""
    times: tuple[str, ...] = ()
    interpreter_wished: bool = False

    @property
    def points(self) -> int:
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def interpreter(self) -> str:
        """The language somebody must speak who comes along; "" where Japanese will do."""
        if self.interpreter_wished:
            return self.language or "?"
        return "" if self.language in ("", "ja", "ja@simple") else self.language


@dataclass(frozen=True, slots=True)
class Stop:
    """A home in a pair's day. `half` is the half day that suits, "" where both do."""

    home: Home
    half: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The day of one pair, in walking order."""

    first: str
    second: str
    stops: tuple[Stop, ...]


def reasons(known: Circumstances, day: date) -> tuple[str, ...]:
    """Why this home, the weightiest first."""
    alone = known.people == 1
    old = known.age is not None and known.age >= OLD
    said = {
        "danger": known.danger,
        "promised": known.promised_on is not None and known.promised_on <= day,
        "late": known.due_on is not None and known.due_on < day,
        "asked": known.asked,
        "alone_old": alone and old,
        "care": known.care,
        "never_met": not known.met,
        "alone": alone and not old,
        "heavy": known.damage in ("total", "large_half"),
        "watching": known.category in (3, 4),
        "again": known.tries > 0,
    }
    return tuple(name for name in WEIGHTS if said[name])


def suits(times: Iterable[str], day: date) -> tuple[str, ...]:
    """The half days of `day` that suit; both where the household named none at all."""
    wished = set(times)
    if not wished:
        return (MORNING, AFTERNOON)
    kind = "weekend" if day.weekday() >= 5 else "weekday"
    return tuple(half for half in (MORNING, AFTERNOON) if f"{kind}_{half}" in wished)


def propose(homes: Sequence[Home], workers: Sequence[str], day: date, most: int = MOST) -> tuple[Route, ...]:
    """The pairs' days. `workers` are account ids, two neighbours of which make a pair; a last one alone stays back.

    Homes that do not suit the day, or that no pair has room for, are left out: they wait for another day.
    """
    pairs = [(workers[place], workers[place + 1]) for place in range(0, len(workers) - 1, 2)]
    if not pairs or most < 1:
        return ()
    areas: dict[str, list[Home]] = defaultdict(list)
    for home in sorted(homes, key=_pressing):
        if suits(home.times, day):
            areas[home.district].append(home)
    days: list[list[Home]] = [[] for _ in pairs]
    for name in sorted(areas, key=lambda one: (-areas[one][0].points, one)):
        rest = areas[name]
        while rest and (free := [place for place in range(len(pairs)) if len(days[place]) < most]):
            # A pair with nothing yet goes to an area of its own before one walks to a second.
            place = min(free, key=lambda at: (bool(days[at]), -_known(rest, pairs[at]), len(days[at]), at))
            # Who has been there before comes again; what is more pressing still comes first among them.
            room = most - len(days[place])
            chosen = sorted(rest, key=lambda one: (-_urgent(one), one.last_worker not in pairs[place], _pressing(one)))[:room]
            days[place] += chosen
            rest = [one for one in rest if one not in chosen]
    return tuple(_route(pair, some, day) for pair, some in zip(pairs, days, strict=True) if some)


def walking_order(homes: Iterable[Home], day: date) -> tuple[Stop, ...]:
    """Who is at home only in the morning before, only in the afternoon after; between, by area and house number."""
    stops = [Stop(home, halves[0] if len(halves := suits(home.times, day)) == 1 else "") for home in homes]
    place = {MORNING: 0, "": 1, AFTERNOON: 2}
    return tuple(sorted(stops, key=lambda one: (place[one.half], one.home.district, numbered(one.home.address), one.home.case_id)))


def _route(pair: tuple[str, str], homes: Sequence[Home], day: date) -> Route:
    return Route(pair[0], pair[1], walking_order(homes, day))


def _known(homes: Iterable[Home], pair: tuple[str, str]) -> int:
    return sum(home.last_worker in pair for home in homes)


def _urgent(home: Home) -> int:
    return int("danger" in home.reasons or "promised" in home.reasons)


def _pressing(home: Home) -> tuple[int, str]:
    return (-home.points, home.case_id)
