"""What waits for a person, most urgent first (ST-01): danger, overdue, waiting for an answer, due
today, referrals that came back, unclaimed, due later, the rest.

Pure: rows in, order out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from backend.clock import in_japan
from backend.tasks.rules import DANGER

GROUPS = ("danger", "overdue", "waiting", "today", "returned", "unclaimed", "later", "rest")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open task, as a list shows it."""

    id: str
    kind: str
    rank: int
    made_at: datetime
    due_at: datetime
    acked: bool = False
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What the place of a case, or of a conversation that has no case yet, in the list follows from. `held`: by whom, or empty."""

    case_id: str
    conversation_id: str
    changed_at: datetime
    tasks: tuple[Waiting, ...] = ()
    unclaimed: bool = False
    waiting_since: datetime | None = None
    held: str = ""

    @property
    def due_at(self) -> datetime | None:
        return min((task.due_at for task in self.tasks), default=None)

    @property
    def dangers(self) -> tuple[Waiting, ...]:
        return tuple(task for task in self.tasks if task.kind in DANGER)


@dataclass(frozen=True, slots=True)
class Entry(Place):
    """One line of the list, as it is shown: `held` and `assigned` are names.

    `hidden` is a restricted person whom this reader does not handle: no name, no place, no channel.
    """

    number: str = ""
    name: str = ""
    kana: str = ""
    hidden: bool = False
    restricted: bool = False
    demonstration: bool = False
    district: str = ""
    damage_level: str = ""
    locale: str = ""
    channel: str = ""
    assigned: str = ""
    team: str = ""

    @property
    def href(self) -> str:
        return f"/console/cases/{self.case_id}" if self.case_id else f"/console/conversations/{self.conversation_id}"


P = TypeVar("P", bound=Place)


def group_of(entry: Place, now: datetime) -> str:
    """The first group that fits, in the order of `GROUPS`."""
    due = entry.due_at
    if entry.dangers:
        return "danger"
    if due is not None and due < now:
        return "overdue"
    if entry.waiting_since or entry.held:
        return "waiting"
    if due is not None and due < end_of_day(now):
        return "today"
    if any(task.came_back for task in entry.tasks):
        return "returned"
    if entry.unclaimed and entry.tasks:
        return "unclaimed"
    return "later" if entry.tasks else "rest"


def end_of_day(now: datetime) -> datetime:
    """Midnight in Japan, after `now`."""
    here = in_japan(now)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def in_order(entries: Iterable[P], now: datetime) -> dict[str, list[P]]:
    """Every group, urgent first inside each; empty groups are there too."""
    groups: dict[str, list[P]] = {name: [] for name in GROUPS}
    for entry in entries:
        groups[group_of(entry, now)].append(entry)
    groups["danger"].sort(key=lambda e: (min((t.rank, t.acked, t.made_at) for t in e.dangers), e.case_id, e.conversation_id))
    for name in ("overdue", "today", "returned", "unclaimed", "later"):
        groups[name].sort(key=lambda e: (e.due_at or e.changed_at, e.case_id, e.conversation_id))
    groups["waiting"].sort(key=lambda e: (e.waiting_since or e.due_at or e.changed_at, e.case_id, e.conversation_id))
    groups["rest"].sort(key=lambda e: (e.changed_at, e.case_id, e.conversation_id), reverse=True)
    return groups
