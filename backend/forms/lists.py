"""The two lists as rows of cells: dates are dates, numbers numbers, the rest the forms' words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from backend.forms.cells import YEN
from backend.forms.columns import Column
from backend.forms.household import Household, Value
from backend.forms.wording import combined, worded

NUMBERS = frozenset({"age", "household_size", "debts_balance"})
FORMATS = {"debts_balance": YEN}


def line_of(household: Household) -> Mapping[str, Value]:
    """Every column's value by key, as the PDF and the workbook want it."""
    made = combined({**household.values, "number": household.number})
    if made.get("current_address") == made.get("disaster_address"):
        made.pop("current_address", None)  # ⑫ only where it differs from ⑧
    return made


def row_of(household: Household, columns: tuple[Column, ...]) -> list[str | int | date | None]:
    """One row: a cell for each column, None where the record holds nothing."""
    line = line_of(household)
    return [_cell(column.key, line.get(column.key)) for column in columns]


def _cell(key: str, value: Value | None) -> str | int | date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date) or (key in NUMBERS and isinstance(value, int)):
        return value
    return worded(key, value)
