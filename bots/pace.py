"""How fast a channel may be sent to: a token bucket for all of it, and one for each person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Seconds = Callable[[], float]
"""A clock that only runs forward (the event loop's)."""

MOST_REMEMBERED = 10_000
"""People whose pace is kept in mind; beyond this, those who are free again are forgotten."""


@dataclass(slots=True)
class Bucket:
    """`rate` a second on average, `burst` at once. Keeps the moment at which it would be full again."""

    rate: float
    burst: float
    full_at: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more may go; does not take it."""
        return max(0.0, self.full_at - now - (self.burst - 1) / self.rate)

    def take(self, now: float) -> None:
        self.full_at = max(self.full_at, now) + 1 / self.rate


@dataclass(slots=True)
class Pace:
    """Rate of a channel as its platform documents it; `per_person` 0 means no limit of its own."""

    rate: float
    burst: float
    per_person: float = 0.0
    person_burst: float = 3.0
    _all: Bucket = field(init=False)
    _people: dict[str, Bucket] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._all = Bucket(self.rate, self.burst)

    def wait(self, address: str, now: float) -> float:
        """Seconds until one more may go to `address`; does not take it."""
        person = self._people.get(address)
        return max(self._all.wait(now), person.wait(now) if person else 0.0)

    def take(self, address: str, now: float) -> None:
        """Count one that goes as soon as its wait is over."""
        self._all.take(now)
        if self.per_person:
            if len(self._people) > MOST_REMEMBERED:
                self._people = {a: b for a, b in self._people.items() if b.full_at > now}
            self._people.setdefault(address, Bucket(self.per_person, self.person_burst)).take(now)
