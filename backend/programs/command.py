"""`programs …` on the command line: `assess` for pipes, `check` for whoever edits the catalogue, `explain` for a case.

What looks into the records needs a way to open them: `add_commands(…, opened)`. Without it those commands are not there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from backend.programs.edition import FOLDER, Edition, current, load
from backend.programs.lines import answers
from backend.programs.nodes import CatalogueError
from backend.programs.sheet import command as sheet

Opened = Callable[[], Any]
"""Opens the records and gives a `backend.app.Shell`."""


def add_commands(subparsers: Any, opened: Opened | None = None) -> None:
    """Add `programs` to a command line; the chosen command is `args.do(args) -> exit status`."""
    programs = subparsers.add_parser("programs", help="which support programs could help, and why")
    commands = programs.add_subparsers(dest="programs_command", required=True)

    one = commands.add_parser("assess", help="households as JSON lines in, results as JSON lines out")
    one.set_defaults(do=run_assess)

    check = commands.add_parser("check", help="load the whole catalogue and say what is wrong, with file and line")
    check.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="a catalogue folder (default: the project's)")
    check.set_defaults(do=run_check)
    if opened is not None:
        check.add_argument("--tenant", default=None, help="also what this municipality wrote itself, against the catalogue of today")
        check.set_defaults(do=partial(run_check, opened=opened))
        _add_explain(commands, opened)
        sheet.add_commands(commands, opened)
        _add_reassess(commands, opened)


def _add_explain(commands: Any, opened: Opened) -> None:
    explain = commands.add_parser("explain", help="a case: every program with verdict, amount, reasons, missing answers, deadline")
    explain.add_argument("case", help="the case number, such as T-2026-000123-7")
    explain.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    explain.add_argument("--locale", default="ja", help="language of the words (default: ja)")
    explain.add_argument("--json", action="store_true", help="as JSON")
    explain.set_defaults(do=partial(run_explain, opened))


def _add_reassess(commands: Any, opened: Opened) -> None:
    again = commands.add_parser("reassess", help="look at every case again; newly possible programs become tasks for caseworkers")
    again.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    again.set_defaults(do=partial(run_reassess, opened))


def run_reassess(opened: Opened, args: argparse.Namespace) -> int:
    """Look at every open case again, with a bar on standard error; what came of it as one JSON object."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from backend.programs.of_case import NotFound, place
    from backend.programs.reassess import Tally, reassess

    shell = opened()
    try:
        with shell.engine.connect() as connection:
            where = place(connection, args.tenant)
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        row = bar.add_task(where.slug, total=None)

        def told(tally: Tally) -> None:
            bar.update(row, total=tally.cases, completed=tally.done)

        tally = reassess(shell.engine, shell.clock, where, shell.settings.data_dir / f"reassess-{where.slug}.json", told)
    print(orjson.dumps({"cases": tally.cases, "changed": tally.changed, "tasks": tally.tasks, "skipped": len(tally.skipped)}).decode())
    return 0


def run_explain(opened: Opened, args: argparse.Namespace) -> int:
    """Print what the rules find for a case; who looked is kept in the audit trail. 1 when there is no such case."""
    from rich.console import Console

    from backend.audit import service as audit
    from backend.clock import in_japan
    from backend.programs import explain
    from backend.programs.of_case import NotFound, look, place

    shell = opened()
    now = shell.clock()
    try:
        with shell.engine.begin() as connection:
            where = place(connection, args.tenant)
            looked = look(connection, where, args.case, in_japan(now).date(), current())
            audit.record(
                connection, tenant_id=where.id, staff_id=None, action="programs.explained", object_kind="case",
                object_id=looked.case_id, detail={"by": "command line", "catalogue": looked.catalogue}, at=now,
            )  # fmt: skip
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1

    def say(text: Any) -> str:
        return str(shell.words.render(text, args.locale))

    if args.json:
        found = explain.to_json(looked, say)
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        explain.show(Console(highlight=False), looked, say, args.locale)
    return 0


def run_assess(args: argparse.Namespace) -> int:
    """Standard input to standard output, a line each; 1 if any line could not be read."""
    try:
        edition = current()
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 2
    status = 0
    try:
        for answer, read in answers(sys.stdin.buffer, edition):
            sys.stdout.buffer.write(answer + b"\n")
            sys.stdout.buffer.flush()
            status = status if read else 1
    except BrokenPipeError:
        # Whoever reads has seen enough (| head). Nothing more can be written, not even at exit.
        sys.stderr.close()
    return status


def run_check(args: argparse.Namespace, opened: Opened | None = None) -> int:
    """0 when every file is right, and with `--tenant` a municipality's own words too; else the mistakes on standard error, and 1."""
    try:
        edition = load(args.folder)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    entries = list(edition.all_entries())
    unconfirmed = sum(not entry.confirmed for entry in entries)
    print(f"{len(edition.national)} national entries, {len(entries)} with overlays, {unconfirmed} unconfirmed; version {edition.version}")
    return _check_own(opened, args.tenant, edition) if opened is not None and args.tenant is not None else 0


def _check_own(opened: Opened, slug: str, edition: Edition) -> int:
    from backend.programs.of_case import NotFound, place
    from backend.programs.sheet.changes import misfits

    try:
        with opened().engine.connect() as connection:
            where = place(connection, slug)
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    mistakes = misfits(edition, where.disaster, where.changes)
    for program, mistake in mistakes.items():
        print(f"{where.slug}, {program}: {mistake}", file=sys.stderr)
    print(f"{where.slug}: {len(where.changes)} programs decided, {len(mistakes)} that no longer fit the catalogue")
    return 1 if mistakes else 0


def main() -> int:
    """The commands by themselves: `python -m backend.programs.command programs check`."""
    parser = argparse.ArgumentParser(prog="tsunagi")
    add_commands(parser.add_subparsers(required=True))
    args = parser.parse_args()
    return int(args.do(args))


if __name__ == "__main__":
    sys.exit(main())
