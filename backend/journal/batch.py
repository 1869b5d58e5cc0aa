"""What turns want to write, collected, so that many turns share one statement per table and one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Engine, Executable, Table

from backend.db import metadata
from backend.journal.statements import Writing, insertion, run, updating

Row: TypeAlias = dict[str, Any]
Step: TypeAlias = Writing | tuple[Executable, list[Row]]


class NotAhead(Exception):
    """This turn reads back what it writes: it has to be taken inside the transaction that keeps it."""


class _Layer:
    """Writes whose order among each other is the tables' own; layers come one after the other."""

    __slots__ = ("after", "before", "changes", "once", "rows")

    def __init__(self) -> None:
        self.before: dict[Executable, list[Row]] = {}
        self.once: dict[Executable, dict[str, Row]] = {}
        self.rows: dict[Table, list[Row]] = {}
        self.changes: dict[tuple[Table, Any], Row] = {}
        self.after: dict[Executable, list[Row]] = {}

    def take(self, other: _Layer) -> None:
        """Add what another turn wants to write at the same place."""
        for statement, some in other.before.items():
            self.before.setdefault(statement, []).extend(some)
        for statement, named in other.once.items():
            self.once.setdefault(statement, {}).update(named)
        for table, rows in other.rows.items():
            self.rows.setdefault(table, []).extend(rows)
        for place, values in other.changes.items():
            self.changes.setdefault(place, {}).update(values)
        for statement, some in other.after.items():
            self.after.setdefault(statement, []).extend(some)


class Batch:
    """What one or more turns write, over the connection that they read on.

    `connection` reads what is committed or flushed. `add`, `set` and `do` are collected and written by `flush`, in the
    order of the foreign keys; rows added to one table keep their order. `now` is the one moment of the whole batch.

    Inside a transaction a direct write on `connection` is allowed too, and is undone with the turn. A turn taken
    ahead of its transaction has a connection that only reads: there a direct write fails and `flush` raises
    `NotAhead`, and the turn is taken again inside. `ahead` is then the engine, for what has a transaction of its own.
    """

    def __init__(self, connection: Connection, now: datetime, *, ahead: Engine | None = None) -> None:
        self.connection = connection
        self.now = now
        self.ahead = ahead
        self._layers = [_Layer()]
        self._last: list[Callable[[], None]] = []

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert `row`; columns left out get their declared default. Raises `KeyError` on others."""
        plan = _plan(table)
        full = {**plan.constant, **row}
        if len(full) != plan.many and not row.keys() <= plan.known:
            raise KeyError(f"{table.name}.{next(name for name in row if name not in table.c)}")
        for name, make in plan.made:
            if name not in row:
                full[name] = make()
        self._layer().rows.setdefault(table, []).append(full)

    def set(self, table: Table, id: Any, values: Mapping[str, Any]) -> None:
        """Update the row with primary key `id`; several changes of one row become one."""
        self._layer().changes.setdefault((table, id), {}).update(values)

    def do(self, statement: Executable, values: Row, *, first: bool = False, once: str = "") -> None:
        """Run a statement after everything collected so far; it is a constant of its module, so that turns share it.

        `first`: before the rows added beside it, which may refer to what it writes, and after nothing of them.
        `once` names what it writes: many turns that write the same write it a single time (and first).
        """
        if once:
            self._layer().once.setdefault(statement, {})[once] = values
        elif first:
            self._layer().before.setdefault(statement, []).append(values)
        else:
            layer = self._layers[-1]
            if layer.after and statement not in layer.after:  # one after the other, also when turns are put together
                self._layers.append(layer := _Layer())
            layer.after.setdefault(statement, []).append(values)

    def last(self, act: Callable[[], None]) -> None:
        """Do `act` when everything of the transaction is written: what others would have to wait for until commit (the trail)."""
        if self.ahead is not None:
            raise NotAhead
        self._last.append(act)

    def end(self) -> None:
        """Everything is written: do what was to come last. Whoever lets turns be heard calls it before the commit."""
        acts, self._last = self._last, []
        for act in acts:
            act()

    def added(self, table: Table) -> list[Row]:
        """Rows added to `table` and not written yet."""
        return [row for layer in self._layers for row in layer.rows.get(table, ())]

    def flush(self) -> None:
        """Write everything collected: one executemany per table, and one per kind of change."""
        if self.ahead is not None:
            raise NotAhead
        layers, self._layers = self._layers, [_Layer()]
        write(self.connection, prepared(layers, self.connection))

    def taken_with(self, others: Iterable[Batch]) -> list[_Layer]:
        """The layers of this and other turns, each turn's in its order, as few as the longest turn has."""
        for other in others:
            for place, layer in enumerate(other._layers):
                if place == len(self._layers):
                    self._layers.append(_Layer())
                self._layers[place].take(layer)
        return self._layers

    def _layer(self) -> _Layer:
        if self._layers[-1].after:
            self._layers.append(_Layer())
        return self._layers[-1]


def prepared(layers: Iterable[_Layer], connection: Connection) -> list[Step]:
    """Everything that `write` will run, with values turned into what is stored: sealing needs no transaction."""
    dialect = connection.dialect
    steps: list[Step] = []
    for layer in layers:
        # In one order everywhere: two workers that write the same rows must not wait for each other crosswise.
        steps += [(statement, [named[key] for key in sorted(named)]) for statement, named in layer.once.items()]
        steps += layer.before.items()
        if layer.rows:
            for table in _in_order():
                # In their order; a row that brings its own number has one column more than its neighbours.
                for names, some in groupby(layer.rows.get(table, ()), key=tuple):
                    steps.append(insertion(dialect, table, names, list(some)))
        alike: dict[tuple[Table, tuple[str, ...]], list[Row]] = {}
        for (table, id), values in layer.changes.items():
            (key,) = table.primary_key.columns
            alike.setdefault((table, tuple(sorted(values))), []).append({**values, key.name: id})
        steps += [updating(dialect, table, names, changed) for (table, names), changed in alike.items()]
        steps += layer.after.items()
    return steps


def write(connection: Connection, steps: Iterable[Step]) -> None:
    """Run what was prepared, in the connection's transaction."""
    for step in steps:
        if isinstance(step, Writing):
            run(connection, step)
        else:
            connection.execute(*step)


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


def _default(declared: Any) -> Callable[[], Any]:
    return lambda: declared.arg(None)
