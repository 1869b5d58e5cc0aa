"""What turns want to write, collected, so that many turns share one statement per table and one commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, update

from backend.db import metadata


class Batch:
    """The open transaction of one or more turns.

    `connection` reads what is committed or flushed; a direct write on it is allowed and is undone with the turn.
    `add` and `set` are collected and written by `flush`, in the order of the foreign keys; rows added to one table
    keep their order. `now` is the one moment of the whole batch.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._changes: dict[tuple[Table, Any], dict[str, Any]] = {}

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert `row` at the next flush; columns left out get their declared default. Raises `KeyError` on others."""
        full = {name: make() for name, make in _defaults(table)}
        for name, value in row.items():
            if name not in table.c:
                raise KeyError(f"{table.name}.{name}")
            full[name] = value
        self._rows.setdefault(table, []).append(full)

    def set(self, table: Table, id: Any, values: Mapping[str, Any]) -> None:
        """Update the row with primary key `id` at the next flush; several changes of one row become one."""
        self._changes.setdefault((table, id), {}).update(values)

    def added(self, table: Table) -> list[dict[str, Any]]:
        """Rows added to `table` and not written yet."""
        return self._rows.get(table, [])

    def flush(self) -> None:
        """Write everything collected: one executemany per table, and one per kind of change."""
        rows, self._rows = self._rows, {}
        if rows:
            for table in _in_order():
                if table in rows:
                    self.connection.execute(table.insert(), rows[table])
        changes, self._changes = self._changes, {}
        alike: dict[tuple[Table, tuple[str, ...]], list[dict[str, Any]]] = {}
        for (table, id), values in changes.items():
            names = tuple(sorted(values))
            alike.setdefault((table, names), []).append({"_id": id, **values})
        for (table, _names), parameters in alike.items():
            self.connection.execute(_update(table), parameters)


@cache
def _in_order() -> tuple[Table, ...]:
    return tuple(metadata.sorted_tables)


@cache
def _defaults(table: Table) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """Every column that the database does not number by itself, with what makes its default."""
    return tuple((column.name, _default(column.default)) for column in table.columns
                 if column is not table.autoincrement_column)


def _default(declared: Any) -> Callable[[], Any]:
    if declared is None:
        return lambda: None
    if declared.is_callable:
        return lambda: declared.arg(None)
    return lambda: declared.arg


@cache
def _update(table: Table) -> Update:
    """Sets whatever columns the parameters name."""
    (key,) = table.primary_key.columns
    return update(table).where(key == bindparam("_id"))
