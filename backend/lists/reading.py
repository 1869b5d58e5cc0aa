"""A file as it was uploaded, to rows of text: xlsx, xls, ods or CSV (UTF-8 with or without BOM, CP932, UTF-16).

Every cell is text from here on: a formula is the value that Excel last saw, a date is written as a date, a number without
its ".0". Characters of the user's own (外字) come through as what they are, in the private area of Unicode.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson

from backend.forms.cells import unplain
from backend.lists.workbook import MOST_COLUMNS, MOST_ROWS, plain

Row: TypeAlias = list[str]

MOST_BYTES = 30 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
LONGEST = 300
"""Seconds for one workbook."""
_WORKBOOK = Path(__file__).parent / "workbook.py"
_A_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|meta|\?xml)", re.IGNORECASE)
"""What other systems call .xls and is a web page, or XML: only Excel itself makes a table of it."""


class Unreadable(ValueError):
    """The file is no list. `args[0]` is the key of a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet, from its first; `name` is empty for CSV. `others`: the workbook's other sheets, with how many rows hold
    something; `hidden`: rows that Excel does not show."""

    name: str
    rows: list[Row]
    others: tuple[tuple[str, int], ...] = ()
    hidden: int = 0


def read(content: bytes, sheet: str = "") -> Sheet:
    """The named sheet, or else the fullest one that is shown. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable("console.lists.unreadable.too_big")
    if _A_PAGE.match(content[:300]):
        raise Unreadable("console.lists.unreadable.page")
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(content, sheet)
    rows = _table(_decoded(content))
    return Sheet("", _checked(rows))


def _workbook(content: bytes, wanted: str) -> Sheet:
    """Read by a process of its own (`workbook.py`)."""
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                    raise Unreadable("console.lists.unreadable.too_big")
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKBOOK)], input=json.dumps(wanted).encode() + b"\n" + content, capture_output=True,
            timeout=LONGEST, check=False,
        )  # fmt: skip
    except (zipfile.BadZipFile, OSError) as wrong:
        raise Unreadable("console.lists.unreadable.workbook") from wrong
    except subprocess.TimeoutExpired:
        raise Unreadable("console.lists.unreadable.too_big") from None
    if done.returncode or not done.stdout:
        # It wanted more memory than it may have. What it wrote to standard error may quote the file.
        raise Unreadable("console.lists.unreadable.too_big")
    found = orjson.loads(done.stdout)
    if "refused" in found:
        raise Unreadable(f"console.lists.unreadable.{found['refused']}")
    return Sheet(found["name"], _checked(found["rows"]), tuple((name, many) for name, many in found["others"]), found["hidden"])


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
        return [[plain(unplain(value)) for value in row[:MOST_COLUMNS]]
                for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)][: MOST_ROWS + 50]
    except csv.Error as wrong:
        raise Unreadable("console.lists.unreadable.csv") from wrong


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
