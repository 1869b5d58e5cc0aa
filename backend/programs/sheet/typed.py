"""What somebody typed about a desk, a telephone or a note, in Excel or in the form: cleaned, or refused in a sentence. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

LONGEST = {"desk": 100, "phone": 40, "note": 300}
"""Characters, by field."""
_PHONE = re.compile(r"[0-9+()#\-、, ]*(内線[0-9 ]+)?")


def plain(value: object) -> str:
    return "" if value is None else unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").strip()


def text(field: str, value: object) -> str:
    if isinstance(value, bool | int | float | date | datetime):
        raise ValueError("Excel made something else of this; format the cell as text and write it again")
    words = plain(value)
    if len(words) > LONGEST[field]:
        raise ValueError(f"this is longer than {LONGEST[field]} characters")
    if any(unicodedata.category(sign) == "Cc" and sign != "\n" for sign in words):
        raise ValueError("this holds signs that cannot be shown")
    return words


def one_line(field: str, value: object) -> str:
    return " ".join(text(field, value).split())


def phone(value: object) -> str:
    if isinstance(value, int | float):
        raise ValueError("Excel took the number for a sum and dropped its first 0; format the cell as text and write it again")
    number = unicodedata.normalize("NFKC", one_line("phone", value)).replace("ー", "-").replace("‐", "-").replace("−", "-")
    if not _PHONE.fullmatch(number):
        raise ValueError("this is no telephone number")
    return number
