"""Amounts, dates and times as people of the language write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import written

LOCALES = ("ja", "ja@simple", "en")


@pytest.mark.parametrize(
    ("yen", "ja", "simple", "en"),
    [
        (300_000, "30万円", "30万円（まんえん）", "¥300,000"),
        (123_000, "12万3,000円", "12万（まん）3,000円（えん）", "¥123,000"),
        (1_125_000, "112万5,000円", "112万（まん）5,000円（えん）", "¥1,125,000"),
        (5_000, "5,000円", "5,000円（えん）", "¥5,000"),
        (0, "0円", "0円（えん）", "¥0"),
        (100_000_000, "1億円", "1億円（おくえん）", "¥100,000,000"),
        (120_000_000, "1億2,000万円", "1億（おく）2,000万円（まんえん）", "¥120,000,000"),
        (100_000_500, "1億500円", "1億（おく）500円（えん）", "¥100,000,500"),
        (-20_000, "-2万円", "-2万円（まんえん）", "-¥20,000"),
    ],
)
def test_amounts(yen: int, ja: str, simple: str, en: str) -> None:
    assert [written.money(yen, locale) for locale in LOCALES] == [ja, simple, en]


def read_back(words: str) -> int:
    """An independent reading of a Japanese amount."""
    words = re.sub(r"（[^）]*）", "", words).replace(",", "").removesuffix("円")
    sign, words = (-1, words[1:]) if words.startswith("-") else (1, words)
    total = 0
    for unit, worth in (("億", 10**8), ("万", 10**4)):
        if unit in words:
            head, words = words.split(unit)
            total += int(head) * worth
    return sign * (total + int(words or 0))


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_no_amount_is_rounded(yen: int) -> None:
    assert read_back(written.money(yen, "ja")) == yen
    assert read_back(written.money(yen, "ja@simple")) == yen
    assert int(re.sub(r"[¥,]", "", written.money(yen, "en"))) == yen


def test_days() -> None:
    friday = date(2026, 12, 4)
    assert [written.day(friday, locale) for locale in LOCALES] == [
        "2026年12月4日（金）",
        "2026年12月4日",
        "4 December 2026 (Fri)",
    ]


@pytest.mark.parametrize(
    ("utc", "ja", "simple", "en"),
    [
        ((8, 15), "午後5時15分", "午後（ごご）5時15分", "5:15 pm"),
        ((0, 0), "午前9時", "午前（ごぜん）9時", "9:00 am"),
        ((3, 0), "正午", "昼（ひる）の12時", "noon"),
        ((3, 30), "午後0時30分", "昼（ひる）の12時30分", "12:30 pm"),
        ((15, 0), "午前0時", "午前（ごぜん）0時", "midnight"),
    ],
)
def test_moments_stand_on_a_japanese_clock(utc: tuple[int, int], ja: str, simple: str, en: str) -> None:
    at = datetime(2026, 12, 4, *utc, tzinfo=UTC)
    for locale, time in zip(LOCALES, (ja, simple, en), strict=True):
        assert written.moment(at, locale).endswith(time)
    late = datetime(2026, 12, 4, 15, 30, tzinfo=UTC)
    assert written.moment(late, "ja") == "2026年12月5日（土）午前0時30分"


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        written.moment(datetime(2026, 12, 4, 9, 0), "ja")


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.sampled_from(LOCALES))
def test_every_digit_is_ascii_and_no_hour_passes_twelve(naive: datetime, locale: str) -> None:
    """UX-31: phone numbers, codes and dates in ASCII digits in every language."""
    at = naive.replace(tzinfo=UTC)
    words = written.moment(at, locale)
    assert all(sign.isascii() for sign in words if unicodedata.category(sign) == "Nd")
    hours = re.findall(r"(\d+)時", words) + re.findall(r"(\d+):\d\d [ap]m", words)
    assert all(int(hour) <= 12 for hour in hours)
    assert "令和" not in words


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 1, 1)), st.sampled_from(LOCALES))
def test_two_days_are_never_written_alike(of: date, locale: str) -> None:
    assert written.day(of, locale) != written.day(of + timedelta(days=1), locale)
