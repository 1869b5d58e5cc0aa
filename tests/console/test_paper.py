"""Days and moments on the pages: as people write them, and never without the year when it is another one."""

from __future__ import annotations

from datetime import UTC, date, datetime

from backend.console.paper import Paper
from backend.words import Catalogues

PAPER = Paper(Catalogues.load(), lambda: datetime(2027, 1, 5, 3, 0, tzinfo=UTC))


def test_a_day_to_plan_by_says_its_weekday() -> None:
    assert PAPER.day(date(2027, 1, 9), "ja") == "1月9日（土）"
    assert PAPER.day(date(2027, 1, 9), "en") == "Jan 9 (Sat)"
    assert PAPER.day(None, "ja") == ""


def test_another_year_is_never_left_out() -> None:
    assert PAPER.day(date(2026, 11, 21), "ja") == "2026年11月21日（土）"
    assert PAPER.day(date(2026, 11, 21), "en") == "Nov 21, 2026 (Sat)"
    assert PAPER.moment(datetime(2026, 12, 31, 14, 59, tzinfo=UTC), "ja") == "2026年12月31日 23:59"
    assert PAPER.moment(datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "ja") == "1月1日 00:00", "the year begins at midnight in Japan"
