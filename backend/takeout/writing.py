"""Write the export into a folder, some hundred rows at a time. Stopped anywhere, it goes on where it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import LargeBinary, Table, tuple_

from backend import crypto
from backend.app import Shell
from backend.db import reading
from backend.takeout.schema import READ_ME, VERSION, described
from backend.takeout.tables import rows_of, taken
from backend.takeout.values import to_json

ROWS = 500
PROGRESS, MANIFEST = "progress.json", "manifest.json"

Told = Callable[[str, int], None]
"""Is told the table and how many of its rows are written, now and then."""


class NotThis(ValueError):
    """The folder holds something else; the message is a sentence for the operator."""


def write(shell: Shell, tenant_id: str, slug: str, folder: Path, told: Told = lambda _name, _rows: None) -> dict[str, Any]:
    """Write everything (or the rest of it) and return the manifest. Raises `NotThis`.

    Rows that are changed while it runs may be in it as before or as after: stop the service for an export to leave with.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    progress = _progress(shell, tenant_id, slug, folder)
    for part in ("tables", "files"):
        (folder / part).mkdir(mode=0o700, exist_ok=True)
    for table in taken():
        _table(shell, tenant_id, table, folder, progress, told)
    _put(folder / "README.txt", READ_ME.encode())
    _put(folder / "schema.json", orjson.dumps(described(), option=orjson.OPT_INDENT_2))
    manifest = _manifest(folder, progress, shell.clock())
    _put(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    (folder / PROGRESS).unlink()
    return manifest


def _progress(shell: Shell, tenant_id: str, slug: str, folder: Path) -> dict[str, Any]:
    """Where an export into this folder stands; a new one begins only in an empty folder."""
    path = folder / PROGRESS
    if path.is_file():
        kept: dict[str, Any] = orjson.loads(path.read_bytes())
        if kept["tenant"] != tenant_id:
            raise NotThis(f"{folder} holds a begun export of another municipality.")
        return kept
    if any(folder.iterdir()):
        raise NotThis(f"{folder} is not empty.")
    kept = {"tenant": tenant_id, "slug": slug, "begun": shell.clock().isoformat(), "tables": {}}
    _put(path, orjson.dumps(kept))
    return kept


def _table(shell: Shell, tenant_id: str, table: Table, folder: Path, progress: dict[str, Any], told: Told) -> None:
    name = str(table.name)  # SQLAlchemy's own kind of string, for a name that must be quoted
    done = progress["tables"].setdefault(name, {"after": None, "rows": 0, "bytes": 0, "done": False})
    path = folder / "tables" / f"{name}.jsonl"
    if done["done"]:
        return
    with path.open("r+b" if path.exists() else "w+b") as out:
        os.fchmod(out.fileno(), 0o600)
        if os.fstat(out.fileno()).st_size < done["bytes"]:
            done |= {"after": None, "rows": 0, "bytes": 0}  # the machine went down before all of it was on the disk
        # What came after the last mark was being written when it stopped.
        out.truncate(done["bytes"])
        out.seek(0, os.SEEK_END)
        keys = list(table.primary_key.columns)
        while not done["done"]:
            chosen = rows_of(table, tenant_id).limit(ROWS)
            if done["after"] is not None:
                chosen = chosen.where(tuple_(*keys) > tuple_(*done["after"]))
            with reading(shell.engine).connect() as connection:
                rows = connection.execute(chosen).mappings().all()
            for row in rows:
                out.write(orjson.dumps(_row(table, dict(row), folder), option=orjson.OPT_APPEND_NEWLINE))
            out.flush()
            done["done"] = len(rows) < ROWS
            if rows:
                done |= {"after": [rows[-1][key.name] for key in keys], "rows": done["rows"] + len(rows), "bytes": out.tell()}
                _put(folder / PROGRESS, orjson.dumps(progress))
                told(name, done["rows"])


def _row(table: Table, row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The row as JSON; what is a file goes into one of its own."""
    for column in table.columns:
        if type(column.type) is LargeBinary and row.get(column.name) is not None:
            content = crypto.ring().open(bytes(row[column.name]), f"{table.name}.{column.name}")
            place = folder / "files" / table.name
            place.mkdir(mode=0o700, exist_ok=True)
            _put(place / str(row["id"]), content)
            row[column.name] = {"file": f"files/{table.name}/{row['id']}", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {str(name): to_json(value) for name, value in row.items()}


def _manifest(folder: Path, progress: dict[str, Any], at: datetime) -> dict[str, Any]:
    tables = {
        name: {"rows": done["rows"], "sha256": hash_of(folder / "tables" / f"{name}.jsonl")} for name, done in progress["tables"].items()
    }
    files = sorted(path for path in (folder / "files").rglob("*") if path.is_file())
    return {
        "version": VERSION, "municipality": progress["slug"], "tenant": progress["tenant"], "begun": progress["begun"],
        "finished": at.isoformat(), "tables": tables,
        "files": {str(path.relative_to(folder)): hash_of(path) for path in files},
        "schema": hash_of(folder / "schema.json"),
    }  # fmt: skip


def hash_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    part = path.with_name(f"{path.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123  (mode from the start)
        out.write(content)
    part.replace(path)
