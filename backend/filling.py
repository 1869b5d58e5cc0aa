"""Millions of rows for a measure (`./run bench`), as quickly as a database takes them. Nothing that serves people uses this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Table

from backend.db import is_postgres


@contextmanager
def hurried(engine: Engine) -> Iterator[Any]:
    """The driver's own connection, that looks after no foreign key and waits for no disk: the rows are made so that they fit."""
    raw = engine.raw_connection()
    cursor = raw.cursor()
    if is_postgres(engine):
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
    else:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-300000", "wal_autocheckpoint=100000"):
            cursor.execute(f"PRAGMA {pragma}")
    raw.commit()
    try:
        yield raw
    finally:
        raw.detach()  # nobody else shall get a connection in this state
        raw.close()


def put(raw: Any, table: Table, rows: list[dict[str, Any]], postgres: bool) -> None:
    """Insert rows whose values are as they are stored; a column that a row does not name gets its default."""
    if not rows:
        return
    names = list(rows[0])
    same = {column.name: getattr(column.default, "arg", None) for column in table.columns
            if column.default is not None and column.default.is_scalar and column.name not in names}  # fmt: skip
    tail = tuple(same.values())
    columns = ", ".join(f'"{name}"' for name in (*names, *same))
    stored = ((*one.values(), *tail) for one in rows)
    stream(raw, f'"{table.name}" ({columns})', stored, postgres)


def stream(raw: Any, into: str, rows: Iterable[tuple[Any, ...]], postgres: bool) -> None:
    """Insert rows into a table, written `"table" (column, …)`."""
    cursor = raw.cursor()
    if postgres:
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        places = ", ".join("?" * (into.count(",") + 1))
        cursor.execute("BEGIN")
        cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608  our own names
        cursor.execute("COMMIT")
    cursor.close()
