"""Write many rows in one statement: one JSON value on PostgreSQL, `executemany` on SQLite, where that is as quick.

A million households may be due at once. Row by row PostgreSQL spends most of its time on taking statements apart, and
psycopg on quoting each element of an array. Texts, numbers, moments and JSON; bytes have no place here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    text,
)

from backend.db import Moment, is_postgres

Rows = Sequence[Mapping[str, Any]]


def among(column: ColumnElement[Any], postgres: bool, name: str = "ids") -> ColumnElement[bool]:
    """`column` is one of the values that `listed` gives under `name`: one bound value, however many they are."""
    if postgres:
        return column == any_(cast(bindparam(name, type_=Text), ARRAY(column.type)))
    return column.in_(text(f"SELECT value FROM json_each(:{name})"))  # noqa: S608  our own name


def listed(connection: Connection, values: Iterable[Any]) -> str:
    """`values`, each once, as `among` wants them bound."""
    once = dict.fromkeys(values)
    if not is_postgres(connection):
        return orjson.dumps(list(once)).decode()
    texts = list(map(str, once))
    joined = "".join(texts)
    if not (joined.isalnum() and all(texts)) or "NULL" in joined.upper():  # an element that says NULL would be none
        texts = list(map(_quoted_element, texts))
    return "{" + ",".join(texts) + "}"


def _quoted_element(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def by_keys(connection: Connection) -> None:
    """PostgreSQL: join by keys for the rest of this transaction; to join a thousand rows it would read all of a table."""
    if is_postgres(connection):
        connection.exec_driver_sql("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")


def put_many(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows`, all with the same columns, spelled out; one whose unique key is there already is left alone."""
    if not rows:
        return
    columns = [table.c[name] for name in rows[0]]
    listed = ", ".join(_named(connection, column) for column in columns)
    if is_postgres(connection):
        source = f"SELECT * FROM {_records(connection, columns)}"  # noqa: S608  our own columns
    else:
        source = f"VALUES ({', '.join('?' * len(columns))})"
    sql = f"INSERT INTO {_quoted(connection, table)} ({listed}) {source} ON CONFLICT DO NOTHING"
    _run(connection, sql, columns, rows)


def set_many(connection: Connection, table: Table, rows: Rows, by: Sequence[str] = ("id",)) -> None:
    """Update `rows`, all with the same columns; those named in `by` find the row."""
    if not rows:
        return
    names = [name for name in rows[0] if name not in by]
    columns = [table.c[name.removeprefix("new_")] for name in names]
    keys = [table.c[name] for name in by]
    target = _quoted(connection, table)
    if is_postgres(connection):
        changed = ", ".join(f"{_named(connection, column)} = v.c{n}" for n, column in enumerate(columns))
        match = " AND ".join(f"{target}.{_named(connection, key)} = v.c{n}" for n, key in enumerate(keys, len(names)))
        sql = f"UPDATE {target} SET {changed} FROM {_records(connection, [*columns, *keys])} WHERE {match}"  # noqa: S608
    else:
        changed = ", ".join(f"{_named(connection, column)} = ?" for column in columns)
        sql = f"UPDATE {target} SET {changed} WHERE {_match(connection, keys)}"  # noqa: S608
    _run(connection, sql, [*columns, *keys], rows, [*names, *by])


def drop_many(connection: Connection, table: Table, rows: Rows) -> None:
    """Delete the rows that have exactly these values."""
    if not rows:
        return
    keys = [table.c[name] for name in rows[0]]
    target = _quoted(connection, table)
    if is_postgres(connection):
        match = " AND ".join(f"{target}.{_named(connection, key)} = v.c{n}" for n, key in enumerate(keys))
        sql = f"DELETE FROM {target} USING {_records(connection, keys)} WHERE {match}"  # noqa: S608
    else:
        sql = f"DELETE FROM {target} WHERE {_match(connection, keys)}"  # noqa: S608
    _run(connection, sql, keys, rows)


def _run(connection: Connection, sql: str, columns: Sequence[Column[Any]], rows: Rows, names: Sequence[str] = ()) -> None:
    turned = [_stored(connection, column) for column in columns]
    named = list(names) or [column.name for column in columns]
    by_column = [[turn(row[name]) for row in rows] if turn else [row[name] for row in rows]
                 for name, turn in zip(named, turned, strict=True)]
    tuples = zip(*by_column, strict=True)
    if not is_postgres(connection):
        connection.exec_driver_sql(sql, list(tuples))
        return
    places = [f"c{n}" for n in range(len(columns))]
    connection.exec_driver_sql(sql, (orjson.dumps([dict(zip(places, one, strict=True)) for one in tuples]).decode(),))


def _stored(connection: Connection, column: Column[Any]) -> Callable[[Any], Any] | None:
    """What makes a value what is stored; None where it is that already."""
    if isinstance(column.type, Moment):
        moment, dialect = column.type, connection.dialect
        # Most rows of a batch hold the same few moments.
        return cache(lambda value: moment.process_bind_param(value, dialect))
    return None if is_postgres(connection) else column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _records(connection: Connection, columns: Sequence[Column[Any]]) -> str:
    typed = ", ".join(f"c{n} {column.type.compile(connection.dialect)}" for n, column in enumerate(columns))
    return f"json_to_recordset(%s::json) AS v({typed})"


def _match(connection: Connection, keys: Sequence[Column[Any]]) -> str:
    return " AND ".join(f"{_named(connection, key)} = ?" for key in keys)


def _named(connection: Connection, column: Column[Any]) -> str:
    return connection.dialect.identifier_preparer.format_column(column)


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
