"""Is there anything to do? Asked fifty times a second, so it must cost next to nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, PoolProxiedConnection, Select
from sqlalchemy.exc import SQLAlchemyError

from backend.db import reading


class Look:
    """Whether a query finds a row, looked up without taking SQLite's one write lock.

    On SQLite over a connection that is kept open, with `sqlite` instead of the query: through the pool, its events and
    a transaction, two idle processes took a tenth of a core each. `values` of a call are in the order of its places.
    """

    def __init__(self, query: Select[Any], sqlite: str) -> None:
        self._query, self._sqlite = query, sqlite
        self._open: WeakKeyDictionary[Engine, PoolProxiedConnection] = WeakKeyDictionary()

    def __call__(self, engine: Engine, *values: int, **named: Any) -> bool:
        """Raises `OperationalError` when the database is away."""
        if engine.dialect.name == "sqlite":
            with contextlib.suppress(sqlite3.Error, SQLAlchemyError):
                return self._kept(engine).execute(self._sqlite, values).fetchone() is not None
            self._open.pop(engine, None)
        with reading(engine).connect() as connection:
            return connection.execute(self._query, named).first() is not None

    def _kept(self, engine: Engine) -> sqlite3.Connection:
        kept = self._open.get(engine)
        if kept is None:
            kept = self._open[engine] = engine.raw_connection()
        connection = kept.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        return connection
