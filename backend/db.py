"""The database: one metadata, one way to open an engine, and the column types that both databases share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Engine, Integer, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""An ascending number. SQLite only counts up by itself on INTEGER primary keys."""


class Moment(TypeDecorator[datetime]):
    """A moment, stored as whole milliseconds since 1970 UTC: the same on both databases, and an index sorts it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return _moment(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """The same without two more calls for each value: lists and sweeps read millions of them."""
        return _moment


def _moment(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def is_postgres(engine_or_connection: Any) -> bool:
    return bool(engine_or_connection.dialect.name == "postgresql")


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`.

    SQLite runs in WAL with synchronous=FULL (stored before 200 must survive a power cut) and begins every
    transaction IMMEDIATE, so that a read never has to be upgraded to a write half-way. PostgreSQL must be READ
    COMMITTED: the journal re-reads a conversation's events after it holds the lock.
    """
    # hide_parameters: an error of the database must not quote what a person wrote into a log or a traceback.
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 10})

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            # Pages stay in memory and go back into the file less often than SQLite would by itself: a chat is read and
            # written again and again. How sure a commit is does not change.
            # The time-out comes first: to change the journal's mode another process may have to be waited for.
            for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                           "cache_size=-65536", "wal_autocheckpoint=4000"):
                _patiently(cursor, f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            if connection.get_execution_options().get("reading"):
                connection.exec_driver_sql("BEGIN")
            else:
                _begin_writing(connection)

        return engine
    return create_engine(
        url, hide_parameters=True, isolation_level="READ COMMITTED", pool_size=10, max_overflow=10, pool_pre_ping=True,
    )


LONGEST_WAIT = 10.0
"""Seconds that a writer waits for SQLite's one write lock before it gives up."""
LOOK_AGAIN, LONGEST_LOOK = 0.0005, 0.002


def _patiently(cursor: Any, statement: str) -> None:
    """Run it, again while the file is busy: two processes that open a new file at once both change its journal's mode,
    and SQLite refuses one of them without the wait it was told to keep."""
    end = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(LOOK_AGAIN)


def _begin_writing(connection: Any) -> None:
    """BEGIN IMMEDIATE as soon as the lock is free.

    Left to itself SQLite looks again after 1, 2, 5 … 100 ms, so that a webhook could wait long after the lock was
    free (measured: p99 of 400 ms at 500 webhooks a second).
    """
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    end, pause = time.monotonic() + LONGEST_WAIT, LOOK_AGAIN
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_LOOK)  # in a surge every look takes the processor from whoever has the lock
    finally:
        raw.execute("PRAGMA busy_timeout=10000")


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: on SQLite they do not wait for the writer."""
    return engine.execution_options(reading=True)


Row = Mapping[str, Any]
Rows = Sequence[Row]
