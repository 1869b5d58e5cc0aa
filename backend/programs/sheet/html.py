"""The sheet as one web page that needs nothing else: styles inside, no script, printable on A3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from backend.programs.sheet.worded import Column, Worded


def kinds(columns: Iterable[Column]) -> list[tuple[str, int]]:
    """Kinds of neighbouring columns with how many columns each spans."""
    return [(kind, len(list(run))) for kind, run in groupby(columns, key=lambda column: column.kind)]


def starting_at(column: Column, row: int) -> Iterator[tuple[str, int]]:
    """The cell that begins in this row, if one does."""
    at = 0
    for words, span in column.cells:
        if at == row:
            yield words, span
        at += span


@cache
def templates() -> Environment:
    """Read and compiled once in a process."""
    made = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=False)
    made.filters.update(groupby_run=kinds, starting_at=starting_at)
    return made


def page(sheet: Worded) -> str:
    """The whole page as text; every word is escaped."""
    return templates().get_template("page.html").render(sheet=sheet, lang=sheet.locale.split("@")[0])
