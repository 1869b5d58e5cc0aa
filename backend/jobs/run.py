"""Work is done in slices: each commits its rows and the progress together, so that it can stop and go on anywhere.

A slice that is cut off (`kill -9`) has written nothing; its lease runs out and the next worker does it again. A slice
computes outside the transaction and keeps `saving` short: SQLite has one write lock, and residents wait for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.exc import OperationalError

from backend.db import is_postgres
from backend.errors import where
from backend.jobs.models import job
from backend.jobs.service import OPEN

if TYPE_CHECKING:
    from backend.app import Shell

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""A slice takes seconds; after this another worker may take it up."""


class Refused(Exception):
    """The work cannot be done, for a reason its owner can mend: `args[0]` is the key of a sentence."""


class Lost(Exception):
    """It was stopped, or another worker has taken it up: what this slice did is not kept."""


@dataclass
class Work:
    """One slice of a job. Change `detail`, `done`, `total`; set `result` when there is nothing left to do."""

    shell: Shell
    id: str
    tenant_id: str
    staff_id: str | None
    detail: dict[str, Any]
    done: int
    total: int
    turn: int
    result: Any = field(default=None)

    @contextmanager
    def saving(self) -> Iterator[Connection]:
        """The one transaction of this slice: its rows and its progress. Raises `Lost`.

        On PostgreSQL it waits for no disk: the machine goes down within half a second, and rows and progress are lost together and done again.
        Whatever is committed after it, the taking of the next slice too, takes it along.
        """
        with self.shell.engine.begin() as connection:
            if is_postgres(connection):
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            mine = (job.c.id == self.id) & (job.c.turn == self.turn) & (job.c.state == "running")
            if connection.execute(select(job.c.id).where(mine).with_for_update(key_share=True)).first() is None:
                raise Lost
            yield connection
            connection.execute(update(job).where(mine).values(
                detail=self.detail, done=self.done, total=self.total, result=self.result, leased_until=None,
                state="running" if self.result is None else "done", changed_at=self.shell.clock()))


Slice: TypeAlias = Callable[[Work], None]
"""Does the next piece and keeps it with one `with work.saving() as connection:`."""


def run_slice(shell: Shell, slices: Mapping[str, Slice]) -> bool:
    """Do one slice of the work that waits longest; False when none waits. What fails is marked so, never tried for ever."""
    work = _take(shell, slices)
    if work is None:
        return False
    kind = work[0]
    try:
        slices[kind](work[1])
    except Lost:
        pass
    except Refused as refused:
        _fail(shell, work[1], str(refused.args[0]))
    except OperationalError:
        raise  # the database is away: the lease runs out and the slice is done again
    except Exception as error:
        log.error("job %s (%s): %s", work[1].id, kind, where(error))
        _fail(shell, work[1], "console.job.failed")
    return True


def _take(shell: Shell, slices: Mapping[str, Slice]) -> tuple[str, Work] | None:
    now = shell.clock()
    free = (
        select(job).where(job.c.state.in_(OPEN), job.c.kind.in_(list(slices)),
                          or_(job.c.leased_until.is_(None), job.c.leased_until <= now))
        # The one that was worked on longest ago: several jobs go on side by side.
        .order_by(job.c.changed_at, job.c.id).limit(1)
    )  # fmt: skip
    with shell.engine.connect() as connection:
        if connection.execute(free).first() is None:
            return None
    with shell.engine.begin() as connection:
        row = connection.execute(free.with_for_update(skip_locked=True, key_share=True)).mappings().first()
        if row is None:
            return None
        connection.execute(update(job).where(job.c.id == row["id"]).values(
            state="running", turn=row["turn"] + 1, leased_until=now + LEASE, changed_at=now))
    return row["kind"], Work(shell, row["id"], row["tenant_id"], row["staff_id"], dict(row["detail"]), row["done"],
                             row["total"], row["turn"] + 1)


def _fail(shell: Shell, work: Work, key: str) -> None:
    with shell.engine.begin() as connection:
        mine = update(job).where(job.c.id == work.id, job.c.turn == work.turn, job.c.state == "running")
        connection.execute(mine.values(state="failed", error=key, leased_until=None, changed_at=shell.clock()))
