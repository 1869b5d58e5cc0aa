"""The workbook that a municipality fills in: the manual's list, ①–㉛, with its merged header and the choices of its columns."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from backend.lists.columns import Column, columns

TITLE = "訪問対象者リスト・支援対象者リスト"
EXTRA = ("restricted",)
"""Beside the manual's columns: who is protected must be told with the list, not after it."""
ROWS = 2000
"""Rows that offer choices and keep what is typed as text (a leading 0 stays)."""
_LINE = Side(style="thin", color="808080")
_WIDE = {"address": 34, "current_address": 34, "name": 16, "kana": 18, "worries": 30, "wishes": 30, "special_care": 24, "notes": 24}


def marked() -> list[Column]:
    """The manual's columns in its order; ⑨ is two (携帯電話, 固定電話)."""
    return [column for column in columns().values() if column.mark]


def template() -> bytes:
    """The workbook as a file."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TITLE[:31]
    sheet["A1"] = f"〇〇市災害ケースマネジメント　{TITLE}"
    sheet["A1"].font = Font(bold=True, size=14)
    shown = [*marked(), *(columns()[id_] for id_ in EXTRA)]
    for place, column in enumerate(shown, 1):
        letters = get_column_letter(place)
        if column.mark == "⑨":
            sheet.cell(2, place, "⑨電話番号" if column.id == "phone" else None)
            sheet.cell(3, place, column.title)
        else:
            note = "（⑧の住所と違う場合に記載）" if column.id == "current_address" else ""
            title = f"({column.title})" if column.id == "kana" else column.title
            sheet.cell(2, place, f"{column.mark}{title}{note}")
            sheet.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
        for row in (2, 3):
            cell = sheet.cell(row, place)
            cell.fill = PatternFill("solid", fgColor="DCE6F1")
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
            cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
        sheet.column_dimensions[letters].width = _WIDE.get(column.id, 13)
        sheet.column_dimensions[letters].number_format = "@"
        for row in range(4, 204):
            sheet.cell(row, place).number_format = "@"
        if column.reads == "choice":
            _offer(sheet, column, letters)
    phone = next(place for place, column in enumerate(shown, 1) if column.id == "phone")
    sheet.merge_cells(start_row=2, end_row=2, start_column=phone, end_column=phone + 1)
    sheet.freeze_panes = "D4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8  # A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def choices(column: Column) -> list[str]:
    """The first word for each option: what the list of a cell offers."""
    first: dict[str, str] = {}
    for said, option in column.values.items():
        first.setdefault(option, said)
    return list(first.values())


def _offer(sheet: object, column: Column, letters: str) -> None:
    offered = ",".join(choices(column))
    if len(offered) <= 250:  # Excel takes no longer list in a cell
        rule = DataValidation(type="list", formula1=f'"{offered}"', allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(rule)  # type: ignore[attr-defined]
        rule.add(f"{letters}4:{letters}{ROWS}")
