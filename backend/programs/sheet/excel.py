"""The sheet as a workbook: one tab in Hirokawa's layout to read, one tab with a line per program to edit and bring back.

Every text is written as text. A cell that would begin like a formula is marked as quoted as well, so that neither Excel
nor a CSV made from it ever runs what somebody typed.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from backend.programs.sheet.html import kinds
from backend.programs.sheet.worded import Column, Worded

EDITABLE = ("desk", "phone", "note", "decided", "on")
MARK = "tsunagi-programs"
"""First cell of the hidden first row of the tab that can be brought back; municipality, language and state stand beside it."""
FIRST_ROW = 4
"""Where the programs begin on that tab: keys (hidden), hint, headings come before."""
ON, OFF = "○", "×"

_LINE = Side(style="thin", color="555555")
_ALL_ROUND = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD, _OPEN = PatternFill("solid", fgColor="E7EEF6"), PatternFill("solid", fgColor="FFF8D6")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(sheet: Worded, slug: str, say_tab: tuple[str, str]) -> bytes:
    """The file. `say_tab` names the two tabs in the language of the sheet."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = say_tab[0]
    _hirokawa(first, sheet)
    _edit(book.create_sheet(say_tab[1]), sheet, slug)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def write(tab: Worksheet, row: int, column: int, value: str | date | None, *, head: bool = False) -> Cell:
    """Put one value into a cell, framed; text stays text whatever it begins with."""
    cell = tab.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    elif value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        if value.startswith(_LIKE_A_FORMULA):
            cell.quotePrefix = True
    cell.border = _ALL_ROUND
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if head else None)
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    return cell


def _hirokawa(tab: Worksheet, sheet: Worded) -> None:
    tab.cell(1, 1, sheet.title).font = Font(bold=True, size=16)
    for row, words in ((2, f"{sheet.place} {sheet.disaster} {sheet.as_of}"), (3, sheet.legend)):
        write(tab, row, 1, words).border = Border()
        tab.cell(row, 1).alignment = Alignment()
    top = 5
    rows = (sheet.heads["kind"], sheet.heads["program"], *sheet.levels, *(sheet.heads[n] for n in ("conditions", "deadline", "desk", "phone", "note")))
    for at, words in enumerate(rows):
        write(tab, top + at, 1, words, head=True)
    across = 2
    for kind, span in kinds(sheet.columns):
        write(tab, top, across, kind, head=True)
        _merge(tab, top, across, top, across + span - 1)
        across += span
    for at, column in enumerate(sheet.columns, 2):
        _program(tab, top + 1, at, column)
    below = top + len(rows) + 1
    write(tab, below, 1, sheet.foot).border = Border()
    tab.cell(below, 1).alignment = Alignment()
    tab.freeze_panes = f"B{top + 2}"
    tab.column_dimensions["A"].width = 22
    for at in range(2, len(sheet.columns) + 2):
        tab.column_dimensions[get_column_letter(at)].width = 18
    tab.page_setup.orientation, tab.page_setup.paperSize, tab.page_setup.fitToHeight = "landscape", 8, 1
    tab.print_title_cols = "A:A"


def _program(tab: Worksheet, top: int, across: int, column: Column) -> None:
    write(tab, top, across, column.name, head=True)
    row = top + 1
    for words, span in column.cells:
        for more in range(span):
            write(tab, row + more, across, words if not more else None).alignment = Alignment(
                wrap_text=True, vertical="center", horizontal="center"
            )
        _merge(tab, row, across, row + span - 1, across)
        row += span
    for words in (column.conditions, column.deadline, column.desk, column.phone, column.remarks):
        write(tab, row, across, words)
        row += 1


def _merge(tab: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        tab.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _edit(tab: Worksheet, sheet: Worded, slug: str) -> None:
    keys = ("id", "program", "method", *(f"level{n}" for n in range(len(sheet.levels))), "conditions", "deadline", *EDITABLE)
    heads = {**sheet.heads, **{f"level{n}": words for n, words in enumerate(sheet.levels)}}
    for at, key in enumerate(keys, 1):
        tab.cell(1, at, key)
        write(tab, FIRST_ROW - 1, at, heads[key], head=True)
        tab.column_dimensions[get_column_letter(at)].width = 24 if key in ("program", "desk", "note", "conditions") else 15
    tab.cell(1, len(keys) + 1, MARK)
    for more, told in enumerate((slug, sheet.locale, sheet.state), 2):
        tab.cell(1, len(keys) + more, told)
    tab.row_dimensions[1].hidden = True
    tab.cell(2, 1, sheet.edit_hint)
    for row, column in enumerate(sheet.every, FIRST_ROW):
        line = column.line
        values = (column.id, column.name, column.kind, *column.plain_cells, column.conditions, column.deadline, line.desk,
                  line.phone, line.note, line.decided, ON if line.on else OFF)  # fmt: skip
        for at, (key, value) in enumerate(zip(keys, values, strict=True), 1):
            cell = write(tab, row, at, value)
            if key in EDITABLE:
                cell.fill, cell.protection = _OPEN, Protection(locked=False)
            if key == "decided":
                cell.number_format = "yyyy-mm-dd"
            elif key in EDITABLE:
                cell.number_format = "@"
    last = FIRST_ROW + len(sheet.every) - 1
    choice = DataValidation(type="list", formula1=f'"{ON},{OFF}"', allow_blank=False)
    letter = get_column_letter(keys.index("on") + 1)
    choice.add(f"{letter}{FIRST_ROW}:{letter}{max(last, FIRST_ROW)}")
    tab.add_data_validation(choice)
    tab.freeze_panes = f"C{FIRST_ROW}"
    tab.auto_filter.ref = f"A{FIRST_ROW - 1}:{get_column_letter(len(keys))}{max(last, FIRST_ROW)}"
    # Without a password: it keeps hands off by mistake, not people out.
    tab.protection.sheet = True
    tab.protection.autoFilter = False
    tab.protection.formatColumns = False
