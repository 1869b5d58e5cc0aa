"""Files as they come: several sheets, hidden rows, formulas, a wrong ending, a password. Each is read rightly or refused in a sentence."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from backend.lists import workbook
from backend.lists.header import find_header, propose
from backend.lists.reading import Unreadable, read
from backend.lists.service import bring_another
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, sheet, text
from tests.lists.ole import with_password, xls

ROWS = [HEADER, HANAKO, TARO]


def book(sheets: dict[str, list[list[str]]], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A workbook with one of its parts changed, as programs write it that openpyxl does not know."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for one in before.namelist():
            held = before.read(one)
            after.writestr(one, change(held.decode()).encode() if one == part else held)
    return out.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as told:
        read(content)
    return str(told.value.args[0]).rpartition(".")[2]


# --- sheets ---------------------------------------------------------------------------------------------------------


def test_of_several_sheets_the_fullest_is_read_and_the_others_are_named() -> None:
    found = read(book({"記入上の注意": [["住所は発災時のもの"]], "三池": ROWS[:2], "新栄": ROWS, "空": []}))
    assert (found.name, len(found.rows), found.others) == ("新栄", 3, (("三池", 2),)), "a sheet with a note alone is no list"
    assert read(book({"新栄": ROWS, "三池": ROWS[:2]}), "三池").rows == ROWS[:2]
    with pytest.raises(Unreadable, match="no_sheet"):
        read(book({"新栄": ROWS}), "無い")


def test_a_sheet_that_nobody_is_shown_is_not_the_list() -> None:
    """Last year's list often stays in the file, hidden."""

    def hide(made: Workbook) -> None:
        made["昨年"].sheet_state = "hidden"
        made["もと"].sheet_state = "veryHidden"

    found = read(book({"昨年": ROWS * 2, "もと": ROWS * 3, "今年": ROWS}, hide))
    assert (found.name, found.others) == ("今年", ())


def test_the_other_sheets_come_in_as_lists_of_their_own(both_towns: Town) -> None:
    town = both_towns
    content = book({"新栄": ROWS, "三池": [HEADER, ["9", *HANAKO[1:2], "三池 梅子", "みいけ うめこ", *HANAKO[4:]]]})
    first = town.import_(content)
    assert first["beside"] == {"sheets": [["三池", 2]], "hidden": 0} and len(town.cases()) == 2
    second = bring_another(town.engine, tenant_id=town.tenant_id, import_id=first["id"], sheet="三池", by=None, at=town.clock())
    home = town.look(second)
    assert (home["kind"], home["sheet"], home["beside"]["sheets"]) == ("visit", "三池", [["新栄", 3]])
    with pytest.raises(Unreadable, match="no_sheet"):
        bring_another(town.engine, tenant_id=town.tenant_id, import_id=first["id"], sheet="x", by=None, at=town.clock())
    with pytest.raises(Unreadable, match="gone"):
        bring_another(town.engine, tenant_id="tenant-tonari", import_id=first["id"], sheet="三池", by=None, at=town.clock())
    town.clock.move(days=31)
    with pytest.raises(Unreadable, match="gone"):
        bring_another(town.engine, tenant_id=town.tenant_id, import_id=first["id"], sheet="三池", by=None, at=town.clock())


# --- rows and cells -------------------------------------------------------------------------------------------------


def test_hidden_rows_are_read_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter was set when it was saved: whoever sent it saw one row."""

    def hide(made: Workbook) -> None:
        for row in (2, 3, 5):
            made["新栄"].row_dimensions[row].hidden = True
        made["新栄"].row_dimensions[4].height = 30
        made["三池"].row_dimensions[2].hidden = True
        made["新栄"].column_dimensions["B"].hidden = True

    content = book({"三池": ROWS[:2], "新栄": [HEADER, *[HANAKO] * 4]}, hide)
    found = read(content)
    assert (found.name, len(found.rows), found.hidden) == ("新栄", 5, 3)
    assert read(content, "三池").hidden == 1 and read(sheet(*ROWS)).hidden == 0 and read(text(*ROWS)).hidden == 0
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        page = packed.read("xl/worksheets/sheet2.xml")
    assert [workbook._hidden_in(io.BytesIO(page), some) for some in (1, 7, 100, 1 << 20)] == [3, 3, 3, 3], "however it is cut"


def test_formulas_are_what_excel_last_saw_and_its_errors_say_nothing(town: Town) -> None:
    content = rewritten(sheet(HEADER, [*HANAKO[:2], "=A1&B1", *HANAKO[3:9], "=1/0"], [*TARO[:7], "=B1", *TARO[8:]]), "xl/worksheets/sheet1.xml", lambda page: re.sub(
        r'<c r="H3"[^>]*><f>[^<]*</f>.*?</c>', '<c r="H3"><f>B1</f><v>9012345678</v></c>', re.sub(
            r'<c r="J2"[^>]*><f>[^<]*</f>.*?</c>', '<c r="J2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', re.sub(
                r'<c r="C2"[^>]*><f>[^<]*</f>.*?</c>', '<c r="C2" t="str"><f>A1&amp;B1</f><v>山田　花子</v></c>', page))))
    id = town.bring(content)
    assert town.trouble(id) == []
    town.take(id)
    assert (town.who()["山田 花子"]["phone"], town.who()["髙﨑 太郎"]["phone"]) == ("090-1234-5678", "090-1234-5678")
    assert "damage_level" not in town.answers(town.cases()[0]["id"])


def test_what_a_workbook_holds_as_text_or_as_a_number_is_the_same(town: Town) -> None:
    """管理番号 and 世帯人数 as text, a birth as the number of a day that lost its form, a telephone that lost its 0."""
    header = [*HEADER, "世帯人数"]
    town.import_(sheet(header, [*HANAKO[:4], 17625, *HANAKO[5:7], 9012345678, *HANAKO[8:], "３人"]))
    (who,) = town.who().values()
    assert (who["birth_date"], who["phone"]) == ("1948-04-02", "090-1234-5678")
    again = town.import_(sheet(header, [1, *HANAKO[1:4], "17625", *HANAKO[5:7], "９０１２３４５６７８", *HANAKO[8:], "3人"]))
    assert (again["counts"]["did_same"], again["counts"]["did_changed"]) == (1, 0)
    assert town.answers(town.cases()[0]["id"])["household_size"] == 3


def test_a_list_that_begins_further_down_and_to_the_right_and_has_empty_columns(town: Town) -> None:
    wide = [["", "", *row[:3], "", "", *row[3:], "", ""] for row in ROWS]
    id = town.bring(sheet([], ["", "令和8年6月豪雨"], [], *wide))
    assert town.look(id)["header_row"] == 4 and town.trouble(id) == []
    town.take(id)
    assert set(town.who()) == {"山田 花子", "髙﨑 太郎"}
    empty = [{"name": "", "examples": []}] * 2
    assert town.look(id)["headers"][5:7] == empty, "they are there, and mean nothing"


def test_the_signs_of_nec_in_a_csv_of_windows(town: Town) -> None:
    """①, ㈱, 髙, ㍼, ～ and −: CP932 has them, Shift_JIS does not."""
    town.import_(text(["①管理番号", "③氏名", "⑥生年月日", "⑧住所"], ["①", "髙﨑 太郎", "㍼30年1月2日", "三池1－2 ㈱つなぎ～寮"], encoding="cp932"))
    who = town.who()["髙﨑 太郎"]
    assert (who["birth_date"], who["address"]) == ("1955-01-02", "三池1－2 ㈱つなぎ～寮")


# --- what is no list ------------------------------------------------------------------------------------------------


def test_a_workbook_of_excel_97_under_another_name_is_read() -> None:
    rows: list[list[Any]] = [["管理番号", "氏名", "生年月日"], [1.0, "山田　花子", 20091.0]]
    found = read(xls(rows))
    assert (found.name, found.rows[1]) == ("名簿", ["1", "山田　花子", "20091"])
    assert propose(find_header(found.rows).names, {}) == {"0": "number", "1": "name", "2": "birth_date"}


@pytest.mark.parametrize(("content", "why"), [
    (b"", "empty"), (b"\r\n\r\n,,,\r\n", "empty"), (book({"表": []}), "empty"), (with_password(), "workbook"), (xls([["氏名"]])[:900], "workbook"),
    (sheet(*ROWS)[:700], "workbook"), (b"PK\x03\x04 nothing", "workbook"), (rewritten(sheet(*ROWS), "xl/workbook.xml", lambda _: "<x/>"), "workbook"),
    (b"<html><table><tr><td>\x8e\x81\x96\xbc</td></tr></table></html>", "page"), ("\ufeff  <!DOCTYPE HTML><table>".encode(), "page"),
    (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "page"), (b"%PDF-1.7\n\xe2\xe3\xcf\xd3 \x00", "encoding"),
    ("氏名,住所\r\n".encode("euc-jp"), "encoding"), (b"\x00\x01\x02", "encoding"),
])  # fmt: skip
def test_what_is_no_list_is_refused_for_its_reason(content: bytes, why: str) -> None:
    assert refused(content) == why


@pytest.mark.parametrize(("rows", "why"), [
    ([HEADER], "no_rows"), ([["令和8年6月豪雨"], HEADER, [], []], "no_rows"), ([["山田 花子", "新栄町1"], ["髙﨑 太郎", "三池2"]], "no_header"),
])  # fmt: skip
def test_a_table_without_a_header_or_without_rows_is_no_list(rows: list[list[str]], why: str, town: Town) -> None:
    for content in (sheet(*rows), text(*rows)):
        with pytest.raises(Unreadable, match=why):
            town.put_in(content)
