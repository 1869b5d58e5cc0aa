"""`programs sheet`: a municipality's quick-reference sheet as a page, a workbook or a PDF."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from backend.clock import in_japan
from backend.programs.edition import current
from backend.programs.of_case import NotFound, Place, place
from backend.programs.sheet import html
from backend.programs.sheet.changes import Changes
from backend.programs.sheet.table import sheet_of
from backend.programs.sheet.worded import Worded, worded
from dialogs.core.words import Text, Words

FORMATS = ("html", "xlsx", "pdf")

Opened = Callable[[], Any]


def add_commands(commands: Any, opened: Opened) -> None:
    """Add `sheet` to `programs`."""
    one = commands.add_parser("sheet", help="the quick-reference sheet (早見表): programs by degree of damage")
    one.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    one.add_argument("--format", choices=FORMATS, default="html")
    one.add_argument("--locale", default="ja", help="language of the sheet (default: ja)")
    one.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day it is made for, YYYY-MM-DD (default: today)")
    one.add_argument("--out", type=Path, default=None, help="write it there (default: standard output)")
    one.set_defaults(do=partial(run_sheet, opened))


def run_sheet(opened: Opened, args: argparse.Namespace) -> int:
    """Make the sheet; 1 with a sentence when it cannot be made."""
    shell = opened()
    if args.locale not in shell.words.locales:
        print(f"There are no words in {args.locale!r}; there are: {', '.join(shell.words.locales)}.", file=sys.stderr)
        return 1
    today = args.as_of or in_japan(shell.clock()).date()
    try:
        with shell.engine.connect() as connection:
            where = place(connection, args.tenant)
        made = rendered(shell, where, {}, today, args.format, args.locale)
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except RuntimeError as wrong:  # CannotPrint; named so that typst is only loaded for a PDF
        print(wrong, file=sys.stderr)
        return 1
    if args.out is None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    else:
        args.out.write_bytes(made)
        print(f"{args.out}: {len(made):,} bytes", file=sys.stderr)
    return 0


def in_words(shell: Any, where: Place, changes: Changes, today: date, locale: str) -> Worded:
    """The municipality's sheet in one language."""
    sheet = sheet_of(current(), where.disaster, today, changes, locale)
    disaster = Words.of(dict(where.disaster_name)) if where.disaster_name else None
    return worded(sheet, Words.of(dict(where.name)), disaster, lambda arg: str(shell.words.word(arg, locale)), locale)


def rendered(shell: Any, where: Place, changes: Changes, today: date, kind: str, locale: str) -> bytes:
    """The sheet as a file of one of `FORMATS`. Raises `CannotPrint`."""
    sheet = in_words(shell, where, changes, today, locale)
    if kind == "html":
        return html.page(sheet).encode()
    if kind == "pdf":
        from backend.programs.sheet.pdf import pdf

        return pdf(sheet)
    from backend.programs.sheet.excel import workbook

    tabs = [shell.words.render(Text(f"program.sheet.tab.{name}"), locale) for name in ("sheet", "edit")]
    return workbook(sheet, where.slug, (tabs[0], tabs[1]))
