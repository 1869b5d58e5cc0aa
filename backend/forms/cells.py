"""A value in a cell that other programs open: text stays text, whatever it begins with (formula injection, OWASP)."""

from __future__ import annotations

from datetime import date

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula. The wide ones too: Japanese spreadsheets read them as the narrow ones."""

DAY, WHOLE, YEN = "yyyy-mm-dd", "0", "#,##0"
"""How a workbook shows days, numbers and amounts."""


def text(value: str | int | date | None) -> str:
    """The value as words: days in ISO, numbers in figures."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def plain(value: str | int | date | None) -> str:
    """The value in a CSV, which has no types: an apostrophe stands in front of what a spreadsheet would calculate."""
    if not isinstance(value, str):
        return text(value)
    words = value.replace("\x00", "")
    return f"'{words}" if _would_be_calculated(words) else words


def unplain(words: str) -> str:
    """What stood in a cell before `plain` put its apostrophe there."""
    return words[1:] if words.startswith("'") and _would_be_calculated(words) else words


def _would_be_calculated(words: str) -> bool:
    """Also behind apostrophes that were there before, so that taking one away is always right."""
    return words.lstrip("'").startswith(FORMULA)
