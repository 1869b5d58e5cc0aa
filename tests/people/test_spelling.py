"""Names, readings, numbers and addresses as real lists write them: what is the same, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people.spelling import fold_address, fold_kana, fold_name, fold_number, fold_phone, name_parts

SAME_NAMES = (
    ("髙﨑　ハナ", "高崎はな"), ("渡邉󠄂 太郎", "渡辺太郎"), ("渡邊太郎", "渡辺　太郎"), ("齋藤 正", "斉藤正"), ("濵田 廣", "浜田広"),
    ("𠮷田 真澄", "吉田 眞澄"), ("澤田・実", "沢田 實"), ("Nguyen Van A", "NGUYEN VAN A"), ("さくら", "サクラ"), ("富永", "冨永"),
)  # fmt: skip
OTHER_NAMES = (("太田 一", "大田 一"), ("山田 花子", "山田 花"), ("河村 修", "川村 修"), ("堺 守", "界 守"))


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_one_name_however_it_is_written(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("written", ["ﾔﾏﾀﾞ ｷｮｳｺ", "ヤマダ キヨウコ", "やまだ　きょうこ", "ヤマダ・キョーウコ", "ﾔﾏﾀﾞｷﾖｳｺ"])
def test_readings_of_old_systems_have_no_small_letters(written: str) -> None:
    assert fold_kana(written) == "やまたきようこ".replace("た", "だ")


@pytest.mark.parametrize("written", [
    "福岡県大牟田市新栄町一丁目２番地３号", "大牟田市新栄町1-2-3", "新栄町１丁目２−３　つなぎハイツ１０１", "〒836-0041大牟田市新栄町1丁目2番3号",
    "大牟田市大字新栄町1ー2ー3",
])  # fmt: skip
def test_one_address_however_it_is_written(written: str) -> None:
    assert fold_address(written) == "新栄町1-2-3"


@pytest.mark.parametrize(("written", "folded"), [
    ("四日市市諏訪町1-5", "諏訪町1-5"), ("市川市八幡1-1-1", "八幡1-1-1"), ("北九州市小倉南区朽網1-2", "朽網1-2"),
    ("福岡県八女郡広川町大字新代1804番地1", "新代1804-1"), ("三川町", "三川町"), ("広島市中区国泰寺町1-6-34", "国泰寺町1-6-34"),
])  # fmt: skip
def test_the_municipality_does_not_count(written: str, folded: str) -> None:
    assert fold_address(written) == folded


def test_a_number_is_its_digits() -> None:
    assert fold_phone("+81 90-1234-5678") == fold_phone("０９０（１２３４）５６７８") == "09012345678"
    assert fold_number("Ａ-００１２") == fold_number("a12") == "a12"


def test_a_character_nobody_knows_takes_nothing_else_away() -> None:
    assert fold_name("斎藤\ue000一") == fold_name("斎藤〓一") == "斎藤一"
    assert name_parts("斎藤\ue000 一") == ("斎藤", "一")


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(words: str) -> None:
    for fold in (fold_name, fold_kana, fold_phone, fold_number):
        assert fold(fold(words)) == fold(words)
    fold_address(words)
