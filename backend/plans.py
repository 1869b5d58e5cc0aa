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


def not_by(condition: Condition, *columns: ColumnElement[Any]) -> Condition:
    """The same condition (or column), without an index on these columns."""
    def plain(element: Any, **_: Any) -> Any:
        return _Plain(element) if any(element is column for column in columns) else None

    found: Condition = visitors.replacement_traverse(condition, {}, plain)
    return found
