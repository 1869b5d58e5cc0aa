"""What turns want to write, collected, so that many turns share one statement per table and one commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from backend.db import metadata
from backend.journal.statements import insert_rows, update_rows


class Batch:
    """The open transaction of one or more turns.

    `connection` reads what is committed or flushed; a direct write on it is allowed and is undone with the turn.
    `add` and `set` are collected and written by `flush`, in the order of the foreign keys; rows added to one table
    keep their order. `now` is the one moment of the whole batch. `written` names what this transaction has written once
    and for all (the words of a notice), so that its other turns need not.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.written: set[str] = set()
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._changes: dict[tuple[Table, Any], dict[str, Any]] = {}

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert `row` at the next flush; columns left out get their declared default. Raises `KeyError` on others."""
        plan = _plan(table)
        full = {**plan.constant, **row}
        if len(full) != plan.many and not row.keys() <= plan.known:
            raise KeyError(f"{table.name}.{next(name for name in row if name not in table.c)}")
        for name, make in plan.made:
            if name not in row:
                full[name] = make()
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
                    _insert(self.connection, table, rows[table])
        changes, self._changes = self._changes, {}
        alike: dict[tuple[Table, tuple[str, ...]], list[dict[str, Any]]] = {}
        for (table, id), values in changes.items():
            names = tuple(sorted(values))
            (key,) = table.primary_key.columns
            alike.setdefault((table, names), []).append({**values, key.name: id})
        for (table, names), changed in alike.items():
            update_rows(self.connection, table, names, changed)


@cache
def _in_order() -> tuple[Table, ...]:
    return tuple(metadata.sorted_tables)


class _Plan(NamedTuple):
    """How a row of a table is filled up: what is always the same, and what is made for each."""

    constant: Mapping[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    known: frozenset[str]
    many: int


@cache
def _plan(table: Table) -> _Plan:
    """Of every column that the database does not number by itself."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    made = tuple((c.name, _default(c.default)) for c in columns if c.default is not None and c.default.is_callable)
    constant = {c.name: getattr(c.default, "arg", None) for c in columns if c.default is None or not c.default.is_callable}
    return _Plan(constant, made, frozenset(table.c.keys()), len(constant))


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """In their order; a row that brings its own number has one column more than its neighbours."""
    for names, some in groupby(rows, key=tuple):
        insert_rows(connection, table, names, list(some))


def _default(declared: Any) -> Callable[[], Any]:
    return lambda: declared.arg(None)
