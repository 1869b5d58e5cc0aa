"""`lists import|template`: bring a municipality's list in from the command line, with the same dry run as the console."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from backend.app import Shell
from backend.db import reading
from backend.files.service import File
from backend.jobs.models import job
from backend.jobs.run import run_slice
from backend.lists import service as lists
from backend.lists.applying import APPLY, apply_some
from backend.lists.checking import CHECK, check_some
from backend.lists.columns import KINDS, columns
from backend.lists.finding import FIND, find_some
from backend.lists.reading import Unreadable, letter
from backend.matching.propose import MATCH, match_some
from backend.tenants.models import tenant
from bots.commands.shell import opened
from dialogs.core.words import Text

SLICES = {CHECK: check_some, APPLY: apply_some, FIND: find_some, MATCH: match_some}
SHOWN = 30
"""Troubles printed; the console shows them all."""


def add_commands(commands: Any) -> None:
    parts = commands.add_parser("lists", help="bring lists in, or get the workbook to fill in").add_subparsers(dest="part", required=True)
    bring = parts.add_parser("import", help="a dry run: what would be new, what is wrong; --apply takes it in")
    bring.add_argument("file", type=Path)
    bring.add_argument("--kind", choices=KINDS, default=KINDS[0])
    bring.add_argument("--tenant", help="slug of the municipality (default: the only one)")
    bring.add_argument("--sheet", default="", help="which sheet of a workbook (default: the fullest one)")
    bring.add_argument("--apply", action="store_true", help="take it in after the dry run")
    bring.set_defaults(do=_import)
    made = parts.add_parser("template", help="the workbook with the manual's columns ①–㉛")
    made.add_argument("--out", type=Path, default=Path("list.xlsx"))
    made.set_defaults(do=_template)


def _import(given: argparse.Namespace) -> int:
    shell = opened()
    try:
        tenant_id = _tenant(shell, given.tenant)
        content = given.file.read_bytes()
    except (LookupError, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    began = time.monotonic()
    try:
        file = File(given.file.name, "application/octet-stream", content)
        id_ = lists.bring(shell.engine, tenant_id=tenant_id, kind=given.kind, file=file, by=None, at=shell.clock(), sheet=given.sheet)
        with shell.engine.begin() as c:
            home = lists.look(c, tenant_id, id_)
            assert home is not None
            lists.check(c, tenant_id=tenant_id, import_id=id_, mapping=home["mapping"], by=None, at=shell.clock(), version=home["version"])
    except (Unreadable, lists.NotNow) as wrong:
        print(shell.words.render(Text(str(wrong.args[0])), "ja"), file=sys.stderr)
        return 1
    for place, one in enumerate(home["headers"]):
        found = columns().get(home["mapping"].get(str(place), ""))
        print(f"{letter(place):>3}  {one['name'] or '–'}  →  {f'{found.mark}{found.title}' if found else '(left out)'}", file=sys.stderr)
    beside = home["beside"] or {}
    for name, many in beside.get("sheets", ()):
        print(f"left out: the sheet {name} ({many} rows); --sheet '{name}' reads it", file=sys.stderr)
    if beside.get("hidden"):
        print(f"{beside['hidden']} rows that Excel hides are read, too", file=sys.stderr)
    if not _worked(shell, tenant_id, id_, "checked"):
        return 1
    _tell(shell, tenant_id, id_)
    if given.apply:
        with shell.engine.begin() as c:
            home = lists.look(c, tenant_id, id_)
            assert home is not None
            lists.take_in(c, tenant_id=tenant_id, import_id=id_, by=None, at=shell.clock(), version=home["version"])
        if not _worked(shell, tenant_id, id_, "applied"):
            return 1
        print(f"taken in, {time.monotonic() - began:.1f} s", file=sys.stderr)
        while _waiting(shell, tenant_id):
            run_slice(shell, SLICES)
        _tell(shell, tenant_id, id_)
    return 0


def _worked(shell: Shell, tenant_id: str, import_id: str, until: str) -> bool:
    """Do the slices here; a worker that runs beside takes its share."""
    while True:
        with reading(shell.engine).connect() as c:
            home = lists.look(c, tenant_id, import_id)
        assert home is not None
        work = home["job"]
        if sys.stderr.isatty() and work:
            print(f"\r{home['state']} {work['done']}/{work['total']} ", end="", file=sys.stderr, flush=True)
        if home["error"] or home["state"] == until:
            print(shell.words.render(Text(home["error"]), "ja") if home["error"] else "", file=sys.stderr)
            return not home["error"]
        if not any(run_slice(shell, SLICES) for _ in range(10)):
            time.sleep(0.05)


def _waiting(shell: Shell, tenant_id: str) -> bool:
    chosen = select(job.c.id).where(job.c.tenant_id == tenant_id, job.c.kind == MATCH, job.c.state.in_(("waiting", "running")))
    with reading(shell.engine).connect() as c:
        return c.execute(chosen.limit(1)).first() is not None


def _tell(shell: Shell, tenant_id: str, import_id: str) -> None:
    with reading(shell.engine).connect() as c:
        home = lists.look(c, tenant_id, import_id)
        assert home is not None
        trouble, _ = lists.findings(c, import_id, SHOWN)
    for row, what, column, said in trouble:
        named = columns().get(column)
        words = shell.words.render(Text(f"console.lists.trouble.{what}", {"said": said}), "ja")
        mend = shell.words.render(Text(f"console.lists.mend.{what}"), "ja")
        print(f"{row}: {named.title if named else ''} {words} {mend}")
    print(" ".join(f"{what}={many}" for what, many in sorted(home["counts"].items())))


def _template(given: argparse.Namespace) -> int:
    from backend.lists.template import template

    given.out.write_bytes(template())
    print(given.out)
    return 0


def _tenant(shell: Shell, slug: str | None) -> str:
    with reading(shell.engine).connect() as c:
        rows = c.execute(select(tenant.c.id, tenant.c.slug)).all()
    found = [row.id for row in rows if slug in (None, row.slug)]
    if len(found) != 1:
        raise LookupError(f"Which municipality? --tenant {' | '.join(row.slug for row in rows) or '(there is none)'}")
    return str(found[0])
