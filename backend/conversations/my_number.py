"""PR-09: a My Number (個人番号) is never asked for; one that somebody types is masked before anything keeps it.

Twelve digits, the last a check digit (平成26年総務省令第85号 5条): 11 minus the weighted sum modulo 11, 0 when that
is above 9.
"""

from __future__ import annotations

import re
import unicodedata

MASK = "●●●●-●●●●-●●●●"

_TWELVE = re.compile(r"(?<![\d+＋])\d{4}[-ー－−‐ 　]?\d{4}[-ー－−‐ 　]?\d{4}(?!\d)")
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def masked(text: str) -> str:
    """`text` with every My Number in it hidden; the same object when there is none."""
    if len(text) < 12:
        return text
    hidden = _TWELVE.sub(lambda found: MASK if is_my_number(found[0]) else found[0], text)
    return text if hidden == text else hidden


def is_my_number(typed: str) -> bool:
    """Whether these are twelve digits whose last is the check digit of the others (full width counts)."""
    digits = [int(letter) for letter in unicodedata.normalize("NFKC", typed) if letter.isdecimal()]
    if len(digits) != 12:
        return False
    rest = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)
