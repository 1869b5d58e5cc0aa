"""`export`: everything of a municipality, decrypted, into a folder or a zip with a passphrase; and its check."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from backend.audit import service as audit
from backend.programs.of_case import NotFound, place
from backend.takeout import checking, packing
from backend.takeout.packing import WeakPassphrase
from backend.takeout.writing import NotThis, write

Opened = Callable[[], Any]


def add_commands(commands: Any, opened: Opened) -> None:
    """Add `export` to the command line."""
    one = commands.add_parser("export", help="everything of a municipality, decrypted, to leave with")
    one.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    one.add_argument("--out", type=Path, help="an empty folder (begun before: it goes on), or with a passphrase the .zip")
    one.add_argument("--passphrase-file", type=Path, help="seal the zip with the first line of this file (AES-256, opens in 7-Zip)")
    one.add_argument("--check", type=Path, metavar="PATH", help="look a finished export over: counts, hashes, references, the database")
    one.set_defaults(do=partial(run, opened))


def run(opened: Opened, args: argparse.Namespace) -> int:
    """Export or check; 1 with sentences when something is wrong."""
    try:
        phrase = args.passphrase_file.read_text(encoding="utf-8").splitlines()[0].strip() if args.passphrase_file else ""
        if args.check:
            return _checked(opened, args.check, phrase)
        if args.out is None:
            print("Say where to: --out FOLDER (or --out FILE.zip --passphrase-file …).", file=sys.stderr)
            return 1
        return _packed(opened, args, phrase) if args.passphrase_file else _written(opened, args.tenant, args.out)
    except (NotFound, NotThis, WeakPassphrase) as wrong:
        print(wrong, file=sys.stderr)
    except (OSError, IndexError) as wrong:
        print(f"A file cannot be read or written: {getattr(wrong, 'strerror', None) or 'it is empty'}.", file=sys.stderr)
    return 1


def _written(opened: Opened, slug: str, folder: Path) -> int:
    shell = opened()
    with shell.engine.connect() as connection:
        where = place(connection, slug)
    manifest = write(shell, where.id, where.slug, folder, _told)
    rows = sum(one["rows"] for one in manifest["tables"].values())
    with shell.engine.begin() as connection:
        audit.record(connection, tenant_id=where.id, staff_id=None, action="municipality.exported", object_kind="tenant", object_id=where.id,
                     detail={"rows": rows, "files": len(manifest["files"])}, at=shell.clock())  # fmt: skip
    print(f"{folder}: {rows:,} records, {len(manifest['files']):,} files.", file=sys.stderr)
    return _report(checking.problems(folder))


def _packed(opened: Opened, args: argparse.Namespace, phrase: str) -> int:
    if len(phrase) < packing.SHORTEST:
        raise WeakPassphrase(f"A passphrase needs at least {packing.SHORTEST} characters.")
    # Beside the zip, and for its owner alone: what is in it is in the clear until it is sealed.
    folder = args.out.with_name(f"{args.out.name}.begun")
    status = _written(opened, args.tenant, folder)
    if status == 0:
        packing.pack(folder, args.out, phrase)
        shutil.rmtree(folder)
        print(f"{args.out}: {args.out.stat().st_size:,} bytes, sealed.", file=sys.stderr)
    return status


def _checked(opened: Opened, path: Path, phrase: str) -> int:
    folder, lent = path, path.is_file()
    if lent:
        folder = Path(mkdtemp(prefix="tsunagi-export-"))
    try:
        if lent:
            packing.unpack(path, folder, phrase)
        found = checking.problems(folder)
        if not found:
            with opened().engine.connect() as connection:
                for sentence in checking.missing(connection, folder):
                    print(f"Since then: {sentence}", file=sys.stderr)
        return _report(found)
    finally:
        if lent:
            shutil.rmtree(folder)


def _report(found: list[str]) -> int:
    for problem in found:
        print(problem)
    if not found:
        print("Counts, hashes and references hold.", file=sys.stderr)
    return 1 if found else 0


def _told(name: str, rows: int) -> None:
    print(f"{name}: {rows:,}", file=sys.stderr)
