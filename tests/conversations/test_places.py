"""A postal code that somebody typed, looked up in 日本郵便's list."""

import threading

import pytest

from backend.conversations.places import place_in


@pytest.mark.parametrize("typed", ["836-0041", "〒836-0041", "８３６００４１"])
def test_a_postal_code_gives_prefecture_city_and_town(typed: str) -> None:
    found = place_in(typed)
    assert found is not None
    assert (found.postal, found.written(), found.code) == ("8360041", "福岡県大牟田市新栄町", "40202")


def test_a_large_office_has_a_code_of_its_own() -> None:
    found = place_in("100-8111")
    assert found is not None
    assert (found.written(), found.code) == ("東京都千代田区千代田1-1", "13101")


@pytest.mark.parametrize("typed", ["999-9999", "大牟田市新栄町", "", "30万円"])
def test_what_is_no_postal_code_is_no_place(typed: str) -> None:
    assert place_in(typed) is None


def test_it_may_be_asked_from_any_thread() -> None:
    found = []
    ask = threading.Thread(target=lambda: found.append(place_in("860-0001")))
    ask.start()
    ask.join()
    assert found[0] is not None and found[0].city == "熊本市中央区"
