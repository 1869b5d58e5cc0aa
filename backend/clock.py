"""The only place that tells the time. Tests hand in a clock that stands still or jumps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""

JST = timezone(timedelta(hours=9), "JST")
"""Japan has one zone and no summer time; a fixed offset needs no zone database on the machine."""


def now() -> datetime:
    return datetime.now(UTC)


def in_japan(moment: datetime) -> datetime:
    """The same moment on a Japanese wall clock."""
    return moment.astimezone(JST)
