"""What the clock does: due rows are claimed in batches by (due_at, id), each kind by its own handler.

No scheduler library, and no timers: a row says what is due, and whoever looks first does it. What a person is to hear
goes into the inbox as `Elapsed` and takes the same way as everything else they hear.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection, Engine, Integer, Text, bindparam, cast, or_, select, tuple_, update
from sqlalchemy.exc import OperationalError

from backend.cases.models import case
from backend.clock import Clock
from backend.db import Moment, is_postgres, reading
from backend.followups.decent import UNSAID, put_off
from backend.followups.many import drop_many, put_many, set_many
from backend.followups.models import due
from backend.followups.plan import FIRST_LOOK, TOLD
from backend.followups.silence import LOOK_AGAIN, refused_homes, silent_homes
from backend.followups.system import row, tell_many
from backend.journal.batch import Batch
from backend.journal.models import conversation

log = logging.getLogger(__name__)

BATCH = 500
"""Rows per transaction, so that other writers get their turn (stack.md §1); a handler that needs little for each says
`at_once` how many it takes."""
BATCHES = 30
"""Batches before it is asked again whether to stop: each beginning looks past whatever was done shortly before."""
AFTER_FAILURE = timedelta(minutes=5)


class Due(NamedTuple):
    """One row that has come due."""

    id: int
    kind: str
    subject: str
    due_at: datetime
    detail: Mapping[str, Any]
    turn: int


Handler: TypeAlias = Callable[[Batch, Sequence[Due]], Mapping[int, datetime] | None]
"""Does what is due, inside the transaction; returns when a row is due next, by id. Rows it does not name are done,
unless it set them anew itself."""


def remind(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """Kind `reminder`: let the conversation hear `Elapsed`. Whether somebody was heard meanwhile, `process` decides.

    While its municipality has stopped everything, it waits; at night, on holidays and while the person's week is full, too. To whoever
    refused meanwhile it is not said.
    What was said stands in the contact log.
    """
    waits = silent_homes(batch.connection, (one.subject for one in rows))
    later = {one.id: batch.now + LOOK_AGAIN for one in rows if one.subject in waits}
    rows = [one for one in rows if one.id not in later]
    later |= put_off(batch.connection, ((one.id, one.subject, str(one.detail.get("reminder", ""))) for one in rows), batch.now)
    rows = [one for one in rows if one.id not in later]
    subjects = {one.subject for one in rows}
    refused = refused_homes(batch.connection, subjects)
    rows = [one for one in rows if one.subject not in refused or one.detail.get("reminder") in UNSAID]
    there = set(batch.connection.execute(_THERE, {"ids": list(subjects)}).scalars())
    tell_many(batch.connection, [
        row(one.subject, f"due:{one.id}:{one.turn}", {"elapsed": one.detail.get("reminder", "")}, one.due_at, batch.now)
        for one in rows if one.subject in there])
    put_many(batch.connection, due, [
        {"kind": TOLD, "subject": f"due:{one.id}:{one.turn}", "due_at": batch.now + FIRST_LOOK, "detail": {"step": "reminder"}, "turn": 0}
        for one in rows if one.subject in there])
    return later


def run_due(engine: Engine, clock: Clock, handlers: Mapping[str, Handler], limit: int = 0) -> int:
    """Do what is due, some batches of it; returns how many rows were claimed (0: nothing is due).

    `limit`: rows per batch; 0: as many as the first one's handler takes at once. A handler that raises undoes its batch;
    the rows are then done one by one, and those that fail again are put off by five minutes. Kinds without a handler here
    wait. Raises `OperationalError` when the database is away.
    """
    done, after = 0, _BEGINNING
    # Each batch begins where the last one ended: PostgreSQL keeps what was done in the index for a while, and a sweep that
    # looked from the first row every time would read a million dead ones for each batch.
    for _ in range(BATCHES):
        with reading(engine).connect() as connection:  # a look that does not take SQLite's one write lock
            first = connection.execute(_CLAIM, {"now": clock(), "kinds": list(handlers), "limit": 1, **after}).first()
        if first is None:
            break
        size = limit or getattr(handlers[first.kind], "at_once", BATCH)
        claimed = _batch(engine, clock, handlers, size, after)
        done += len(claimed)
        if len(claimed) < size:
            break
        after = {"after": claimed[-1].due_at, "after_id": claimed[-1].id}
    return done


def _batch(engine: Engine, clock: Clock, handlers: Mapping[str, Handler], size: int, after: Mapping[str, Any]) -> list[Due]:
    claimed: list[Due] = []
    try:
        with _undisturbed(), engine.begin() as connection:
            asked = _CLAIM.with_for_update(skip_locked=True, key_share=True) if is_postgres(connection) else _CLAIM
            some = {"now": clock(), "kinds": list(handlers), "limit": size, **after}
            claimed = _read(connection.execute(asked, some).all())
            _do(connection, clock(), handlers, claimed)
    except OperationalError:
        raise
    except Exception as error:
        log.error("what was due failed, each row is done by itself: %s", type(error).__name__)
        for one in claimed:
            _alone(engine, clock, handlers, one.id)
    return claimed


def _read(rows: Sequence[Any]) -> list[Due]:
    """The detail of most rows is empty."""
    return [Due(id, kind, subject, due_at, {} if detail == "{}" else orjson.loads(detail), turn)
            for id, kind, subject, due_at, detail, turn in rows]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A batch makes some ten thousand objects that go when it ends: looking for rings among them takes a tenth of its time."""
    if not gc.isenabled():  # another thread sees to it
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _do(connection: Connection, now: datetime, handlers: Mapping[str, Handler], rows: Sequence[Due]) -> None:
    if is_postgres(connection):
        # A batch finds its rows by their keys. A table that was filled a moment ago has no figures that would say so, and
        # PostgreSQL would read all of it for every batch.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    batch = Batch(connection, now)
    by_kind: dict[str, list[Due]] = {}
    for one in rows:
        by_kind.setdefault(one.kind, []).append(one)
    again: dict[int, datetime] = {}
    for kind, some in by_kind.items():
        again |= handlers[kind](batch, some) or {}
    batch.flush()
    # Only as claimed: a handler may have set the same row anew, which counted its turn up.
    drop_many(connection, due, [{"id": one.id, "turn": one.turn} for one in rows if one.id not in again])
    later = [{"new_turn": one.turn + 1, "due_at": again[one.id], "id": one.id, "turn": one.turn}
             for one in rows if one.id in again]
    set_many(connection, due, later, by=("id", "turn"))


def _alone(engine: Engine, clock: Clock, handlers: Mapping[str, Handler], id: int) -> None:
    one: list[Due] = []
    try:
        with engine.begin() as connection:
            asked = _ALL.where(due.c.id == id, due.c.due_at <= clock())
            if is_postgres(connection):
                asked = asked.with_for_update(skip_locked=True, key_share=True)
            one = _read(connection.execute(asked).all())
            _do(connection, clock(), handlers, one)
    except OperationalError:
        raise
    except Exception as error:
        log.error("due row %d (%s) is put off: %s", id, one[0].kind if one else "?", type(error).__name__)
        with engine.begin() as connection:
            connection.execute(update(due).where(due.c.id == id).values(
                due_at=clock() + AFTER_FAILURE, turn=due.c.turn + 1))


_ALL = select(due.c.id, due.c.kind, due.c.subject, due.c.due_at, cast(due.c.detail, Text), due.c.turn)
# `kind || ''`: by the index on time. By the one on kind a million rows would be read and sorted for every batch.
_CLAIM = (
    _ALL.where(due.c.due_at <= bindparam("now"), (due.c.kind + "").in_(bindparam("kinds", expanding=True)),
               tuple_(due.c.due_at, due.c.id) > tuple_(bindparam("after", type_=Moment()), bindparam("after_id", type_=due.c.id.type)))
    .order_by(due.c.due_at, due.c.id).limit(bindparam("limit", type_=Integer))
)  # fmt: skip
_BEGINNING = {"after": datetime.min.replace(tzinfo=UTC), "after_id": 0}
# Whoever writes after their case was closed is answered; nobody is reminded of a case that is closed.
_THERE = (
    select(conversation.c.id).outerjoin(case, case.c.id == conversation.c.case_id)
    .where(conversation.c.id.in_(bindparam("ids", expanding=True)), or_(case.c.id.is_(None), case.c.status != "closed"))
)
