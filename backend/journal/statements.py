"""Writing many rows of one table at once, without what the general way costs for each of them.

The statement is spelled out once per table and kind of database, and the columns' own types turn values into what is
stored (sealed, milliseconds): only SQLAlchemy's compiling and its looking at every parameter are left out, which is
half the time of a batch's writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table
from sqlalchemy.engine import Dialect

from backend.crypto import SealedJson, SealedText
from backend.db import Moment

Rows = Sequence[Mapping[str, Any]]


class Writing(NamedTuple):
    """A statement and the values of its rows, as the driver takes them: ready to run."""

    sql: str
    values: list[tuple[Any, ...]]
    into: str = ""
    """Of an insertion: the table and its columns."""


class _Written(NamedTuple):
    sql: str
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    into: str = ""


def insertion(dialect: Dialect, table: Table, names: tuple[str, ...], rows: Rows) -> Writing:
    """Insert `rows`, each with exactly the columns `names`."""
    sql, values, into = _insert(table, names, dialect.name, _Same(dialect))
    return Writing(sql, [values(row) for row in rows], into)


def updating(dialect: Dialect, table: Table, names: tuple[str, ...], rows: Rows) -> Writing:
    """Set the columns `names` of each of `rows`, found by its primary key."""
    sql, values, _ = _update(table, names, dialect.name, _Same(dialect))
    return Writing(sql, [values(row) for row in rows])


def run(connection: Connection, writing: Writing) -> None:
    """Run it, in the connection's transaction."""
    connection.exec_driver_sql(writing.sql, writing.values)


def update_rows(connection: Connection, table: Table, names: tuple[str, ...], rows: Rows) -> None:
    """Set the columns `names` of each of `rows` now."""
    if rows:
        run(connection, updating(connection.dialect, table, names, rows))


class _Same:
    """A dialect that does not count in the cache: its name does."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


@cache
def _insert(table: Table, names: tuple[str, ...], _name: str, same: _Same) -> _Written:
    prepare = same.dialect.identifier_preparer
    columns = [table.c[name] for name in names]
    listed = ", ".join(map(prepare.format_column, columns))
    places = ", ".join([_place(same.dialect)] * len(columns))
    into = f"{prepare.format_table(table)} ({listed})"
    return _Written(f"INSERT INTO {into} VALUES ({places})", _values(columns, same.dialect), into)  # noqa: S608  our own table


@cache
def _update(table: Table, names: tuple[str, ...], _name: str, same: _Same) -> _Written:
    prepare, place = same.dialect.identifier_preparer, _place(same.dialect)
    (key,) = table.primary_key.columns
    columns = [table.c[name] for name in names]
    changed = ", ".join(f"{prepare.format_column(column)} = {place}" for column in columns)
    where = f"{prepare.format_column(key)} = {place}"
    return _Written(f"UPDATE {prepare.format_table(table)} SET {changed} WHERE {where}", _values([*columns, key], same.dialect))  # noqa: S608  our own table


def _turn(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value what the driver stores; None where it is that already."""
    if isinstance(type_, Moment | SealedText | SealedJson):  # whole numbers and bytes, which every driver takes
        return partial(_plain, type_.process_bind_param, dialect)
    turn: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return turn


def _plain(turn: Callable[[Any, Dialect], Any], dialect: Dialect, value: Any) -> Any:
    return None if value is None else turn(value, dialect)


def _place(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


def _values(columns: Sequence[Column[Any]], dialect: Dialect) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    turned = [(column.name, _turn(column.type, dialect)) for column in columns]

    def values(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([row[name] if turn is None else turn(row[name]) for name, turn in turned])

    return values
