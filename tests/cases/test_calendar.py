"""The dates a resident is promised: counted as a Japanese municipality counts them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calendar import Calendar
from backend.clock import JST

OFFICE = Calendar.of("08:30", "17:15", ["2026-07-21"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("asked", "days", "by"),
    [
        ("2026-07-15 10:00", 1, "2026-07-16 17:15"),  # Wednesday: tomorrow
        ("2026-07-17 16:00", 1, "2026-07-22 17:15"),  # Friday before 海の日 and the town's own holiday
        ("2026-07-18 09:00", 1, "2026-07-22 17:15"),  # Saturday
        ("2026-12-28 12:00", 1, "2027-01-04 17:15"),  # the offices close at the year's end
        ("2026-05-01 12:00", 3, "2026-05-11 17:15"),  # Golden Week, with its substitute holiday
        ("2026-07-15 10:00", 0, "2026-07-15 17:15"),
        ("2026-07-15 17:15", 0, "2026-07-16 17:15"),  # the desk closes at this moment
        ("2026-07-15 18:00", 0, "2026-07-16 17:15"),  # too late for today
        ("2026-07-18 10:00", 0, "2026-07-22 17:15"),
    ],
)
def test_promises(asked: str, days: int, by: str) -> None:
    assert OFFICE.due(at(asked), days) == at(by)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-07-15 08:29", False),
        ("2026-07-15 08:30", True),
        ("2026-07-15 17:14", True),
        ("2026-07-15 17:15", False),
        ("2026-07-20 10:00", False),  # 海の日
        ("2026-07-21 10:00", False),  # the town's own
        ("2026-12-30 10:00", False),
    ],
)
def test_hours(moment: str, open_: bool) -> None:
    assert OFFICE.in_hours(at(moment)) is open_


@given(st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)), st.integers(1, 10))
def test_a_promise_is_a_working_day_in_the_future(moment: datetime, days: int) -> None:
    by = OFFICE.due(moment.replace(tzinfo=JST), days)
    assert by > moment.replace(tzinfo=JST)
    assert OFFICE.is_working_day(by.date())
    between = [moment.date() + timedelta(n) for n in range(1, (by.date() - moment.date()).days + 1)]
    assert sum(map(OFFICE.is_working_day, between)) == days


def test_a_date_in_the_settings_must_be_a_date() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        Calendar.of("08:30", "17:15", ["next Monday"])
    assert not OFFICE.is_working_day(date(2026, 7, 21))
