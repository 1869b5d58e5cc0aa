"""Months counted with the day of the disaster, and the next working day (inferred from Noto: see deadlines.py)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.programs.deadlines import months_counted, next_working_day


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-01", 13, "2025-01-31"),
        ("2024-01-01", 37, "2027-01-31"),
        ("2024-01-01", 12, "2024-12-31"),
        ("2023-07-08", 13, "2024-08-07"),
        ("2024-01-31", 13, "2025-02-28"),
        ("2023-01-30", 13, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-27"),
    ],
)
def test_the_eve_of_the_corresponding_day(start: str, months: int, end: str) -> None:
    assert str(months_counted(date.fromisoformat(start), months)) == end


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2027-01-31", "2027-02-01"),  # Sunday
        ("2025-01-31", "2025-01-31"),  # Friday
        ("2024-05-03", "2024-05-07"),  # 憲法記念日, then a weekend and 振替休日
        ("2024-12-29", "2025-01-06"),  # the year's end closes public offices
        ("2026-09-21", "2026-09-24"),  # 敬老の日, 国民の休日, 秋分の日
    ],
)
def test_a_closed_day_moves_on(day: str, working: str) -> None:
    assert str(next_working_day(date.fromisoformat(day))) == working


@given(st.dates(date(1995, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_a_later_disaster_never_ends_earlier(start: date, months: int) -> None:
    assert months_counted(start, months) <= months_counted(start + timedelta(days=1), months)
    assert next_working_day(months_counted(start, months)) >= months_counted(start, months)
