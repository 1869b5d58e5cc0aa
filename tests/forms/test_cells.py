"""A cell is text, a number or a day; nothing that somebody typed is ever calculated, and nothing is lost unsaid."""

from __future__ import annotations

import csv as reader
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from backend.forms import columns, csv, excel
from backend.forms.cells import FORMULA, plain, unplain
from backend.forms.columns import SUPPORTED, VISIT
from backend.forms.excel_cell import CUT, LONGEST
from backend.forms.filling import filled
from backend.forms.household import Household
from backend.forms.layout import form
from tests.forms.people import fukushi

EVERY = columns.columns(SUPPORTED)
NAME = [one.key for one in EVERY].index("name")

messy = st.one_of(
    st.text(),
    st.builds(lambda first, rest: first + rest, st.sampled_from(["'=", "''+", "'"]), st.text()),
    st.builds(lambda first, rest: first + rest, st.sampled_from(FORMULA), st.text()),
    st.sampled_from(["=cmd|'/c calc'!A1", "#N/A", "#REF!", "'=1", "{=1}", "TRUE", "0120", "1E5", "=HYPERLINK(\"x\")"]),
)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_each_beginning_that_a_spreadsheet_calculates_is_guarded(first: str) -> None:
    """OWASP's list, and the wide ones that a Japanese spreadsheet reads alike; written out, so that none gets lost in the code."""
    assert plain(f"{first}1+1") == f"'{first}1+1" and unplain(f"'{first}1+1") == f"{first}1+1"


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


@given(messy)
@example("=1+1")
@example("＝1+1")
def test_no_list_calculates_what_somebody_typed(words: str) -> None:
    nothing_is_calculated(excel.list_workbook(EVERY, [fukushi(name=words)], title="支援", foot="x"))


@given(messy)
@example("=1+1")
@settings(max_examples=15)
def test_no_sheet_calculates_what_somebody_typed(words: str) -> None:
    nothing_is_calculated(excel.sheet_workbook([filled(form("survey"), fukushi(name=words), "つなぎ市")], "x"))


def nothing_is_calculated(content: bytes) -> None:
    for row in (row for tab in opened(content).worksheets for row in tab.iter_rows()):
        for cell in row:
            assert cell.data_type in ("s", "n", "d"), cell.coordinate
            if isinstance(cell.value, str) and cell.value.startswith(FORMULA):
                assert cell.quotePrefix


@given(messy)
@settings(max_examples=40)
def test_a_workbook_keeps_the_words_as_they_are(words: str) -> None:
    tab = opened(excel.list_workbook(EVERY, [fukushi(name=words)], title="支援", foot="x")).worksheets[0]
    kept = ILLEGAL_CHARACTERS_RE.sub("", words).replace("\r\n", "\n").replace("\r", "\n")
    assert (tab.cell(3, NAME + 1).value or "").replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "\n") == kept


@given(messy, st.sampled_from([csv.UTF8, csv.CP932]))
def test_no_cell_of_a_csv_begins_like_a_formula(words: str, encoding: str) -> None:
    made = csv.head(EVERY, encoding) + csv.rows(EVERY, [fukushi(name=words)], encoding)[0]
    table = list(reader.reader(StringIO(made.decode("utf-8-sig" if encoding == csv.UTF8 else encoding), newline="")))
    assert [len(row) for row in table] == [len(EVERY)] * 2
    assert not [cell for row in table for cell in row if cell.startswith(FORMULA)]
    if encoding == csv.UTF8:
        assert unplain(table[1][NAME]) == words.replace("\x00", "")


def test_days_are_days_and_numbers_numbers() -> None:
    tab = opened(excel.list_workbook(EVERY, [fukushi()], title="支援対象者リスト", foot="つなぎ市")).worksheets[0]
    row = {one.key: tab.cell(3, at) for at, one in enumerate(EVERY, 1)}
    assert row["birth_date"].value == datetime(1986, 4, 2) and row["birth_date"].number_format == "yyyy-mm-dd"
    assert (row["age"].value, row["household_size"].value, row["debts_balance"].value) == (40, 3, 15000000)
    assert row["phone"].value == "090-0000-0000" and row["phone"].data_type == "s"


def test_a_list_is_ready_to_be_printed() -> None:
    tab = opened(excel.list_workbook(columns.columns(VISIT), [fukushi()], title="訪問対象者リスト", foot="R&D課")).worksheets[0]
    assert tab.freeze_panes == "D3" and tab.print_title_rows == "$1:$2"
    assert (tab.page_setup.paperSize, tab.page_setup.orientation, tab.page_setup.fitToWidth) == (9, "landscape", 1)
    assert tab.column_dimensions["H"].width > 25
    assert tab.oddFooter.right.text == "&P/&N" and tab.oddFooter.left.text == "R&&D課"


def test_a_text_that_a_cell_cannot_hold_says_that_it_goes_on() -> None:
    tab = opened(excel.list_workbook(EVERY, [fukushi(worries="不安" * LONGEST)], title="x", foot="x")).worksheets[0]
    kept = tab.cell(3, [one.key for one in EVERY].index("worries") + 1).value
    assert isinstance(kept, str) and kept.endswith(CUT)


def test_what_cp932_has_not_is_told_by_row_and_column() -> None:
    odd = fukushi(name="髙﨑 𠮷\ue001子", kana="たかさき")
    content, lost = csv.rows(EVERY, [odd], csv.CP932)
    assert "髙﨑 〓" in content.decode("cp932")
    assert [(one.number, one.column, one.character) for one in lost] == [
        ("T-2026-000010-6", "③氏名", "U+20BB7")]
    # CP932 has a place for 外字 (U+E001): it goes out as it is.
    assert "\ue001" in content.decode("cp932")
    assert csv.head(EVERY, csv.CP932).decode("cp932").split(",")[21].startswith("(21)収入")
    assert csv.rows(EVERY, [odd], csv.UTF8)[1] == []


def test_utf8_begins_with_the_mark_that_excel_looks_for() -> None:
    assert csv.head(EVERY, csv.UTF8).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("born", [date(1926, 12, 25), date(1989, 1, 7), date(2019, 5, 1)])
def test_a_csv_writes_days_as_iso(born: date) -> None:
    one = replace(fukushi(), values={**fukushi().values, "birth_date": born})
    assert born.isoformat() in csv.rows(EVERY, [one], csv.UTF8)[0].decode()


def test_a_household_of_which_nothing_is_known_is_a_row_all_the_same() -> None:
    content, _ = csv.rows(EVERY, [Household("c", "T-1")], csv.UTF8)
    assert content.decode() == "T-1" + "," * 31 + "\r\n"
