"""A value in a cell that other programs open: text stays text, whatever it begins with (formula injection, OWASP).

A workbook says the type of each cell, so nothing has to be added to the text. A CSV has no types: there an apostrophe
stands in front of what a spreadsheet would calculate.
"""

from __future__ import annotations

from datetime import date

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula. The wide ones too: Japanese spreadsheets read them as the narrow ones."""

LONGEST = 32_000
"""Characters; a workbook's cell holds 32,767 and loses the rest without a word."""
CUT = "…（続きは記録を見てください）"

DAY, WHOLE, YEN = "yyyy-mm-dd", "0", "#,##0"

_LINE = Side(style="thin", color="555555")
ALL_ROUND = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD = PatternFill("solid", fgColor="ECECEC")


def put(cell: Cell, value: str | int | date | None, *, head: bool = False, number_format: str = "") -> Cell:
    """Write one value into a cell, framed: a date as a date, a number as a number, everything else as text."""
    if isinstance(value, date):
        cell.value, cell.number_format = value, DAY
    elif isinstance(value, int):
        cell.value, cell.number_format = value, number_format or WHOLE
    elif value and (words := ILLEGAL_CHARACTERS_RE.sub("", value)):
        cell.value = words if len(words) <= LONGEST else words[:LONGEST] + CUT
        # Not left to the library: it takes "=1+1" for a formula and "#N/A" for an error.
        cell.data_type = "s"
        cell.number_format = "@"
        if words.startswith(FORMULA):
            cell.quotePrefix = True
    cell.border = ALL_ROUND
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if head else None)
    if head:
        cell.font, cell.fill = Font(bold=True), HEAD
    return cell


def plain(value: str | int | date | None) -> str:
    """The value in a CSV. Text that a spreadsheet would calculate gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    words = value.replace("\x00", "")
    return f"'{words}" if words.startswith(FORMULA) else words
