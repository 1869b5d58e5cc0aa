"""The sheet in words of one language, ready for a page, a PDF or a workbook: plain text, no markup of any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from backend.programs.sheet.table import LEVELS, Line, Sheet
from dialogs.core.words import Arg, Joined, Text, Words

Say = Callable[[Arg], str]
"""A message, an amount, a date … to words."""

ACROSS = 14
"""Programs beside each other, as on Hirokawa's A3 page."""
ACROSS_WIDER = {"ja@simple": 9}
"""Where readings make the words longer."""


@dataclass(frozen=True, slots=True)
class Column:
    """One program. `cells` are runs of equal degrees of damage, lightest first: (words, how many rows)."""

    id: str
    kind: str
    name: str
    cells: tuple[tuple[str, int], ...]
    plain_cells: tuple[str, ...]
    conditions: str
    deadline: str
    desk: str
    phone: str
    remarks: str
    """The municipality's own note, then what must (not) be done first."""
    line: Line


@dataclass(frozen=True, slots=True)
class Worded:
    """Everything that stands on the sheet. `columns` leaves out what no degree of damage opens and what is off."""

    locale: str
    title: str
    place: str
    disaster: str
    as_of: str
    legend: str
    foot: str
    state: str
    edit_hint: str
    levels: tuple[str, ...]
    heads: Mapping[str, str]
    columns: tuple[Column, ...]
    every: tuple[Column, ...]

    def pages(self) -> tuple[tuple[Column, ...], ...]:
        """The columns, so many to a page."""
        many = ACROSS_WIDER.get(self.locale, ACROSS)
        return tuple(self.columns[at : at + many] for at in range(0, len(self.columns), many))


HEADS = ("kind", "program", "method", "level", "conditions", "deadline", "desk", "phone", "note", "decided", "on", "id")


def worded(sheet: Sheet, place: Words, disaster: Words | None, say: Say, locale: str) -> Worded:
    """Put a sheet into words."""
    every = tuple(_column(line, say, locale) for line in sheet.lines)
    return Worded(
        locale=locale,
        title=say(Text("program.sheet.title")),
        place=place.in_locale(locale),
        disaster=disaster.in_locale(locale) if disaster else "",
        as_of=say(Text("program.sheet.as_of", {"day": sheet.as_of})),
        legend=say(Text("program.sheet.legend")),
        foot=f"{say(Text('program.sheet.foot'))} ({sheet.version})",
        edit_hint=say(Text("program.sheet.edit_hint")),
        state=sheet.state,
        levels=tuple(say(_level(name)) for name, _ in LEVELS),
        heads={name: say(Text(f"program.sheet.head.{name}")) for name in HEADS},
        columns=tuple(one for one in every if one.line.on and one.line.covers_something),
        every=every,
    )


def _level(name: str) -> Text:
    return Text(f"program.sheet.level.{name}" if name.startswith("partial") else f"field.damage_level.option.{name}")


def _column(line: Line, say: Say, locale: str) -> Column:
    cells = [say(cell) for cell in line.cells]
    return Column(
        id=line.entry.id,
        kind=say(Text(f"program.kind.{line.entry.kind}")),
        name=line.entry.name.in_locale(locale),
        cells=tuple((words, len(list(run))) for words, run in groupby(cells)),
        plain_cells=tuple(cells),
        conditions=say(Joined(line.conditions, "lines")),
        deadline=say(line.deadline),
        desk=line.desk,
        phone=line.phone,
        remarks="\n".join(words.in_locale(locale) for words in line.entry.warnings),
        line=line,
    )
