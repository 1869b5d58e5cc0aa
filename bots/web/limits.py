"""How much one browser and one address may post: a bucket of tokens (or bytes) each, in memory, forgotten when unused."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

MOST_KEPT = 50_000
"""Buckets kept; beyond that the longest unused is dropped, so that strangers cannot fill the memory."""


class Buckets:
    """Each key may do `burst` things at once and `per_minute` in the long run."""

    def __init__(self, burst: int, per_minute: float) -> None:
        self._burst = burst
        self._per_second = per_minute / 60
        self._kept: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, key: str, now: datetime, much: float = 1.0) -> bool:
        """Whether one more (or so `much`) is allowed now; it is counted if so."""
        left, since = self._kept.pop(key, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._per_second)
        allowed = left >= much
        self._kept[key] = (left - much if allowed else left, now)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return allowed


class Tries:
    """Wrong tries a day for each key: after `most` the key is locked until a day after the first of them."""

    def __init__(self, most: int, within: timedelta = timedelta(days=1)) -> None:
        self._most = most
        self._within = within
        self._kept: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def locked(self, key: str, now: datetime) -> bool:
        count, since = self._kept.get(key, (0, now))
        return count >= self._most and now - since < self._within

    def wrong(self, key: str, now: datetime) -> None:
        count, since = self._kept.pop(key, (0, now))
        self._kept[key] = (1, now) if now - since >= self._within else (count + 1, since)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
