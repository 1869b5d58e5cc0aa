"""Numbers for drawings: bars, stacked bars, shades of a map. A hidden count is drawn as what it is: not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHADES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` of 0 to 100; None where the count is hidden."""

    name: str
    count: int | None
    width: float | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a stacked bar: where it begins and how wide it is, of 100."""

    name: str
    start: float
    width: float


def bars(counts: Mapping[str, int | None]) -> list[Bar]:
    """Every bar against the longest."""
    most = max((count for count in counts.values() if count), default=0)
    return [
        Bar(name, count, None if count is None else round(100 * count / most, 2) if most else 0.0)
        for name, count in counts.items()
    ]


def stacked(counts: Mapping[str, int | None], whole: int | None) -> list[Piece]:
    """The pieces that may be told, one after the other; what is hidden leaves the end of the bar empty."""
    if not whole:
        return []
    made, at = [], 0.0
    for name, count in counts.items():
        if count:
            wide = 100 * count / whole
            made.append(Piece(name, round(at, 2), round(wide, 2)))
            at += wide
    return made


def shades(counts: Mapping[str, int | None]) -> dict[str, int | None]:
    """Name -> 0 (none) to `SHADES` (most); None where the count is hidden."""
    most = max((count for count in counts.values() if count), default=0)
    return {
        name: None if count is None else 0 if not count else max(1, -(-SHADES * count // most)) for name, count in counts.items()
    }


def steps(counts: Mapping[str, int | None]) -> list[tuple[int, int, int]]:
    """Shade, smallest and largest count that has it: the key of the map."""
    most = max((count for count in counts.values() if count), default=0)
    if not most:
        return []
    ends = [most * shade // SHADES for shade in range(SHADES + 1)]
    return [(shade, ends[shade - 1] + 1, ends[shade]) for shade in range(1, SHADES + 1) if ends[shade] > ends[shade - 1]]
