"""When a case is looked at anew (支援方針の見直し): a date, and on its morning a task. And whether it has come to a standstill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from sqlalchemy import Connection, delete, select

from backend.audit import service as audit
from backend.cases.carrying import change, newest
from backend.cases.models import case
from backend.clock import JST
from backend.conversations.offices import read_office
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.tasks.models import task
from backend.tasks.raising import raise_task
from backend.tenants.models import tenant

REVIEW = "review"
"""Kind of the `due` row and of the task that comes of it."""

StalledAfter: TypeAlias = Mapping[int | None, timedelta]
STALLED_AFTER: StalledAfter = {1: timedelta(days=90), 2: timedelta(days=60), 3: timedelta(days=45), 4: timedelta(days=45), None: timedelta(days=90)}
"""Nothing has happened for so long, by category: 3 and 4 are visited about monthly (手引き Ⅱ 3(1)), so that a month and
a half is a standstill. [our own figures: each municipality may set its own, `stalled_after`]"""


def set_review(connection: Connection, *, case_id: str, on: date | None, by: str, version: int, at: datetime) -> None:
    """Set or take away the day on which somebody looks at the case anew. Raises `Conflict`."""
    row = newest(connection, case_id, version)
    change(connection, row, at, review_on=on)
    plan_review(connection, case_id, on)
    audit.record(connection, tenant_id=row.tenant_id, staff_id=by, action="case.review_set", object_kind="case",
                 object_id=case_id, detail={"on": on.isoformat() if on else ""}, at=at)  # fmt: skip


def plan_review(connection: Connection, case_id: str, on: date | None) -> None:
    """Tell the clock, in place of what it was told before."""
    if on is None:
        connection.execute(delete(due).where(due.c.kind == REVIEW, due.c.subject == case_id))
    else:
        put_due(connection, REVIEW, case_id, datetime.combine(on, time(0, 5), JST), {})


def review_due(batch: Batch, rows: Sequence[Due]) -> None:
    """The clock's handler: a task for each case that is still open and has none yet."""
    for one in rows:
        found = batch.connection.execute(
            select(case.c.tenant_id, case.c.status, case.c.review_on).where(case.c.id == one.subject)).first()
        if found is None or found.status != "open" or found.review_on is None:
            continue
        open_ = select(task.c.id).where(task.c.case_id == one.subject, task.c.kind == REVIEW, task.c.done_at.is_(None))
        if batch.connection.execute(open_).first() is None:
            office = read_office(batch.connection, found.tenant_id, batch.now)
            raise_task(batch, office, REVIEW, case_id=one.subject, due_at=office.calendar.due(batch.now, 0))


def stalled(category: int | None, changed_at: datetime, now: datetime, after: StalledAfter = STALLED_AFTER) -> bool:
    """Whether nothing has happened in an open case for too long."""
    return now - changed_at > after[category]


def stalled_after(connection: Connection, tenant_id: str) -> StalledAfter:
    """What too long means in this municipality."""
    kept = connection.execute(select(tenant.c.stalled_days).where(tenant.c.id == tenant_id)).scalar() or {}
    named = {category: str(category or "none") for category in STALLED_AFTER}
    return {category: timedelta(days=kept[named[category]]) if named[category] in kept else usual for category, usual in STALLED_AFTER.items()}
