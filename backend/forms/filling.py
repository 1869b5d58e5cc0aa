"""A form filled with a household's values (or left blank): plain data that paper and workbook are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.forms.household import Household, Line, Value, derived
from backend.forms.layout import Cell, Form, Part, Piece, Row, Tick, Words
from backend.forms.layout import Value as ValueOf
from backend.forms.wording import worded, words_of

Run = Mapping[str, Any]
"""`{"t": words}` · `{"s": small print}` · `{"tick": bool}` · `{"v": value, "mm": least width}`."""

LEAST_BY_PEN = 7
"""Millimetres: the ruling of ordinary note paper (A罫). Higher, and the first survey no longer fits on the manual's one page."""


@dataclass(frozen=True, slots=True)
class Box:
    """One cell with what stands in it."""

    across: int
    down: int
    label: bool
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The cell in a workbook: ☑ and ☐ for boxes, the manual's words between."""
        parts = []
        for run in self.runs:
            if "tick" in run:
                parts.append("☑" if run["tick"] else "☐")
            else:
                parts.append(str(run.get("t") or run.get("s") or run.get("v") or ("　　" if run.get("mm") else "")))
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A row of boxes, so many millimetres high at least."""

    high: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its table, or a box of sentences."""

    heading: str
    header: int
    keep: bool
    lines: tuple[Ruled, ...]
    below: str
    box: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One filled form, ready to be printed. `mark` stands at its foot beside the page number."""

    form: str
    title: str
    corner: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    landscape: bool
    mark: str = ""
    remarks: tuple[str, ...] = ()
    """Sentences under the form: what was left out, and why."""


def filled(form: Form, household: Household, municipality: str, *, remarks: Sequence[str] = ()) -> Sheet:
    """The form about one household."""
    values = {**derived(household.values), "number": household.number, "municipality": municipality}
    return _sheet(form, values, household.lists, household.not_given, household.number, False, remarks)


def listed(form: Form, lines: Iterable[Line], municipality: str, *, remarks: Sequence[str] = ()) -> Sheet:
    """A form that is a list: a line for each household."""
    return _sheet(form, {"municipality": municipality}, {"households": tuple(lines)}, {}, "", False, remarks)


def together(sheets: Sequence[Sheet]) -> Sheet:
    """Several households under one title, one below the other (支援対象者リスト)."""
    first = sheets[0]
    return replace(first, blocks=tuple(block for sheet in sheets for block in sheet.blocks), mark="")


def blank(form: Form, municipality: str) -> Sheet:
    """The form for the pen, its boxes bigger."""
    return _sheet(form, {"municipality": municipality}, {}, {}, "", True, ())


def paper_of(form: Form, values: Mapping[str, Value], lists: Mapping[str, Sequence[Line]]) -> Sheet:
    """A form that is about no single household."""
    return _sheet(form, values, lists, {}, "", False, ())


def _sheet(
    form: Form, values: Mapping[str, Value], lists: Mapping[str, Sequence[Line]], not_given: Mapping[str, str],
    mark: str, pen: bool, remarks: Sequence[str],
) -> Sheet:
    def say(some: Sequence[Piece]) -> str:
        return Box(1, 1, False, tuple(_run(one, values) for one in some)).text

    return Sheet(
        form=form.name,
        title=say(form.title),
        corner=tuple((label, say(some)) for label, some in form.corner),
        blocks=tuple(_block(part, values, lists, not_given, pen, say) for part in form.parts),
        landscape=form.landscape,
        mark=mark,
        remarks=tuple(remarks),
    )


def _block(
    part: Part, values: Mapping[str, Value], lists: Mapping[str, Sequence[Line]], not_given: Mapping[str, str], pen: bool, say: Any
) -> Block:
    lines: list[Ruled] = []
    for row in part.rows:
        if not row.each:
            lines.append(_line(row, values, not_given, pen))
            continue
        repeated = lists.get(row.each, ())
        for at, one in enumerate(repeated, 1):
            lines.append(_line(row, {"row": at, **one}, {}, pen))
        # Empty lines for the pen, as on the manual's page.
        lines += [_line(row, {}, {}, pen)] * max(row.least - len(repeated), 0)
    return Block(
        heading=part.heading, header=part.header, keep=part.keep, lines=tuple(lines), below=say(part.below),
        box=part.box, sentences=tuple(say(sentence) for sentence in part.lines),
    )  # fmt: skip


def _line(row: Row, values: Mapping[str, Value], not_given: Mapping[str, str], pen: bool) -> Ruled:
    high = max(row.blank or row.high, LEAST_BY_PEN) if pen else row.high
    return Ruled(high, tuple(_box(cell, values, not_given) for cell in row.cells))


def _box(cell: Cell, values: Mapping[str, Value], not_given: Mapping[str, str]) -> Box:
    runs = [_run(piece, values) for piece in cell.pieces]
    states = {not_given[piece.key] for piece in cell.pieces if not isinstance(piece, Words) and piece.key in not_given}
    marks = words_of("not_given")
    runs += [{"s": marks[state]} for state in sorted(states) if state in marks]
    return Box(cell.across, cell.down, cell.label, tuple(runs))


def _run(piece: Piece, values: Mapping[str, Value]) -> Run:
    if isinstance(piece, Words):
        return {"s": piece.text} if piece.small else {"t": piece.text}
    value = values.get(piece.key)
    if isinstance(piece, Tick):
        held = value if isinstance(value, tuple) else (value,)
        return {"tick": str(piece.option) in [str(one) for one in held] if piece.option else value not in (None, "", 0)}
    assert isinstance(piece, ValueOf)
    return {"v": "" if value is None or value == "" else worded(piece.key, value), "mm": piece.mm}
