"""How urgent each kind of task is and when a human must have seen it (privacy-and-safety §3.2, domain.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from backend.calendar import Calendar

RANKS = {
    "red": 0, "orange": 1, "undelivered": 2, "parked": 2, "yellow": 3, "blocked": 4, "talk": 5, "visit": 6,
    "refer": 6, "decided": 6, "call": 6, "check": 6, "meeting": 6, "letter": 7, "review": 7, "silence": 7,
}  # fmt: skip
"""What waits is sorted by this, then by its due time: 0 = life now."""

DANGER = frozenset({"red", "orange"})
"""Goes out at once, unbundled, and rings again until somebody acknowledges it."""

RED_CLOCK = timedelta(minutes=5)
ORANGE_CLOCK = timedelta(minutes=15)
ORANGE_CLOCK_CLOSED = timedelta(minutes=60)

RING_AGAIN = timedelta(minutes=10)
"""An unacknowledged danger keeps ringing everybody at this pace, day and night."""

PAGED_AT_FIRST = 2
"""SF principle: at least two people on duty are told of a danger to life."""

JOIN = timedelta(hours=6)
"""SF-11: danger of the same level in the same conversation within this time belongs to the open task."""

BUNDLE = timedelta(minutes=10)
"""Notices that can wait are put together for this long."""


def due_at(kind: str, now: datetime, calendar: Calendar, contact_days: Mapping[str, int]) -> datetime:
    """When a human must have taken it: minutes for danger, closing time of a working day for everything else."""
    if kind == "red":
        return now + RED_CLOCK
    if kind == "orange":
        return now + (ORANGE_CLOCK if calendar.in_hours(now) else ORANGE_CLOCK_CLOSED)
    if kind in ("yellow", "parked", "undelivered"):
        return calendar.due(now, 0)
    return calendar.due(now, contact_days.get(kind, contact_days.get("talk", 1)))
