"""`programs sheet` makes a municipality's quick-reference sheet; `programs import` brings an edited workbook back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.clock import in_japan
from backend.programs.edition import current
from backend.programs.of_case import NotFound, Place, place
from backend.programs.sheet import html
from backend.programs.sheet.changes import NOTHING, Change, Changes, with_changes
from backend.programs.sheet.table import sheet_of
from backend.programs.sheet.worded import Worded, worded
from dialogs.core.words import Text, Words

if TYPE_CHECKING:  # openpyxl takes half a second to load, and only the workbook needs it
    from backend.programs.sheet.importing import Edited, Origin

FORMATS = ("html", "xlsx", "pdf")

Opened = Callable[[], Any]


def add_commands(commands: Any, opened: Opened) -> None:
    """Add `sheet` to `programs`."""
    one = commands.add_parser("sheet", help="the quick-reference sheet (早見表): programs by degree of damage")
    one.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    one.add_argument("--format", choices=FORMATS, default="", help="default: as the file of --out is called, or html")
    one.add_argument("--locale", default="ja", help="language of the sheet (default: ja)")
    one.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day it is made for, YYYY-MM-DD (default: today)")
    one.add_argument("--out", type=Path, default=None, help="write it there (default: standard output)")
    one.set_defaults(do=partial(run_sheet, opened))
    back = commands.add_parser("import", help="bring an edited workbook back: lists every difference; --apply hands them to the second person")
    back.add_argument("file", type=Path, help="an .xlsx made with `programs sheet --format xlsx`")
    back.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    back.add_argument("--apply", action="store_true", help="make them a draft that waits for approval in the console (without it nothing is written)")
    back.set_defaults(do=partial(run_import, opened))


def run_sheet(opened: Opened, args: argparse.Namespace) -> int:
    """Make the sheet; 1 with a sentence when it cannot be made."""
    shell = opened()
    if args.locale not in shell.words.locales:
        print(f"There are no words in {args.locale!r}; there are: {', '.join(shell.words.locales)}.", file=sys.stderr)
        return 1
    today = args.as_of or in_japan(shell.clock()).date()
    called = args.out.suffix.removeprefix(".").casefold() if args.out else ""
    format = args.format or (called if called in FORMATS else "html")
    if args.out is None and format != "html" and sys.stdout.isatty():
        print(f"A {format} is nothing to read in a terminal: say where, with --out sheet.{format}.", file=sys.stderr)
        return 1
    try:
        with shell.engine.connect() as connection:
            where = place(connection, args.tenant)
        made = rendered(shell, where, where.changes, today, format, args.locale)
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except RuntimeError as wrong:  # CannotPrint; named so that typst is only loaded for a PDF
        print(wrong, file=sys.stderr)
        return 1
    if args.out is None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
        return 0
    try:
        args.out.write_bytes(made)
    except OSError as wrong:
        print(f"{args.out} cannot be written: {wrong.strerror}.", file=sys.stderr)
        return 1
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


def run_import(opened: Opened, args: argparse.Namespace) -> int:
    """List what an edited workbook changes; with --apply it becomes a draft: all of it or, with any mistake, nothing; then 1.

    Whoever holds the command line is one person as well: what they bring in holds when a second one has approved it.
    """
    from backend.programs.editing import drafts
    from backend.programs.sheet import importing

    shell = opened()
    try:
        tab, origin = importing.opened(args.file.read_bytes())
        with shell.engine.begin() as connection:
            where = place(connection, args.tenant)
            found = compared(shell, where, tab, origin)
            if args.apply and found.differences:
                drafts.begin(connection, where.id, None, asked_for(found), origin="command", at=shell.clock(), waiting=True)
    except OSError as wrong:
        print(f"{args.file} cannot be read: {wrong.strerror}.", file=sys.stderr)
        return 1
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except importing.BadSheet as wrong:
        for sentence in wrong.sentences:
            print(sentence, file=sys.stderr)
        print("Nothing was brought in.", file=sys.stderr)
        return 1
    for one in found.differences:
        print(one.sentence())
    many = len(found.differences)
    said = f"{many} difference{'' if many == 1 else 's'}"
    rest = "waiting for approval in the console" if args.apply else "nothing was changed. Hand them on with --apply"
    print(f"{said}; {rest}." if many else f"{said}.", file=sys.stderr)
    return 0


def asked_for(found: Edited) -> dict[str, Change]:
    """What the file wants of every program it says something new about."""
    return {one.program: found.changes.get(one.program, NOTHING) for one in found.differences}


def compared(shell: Any, where: Place, tab: Any, origin: Origin) -> Edited:
    """What an edited workbook asks for, against what the municipality has now. Raises `BadSheet`."""
    from backend.programs.sheet import importing

    if origin.slug != where.slug:
        raise importing.BadSheet(f"This sheet was made for {origin.slug or 'nobody'}, not for {where.slug}.")
    if origin.locale not in shell.words.locales:
        raise importing.BadSheet(f"This sheet is in a language that is not here: {origin.locale!r}.")
    now = in_words(shell, where, where.changes, in_japan(shell.clock()).date(), origin.locale)
    if origin.state != now.state:
        raise importing.BadSheet(
            "The programs have changed since this sheet was made (by another import or a new catalogue): make a new one, "
            "with ./run programs sheet --format xlsx, and edit that."
        )
    # Against the catalogue's own desks, which stand again where somebody empties the cell.
    named = {program: replace(change, desk=None, phone=None) for program, change in where.changes.items()}
    edition, disaster = with_changes(current(), where.disaster, {program: replace(one, off=False) for program, one in named.items()})
    known = disaster.known
    entries = edition.entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
    desks = {entry.id: entry.desk for entry in entries}
    return importing.edited(tab, now, desks.__getitem__)
