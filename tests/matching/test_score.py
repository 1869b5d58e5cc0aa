"""Two records of one human being, and two of two: what the desk would say, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.matching.score import FAMILY, LEAST, SURE, compare

HANAKO = {"name": "山田 花子", "kana": "やまだ はなこ", "birth_date": "1948-04-02", "phone": "090-1234-5678", "address": "大牟田市新栄町1-2-3", "sex": "female"}


def other(**changed: Any) -> dict[str, Any]:
    return {**HANAKO, **changed}


@pytest.mark.parametrize("row", [
    other(), other(name="山田　花子", kana="ﾔﾏﾀﾞ ﾊﾅｺ", address="福岡県大牟田市新栄町一丁目2番3号"), other(phone="0944-52-0000"),
    other(address="", current_address="三川町1-1"), other(sex=""), {"name": "山田 花子", "birth_date": "1948-04-02", "phone": "09012345678", "address": HANAKO["address"]},
])  # fmt: skip
def test_surely_the_same(row: dict[str, Any]) -> None:
    assert compare(HANAKO, row).score >= 85


@pytest.mark.parametrize(("row", "reason"), [
    (other(name="田中 花子", kana="たなか はなこ"), ("name", "given")),  # married, or the maiden name
    (other(birth_date="1948-02-04", phone=""), ("birth_date", "like")),  # day and month changed about
    (other(kana="やまだ はなよ", name="山田 花代", phone=""), ("name", "like")),
    ({"name": "山田 花子", "current_address": "新栄町1-2-3"}, ("address", "moved")),
    ({"name": "山田 花子", "phone": "090-1234-5678"}, ("phone", "same")),
    ({"kana": "やまだ はなこ", "birth_date": "1948-04-02"}, ("birth_date", "same")),
])  # fmt: skip
def test_perhaps_the_same_and_why(row: dict[str, Any], reason: tuple[str, str]) -> None:
    found = compare({**HANAKO, "current_address": "三川町9-9"} if "current_address" not in row else HANAKO, row)
    assert LEAST > 0 and reason in found.reasons
    assert found.score >= 40


@pytest.mark.parametrize("row", [
    {"name": "佐藤 太郎", "phone": "090-1234-5678"},  # a family's telephone
    {"name": "山田 花子"}, {"name": "山田 花子", "kana": "やまだ はなこ", "birth_date": "1971-11-23"}, {"phone": "090-1234-5678", "address": "新栄町1-2-3"}, {},
    other(name="山田 太郎", kana="やまだ たろう", birth_date="1945-01-01", address="三池5-5", phone=""),
])  # fmt: skip
def test_not_proposed(row: dict[str, Any]) -> None:
    assert compare(HANAKO, row).score < LEAST


def test_two_of_one_home_are_one_household_and_not_one_person() -> None:
    found = compare(HANAKO, other(name="山田 太郎", kana="やまだ たろう", birth_date="1945-01-01", sex="male"))
    assert found.score == FAMILY + 10 and ("family", "same") in found.reasons
    assert found.score < SURE


TEXTS = st.sampled_from(["", "山田 花子", "髙﨑", "やまだ", "ｻﾄｳ ﾀﾛｳ", "1948-04-02", "1948-04-03", "090-1234-5678", "新栄町1-2-3", "female", "\ue000"])
ROWS = st.fixed_dictionaries({key: TEXTS for key in ("name", "kana", "birth_date", "phone", "landline", "address", "current_address", "sex")})


@given(ROWS, ROWS)
def test_it_does_not_matter_who_is_held_against_whom(one: dict[str, str], two: dict[str, str]) -> None:
    first, second = compare(one, two), compare(two, one)
    assert (first.score, set(first.reasons)) == (second.score, set(second.reasons)) and 0 <= first.score <= 100
