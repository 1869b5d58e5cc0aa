"""Begin long work, look how far it is, stop it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from backend import ids
from backend.db import Row
from backend.jobs.models import job

OPEN = ("waiting", "running")


def start(
    connection: Connection, *, tenant_id: str, kind: str, staff_id: str | None, detail: dict[str, Any], at: datetime,
    total: int = 0,
) -> str:
    """Begin work of a kind; a worker takes it up within seconds. Returns the job's id.

    `detail` must be JSON and holds what the slices need; it is kept encrypted.
    """
    id = ids.new()
    connection.execute(job.insert().values(
        id=id, tenant_id=tenant_id, kind=kind, staff_id=staff_id, detail=detail, total=total, made_at=at, changed_at=at))
    return id


def find(connection: Connection, tenant_id: str, job_id: str) -> Row | None:
    """A municipality's job, or None."""
    chosen = select(job).where(job.c.id == job_id, job.c.tenant_id == tenant_id)
    found = connection.execute(chosen).mappings().one_or_none()
    return dict(found) if found else None


def stop(connection: Connection, tenant_id: str, job_id: str, at: datetime) -> bool:
    """End it after the slice that is under way, whose work is not kept. False if it had ended already."""
    mine = update(job).where(job.c.id == job_id, job.c.tenant_id == tenant_id, job.c.state.in_(OPEN))
    return connection.execute(mine.values(state="stopped", changed_at=at)).rowcount == 1


def finish(connection: Connection, job_id: str, *, result: Any, done: int, at: datetime) -> None:
    """Work that was small enough to be done at once, in the transaction that began it: no worker ever sees it."""
    mine = update(job).where(job.c.id == job_id, job.c.state == "waiting")
    connection.execute(mine.values(state="done", result=result, done=done, changed_at=at))
