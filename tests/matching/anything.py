"""A row of any table, made out of what its columns say: a table that comes tomorrow is in it by itself."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    text,
)

from backend.crypto import SealedJson, SealedText
from backend.db import Moment, metadata
from backend.relations import referred

TRACES = frozenset({"audit", "merge", "person_change", "due"})
"""Tables that tell of the acts themselves."""
MARKS = frozenset({"case.version", "case.changed_at", "person.version", "match_proposal.version", "conversation.version"})
"""Columns by which others see that something was done."""


class Things:
    """Makes rows, and what they must refer to before them; `known` are ids to refer to, by table."""

    def __init__(self, connection: Connection, tenant_id: str, now: datetime) -> None:
        self.connection, self.now = connection, now
        self.known: dict[str, Any] = {"tenant": tenant_id}
        self._numbers = count(1)

    def add(self, table: Table, **given: Any) -> Any:
        """Insert a row with these values, and whatever else it must have; returns its id."""
        values = {column.name: self._value(column) for column in table.columns
                  if column.name not in given and not column.nullable and column.default is None and column is not table.autoincrement_column}
        done = self.connection.execute(insert(table).values({**values, **given}))
        assert done.inserted_primary_key is not None
        return done.inserted_primary_key[0]

    def _value(self, column: Column[Any]) -> Any:
        target = referred(column)
        if target is not None:
            name = str(target.table.name)
            if name not in self.known:
                self.known[name] = self.add(metadata.tables[name])
            return self.known[name]
        number = next(self._numbers)
        match column.type:
            case Moment():
                return self.now
            case SealedText():
                return f"言葉{number}"
            case SealedJson() | JSON():
                return {}
            case Boolean():
                return False
            case Date():
                return date(2026, 7, 6)
            case LargeBinary():
                return number.to_bytes(4, "big")
            case String(length=length):
                return f"{number:026}"[-(length or 26) :]
            case Integer():
                return number
        raise NotImplementedError(f"{column}: say here what stands in it")


def as_stored(connection: Connection) -> dict[str, list[str]]:
    """Every row of every table, byte for byte, but for `TRACES` and `MARKS`."""
    found = {}
    for table in metadata.sorted_tables:
        if table.name in TRACES:
            continue
        names = [column.name for column in table.columns if f"{table.name}.{column.name}" not in MARKS]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = connection.execute(text(f'SELECT {listed} FROM "{table.name}"')).all()
        found[str(table.name)] = sorted(str([bytes(value) if isinstance(value, memoryview) else value for value in row]) for row in rows)
    return found
