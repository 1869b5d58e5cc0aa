"""`programs …` on the command line: `assess` for pipes, `check` for whoever edits the catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from backend.programs.edition import FOLDER, current, load
from backend.programs.lines import answers
from backend.programs.nodes import CatalogueError


def add_commands(subparsers: Any) -> None:
    """Add `programs` to a command line; the chosen command is `args.do(args) -> exit status`."""
    programs = subparsers.add_parser("programs", help="which support programs could help, and why")
    commands = programs.add_subparsers(dest="programs_command", required=True)

    one = commands.add_parser("assess", help="households as JSON lines in, results as JSON lines out")
    one.set_defaults(do=run_assess)

    check = commands.add_parser("check", help="load the whole catalogue and say what is wrong, with file and line")
    check.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="a catalogue folder (default: the project's)")
    check.set_defaults(do=run_check)


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


def run_check(args: argparse.Namespace) -> int:
    """0 when every file is right; else every wrong file's first mistake on standard error, and 1."""
    try:
        edition = load(args.folder)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    entries = list(edition.all_entries())
    unconfirmed = sum(not entry.confirmed for entry in entries)
    print(f"{len(edition.national)} national entries, {len(entries)} with overlays, {unconfirmed} unconfirmed; version {edition.version}")
    return 0


def main() -> int:
    """The commands by themselves: `python -m backend.programs.command programs check`."""
    parser = argparse.ArgumentParser(prog="tsunagi")
    add_commands(parser.add_subparsers(required=True))
    args = parser.parse_args()
    return int(args.do(args))


if __name__ == "__main__":
    sys.exit(main())
