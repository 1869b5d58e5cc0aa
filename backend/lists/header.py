"""Where a list's header is, and which column is which: proposed here, confirmed by a person, remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.lists.columns import column_of, fold_header
from backend.lists.reading import Row, filled

LOOKED_AT = 20
"""Rows at the top among which a header is looked for: titles, notes, a date."""
LEAST_KNOWN = 2


@dataclass(frozen=True, slots=True)
class Header:
    """`row` is its last row, from 1; 0 where there is none. `names`: what each column is called, both rows of it."""

    row: int
    names: tuple[str, ...]


def find_header(rows: Sequence[Row]) -> Header:
    """The row with the most known names; with the row below it where that divides a merged cell (電話番号: 携帯, 固定)."""
    best, known = 0, 0
    for at, row in enumerate(rows[:LOOKED_AT]):
        count = sum(1 for words in row if words and column_of(words))
        if count > known:
            best, known = at, count
    if known < LEAST_KNOWN:
        return Header(0, ())
    top = rows[best]
    if best + 1 < len(rows) and _divides(top, rows[best + 1]):
        return Header(best + 2, _joined(top, rows[best + 1]))
    if best and _divides(rows[best - 1], top) and filled(rows[best - 1]) > 1:
        return Header(best + 1, _joined(rows[best - 1], top))
    return Header(best + 1, tuple(" ".join(words.split()) for words in top))


def propose(names: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Place of a column (as text) -> id of the column. What this municipality chose last time comes first; each id once."""
    mapping: dict[str, str] = {}
    for place, words in enumerate(names):
        parts = words.split("／")
        known = remembered.get(fold_header(words))
        found = known if known is not None else column_of(*parts)
        if found and found not in mapping.values():
            mapping[str(place)] = found
    if "name" not in mapping.values():
        # A list of households names the head alone.
        mapping = {place: "name" if found == "head_name" else found for place, found in mapping.items()}
    return mapping


def _divides(top: Row, below: Row) -> bool:
    """Whether `below` is the second row of a header: each of its cells is a name, one of them under an empty cell."""
    said = [(place, words) for place, words in enumerate(below) if words]
    if not said or len(said) > filled(top) + 2:
        return False
    if not all(column_of(words) or column_of(_over(top, place), words) for place, words in said):
        return False
    return any(not top[place] for place, _ in said)


def _joined(top: Row, below: Row) -> tuple[str, ...]:
    names = []
    for place, words in enumerate(below):
        over = top[place] or (_over(top, place) if words else "")
        names.append("／".join(" ".join(part.split()) for part in (over, words) if part))
    return tuple(names)


def _over(top: Row, place: int) -> str:
    """The merged cell above: its words stand in its first column."""
    return next((words for words in reversed(top[: place + 1]) if words), "")
