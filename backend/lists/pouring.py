"""Many rows of a list into a table at once, in the way that costs each database least.

SQLite is given some hundred values with each statement: to begin a statement costs it more than a row does. What all of the rows have
in common goes along once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from types import NoneType
from typing import Any

from sqlalchemy import Connection

from backend.db import is_postgres
from backend.journal.statements import Writing

MOST = 900
"""Values of one statement: every SQLite takes 999."""


def pour(connection: Connection, insertion: Writing, same: tuple[Any, ...] = (), *, there: str = "") -> None:
    """Insert the rows, each with `same` behind its own values, in their order. On SQLite `there` says what becomes of those that are there
    already (OR IGNORE)."""
    if not insertion.values:
        return
    if is_postgres(connection):
        _stream(connection, insertion, same)
        return
    own = len(insertion.values[0])
    for rows in _some(insertion.values, max((MOST - len(same)) // own, 1)):
        connection.exec_driver_sql(_statement(insertion.into, own, len(same), len(rows), there), (*same, *chain.from_iterable(rows)))


def _stream(connection: Connection, insertion: Writing, same: tuple[Any, ...]) -> None:
    """As one text, in half of the time that the driver takes value by value."""
    tail = "".join(f"\t{_WRITTEN[type(value)](value)}" for value in same) + "\n"
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {insertion.into} FROM STDIN") as stream:  # type: ignore[attr-defined]
        for rows in _some(insertion.values, MOST):
            stream.write("".join(["\t".join([_WRITTEN[type(value)](value) for value in row]) + tail for row in rows]))


def _text(value: str) -> str:
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: _text, bytes: lambda value: f"\\\\x{value.hex()}", int: str, bool: str, NoneType: lambda _: "\\N", date: date.isoformat,
}  # fmt: skip
"""How a value stands in the text that COPY reads (PostgreSQL's manual: COPY, Text Format)."""


def _some(rows: Sequence[tuple[Any, ...]], each: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    return (rows[at : at + each] for at in range(0, len(rows), each))


@lru_cache(maxsize=256)
def _statement(into: str, own: int, same: int, rows: int, there: str) -> str:
    values = ", ".join([f"({', '.join('?' * own)})"] * rows)
    if not same:
        return f"INSERT {there} INTO {into} VALUES {values}"  # noqa: S608  our own table
    # Numbered from the front, so that what is in common is given first.
    columns = ", ".join([f"column{at}" for at in range(1, own + 1)] + [f"?{at}" for at in range(1, same + 1)])
    values = ", ".join(f"({', '.join(f'?{same + row * own + at}' for at in range(1, own + 1))})" for row in range(rows))
    return f"INSERT {there} INTO {into} SELECT {columns} FROM (VALUES {values})"  # noqa: S608  our own table
