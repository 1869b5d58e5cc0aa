"""A list as CSV: UTF-8 with a mark that Excel knows it by, or CP932 for programs that know nothing else.

What CP932 cannot hold is written as 〓 and reported by row and column, never dropped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from backend.forms.cells import plain
from backend.forms.columns import Column
from backend.forms.glyphs import GETA
from backend.forms.household import Household
from backend.forms.lists import row_of

UTF8, CP932 = "utf-8", "cp932"
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Lost:
    """One character that the encoding does not have: which household's, which column, which code point."""

    number: str
    column: str
    character: str


def head(columns: tuple[Column, ...], encoding: str) -> bytes:
    """The first line. CP932 has no ㉑: it is written (21) there."""
    words = [column.heading if encoding != CP932 else _narrow(column.heading) for column in columns]
    return (BOM.encode() if encoding == UTF8 else b"") + _line(words, encoding, [], "", columns)


def rows(columns: tuple[Column, ...], households: Iterable[Household], encoding: str) -> tuple[bytes, list[Lost]]:
    """The lines of some households, and what of them could not be written."""
    lost: list[Lost] = []
    made = [
        _line([plain(value) for value in row_of(one, columns)], encoding, lost, one.number, columns) for one in households
    ]
    return b"".join(made), lost


def _line(values: list[str], encoding: str, lost: list[Lost], number: str, columns: tuple[Column, ...]) -> bytes:
    if encoding == CP932:
        values = [_held(value, lost, number, column.heading) for value, column in zip(values, columns, strict=True)]
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue().encode(encoding, "replace")


def _held(words: str, lost: list[Lost], number: str, column: str) -> str:
    out = []
    for letter in words:
        try:
            letter.encode(CP932)
        except UnicodeEncodeError:
            lost.append(Lost(number, column, f"U+{ord(letter):04X}"))
            letter = GETA
        out.append(letter)
    return "".join(out)


def _narrow(heading: str) -> str:
    """㉑収入 as (21)収入, in an encoding that has circled numbers up to 20 only."""
    first = heading[0]
    return f"({ord(first) - ord('㉑') + 21}){heading[1:]}" if "㉑" <= first <= "㉟" else heading
