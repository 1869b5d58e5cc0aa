"""The order that people count in."""

from __future__ import annotations

import re


def numbered(name: str) -> tuple[tuple[int, int, str], ...]:
    """What names with numbers in them sort by, in any width of digits: 第2校区 before 第10校区, 中央2-9 before 中央2-10."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
