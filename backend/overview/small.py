"""Small counts are hidden, and enough others with them that no sum gives them away (cell suppression).

A count below `LEAST` could be recognised: "1 household in 川上 refused" is somebody. Hiding it alone does not help where the
total stands beside it, so further cells go until whoever does the subtraction cannot rule out `LEAST` or more for any cell
that is hidden. Zero is shown: it names nobody.

Each line here is a list of cells with one total. What is not covered: asking twice for spans of time that differ by a day.
Roles that see figures alone can therefore only ask for whole months and weeks (`spans.py`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST = 5
"""Counts from 1 to LEAST - 1 are hidden."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line(Generic[K]):
    """What may be shown of a line; None is hidden. `cells` keeps the order it was given."""

    cells: Mapping[K, int | None]
    total: int | None

    def __getitem__(self, name: K) -> int | None:
        return self.cells[name]


def hide(cells: Mapping[K, int], *, total_is_hidden: bool = False) -> Line[K]:
    """What may be shown of cells that add up. `total_is_hidden`: another line has to keep this one's total to itself."""
    total = sum(cells.values())
    gone = {name for name, count in cells.items() if 0 < count < LEAST}
    if total_is_hidden or 0 < total < LEAST:
        if total and not gone:
            gone.add(min((name for name, count in cells.items() if count), key=lambda name: cells[name]))
        return Line({name: None if name in gone else count for name, count in cells.items()}, None)
    if gone:
        gone = _enough(cells, gone)
    return Line({name: None if name in gone else count for name, count in cells.items()}, total)


def hidden_alone(count: int) -> int | None:
    """A count that stands by itself."""
    return None if 0 < count < LEAST else count


def _enough(cells: Mapping[K, int], gone: set[K]) -> set[K]:
    """Hide the next smallest until the largest that any hidden cell could be is at least `LEAST`.

    Whoever knows the total knows what the hidden cells add up to, and that none of them is zero: each is at most that sum
    less one for every other. Where even all of them are too few, zeros are hidden too, and nothing is known of any cell.
    """
    rest = sorted((name for name, count in cells.items() if count and name not in gone), key=lambda name: cells[name])
    chosen = set(gone)
    while len(chosen) < 2 or sum(cells[name] for name in chosen) - len(chosen) + 1 < LEAST:
        if not rest:
            return set(cells)
        chosen.add(rest.pop(0))
    return chosen
