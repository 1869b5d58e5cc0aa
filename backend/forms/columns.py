"""The 31 columns of 訪問対象者リスト・支援対象者リスト: one definition for paper, workbook and CSV.

Source: 福岡県手引き 資料編 2; the labels stand in `manual/list.yaml` as they are printed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from backend.forms.layout import Cell, Form, Part, Row, cell, pieces, read
from backend.forms.layout import Value as ValueOf

VISIT, SUPPORTED = "visit_list", "supported_list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `part` is set where the manual splits one (⑨ 携帯電話 / 固定電話); `wide` in characters of a workbook."""

    number: str
    label: str
    key: str
    width: int
    wide: int
    part: str = ""
    under: str = ""

    @property
    def heading(self) -> str:
        """As it stands over the column of a workbook: ⑨電話番号（携帯電話）."""
        return f"{self.number}{self.label}{f'（{self.part}）' if self.part else ''}{self.under}"


@cache
def columns(name: str) -> tuple[Column, ...]:
    """The columns of a list, in the manual's order: ①–⑩ for the visit list, ①–㉛ for the supported list."""
    data = read("list")
    every = tuple(Column(**one) for one in data["columns"])
    return tuple(one for one in every if one.number <= data["visit_until"]) if name == VISIT else every


@cache
def title(name: str) -> tuple[object, ...]:
    return pieces(read("list")["visit_title" if name == VISIT else "supported_title"])


@cache
def form(name: str) -> Form:
    """The list as a form: a line per household on landscape paper (①–⑩), or the manual's bands of boxes (①–㉛)."""
    return _lines() if name == VISIT else _bands()


def _lines() -> Form:
    """One table for all households, its two head rows again on every page."""
    every = columns(VISIT)
    whole = sum(one.wide for one in every)
    # The grid has 48 columns; what rounding leaves goes to the address, the longest value.
    shares = {one.heading: max(2, round(48 * one.wide / whole)) for one in every}
    longest = max(every, key=lambda one: one.wide).heading
    shares[longest] += 48 - sum(shares.values())
    line = tuple(Cell(shares[one.heading], (ValueOf(one.key),)) for one in every)
    table = Part(rows=(*_heads(every, shares), Row(line, high=9, each="households", least=12)), header=2)
    return Form(VISIT, pieces(read("list")["visit_title"]), (), (table,), landscape=True)


def _bands() -> Form:
    """The bands of one household, broken as in the manual."""
    data = read("list")
    rows: list[Row] = []
    for band in data["bands"]:
        first, last = band.split("-")
        inside = tuple(one for one in columns(SUPPORTED) if first <= one.number <= last)
        spread = {one.heading: one.width for one in inside}
        spread[inside[-1].heading] += 48 - sum(spread.values())
        rows += _heads(inside, spread)
        rows.append(Row(tuple(Cell(spread[one.heading], (ValueOf(one.key),)) for one in inside), high=9, blank=14))
    return Form(SUPPORTED, pieces(data["supported_title"]), (), (Part(rows=tuple(rows), keep=True),))


def _heads(inside: tuple[Column, ...], shares: dict[str, int]) -> list[Row]:
    """The label row, and a second one where a column is split."""
    split = any(one.part for one in inside)
    first: list[Cell] = []
    second: list[Cell] = []
    for at, one in enumerate(inside):
        if not one.part:
            words = f"#{one.number}{one.label}" + (f"\n<{one.under}>" if one.under else "")
            first.append(cell(shares[one.heading], words, 2 if split else 1))
            continue
        second.append(cell(shares[one.heading], f"#{one.part}"))
        if at == 0 or inside[at - 1].number != one.number:
            together = sum(shares[other.heading] for other in inside if other.number == one.number)
            first.append(cell(together, f"#{one.number}{one.label}"))
    return [Row(tuple(first)), Row(tuple(second))] if second else [Row(tuple(first))]
