"""Tell SQLite which index not to take. It keeps no figures about a table by itself, so that for "this municipality, this
team" it walks through a million rows as readily as through ten. PostgreSQL counts for itself and is left alone.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler

Condition = TypeVar("Condition", bound=ColumnElement[Any])


class _Plain(ColumnElement[Any]):
    """A column that no index is looked up by: `+column` (https://sqlite.org/optoverview.html, "Disqualifying terms")."""

    inherit_cache = True
    _traverse_internals = [("column", visitors.InternalTraversal.dp_clauseelement)]

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(_Plain)
def _everywhere(element: _Plain, compiler: SQLCompiler, **how: Any) -> str:
    return str(compiler.process(element.column, **how))


@compiles(_Plain, "sqlite")
def _on_sqlite(element: _Plain, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.column, **how)}"


class _Sorted(_Plain):
    """A number that a few rows are sorted by, once they were found: PostgreSQL too takes no index for `column + 0`."""

    inherit_cache = True


@compiles(_Sorted, "postgresql")
def _on_postgres(element: _Sorted, compiler: SQLCompiler, **how: Any) -> str:
    return f"({compiler.process(element.column, **how)} + 0)"


def afterwards(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A moment or a number to sort by, on either database only after the rows were found by something else.

    PostgreSQL counts single columns; for the hundred newest of the 2,500 cases of one colleague it walks back through a million.
    """
    return _Sorted(column)


def not_by(condition: Condition, *columns: ColumnElement[Any]) -> Condition:
    """The same condition (or column), without an index on these columns."""
    def plain(element: Any, **_: Any) -> Any:
        return _Plain(element) if any(element is column for column in columns) else None

    found: Condition = visitors.replacement_traverse(condition, {}, plain)
    return found
