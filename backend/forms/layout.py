"""How a form looks: its title, corner and boxes, read from `manual/*.yaml`, where the manual's own words stand.

A cell is `[width, words]` or `[width, words, rows]`, 48 columns to the page. In the words

    #被害程度            the whole cell is a label
    [damage_level=half]  a box, ticked when the record holds that option; [income_work] when it holds anything
    {name}  {age:8}      the value, or a line of at least so many millimetres for the pen
    <（1か月の収入）>       small print

Everything else stands on the paper as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MANUAL = Path(__file__).parent / "manual"
ACROSS = 48
"""Columns of the grid that every form is ruled in."""

_MARK = re.compile(
    r"\[(?P<tick>[a-z_]+)(?:=(?P<option>[a-z_]+))?\]|\{(?P<value>[a-z_]+)(?::(?P<mm>\d+))?\}|<(?P<small>[^<>]+)>"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What is printed on every sheet."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick: `option` of `key`, or anything at all of it."""

    key: str
    option: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands; without one, a line of `mm` millimetres for the pen."""

    key: str
    mm: int = 0


Piece = Words | Tick | Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the grid. `across` of 48 columns, `down` rows."""

    across: int
    pieces: tuple[Piece, ...]
    label: bool = False
    down: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes beside each other. `high` millimetres at least, `blank` on a sheet for the pen; `each` repeats the row."""

    cells: tuple[Cell, ...]
    high: int = 0
    blank: int = 0
    each: str = ""
    least: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with a ruled table, or a box of sentences. The first `header` rows come again on every page."""

    heading: str = ""
    rows: tuple[Row, ...] = ()
    header: int = 0
    keep: bool = False
    """All on one page."""
    below: tuple[Piece, ...] = ()
    box: str = ""
    lines: tuple[tuple[Piece, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the manual."""

    name: str
    title: tuple[Piece, ...]
    corner: tuple[tuple[str, tuple[Piece, ...]], ...]
    parts: tuple[Part, ...]
    landscape: bool = False


@cache
def form(name: str) -> Form:
    """The form of `manual/<name>.yaml`."""
    data = read(name)
    return Form(
        name=name,
        title=pieces(data["title"]),
        corner=tuple((label, pieces(value)) for label, value in data.get("corner", ())),
        parts=tuple(_part(one) for one in data["parts"]),
        landscape=bool(data.get("landscape", False)),
    )


def read(name: str) -> Any:
    """The content of one file of `manual/`."""
    return yaml.safe_load((MANUAL / f"{name}.yaml").read_text(encoding="utf-8"))


def pieces(words: str) -> tuple[Piece, ...]:
    """A cell's words taken apart."""
    return tuple(_pieces(words))


def keys(form: Form) -> frozenset[str]:
    """Every key of the record that the form asks for."""
    found = [*form.title, *(one for _, value in form.corner for one in value)]
    for part in form.parts:
        found += [*part.below, *(one for line in part.lines for one in line)]
        found += [one for row in part.rows for cell in row.cells for one in cell.pieces]
    return frozenset(one.key for one in found if not isinstance(one, Words))


def _pieces(words: str) -> Iterator[Piece]:
    at = 0
    for found in _MARK.finditer(words):
        if found.start() > at:
            yield Words(words[at : found.start()])
        at = found.end()
        if found["tick"]:
            yield Tick(found["tick"], found["option"] or "")
        elif found["value"]:
            yield Value(found["value"], int(found["mm"] or 0))
        else:
            yield Words(found["small"], small=True)
    if at < len(words):
        yield Words(words[at:])


def _part(data: Mapping[str, Any]) -> Part:
    return Part(
        heading=data.get("heading", ""),
        rows=tuple(_row(one) for one in data.get("rows", ())),
        header=data.get("header", 0),
        keep=bool(data.get("keep", False)),
        below=pieces(data.get("below", "")),
        box=data.get("box", ""),
        lines=tuple(pieces(line) for line in data.get("lines", ())),
    )


def _row(data: Any) -> Row:
    about: Mapping[str, Any] = data if isinstance(data, dict) else {"cells": data}
    cells = tuple(cell(*one) for one in about["cells"])
    return Row(cells, about.get("high", 0), about.get("blank", 0), about.get("each", ""), about.get("least", 0))


def cell(across: int, words: str, down: int = 1) -> Cell:
    """A box with these words; `#` in front makes it a label."""
    label = words.startswith("#")
    return Cell(across, pieces(words[1:] if label else words), label, down)
