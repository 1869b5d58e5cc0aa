"""A letter's postal code: certain, or none. The places are real ones of 日本郵便's list; nobody lives at these numbers."""

from __future__ import annotations

import pytest

from backend.people.postal import postal_code, split_postal


@pytest.mark.parametrize(("address", "code"), [
    ("福岡県大牟田市新栄町一丁目２番地", "836-0041"),
    ("大牟田市新栄町6-1", "836-0041"),
    ("大牟田市　大字甘木１２３番地", "837-0905"),
    ("福岡県八女郡広川町新代1804-1", "834-0115"),
    ("広川町大字新代1804-1", "834-0115"),
    ("東京都府中市宮西町2-24", "183-0022"),
    ("京都市中京区上本能寺前町488", "604-0925"),
])  # fmt: skip
def test_as_people_write_it(address: str, code: str) -> None:
    assert postal_code(address) == code


@pytest.mark.parametrize("address", [
    "大牟田市新栄町西6-1",  # another name begins like it
    "大牟田市1-2",
    "大牟田市",
    "札幌市中央区大通西20丁目",  # two codes, divided by numbers
    "新栄町6-1",  # of which town?
    "つなぎ市中央1-2-3",
    "",
])  # fmt: skip
def test_where_it_is_not_certain_there_is_none(address: str) -> None:
    assert postal_code(address) == ""


def test_an_address_without_its_town_lies_in_the_own_one() -> None:
    assert postal_code("新栄町6-1", "大牟田市") == "836-0041"
    assert postal_code("久留米市東町1-1", "大牟田市").startswith("830-")


@pytest.mark.parametrize("written", ["〒836-0041 ", "〒8360041", "〒 ８３６－００４１　", "８３６ー００４１　", "836-0041"])
def test_a_code_that_is_written_already_is_taken_and_not_printed_twice(written: str) -> None:
    assert split_postal(f"{written}つなぎ市中央1-2") == ("836-0041", "つなぎ市中央1-2")


def test_the_address_itself_stays_as_it_was_written() -> None:
    assert split_postal("大牟田市新栄町６丁目１") == ("836-0041", "大牟田市新栄町６丁目１")
    assert split_postal("0944-12-3456へ電話") == ("", "0944-12-3456へ電話")
