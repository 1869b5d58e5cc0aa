"""`programs explain`: one case on a terminal, every program with what speaks for it, against it, and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from backend.programs import spoken
from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, POSSIBLE, Result
from backend.programs.lines import as_json
from backend.programs.of_case import Looked
from dialogs.core.words import Arg, Text

Say = Callable[[Text], str]
"""A message to words, in the language that was asked for."""

_MARK = {True: "○", False: "×", None: "？"}
_STYLE = {ELIGIBLE: "bold green", POSSIBLE: "bold yellow", NOT_ELIGIBLE: "dim"}


def to_json(looked: Looked, say: Say) -> dict[str, Any]:
    """The results as `assess` writes them, each reason with its words as well."""
    programs = []
    for result in looked.results:
        line = as_json(result)
        for item, one in zip(line["reasons"], result.reasons, strict=True):
            item["words"] = say(spoken.reason(one))
        line["missing_words"] = [say(one) for one in spoken.missing(result.missing)]
        programs.append(line)
    return {"case": looked.number, "as_of": looked.situation.as_of, "catalogue": looked.catalogue, "programs": programs}


def show(console: Console, looked: Looked, say: Say, locale: str) -> None:
    """Print the case: what seems to fit, what may, what does not (only the reasons that stand against it)."""
    console.rule(say(Text("program.explain.title", {"number": looked.number})))
    for verdict in (ELIGIBLE, POSSIBLE, NOT_ELIGIBLE):
        found = [result for result in looked.results if result.verdict == verdict]
        if found:
            console.print(Styled(f"\n{say(Text(f'program.explain.heading.{verdict}'))} ({len(found)})", style=_STYLE[verdict]))
        for result in found:
            _one(console, result, say, locale)
    day: Arg = looked.situation.as_of or ""
    console.print()
    console.print(Styled(say(Text("program.explain.foot", {"day": day, "version": looked.catalogue})), style="dim"))


def _one(console: Console, result: Result, say: Say, locale: str) -> None:
    entry = result.entry
    head = Styled(f"\n● {entry.name.in_locale(locale)}", style="bold")
    head.append(f"  {say(Text(f'program.kind.{entry.kind}'))}  {entry.id}", style="not bold dim")
    console.print(head)
    refused = result.verdict == NOT_ELIGIBLE
    rows = [(_MARK[one.met], say(spoken.reason(one))) for one in result.reasons if not refused or one.met is False]
    if not refused:
        rows.append(("", f"{say(Text('program.explain.column.amount'))}：{say(spoken.amount(result.amount))}"))
        if result.missing:
            names = "、".join(say(one) for one in spoken.missing(result.missing))
            rows.append(("", f"{say(Text('program.explain.column.missing'))}：{names}"))
        rows.append(("", f"{say(Text('program.explain.column.deadline'))}：{say(deadline(result))}"))
        rows.append(("", entry.desk.in_locale(locale)))
    # A column of its own for the marks: Japanese has no spaces to wrap at.
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=4)
    grid.add_column(overflow="fold")
    for mark, words in rows:
        grid.add_row(Styled(f"  {mark}"), Styled(words))
    console.print(grid)


def deadline(result: Result) -> Text:
    """The next deadline in words."""
    if result.deadline is None or result.days_left is None:
        return Text("program.deadline.unknown")
    if result.days_left < 0:
        return Text("program.deadline.passed", {"date": result.deadline})
    return Text("program.deadline.date", {"date": result.deadline, "days": result.days_left})
