"""Forms as a workbook: the lists with a row per household, the sheets ruled as on paper. Printed on A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from backend.forms.columns import Column
from backend.forms.excel_cell import ALL_ROUND, put
from backend.forms.filling import Block, Ruled, Sheet
from backend.forms.household import Household
from backend.forms.layout import ACROSS
from backend.forms.lists import FORMATS, row_of

A4 = 9
"""`ST_PaperSize` of the Office Open XML specification."""
HEAD_ROWS = 2
"""Title, then the headings: what stays in sight and comes again on every printed page."""


def list_workbook(
    columns: tuple[Column, ...], households: Iterable[Household], *, title: str, foot: str, remarks: Sequence[str] = ()
) -> bytes:
    """A list with a row per household, written row by row: it needs no more memory for more rows."""
    book = Workbook(write_only=True)
    tab: Any = book.create_sheet(_tab_name(title))
    tab.freeze_panes = f"D{HEAD_ROWS + 1}"
    for at, column in enumerate(columns, 1):
        tab.column_dimensions[get_column_letter(at)].width = column.wide + 2
    _a4(tab, foot, landscape=True)
    tab.print_title_rows = f"1:{HEAD_ROWS}"
    head = WriteOnlyCell(tab, value=None)
    put(head, title).font = Font(bold=True, size=14)
    head.alignment = Alignment(wrap_text=False)
    tab.append([head])
    tab.append([put(_cell(tab), column.heading, head=True) for column in columns])
    rows = HEAD_ROWS
    for household in households:
        values = row_of(household, columns)
        tab.append([
            put(_cell(tab), value, number_format=FORMATS.get(column.key, "")) for column, value in zip(columns, values, strict=True)
        ])  # fmt: skip
        rows += 1
    # The filter ends with the rows: remarks are no rows of the list.
    tab.auto_filter.ref = f"A{HEAD_ROWS}:{get_column_letter(len(columns))}{max(rows, HEAD_ROWS)}"
    for words in remarks:
        tab.append([])
        note = put(_cell(tab), words)
        note.alignment = Alignment(wrap_text=False)
        tab.append([note])
    return _saved(book)


def sheet_workbook(sheets: Sequence[Sheet], foot: str) -> bytes:
    """A tab per sheet, ruled as on paper."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(sheets, 1):
        _ruled(book.create_sheet(_tab_name(sheet.mark or f"{sheet.title} {number}")), sheet, foot)
    return _saved(book)


def _ruled(tab: Worksheet, sheet: Sheet, foot: str) -> None:
    for at in range(1, ACROSS + 1):
        tab.column_dimensions[get_column_letter(at)].width = 2.1
    tab.sheet_view.showGridLines = False
    _a4(tab, foot, landscape=sheet.landscape)
    row = 1
    for at, (label, value) in enumerate(reversed(sheet.corner)):
        left = ACROSS - 9 - 10 * at
        _merged(tab, 1, left, 1, left + 9, label, head=True)
        _merged(tab, 2, left, 2, left + 9, value)
        row = 4
    _merged(tab, row, 1, row, ACROSS, sheet.title, framed=False).font = Font(bold=True, size=14)
    tab.cell(row, 1).alignment = Alignment(horizontal="center")
    tab.row_dimensions[row].height = 24
    row += 2
    for block in sheet.blocks:
        row = _block(tab, block, row) + 1
    for words in sheet.remarks:
        _merged(tab, row, 1, row, ACROSS, words, framed=False)
        row += 1


def _block(tab: Worksheet, block: Block, row: int) -> int:
    """Rule one block from `row` on; returns the first row below it."""
    if block.box:
        words = "\n".join((block.box, *block.sentences))
        _merged(tab, row, 1, row, ACROSS, words)
        tab.row_dimensions[row].height = 15 * (_lines(words, ACROSS) + 1)
        return row + 1
    if block.heading:
        _merged(tab, row, 1, row, ACROSS, block.heading, framed=False).font = Font(bold=True)
        row += 1
    taken: dict[tuple[int, int], bool] = {}
    for at, line in enumerate(block.lines):
        _ruled_line(tab, line, row + at, taken)
    row += len(block.lines)
    if block.below:
        _merged(tab, row, 1, row, ACROSS, block.below, framed=False).alignment = Alignment(horizontal="right")
        row += 1
    return row


def _ruled_line(tab: Worksheet, line: Ruled, row: int, taken: dict[tuple[int, int], bool]) -> None:
    column, lines = 1, 1
    for box in line.boxes:
        while (row, column) in taken:
            column += 1
        _merged(tab, row, column, row + box.down - 1, column + box.across - 1, box.text, head=box.label)
        if not box.label and line.high >= 18:
            tab.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        for down in range(1, box.down):
            taken.update({(row + down, column + across): True for across in range(box.across)})
        lines = max(lines, -(-_lines(box.text, box.across) // box.down))
        column += box.across
    tab.row_dimensions[row].height = max(15.0 * lines + 4, line.high * 2.8)


def _merged(
    tab: Worksheet, top: int, left: int, bottom: int, right: int, words: str, *, head: bool = False, framed: bool = True
) -> Cell:
    if (top, left) != (bottom, right):
        tab.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    cell = tab.cell(top, left)
    assert isinstance(cell, Cell)
    put(cell, words, head=head)
    for down in range(top, bottom + 1):
        for across in range(left, right + 1):
            tab.cell(down, across).border = ALL_ROUND if framed else Border()
    return cell


def _lines(words: str, across: int) -> int:
    """How many lines the words take in so many columns: a Japanese character is about as wide as one of them."""
    return sum(max(1, -(-len(part) // max(across - 1, 1))) for part in words.split("\n"))


def _a4(tab: Any, foot: str, *, landscape: bool) -> None:
    tab.page_setup.paperSize = A4
    tab.page_setup.orientation = "landscape" if landscape else "portrait"
    tab.page_setup.fitToWidth, tab.page_setup.fitToHeight = 1, 0
    tab.sheet_properties.pageSetUpPr.fitToPage = True
    tab.page_margins.left = tab.page_margins.right = 0.4
    tab.oddFooter.left.text = foot.replace("&", "&&")
    tab.oddFooter.right.text = "&P/&N"


def _cell(tab: Any) -> Cell:
    cell: Cell = WriteOnlyCell(tab)
    return cell


def _tab_name(words: str) -> str:
    """At most 31 characters, without those that a tab's name may not have."""
    return "".join("　" if letter in "[]:*?/\\'" else letter for letter in words)[:31].strip() or "1"


def _saved(book: Workbook) -> bytes:
    held = BytesIO()
    book.save(held)
    return held.getvalue()
