"""The next date: on the day that was agreed on, or that somebody set, a person is reminded to make contact.

After a refusal this is the only way back: a person may, on a date a person set; the software never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.cases.models import case
from backend.clock import JST
from backend.contacts.models import contact
from backend.conversations.offices import Offices
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.matching.models import merge
from backend.tasks.models import task
from backend.tasks.raising import raise_task

PROMISE = "promise"
"""Kind of the due rows; their subject is the case."""
MOST_MERGES = 10
"""A record that has become part of another that has become part of another … is followed so far."""


def promise(connection: Connection, tenant_id: str, case_id: str, day: date) -> None:
    """On the morning of `day` somebody makes contact. A later promise takes the place of an earlier one."""
    at = datetime(day.year, day.month, day.day, 8, 30, tzinfo=JST)
    put_due(connection, PROMISE, case_id, at, {"tenant": tenant_id})


class Promises:
    """The handler of due rows of kind `promise`: one call in the case's list, due that day."""

    def __init__(self) -> None:
        self._offices = Offices()

    def __call__(self, batch: Batch, rows: Sequence[Due]) -> None:
        for row in rows:
            found = _where_it_is_now(batch.connection, row.subject)
            if found is None or found.status != "open" or self._seen_to(batch, found.id, row.due_at):
                continue
            office = self._offices.get(batch.connection, found.tenant_id, batch.now)
            raise_task(batch, office, "call", topic="promised", case_id=found.id, due_at=office.calendar.due(batch.now, 0))

    def _seen_to(self, batch: Batch, case_id: str, since: datetime) -> bool:
        """Somebody was quicker, or the call is in the list already."""
        made = select(contact.c.id).where(contact.c.case_id == case_id, contact.c.at >= since, contact.c.staff_id.is_not(None))
        waits = select(task.c.id).where(task.c.case_id == case_id, task.c.kind == "call", task.c.done_at.is_(None))
        return any(batch.connection.execute(one.limit(1)).first() for one in (made, waits))


def _where_it_is_now(connection: Connection, case_id: str) -> Any:
    """The case, or the one that it has become part of: what was agreed on with a household is kept under either number."""
    for _ in range(MOST_MERGES):
        found = connection.execute(select(case.c.id, case.c.tenant_id, case.c.status).where(case.c.id == case_id)).first()
        into = select(merge.c.kept_case).where(merge.c.gone_case == case_id, merge.c.undone_at.is_(None)).order_by(merge.c.at.desc())
        if found is None or found.status != "merged" or (kept := connection.execute(into.limit(1)).scalar()) is None:
            return found
        case_id = kept
    return None
