"""Look an export over: every count and hash of the manifest, every reference between its records, and the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from backend.takeout.tables import rows_of, taken
from backend.takeout.writing import MANIFEST, hash_of

MOST = 50
"""Problems that are named; more of them say no more."""


def problems(folder: Path) -> list[str]:
    """What is wrong with the folder by itself, in sentences; empty when all holds."""
    if not (folder / MANIFEST).is_file():
        return [f"{folder} holds no finished export: there is no {MANIFEST}."]
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    if hash_of(folder / "schema.json") != manifest["schema"]:
        return ["schema.json was changed."]
    schema = orjson.loads((folder / "schema.json").read_bytes())
    return [problem for _, problem in zip(range(MOST), _problems(folder, manifest, schema["tables"]), strict=False)]


def missing(connection: Connection, folder: Path) -> list[str]:
    """Tables of which the database now has another number of rows than the export, in sentences."""
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    found = []
    for table in taken():
        rows = rows_of(table, manifest["tenant"]).order_by(None).subquery()
        there = connection.execute(select(func.count()).select_from(rows)).scalar_one()
        kept = manifest["tables"].get(table.name, {"rows": 0})["rows"]
        if there != kept:
            found.append(f"{table.name}: {kept:,} in the export, {there:,} in the database.")
    return found


def records(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The records of one table."""
    with (folder / "tables" / f"{name}.jsonl").open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)


def _problems(folder: Path, manifest: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    keys: dict[str, set[Any]] = {}
    for name, said in manifest["tables"].items():
        path = folder / "tables" / f"{name}.jsonl"
        if not path.is_file():
            yield f"{path.name} is missing."
            continue
        if hash_of(path) != said["sha256"]:
            yield f"{path.name} was changed."
            continue
        key = schema[name]["key"]
        keys[name] = {row[key[0]] if len(key) == 1 else tuple(row[part] for part in key) for row in records(folder, name)}
        if len(keys[name]) != said["rows"]:
            yield f"{path.name}: {len(keys[name]):,} records instead of {said['rows']:,}."
    for name, hashed in manifest["files"].items():
        path = folder / name
        if not path.is_file() or hash_of(path) != hashed:
            yield f"{name} is missing or was changed."
    for name in keys:
        yield from _dangling(folder, name, schema[name]["columns"], keys)


def _dangling(folder: Path, name: str, columns: dict[str, Any], keys: dict[str, set[Any]]) -> Iterator[str]:
    links = {column: about["refers_to"].split(".")[0] for column, about in columns.items() if "refers_to" in about}
    known = {column: keys[table] for column, table in links.items() if table in keys}
    if not known:
        return
    for row in records(folder, name):
        for column, there in known.items():
            if row[column] is not None and row[column] not in there:
                yield f"{name}.jsonl: {column} of a record refers to a {links[column]} that is not here."
