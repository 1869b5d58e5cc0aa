"""An address in two steps: the postal code gives the town, the person gives the rest."""

from __future__ import annotations

import pytest

from dialogs.core.heard import Chose, PlaceFound, Said
from dialogs.transcript import Rehearsal
from tests.dialogs.stage import rehearsal

TOWN = PlaceFound("8360041", "福岡県", "大牟田市", "新栄町", "40202")
HERE = "disaster_address"


def at_the_address() -> Rehearsal:
    stage = rehearsal()
    stage.hear(Said("こんにちは"))
    while stage.open is not None and stage.open.step != HERE:
        ids = [option.id for option in (*stage.open.aside, *stage.open.options)]
        assert stage.session is not None
        choice = next(name for name in ("-unknown", "none", "nobody", "ja", "safe", "-declined") if name in ids)
        stage.hear(Chose(stage.session.id, stage.open.step, choice))
    return stage


@pytest.mark.parametrize(
    ("rest", "address"),
    [
        ("1-2", "福岡県大牟田市新栄町1-2"),
        ("新栄町1-2", "福岡県大牟田市新栄町1-2"),
        ("大牟田市新栄町1-2", "福岡県大牟田市新栄町1-2"),
        ("福岡県大牟田市新栄町1-2 メゾン101", "福岡県大牟田市新栄町1-2 メゾン101"),
    ],
)
def test_the_town_is_not_written_twice(rest: str, address: str) -> None:
    stage = at_the_address()
    stage.hear(Said("836-0041", TOWN))
    assert stage.open is not None
    assert stage.open.text.key == "common.rest_of_address"
    stage.hear(Said(rest))
    assert stage.session is not None
    assert stage.session.answers[HERE].value == address


def test_a_whole_address_with_its_postal_code_is_taken_at_once() -> None:
    stage = at_the_address()
    stage.hear(Said("〒836-0041 大牟田市新栄町1-2", TOWN))
    assert stage.session is not None
    assert "新栄町1-2" in str(stage.session.answers[HERE].value)


@pytest.mark.parametrize("written", ["ヤマダ ハナコ", "山田 花子（やまだ はなこ）"])
def test_a_reading_given_with_the_name_is_kept(written: str) -> None:
    stage = rehearsal()
    stage.hear(Said("こんにちは"))
    while stage.open is not None and stage.open.step != "name":
        ids = [option.id for option in (*stage.open.aside, *stage.open.options)]
        assert stage.session is not None
        choice = next(name for name in ("-unknown", "nobody", "ja", "safe", "-declined") if name in ids)
        stage.hear(Chose(stage.session.id, stage.open.step, choice))
    stage.hear(Said(written))
    assert stage.session is not None
    assert stage.session.answers["name_kana"].value == "やまだ はなこ"
