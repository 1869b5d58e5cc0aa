"""Read an edited sheet back: every difference with tab, row and column, every mistake in a sentence, all or nothing. Pure.

Only the coloured columns are read. The file carries the state it was made from: a sheet that is older than what somebody
else brought in meanwhile is refused, so that nobody's decision is taken back by a cell that was never touched.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from backend.programs.sheet.changes import Change, desk_and_phone
from backend.programs.sheet.excel import EDITABLE, FIRST_ROW, MARK, OFF, ON
from backend.programs.sheet.typed import one_line, phone, plain, text
from backend.programs.sheet.worded import Column, Worded
from dialogs.core.words import Words

MOST_BYTES, MOST_UNPACKED = 5_000_000, 60_000_000
MOST_ROWS, MOST_WIDE = 2000, 100
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YES, _NO = {"○", "〇", "◯", "o", "yes", "true", "1", "はい"}, {"×", "✕", "✖", "x", "no", "false", "0", "いいえ"}


class BadSheet(ValueError):
    """The file cannot be brought in; `sentences` says why, one mistake each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs from what the municipality has now."""

    tab: str
    row: int
    column: str
    field: str
    program: str
    name: str
    old: str
    new: str

    def sentence(self) -> str:
        return f"{self.tab}, row {self.row}, column {self.column} ({self.program} {self.name}), {self.field}: {self.old or '—'} → {self.new or '—'}"

    def to_json(self) -> dict[str, str]:
        return {"program": self.program, "field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says about itself: the municipality's slug, the language and the state it was made from."""

    slug: str
    locale: str
    state: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What a file asks for: everything decided, old and new, and the differences to now."""

    changes: dict[str, Change]
    differences: tuple[Difference, ...]


def opened(content: bytes) -> tuple[Worksheet, Origin]:
    """Find the tab that was made to be edited. Raises `BadSheet`."""
    if len(content) > MOST_BYTES:
        raise BadSheet(f"The file is larger than {MOST_BYTES // 1_000_000} MB; a sheet never is.")
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise BadSheet("The file unpacks to far more than a sheet holds.")
        # Row by row: laid out whole, a merged cell of a few bytes that claims all of a sheet would take all of the memory.
        book = load_workbook(BytesIO(content), read_only=True)
        found = [_cut(tab) for tab in book.worksheets]
    except BadSheet:
        raise
    except Exception:
        # openpyxl raises whatever the broken part happens to hit.
        raise BadSheet("This is not an Excel workbook (.xlsx) that can be read.") from None
    for tab in found:
        first = [cell.value for cell in tab[1]] if tab is not None else []
        if tab is not None and MARK in first:
            told = [str(value or "") for value in first[first.index(MARK) + 1 :]][:3]
            return tab, Origin(*(told + [""] * (3 - len(told))))
    raise BadSheet("There is no tab to bring in: use a file made with ./run programs sheet --format xlsx, and keep its hidden first row.")


def _cut(tab: Any) -> Worksheet | None:
    """What is filled in of a tab; None for one that is longer or wider than any sheet."""
    made = Worksheet(Workbook(), title=tab.title)
    for row in tab.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_WIDE + 1):
        for cell in row:
            if cell.value is None:
                continue
            if cell.row > MOST_ROWS or cell.column > MOST_WIDE:
                return None
            # As it was read: words that begin like a formula are words.
            kept = made.cell(cell.row, cell.column, cell.value)
            kept.data_type = cell.data_type
    return made


def edited(tab: Worksheet, now: Worded, base: Callable[[str], Words]) -> Edited:
    """Compare the tab with the sheet as it is now. `base` gives a program's desk as the catalogue has it. Raises `BadSheet`."""
    places = {str(cell.value): cell.column for cell in tab[1] if cell.value}
    gone = [key for key in ("id", *EDITABLE) if key not in places]
    if gone:
        raise BadSheet(f"{tab.title}: the column {gone[0]} is missing; it must stay, wherever it stands.")
    reader = _Reader(tab, places, now, base)
    for row in range(FIRST_ROW, tab.max_row + 1):
        reader.row(row)
    if reader.mistakes:
        raise BadSheet(*reader.mistakes)
    return Edited(reader.changes, tuple(reader.differences))


class _Reader:
    def __init__(self, tab: Worksheet, places: dict[str, Any], now: Worded, base: Callable[[str], Words]) -> None:
        self.tab, self.places, self.base, self.locale = tab, places, base, now.locale
        self.lines = {column.id: column for column in now.every}
        self.heads = now.heads
        self.seen: dict[str, int] = {}
        self.mistakes: list[str] = []
        self.differences: list[Difference] = []
        self.changes: dict[str, Change] = {}

    def row(self, row: int) -> None:
        if all(self.tab.cell(row, at).value in (None, "") for at in self.places.values()):
            return
        name = str(self.tab.cell(row, self.places["id"]).value or "").strip()
        column = self.lines.get(name)
        if column is None:
            self.mistake(row, "id", f"there is no program {name!r}" if name else "the id is empty")
        elif name in self.seen:
            self.mistake(row, "id", f"{name} stands in row {self.seen[name]} already")
        else:
            self.seen[name] = row
            self.fixed(row, column)
            self.program(row, column)

    def mistake(self, row: int, field: str, sentence: str) -> None:
        at = self.places.get(field)
        where = f", column {get_column_letter(at)} ({self.heads.get(field, field)})" if at else ""
        self.mistakes.append(f"{self.tab.title}, row {row}{where}: {sentence}.")

    def fixed(self, row: int, column: Column) -> None:
        """What the engine works out cannot be typed over."""
        expected = {"program": column.name, **{f"level{at}": words for at, words in enumerate(column.plain_cells)}}
        for field, words in expected.items():
            if field in self.places and plain(self.tab.cell(row, self.places[field]).value) != plain(words):
                self.mistake(row, field, "this column cannot be changed here; only the coloured ones are brought in")

    def program(self, row: int, column: Column) -> None:
        line = column.line
        change = line.change
        old = {"desk": line.desk, "phone": line.phone, "note": line.note,
               "decided": line.decided.isoformat() if line.decided else "", "on": ON if line.on else OFF}  # fmt: skip
        for field in EDITABLE:
            cell = self.tab.cell(row, self.places[field])
            if cell.data_type == "f":
                self.mistake(row, field, "this is a formula; write the value itself")
                continue
            try:
                new = _READ[field](cell.value)
            except ValueError as wrong:
                self.mistake(row, field, str(wrong))
                continue
            if new != plain(old[field]):
                change = self.changed(change, column.id, field, new)
                self.differences.append(
                    Difference(self.tab.title, row, get_column_letter(self.places[field]), self.heads[field], column.id, column.name, old[field], new)
                )
        if not change.is_nothing:
            self.changes[column.id] = change

    def changed(self, change: Change, program: str, field: str, new: str) -> Change:
        desk, number = desk_and_phone(self.base(program).in_locale(self.locale))
        if field == "desk":
            # Emptied: the catalogue's own again.
            return replace(change, desk=None if new in ("", desk) else new)
        if field == "phone":
            return replace(change, phone=None if new == number else new)
        if field == "note":
            return replace(change, note=new or None)
        if field == "decided":
            return replace(change, deadline=date.fromisoformat(new) if new else None)
        return replace(change, off=new == OFF)


def _day(value: object) -> str:
    if value is None or value == "":
        return ""
    day = value.date() if isinstance(value, datetime) else value if isinstance(value, date) else _typed_day(str(value))
    # A bare number in a date cell becomes a day of 1900 or so.
    if day is None or not 2000 <= day.year < 2100:
        raise ValueError("this is no date; write it like 2026-05-31")
    return day.isoformat()


def _typed_day(words: str) -> date | None:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", words).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _on(value: object) -> str:
    said = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip().casefold()
    if said in _YES:
        return ON
    if said in _NO:
        return OFF
    raise ValueError(f"write {ON} or {OFF}")


_READ: dict[str, Callable[[object], str]] = {
    "desk": lambda value: one_line("desk", value),
    "phone": phone,
    "note": lambda value: text("note", value),
    "decided": _day,
    "on": _on,
}
