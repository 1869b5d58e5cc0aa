"""What a column refers to, whether the database looks it up at every row or not.

A foreign key costs PostgreSQL a look-up a row. Where one statement brings a hundred thousand rows in behind the row that they refer to,
the column says the relation in `info` instead; merging and the full export follow both kinds alike, and `loose` says what the database
would have refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, exists, select

from backend.db import metadata

_UNCHECKED = "refers_to"


def unchecked(target: str) -> dict[str, str]:
    """`info` of a column that refers to `target` ("case.id") without a foreign key."""
    return {_UNCHECKED: target}


def referred(column: Column[Any]) -> Column[Any] | None:
    """The column that this one refers to, by either way; None if it refers to nothing."""
    for link in column.foreign_keys:
        return link.column
    return _of(column) if _UNCHECKED in column.info else None


def loose(connection: Connection) -> Iterator[str]:
    """Relations that the database does not check and that some row breaks, as "answer.case_id"; nothing when all hold."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if _UNCHECKED not in column.info:
                continue
            target = _of(column)
            there = exists().where(target == column).correlate(table)
            if connection.execute(select(column).where(column.is_not(None), ~there).limit(1)).first() is not None:
                yield f"{table.name}.{column.name}"


def _of(column: Column[Any]) -> Column[Any]:
    table, name = column.info[_UNCHECKED].split(".")
    target: Column[Any] = metadata.tables[table].c[name]
    return target
