"""Working days of a municipality: weekends, national holidays, the year's end and its own extra holidays.

The closing days 12/29–1/3 are those of the public offices (行政機関の休日に関する法律, 地方自治法4条の2); a municipality
adds its own. Promises to residents ("by Tuesday") are counted with this and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import jpholiday

from backend.clock import JST, in_japan

YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
"""(month, day) on which public offices are closed besides national holidays."""

_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def _closed_everywhere(day: date) -> bool:
    return day.weekday() >= 5 or (day.month, day.day) in YEAR_END or bool(jpholiday.is_holiday(day))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one office works. `opens` and `closes` are Japanese wall-clock times."""

    opens: time = time(8, 30)
    closes: time = time(17, 15)
    extra: frozenset[date] = frozenset()

    @classmethod
    def of(cls, opens: str, closes: str, extra: Iterable[str] = ()) -> Calendar:
        """Build from settings: `"08:30"`, `"17:15"`, `["2026-12-28"]`."""
        return cls(time.fromisoformat(opens), time.fromisoformat(closes), frozenset(map(date.fromisoformat, extra)))

    def is_working_day(self, day: date) -> bool:
        return day not in self.extra and not _closed_everywhere(day)

    def in_hours(self, moment: datetime) -> bool:
        """Whether somebody sits at the desk at this moment."""
        local = in_japan(moment)
        return self.is_working_day(local.date()) and self.opens <= local.time() < self.closes

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself never counts."""
        while count > 0:
            day += _ONE_DAY
            count -= self.is_working_day(day)
        return day

    def due(self, moment: datetime, days: int) -> datetime:
        """Closing time of the `days`-th working day after the day of `moment` (0: today, or the next working day)."""
        local = in_japan(moment)
        day = self.working_days_after(local.date(), days)
        if days == 0 and (not self.is_working_day(day) or local.time() >= self.closes):
            day = self.working_days_after(day, 1)
        return datetime.combine(day, self.closes, JST)
