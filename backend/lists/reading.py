"""A file as it was uploaded, to rows of text: xlsx, xls, ods or CSV (UTF-8 with or without BOM, CP932, UTF-16).

Every cell is text from here on: a formula is the value that Excel last saw, a date is written as a date, a number without
its ".0". Characters of the user's own (外字) come through as what they are, in the private area of Unicode.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from backend.forms.cells import unplain

Row: TypeAlias = list[str]

MOST_BYTES = 30 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 120, 2000
"""More than any municipality's list; a sheet that somebody formatted to its last row is cut at its last filled one."""


_CONTROL = re.compile(r"[\x00-\x1f\x7f]|_x000D_")


class Unreadable(ValueError):
    """The file is no list. `args[0]` is the key of a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet, from its first; `name` is empty for CSV."""

    name: str
    rows: list[Row]


def read(content: bytes, sheet: str = "") -> Sheet:
    """The named sheet, or else the fullest one. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable("console.lists.unreadable.too_big")
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(content, sheet)
    rows = _table(_decoded(content))
    return Sheet("", _checked(rows))


def _workbook(content: bytes, wanted: str) -> Sheet:
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                    raise Unreadable("console.lists.unreadable.too_big")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [wanted] if wanted in book.sheet_names else list(book.sheet_names)
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]
    except (CalamineError, zipfile.BadZipFile, OSError) as wrong:
        # A workbook with a password is an OLE file without a workbook in it.
        raise Unreadable("console.lists.unreadable.workbook") from wrong
    if not sheets:
        raise Unreadable("console.lists.unreadable.empty")
    name, cells = max(sheets, key=lambda one: sum(1 for row in one[1] if any(value not in ("", None) for value in row)))
    return Sheet(name, _checked([[_text(value) for value in row[:MOST_COLUMNS]] for row in cells[: MOST_ROWS + 50]]))


def _text(value: Any) -> str:
    if type(value) is str:
        return _plain(value) if value else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "○" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _decoded(content: bytes) -> str:
    if content[:3] == b"\xef\xbb\xbf":
        content = content[3:]
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _surely(content, "utf-16")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _surely(content, "cp932")


def _surely(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise Unreadable("console.lists.unreadable.encoding") from wrong


def _table(text: str) -> list[Row]:
    if "\x00" in text:
        raise Unreadable("console.lists.unreadable.encoding")
    head = text[:20_000]
    mark = max(",\t;", key=head.count)
    try:
        return [[_plain(unplain(value)) for value in row[:MOST_COLUMNS]]
                for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)][: MOST_ROWS + 50]
    except csv.Error as wrong:
        raise Unreadable("console.lists.unreadable.csv") from wrong


def _plain(value: str) -> str:
    """Trimmed, without control characters; line breaks and characters of the user's own (外字) stay."""
    value = value.strip()
    if _CONTROL.search(value):
        value = value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
        value = _CONTROL.sub(lambda sign: "\n" if sign[0] == "\n" else "", value).strip()
    return value[:LONGEST_CELL]


def _checked(rows: list[Row]) -> list[Row]:
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise Unreadable("console.lists.unreadable.empty")
    if len(rows) > MOST_ROWS:
        raise Unreadable("console.lists.unreadable.too_many")
    width = max(len(row) for row in rows)
    return [row + [""] * (width - len(row)) if len(row) < width else row for row in rows]


def letter(place: int) -> str:
    """A column's letters as Excel shows them: 0 → A, 26 → AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def filled(row: Sequence[str]) -> int:
    return sum(1 for value in row if value)
