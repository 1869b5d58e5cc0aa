"""A value in a cell of a workbook, which says the type of each: nothing has to be added to text that looks like a formula."""

from __future__ import annotations

from datetime import date

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from backend.forms.cells import DAY, FORMULA, WHOLE

LONGEST = 32_000
"""Characters; a workbook's cell holds 32,767 and loses the rest without a word."""
CUT = "…（続きは記録を見てください）"

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
