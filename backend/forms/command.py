"""`forms FORM`: the manual's forms from the command line, of one case or of a filter."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from backend import ids
from backend.audit import service as audit
from backend.cases.selection import Selection
from backend.db import reading
from backend.forms.catalogue import CSV, CSV_CP932, FORMS, OF_A_LIST, PDF
from backend.forms.choosing import count, next_cases
from backend.forms.csv import Lost
from backend.forms.glyphs import CannotPrint
from backend.forms.making import Order, Setting, make
from backend.forms.sharing import recipient_of
from backend.programs.of_case import NotFound, Place, case_id_of, place
from backend.staff.roles import CASEWORKER, SUPERVISOR, Staff
from dialogs.core.words import Words

Opened = Callable[[], Any]
FILTER = tuple(one.name for one in fields(Selection))


def add_commands(commands: Any, opened: Opened) -> None:
    """Add `forms` to the command line."""
    one = commands.add_parser("forms", help="the manual's forms: lists, survey sheet, support record, case meeting, handover")
    one.add_argument("form", choices=sorted(FORMS))
    one.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    one.add_argument("--case", default="", metavar="NUMBER", help="one case; without it, those of the filter")
    one.add_argument("--filter", default=[], nargs="*", metavar="NAME=VALUE", help=f"status=open|closed|all and {', '.join(FILTER[1:])} (default: status=open)")
    one.add_argument("--format", choices=OF_A_LIST, default="", help="default: as the file of --out is called, or pdf")
    one.add_argument("--for", default="", dest="recipient", metavar="ID", help="a recipient outside: only what was agreed to")
    one.add_argument("--protected", action="store_true", help="protected people too; without it they are left out and counted")
    one.add_argument("--out", type=Path, required=True, help="the file; where there are several, they are numbered")
    one.set_defaults(do=partial(run, opened))


def run(opened: Opened, args: argparse.Namespace) -> int:
    """Make the form; 1 with a sentence when it cannot be made."""
    shell = opened()
    try:
        with reading(shell.engine).begin() as connection:
            where = place(connection, args.tenant)
            order = _order(connection, where, args)
            setting = _setting(connection, shell, where, order)
            # Whoever runs this has the database; the trail says that it was the command line.
            whoever = Staff("", where.id, "", "", SUPERVISOR if args.protected else CASEWORKER)
            files, many, hidden, lost = _write(connection, shell, whoever, order, setting, args.out)
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except CannotPrint as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except OSError as wrong:
        print(f"{args.out} cannot be written: {wrong.strerror}.", file=sys.stderr)
        return 1
    with shell.engine.begin() as connection:
        audit.record(connection, tenant_id=where.id, staff_id=None, action="export.made", object_kind="export", object_id=ids.new(),
                     detail={"form": order.form, "format": order.format, "filter": order.chosen.chosen(), "case": order.case_id,
                             "recipient": order.recipient_id, "count": many, "hidden": hidden}, at=shell.clock())  # fmt: skip
    for path in files:
        print(f"{path}: {path.stat().st_size:,} bytes", file=sys.stderr)
    print(f"{many} household{'' if many == 1 else 's'}; {hidden} protected left out.", file=sys.stderr)
    for one in lost:
        print(f"{one.number} {one.column}: {one.character} is not in CP932 and was written as 〓", file=sys.stderr)
    return 0


def _order(connection: Connection, where: Place, args: argparse.Namespace) -> Order:
    given = dict(pair.split("=", 1) for pair in args.filter if "=" in pair)
    unknown = [pair for pair in args.filter if pair.split("=", 1)[0] not in FILTER or "=" not in pair]
    if unknown:
        raise NotFound(f"Not a filter: {', '.join(unknown)}. There are: {', '.join(FILTER)}.")
    case_id = case_id_of(connection, where, args.case)[0] if args.case else ""
    called = args.out.suffix.removeprefix(".").casefold()
    format = args.format or (called if called in OF_A_LIST else PDF)
    order = Order(args.form, format, case_id, Selection.of(given), args.recipient)
    if not order.valid:
        raise NotFound(f"{args.form} comes as {', '.join(FORMS[args.form].formats)}.")
    return order


def _setting(connection: Connection, shell: Any, where: Place, order: Order) -> Setting:
    to = recipient_of(connection, where.id, order.recipient_id) if order.recipient_id else None
    if order.recipient_id and to is None:
        raise NotFound(f"{where.slug} has no recipient {order.recipient_id}.")
    return Setting(Words.of(dict(where.name)).in_locale("ja"), "", shell.clock(), to)


def _write(
    connection: Connection, shell: Any, whoever: Staff, order: Order, setting: Setting, out: Path
) -> tuple[list[Path], int, int, list[Lost]]:
    """Write the file or the files; returns them, the households on them, the protected ones left out, what was lost."""
    if order.offered.blank:
        out.write_bytes(make(connection, shell, order, setting, []).content)
        return [out], 0, 0, []
    total, hidden = (1, 0) if order.case_id else count(connection, whoever, order.chosen, setting.at)
    if not total:
        raise NotFound("No household fits.")
    files: list[Path] = []
    done, written, lost = 0, 0, list[Lost]()
    joined = order.format in (CSV, CSV_CP932)
    for case_ids in _pieces(connection, whoever, order, setting.at):
        last = done + len(case_ids) >= total
        made = make(connection, shell, order, setting, case_ids, hidden=hidden if last else 0, first=not done, start=done + 1)
        path = out if joined or total <= order.piece else out.with_stem(f"{out.stem}_{len(files) + 1:03d}")
        if joined and done:
            with path.open("ab") as more:
                more.write(made.content)
        else:
            path.write_bytes(made.content)
            files.append(path)
        done, written, lost = done + len(case_ids), written + made.count, [*lost, *made.lost]
        if total > order.piece:
            print(f"{done:,} of {total:,}", file=sys.stderr)
    return files, written, hidden, lost


def _pieces(connection: Connection, whoever: Staff, order: Order, at: datetime) -> Iterator[list[str]]:
    if order.case_id:
        yield [order.case_id]
        return
    after = ""
    while rows := next_cases(connection, whoever, order.chosen, after, order.piece, at):
        yield [row.id for row in rows]
        after = rows[-1].number
