"""Something that staff do in the middle of a resident's turn, on either database, without waiting for chance."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

from backend.db import is_postgres
from backend.journal.batch import Batch
from backend.messages import Incoming
from tests.conversations.conftest import Town

_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


class Aside:
    """`act` in a thread of its own: `begin` returns when it is done or waits for a lock that somebody else holds (PostgreSQL)."""

    def __init__(self, engine: Engine, act: Callable[[], Any]) -> None:
        self.engine = engine
        self.act = act
        self.raised: Exception | None = None
        self.done = False
        self.begun = False
        self._thread = threading.Thread(target=self._run)

    def begin(self) -> None:
        self.begun = True
        self._thread.start()
        with self.engine.connect() as look:
            while not self.done and not look.execute(_WAITS).scalar_one():
                look.rollback()

    def here(self) -> None:
        """Do it in this thread."""
        self.begun = True
        self._run()

    def over(self) -> None:
        """Wait until it is done, and raise what it raised. Nothing has begun it: it is done now."""
        if not self.begun:
            self.here()
        elif self._thread.ident is not None:
            self._thread.join()
        if self.raised is not None:
            raise self.raised

    def _run(self) -> None:
        try:
            self.act()
        except Exception as error:
            self.raised = error
        self.done = True


class Meanwhile(Aside):
    """`act` is done once the next turn has been worked out and before it is written.

    On SQLite that turn was taken ahead of the write lock, so `act` runs through; where the turn is heard inside the lock, `act` can
    only come after it. On PostgreSQL `act` goes on until it waits for a lock that the turn holds.
    """

    def __init__(self, town: Town, act: Callable[[], Any]) -> None:
        super().__init__(town.engine, act)
        hear = town._hear

        def heard(batch: Batch, home: dict[str, Any], incoming: Incoming, event: Mapping[str, Any]) -> None:
            hear(batch, home, incoming, event)
            if self.begun:
                return
            if is_postgres(batch.connection):
                self.begin()
            elif batch.ahead is not None:
                self.here()

        town._hear = heard  # type: ignore[method-assign]


@contextmanager
def overtaken(engine: Engine, act: Callable[[], Any]) -> Iterator[Connection]:
    """What the body writes is committed after `act` has read, and has come to wait for it; on SQLite `act` comes after it."""
    aside = Aside(engine, act)
    with engine.begin() as connection:
        yield connection
        if is_postgres(connection):
            aside.begin()
    aside.over()
