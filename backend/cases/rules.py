"""Case numbers: `T-2026-000123-7`, year, running number of the municipality, check digit; no personal data.

The check digit is Damm's: it catches every single wrong digit and every swap of two neighbours, the two mistakes
people make when they read a number over the phone (H. M. Damm, 2004, table of order 10).
"""

from __future__ import annotations

import re
import unicodedata

_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_TYPED = re.compile(r"T?(\d{4})(\d{6,9})(\d)")


def check_digit(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return interim


def case_number(year: int, serial: int) -> str:
    """The number told to the person: `case_number(2026, 123)` is `T-2026-000123-` and its check digit."""
    digits = f"{year:04d}{serial:06d}"
    return f"T-{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def read_case_number(typed: str) -> str | None:
    """A number as somebody typed it (全角, other dashes, no dashes, small t), in its one spelling; None when wrong."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    found = _TYPED.fullmatch(plain)
    if found is None:
        return None
    year, serial, check = found.groups()
    return f"T-{year}-{serial}-{check}" if check_digit(year + serial) == int(check) else None
