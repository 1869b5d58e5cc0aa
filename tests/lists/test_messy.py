"""Lists as they really come: title rows, merged headers, totals, 和暦 in six spellings, half-width kana, boxes, CP932."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from backend.lists.cells import birth_of, option_of, phone_of, plan, read_row
from backend.lists.columns import by_header, column_of, columns
from backend.lists.header import find_header, propose
from backend.lists.reading import Unreadable, letter, read
from backend.lists.template import marked, template
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, sheet, text

TODAY = date(2026, 7, 6)
PLAN = plan({"0": "number", "1": "name", "2": "kana", "3": "birth_date", "4": "special_care", "5": "address"})


def test_titles_above_a_header_of_two_rows_and_a_total_below(town: Town) -> None:
    content = sheet(
        ["令和８年６月豪雨　訪問対象者リスト", None, None, None, None, None],
        ["（令和８年７月６日現在）"],
        [],
        ["№", "行政区", "氏　名", "フリガナ", "電話番号", None, "罹災\n区分"],
        [None, None, None, None, "携帯", "固定", None],
        [1, "新栄町", "山田　花子", "ヤマダ　ハナコ", "090-1234-5678", "0944-52-0000", "半壊"],
        [2, "新栄町", "渡邉󠄂 次郎", "ﾜﾀﾅﾍﾞ ｼﾞﾛｳ", None, "(0944)52-1111", "全壊"],
        [],
        [None, "合計", 2, None, None, None, None],
        merged=("A1:F1", "E4:F4"),
    )
    id = town.bring(content)
    assert town.look(id)["mapping"] == {"0": "number", "1": "district", "2": "name", "3": "kana", "4": "phone", "5": "landline", "6": "damage_level"}
    assert town.trouble(id) == [] and town.look(id)["counts"]["new"] == 2
    town.take(id)
    assert set(town.who()) == {"山田 花子", "渡邉󠄂 次郎"}
    assert town.who()["渡邉󠄂 次郎"]["landline"] == "0944-52-1111"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_encoding_that_excel_writes(encoding: str, town: Town) -> None:
    town.import_(text(HEADER, HANAKO, TARO, encoding=encoding))
    assert set(town.who()) == {"山田 花子", "髙﨑 太郎"}


def test_characters_of_the_towns_own_are_kept(town: Town) -> None:
    """外字: CP932 F040 is the first of them; what it looks like only that town's fonts know."""
    content = text(HEADER, HANAKO, encoding="cp932").replace("花子".encode("cp932"), b"\xf0\x40\x8e\x71")
    town.import_(content)
    assert list(town.who()) == ["山田 \ue000子"]


def test_tabs_are_a_table_too() -> None:
    assert read("氏名\t住所\r\n山田 花子\t新栄町1\r\n".encode()).rows == [["氏名", "住所"], ["山田 花子", "新栄町1"]]


def test_numbers_dates_and_formulas_of_a_workbook_are_text() -> None:
    from datetime import datetime

    rows = read(sheet(["氏名", "生年月日", "人数", "計"], ["山田", datetime(1955, 1, 2), 3.0, "=1+1"], ["=HYPERLINK(\"x\")", date(1960, 5, 1), 2.5, "@cmd"])).rows
    assert rows[1][:3] == ["山田", "1955-01-02", "3"]
    assert rows[2][1:] == ["1960-05-01", "2.5", "@cmd"]
    assert rows[1][3] == "", "a formula that Excel has not worked out yet has no value"


@pytest.mark.parametrize(("said", "day"), [
    ("S30.1.2", "1955-01-02"), ("Ｓ３０．１．２", "1955-01-02"), ("昭和30年1月2日", "1955-01-02"), ("昭和３０年　１月　２日", "1955-01-02"), ("S300102", "1955-01-02"),
    ("昭３０・１・２", "1955-01-02"), ("1955/1/2", "1955-01-02"), ("1955-01-02", "1955-01-02"), ("19550102", "1955-01-02"), ("20091", "1955-01-02"),
    ("平成元年5月1日", "1989-05-01"), ("H1.5.1", "1989-05-01"), ("令和2年3月4日", "2020-03-04"), ("R2.3.4", "2020-03-04"), ("大正15年12月1日", "1926-12-01"),
    ("令和元年5月1日", "2019-05-01"), ("R元.5.1", "2019-05-01"), ("㍼30年1月2日", "1955-01-02"), ("㋿元年５月１日", "2019-05-01"), ("3300102", "1955-01-02"),
    ("４０１０５０１", "1989-05-01"), ("昭和30年1月2日（71歳）", "1955-01-02"), ("1955/01/02 00:00:00", "1955-01-02"), ("1955-01-02T00:00:00", "1955-01-02"),
    ("20091.0", "1955-01-02"), ("19550102.0", "1955-01-02"), ("9133", "1925-01-01"), ("1955", None), ("2026", None), ("1955012", None), ("2010801", None),
    ("3300132", None), ("S65.1.2", None), ("30.1.2", None), ("昭和30年", None), ("1955/13/2", None), ("2027-01-01", None), ("不詳", None),
])  # fmt: skip
def test_birth_dates(said: str, day: str | None) -> None:
    assert birth_of(said, TODAY) == day


@pytest.mark.parametrize(("said", "number"), [
    ("090-1234-5678", "090-1234-5678"), ("０９０ー１２３４ー５６７８", "090-1234-5678"), ("9012345678", "090-1234-5678"), ("944520000", "0944-52-0000"),
    ("0944(52)0000", "0944-52-0000"), ("９０１２３４５６７８", "090-1234-5678"), ("9012345678.0", "090-1234-5678"), ("℡0944-52-0000", "0944-52-0000"),
    ("090-1234-5678（娘）", "090-1234-5678"), ("090-1234-567", None), ("901234567", None), ("9.01235E+09", None), ("090-1234-5678／0944-52-0000", None),
    ("09012345678", "090-1234-5678"), ("+84 90 123 4567", "+84 901 234 567"), ("52-0000", None), ("なし", None), ("1234", None),
])  # fmt: skip
def test_telephone_numbers(said: str, number: str | None) -> None:
    assert phone_of(said) == number


@pytest.mark.parametrize(("column", "said", "option"), [
    ("damage_level", "全壊", "total"), ("damage_level", "１．全壊", "total"), ("damage_level", "大規模 半壊", "large_half"), ("damage_level", "□全壊 ■半壊 □準半壊", "half"),
    ("damage_level", "準半壊に至らない（一部損壊）", "partial"), ("damage_level", "半壊（床上）", "half"), ("damage_level", "たぶん半壊", ""),
    ("certificate", "交付済", "issued"), ("tenure", "持家（戸建）", "owned_house"), ("sex", "２", "female"), ("restricted", "○", "yes"),
    ("confidant", "いない（必要ない）", "no_need"), ("rebuild_method", "補修（着手済）", "repair"), ("moving", "引っ越しの予定あり（仮設住宅）", "will_move"),
])  # fmt: skip
def test_choices_as_lists_write_them(column: str, said: str, option: str) -> None:
    assert option_of(columns()[column], said) == option


def test_every_trouble_names_row_column_and_what_to_do(town: Town) -> None:
    bad = ["5", "新栄", "", "", "S65.1.2", "?", "", "123", "済", "たぶん全壊"]
    id = town.bring(sheet(HEADER, HANAKO, HANAKO, [*HANAKO[:9], "全壊"], bad, [*TARO[:3], "高﨑太郎", *TARO[4:]], ["", "計", "", "", "", "", "", "", "", "3"]))
    assert town.trouble(id) == [
        (4, "twice", "number"), (5, "no_name", ""), (5, "no_date", "birth_date"), (5, "no_choice", "sex"), (5, "no_phone", "phone"),
        (5, "no_choice", "damage_level"), (6, "no_kana", "kana"),
    ]  # fmt: skip
    assert town.look(id)["counts"] == {"new": 2, "twice": 1, "refused": 2, "protected": 0, "notes": 5}
    town.take(id)
    assert len(town.cases()) == 2


@pytest.mark.parametrize("row", [
    ["31", "以下余白"], ["", "（以下余白）"], ["", "", "", "以上"], ["例", "被災 太郎", "ひさい たろう", "S30.1.2"], ["（例）", "被災 太郎"], ["【記入例】", "被災 太郎"], ["記入例1", "被災 太郎"],
    ["", "合計2件"], ["計　3名"], ["管理番号", "氏名", "ふりがな", "生年月日"], ["No.", "氏　名（漢字）", "フリガナ", ""], ["", "", "", "", "", ""],
])  # fmt: skip
def test_rows_that_hold_nobody(row: list[str]) -> None:
    assert read_row(row, PLAN, TODAY) is None


@pytest.mark.parametrize("row", [
    ["1", "計 良子", "はかり よしこ", "S30.1.2"], ["1", "名取 太郎", "", ""], ["1", "例幣使 花子", "", ""], ["31", "山田 花子", "", "", "以上の理由で避難"], ["", "余 白蓮", "", "S30.1.2"],
])  # fmt: skip
def test_rows_that_hold_somebody(row: list[str]) -> None:
    draft = read_row(row, PLAN, TODAY)
    assert draft is not None and draft.person["name"] == row[1] and not draft.trouble


@pytest.mark.parametrize("said", ["〃", "同上", "不明", "#N/A", "#NAME?", "0", "－", "該当なし"])
def test_what_stands_where_a_name_should_is_no_name(said: str) -> None:
    draft = read_row(["1", said, said], PLAN, TODAY)
    assert draft is not None and draft.refused and draft.person == {}


@pytest.mark.parametrize(("said", "several"), [
    ("山田太郎\n山田花子", True), ("山田 太郎、花子さん", True), ("山田太郎／山田花子", True), ("山田\n太郎", False), ("山田　太郎", False), ("ヌグエン・ヴァン・アン", False),
])  # fmt: skip
def test_several_in_one_cell_are_told(said: str, several: bool) -> None:
    draft = read_row(["1", said], PLAN, TODAY)
    assert draft is not None and [one.what for one in draft.trouble] == ["several"] * several


def test_an_age_that_cannot_be_is_told(town: Town) -> None:
    id = town.bring(sheet([*HEADER, "年齢"], [*HANAKO, "28"], [*TARO, "70歳"]))
    assert town.trouble(id) == [(2, "other_age", "age")]


def test_a_current_address_that_is_the_same_is_none(town: Town) -> None:
    town.import_(sheet([*HEADER, "現住所"], [*HANAKO, "同上"], [*TARO, "三川町3-4 避難所"]))
    assert (town.who()["山田 花子"]["current_address"], town.who()["髙﨑 太郎"]["current_address"]) == (None, "三川町3-4 避難所")


def test_reasons_for_care_come_together(town: Town) -> None:
    town.import_(sheet(["名簿番号", "氏名", "要介護度", "障害者手帳", "要配慮事項"], ["1", "佐藤 梅", "要介護3", "身体1級", "人工透析"]), kind="evacuee")
    assert town.answers(town.cases()[0]["id"])["special_care"] == "人工透析、要介護度: 要介護3、障害者手帳: 身体1級"


# --- columns and the workbook to fill in ---------------------------------------------------------------------------


def test_the_workbook_has_the_manuals_columns_and_reads_itself(town: Town) -> None:
    assert [column.mark for column in marked()] == [*"①②③④⑤⑥⑦⑧⑨⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛"]
    assert [column.title for column in marked()] == [
        "管理番号", "校区", "氏名", "ふりがな", "年齢", "生年月日", "性別", "住所", "携帯電話", "固定電話", "世帯人数", "世帯状況", "現住所", "被災時家屋", "罹災証明",
        "被害程度", "住まいの再建方針", "当面の住居", "食事", "睡眠", "仕事", "収入", "借入金の有無", "借入金の種類", "借入金の残額", "心配事", "今後の生活に関する意向", "相談相手",
        "要配慮事項", "その他", "支援の必要性", "支援区分",
    ]  # fmt: skip
    header = find_header(read(template()).rows)
    assert list(propose(header.names, {}).values()) == [*(column.id for column in marked()), "restricted"]


def test_every_choice_of_the_workbook_is_understood() -> None:
    from backend.lists.template import choices

    for column in marked():
        if column.reads == "choice":
            assert all(option_of(column, said) for said in choices(column)), column.id


@pytest.mark.parametrize(("words", "id"), [
    ("⑫現住所 (⑧の住所と違う場合に記載)", "current_address"), ("④(ふりがな)", "kana"), ("氏名（カナ）", "kana"), ("り災 区分", "damage_level"), ("電話番号\n(固定)", "landline"),
    ("住家の被害の程度", "damage_level"), ("支援措置", "restricted"), ("謎", ""),
])  # fmt: skip
def test_headers_as_towns_write_them(words: str, id: str) -> None:
    assert column_of(words) == id


def test_no_header_names_two_columns() -> None:
    assert len(by_header()) > 200


def test_columns_are_lettered_as_excel_does() -> None:
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_a_stray_cell_in_the_far_corner_is_told_and_ends_nothing(town: Town) -> None:
    """5 KB that would be laid out as 500 GB: whoever reads it must not be the process that people are talking to."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(HEADER)
    page["XFD1048576"] = "×"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unreadable, match="too_big"):
        town.put_in(out.getvalue())


@given(st.lists(st.text(max_size=12), min_size=10, max_size=10))
def test_whatever_stands_in_the_cells_is_read_or_told(row: list[str]) -> None:
    draft = read_row(row, plan({str(place): id for place, id in enumerate(columns()) if place < 10}), TODAY)
    if draft is not None:
        assert set(draft.cells) <= set(columns())
        assert draft.refused or draft.person.get("name") or draft.person.get("kana")


@given(st.binary(max_size=300))
def test_whatever_bytes_come_are_a_table_or_refused(content: bytes) -> None:
    try:
        rows = read(content).rows
    except Unreadable:
        return
    assert rows and len({len(row) for row in rows}) == 1
