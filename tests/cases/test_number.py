"""Case numbers are read aloud over bad lines and typed with whatever keyboard is at hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.rules import case_number, check_digit, read_case_number

years = st.integers(2020, 2099)
serials = st.integers(1, 9_999_999)


def test_damm_matches_the_published_example() -> None:
    assert check_digit("572") == 4


def test_a_number_says_year_and_running_number_and_nothing_else() -> None:
    assert case_number(2026, 123).startswith("T-2026-000123-")


@given(years, serials)
def test_every_number_reads_back(year: int, serial: int) -> None:
    number = case_number(year, serial)
    assert read_case_number(number) == number


@given(years, serials, st.data())
def test_one_wrong_digit_is_noticed(year: int, serial: int, data: st.DataObject) -> None:
    number = case_number(year, serial)
    places = [place for place, letter in enumerate(number) if letter.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert read_case_number(number[:place] + wrong + number[place + 1 :]) is None


@given(years, serials, st.data())
def test_two_neighbours_swapped_are_noticed(year: int, serial: int, data: st.DataObject) -> None:
    digits = case_number(year, serial).replace("-", "")[1:]
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or read_case_number("T" + swapped) is None


@pytest.mark.parametrize("spelling", ["t{}", "Ｔ{}", " {} ", "T{}", "{}"])
def test_it_may_be_typed_as_people_type(spelling: str) -> None:
    number = case_number(2026, 123)
    wide = spelling.format(number[1:].replace("-", "ー")).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert read_case_number(wide) == number


@pytest.mark.parametrize("nonsense", ["", "T", "T-2026", "わからない", "T-2026-000123-77", "x" * 10_000])
def test_what_is_no_number_is_none(nonsense: str) -> None:
    assert read_case_number(nonsense) is None
