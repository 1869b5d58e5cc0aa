"""The ladder: what is tried next to reach one household, and when it ends. Pure: same inputs, same move.

Message → reminder → another channel → telephone → letter → visit → case meeting. Sendai found after 2011 that the
households that had not answered were the ones with the problems (domain.md §1): the ladder ends at a door, not at a
sent message. It stops at any sign of life, and never begins again after a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from backend.calendar import Calendar
from backend.clock import JST, in_japan

CHAT, REMIND, OTHER = "chat", "remind", "other"
PHONE, LETTER, VISIT, MEETING = "phone", "letter", "visit", "meeting"
KINDS = (CHAT, REMIND, OTHER, PHONE, LETTER, VISIT, MEETING)
MESSAGES = frozenset({CHAT, REMIND, OTHER})
"""Said by the software; the other rungs are work for a person."""

MOST_RUNGS = 20
MOST_DAYS = 90
LOOK_AGAIN = timedelta(hours=6)
"""Somebody who is being talked to is left alone at least so long."""


class WrongLadder(ValueError):
    """The ladder cannot be used; `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: what is done, and how many working days after the one before."""

    by: str
    days: int


@dataclass(frozen=True, slots=True)
class Ladder:
    rungs: tuple[Rung, ...]

    def to_json(self) -> list[list[Any]]:
        return [[rung.by, rung.days] for rung in self.rungs]

    @classmethod
    def of(cls, rows: Any) -> Ladder:
        """Raises `WrongLadder`."""
        try:
            rungs = tuple(Rung(str(by), int(days)) for by, days in rows)
        except (TypeError, ValueError):
            raise WrongLadder("console.campaigns.wrong_ladder") from None
        if not rungs or len(rungs) > MOST_RUNGS or any(r.by not in KINDS or not 0 <= r.days <= MOST_DAYS for r in rungs):
            raise WrongLadder("console.campaigns.wrong_ladder")
        return cls(rungs)

    def find(self, by: str, start: int) -> int | None:
        """Place of the next rung of this kind at or after `start`."""
        return next((place for place in range(start, len(self.rungs)) if self.rungs[place].by == by), None)


STANDARD = Ladder((
    Rung(CHAT, 0), Rung(REMIND, 3), Rung(OTHER, 5), Rung(PHONE, 3), Rung(LETTER, 5), Rung(VISIT, 10), Rung(MEETING, 10),
))  # fmt: skip
"""About seven weeks from the first message to the case meeting."""
PRESSING = Ladder((Rung(CHAT, 0), Rung(REMIND, 2), Rung(OTHER, 2), Rung(PHONE, 2), Rung(VISIT, 3), Rung(MEETING, 5)))
"""Categories 3 and 4, where rebuilding is blocked: a visit within three weeks."""
NEWS = Ladder((Rung(CHAT, 0),))
"""One message, which nobody need answer."""


@dataclass(frozen=True, slots=True)
class Ladders:
    """A campaign's ladders: one for each support category that has its own (支援区分 1–4), and one for everybody else."""

    standard: Ladder = STANDARD
    by_category: Mapping[int, Ladder] = field(default_factory=lambda: MappingProxyType({}))

    def for_category(self, category: int | None) -> Ladder:
        return self.by_category.get(category or 0, self.standard)

    def to_json(self) -> dict[str, Any]:
        return {"standard": self.standard.to_json(), "by_category": {str(k): v.to_json() for k, v in self.by_category.items()}}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Ladders:
        """Raises `WrongLadder`."""
        own = {int(key): Ladder.of(rows) for key, rows in (data.get("by_category") or {}).items()}
        return cls(Ladder.of(data["standard"]) if data.get("standard") else STANDARD, own)


USUAL = Ladders(STANDARD, {3: PRESSING, 4: PRESSING})


class Standing(NamedTuple):
    """Where a household is: `place` is the next rung, `rung` the last one that was taken ("" for none)."""

    place: int
    since: datetime
    rung: str = ""
    last_at: datetime | None = None


class Household(NamedTuple):
    """What counts about a household now. `life_at`: its newest sign of life in any channel; "read" is none."""

    life_at: datetime | None = None
    refused: bool = False
    moved: bool = False
    """They do not live there any more, and nobody has written down where: messages and telephone go on, then the case meeting."""
    died: bool = False
    closed: bool = False
    restricted: bool = False
    held: bool = False
    talking: bool = False
    quiet: bool = False
    promised: datetime | None = None
    """The day that was agreed on with them: nothing before it."""
    chat: bool = False
    """A chat that can be written to: not blocked."""
    other: bool = False
    """SMS or e-mail."""
    phone: bool = False
    elderly_alone: bool = False
    wish: str = ""
    """How they asked to be reached: "" | here | phone | letter | none."""
    cap_free_at: datetime | None = None
    """When the week has room for one more automatic message; None: it has."""

    def reached_by(self, rung: str) -> bool:
        if rung in MESSAGES and (self.quiet or self.wish in ("phone", "letter")):
            return False
        if rung in (LETTER, VISIT) and self.moved:
            return False
        return {CHAT: self.chat, REMIND: self.chat, OTHER: self.other, PHONE: self.phone}.get(rung, True)


@dataclass(frozen=True, slots=True)
class Hours:
    """When the software may write: on working days, outside the quiet hours (Japanese wall clock)."""

    calendar: Calendar
    quiet_from: time = time(19, 0)
    quiet_until: time = time(9, 0)

    def open(self, moment: datetime) -> bool:
        local = in_japan(moment)
        return self.calendar.is_working_day(local.date()) and self.quiet_until <= local.time() < self.quiet_from

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself while it is open."""
        if self.open(moment):
            return moment
        local = in_japan(moment)
        day = local.date()
        if not self.calendar.is_working_day(day) or local.time() >= self.quiet_until:
            day = self.calendar.working_days_after(day, 1)
        return datetime.combine(day, self.quiet_until, JST)

    def after(self, moment: datetime, days: int) -> datetime:
        """The same time of day, `days` working days later, or as soon as it is open then."""
        local = in_japan(moment)
        if days == 0:
            return self.next_open(moment)
        day = self.calendar.working_days_after(local.date(), days)
        return self.next_open(datetime.combine(day, local.time(), JST))


class Take(NamedTuple):
    """Do the rung at `place`. `at_once`: today, not in its turn. `then`: when the next one is looked at; None: it was
    the last."""

    place: int
    rung: str
    then: datetime | None
    at_once: bool = False


class Wait(NamedTuple):
    """Nothing now; look again at `until`. `why`: held | talking | promised | hours | cap."""

    until: datetime
    why: str


class End(NamedTuple):
    """The ladder is over. `state`: answered | refused | finished | left_out."""

    state: str
    reason: str


Move: TypeAlias = Take | Wait | End


def next_move(ladder: Ladder, standing: Standing, household: Household, now: datetime, hours: Hours) -> Move:
    """What is done about this household now. It moves only upwards: no rung is ever taken twice."""
    ended = _ended(standing, household)
    if ended is not None:
        return ended
    if household.held or household.talking:
        return Wait(hours.next_open(now + LOOK_AGAIN), "held" if household.held else "talking")
    if household.promised is not None and household.promised > now:
        return Wait(household.promised, "promised")
    place, at_once = standing.place, False
    if household.elderly_alone and standing.rung in MESSAGES:
        # Somebody old and alone who does not answer is called today, not after two more messages.
        call = ladder.find(PHONE, place)
        if call is not None and household.phone:
            place, at_once = call, True
    while place < len(ladder.rungs) and not household.reached_by(ladder.rungs[place].by):
        place += 1
    if place >= len(ladder.rungs):
        return End("finished", "all_tried")
    rung = ladder.rungs[place].by
    if rung in MESSAGES:
        if not hours.open(now):
            return Wait(hours.next_open(now), "hours")
        if household.cap_free_at is not None and household.cap_free_at > now:
            return Wait(hours.next_open(household.cap_free_at), "cap")
    later = place + 1
    # A household gets a day to answer, whatever the ladder says.
    then = hours.after(now, max(1, ladder.rungs[later].days)) if later < len(ladder.rungs) else None
    if then is None and rung in MESSAGES and len(ladder.rungs) > 1:
        then = hours.after(now, 1)  # the last one is a message: whether it was answered is looked at once more
    return Take(place, rung, then, at_once)


def _ended(standing: Standing, household: Household) -> End | None:
    if household.died:
        return End("finished", "died")
    if household.refused or household.wish == "none":
        return End("refused", "refused" if household.refused else "wish")
    if household.closed:
        return End("finished", "closed")
    if household.restricted:
        return End("left_out", "restricted")
    if household.life_at is not None and household.life_at >= standing.since:
        return End("answered", "answered")
    return None
