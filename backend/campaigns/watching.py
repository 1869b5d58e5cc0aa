"""Monthly watching over (見守り): in categories 3 and 4 nobody goes a month without a person having been in touch.

The manual's categories 3 and 4 ask for about monthly visits (domain.md §3). Each morning of a working day the clock looks
who was not heard or visited for four weeks; whoever is waited for already is not put into the list twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, select

from backend import ids
from backend.campaigns.models import outreach
from backend.campaigns.run import TASKS
from backend.cases.models import case
from backend.clock import JST, in_japan
from backend.contacts import rules
from backend.contacts.models import contact
from backend.conversations.offices import Office, Offices
from backend.followups.many import put_many
from backend.followups.models import due
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.staff.models import notice
from backend.tasks.models import task
from backend.tasks.raising import tell
from backend.tasks.rules import RANKS
from backend.tenants.models import tenant

WATCHING = "watching"
"""Kind of the due rows: one for each municipality, its subject."""

WATCHED = (3, 4)
MONTH = timedelta(days=28)
MOST = 200
"""Households a morning: those who waited longest, the others tomorrow."""
DAYS = 3
"""Working days until somebody must have been in touch."""


class Watching:
    """The handler of due rows of kind `watching`."""

    def __init__(self) -> None:
        self._offices = Offices()

    def __call__(self, batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
        """Raise a call for everybody who was not in touch for a month; returns the next morning."""
        for row in rows:
            office = self._offices.get(batch.connection, row.subject, batch.now)
            if office.calendar.is_working_day(in_japan(batch.now).date()) and _wanted(batch.connection, office.id):
                _raise(batch, office)
        return {row.id: next_morning(batch.now) for row in rows}


def next_morning(now: datetime) -> datetime:
    day = in_japan(now).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, 7, 0, tzinfo=JST)


def ensure(connection: Connection, now: datetime) -> None:
    """Every municipality has its row in the clock."""
    missing = select(tenant.c.id).where(~exists().where(due.c.kind == WATCHING, due.c.subject == tenant.c.id))
    put_many(connection, due, [
        {"kind": WATCHING, "subject": id, "due_at": now, "detail": {}, "turn": 0} for id in connection.execute(missing).scalars()])


def _wanted(connection: Connection, tenant_id: str) -> bool:
    row = connection.execute(select(outreach.c.watching).where(outreach.c.tenant_id == tenant_id)).first()
    return row is None or bool(row.watching)


def _raise(batch: Batch, office: Office) -> None:
    now = batch.now
    due_at = office.calendar.due(now, DAYS)
    rows: list[dict[str, Any]] = [
        {"id": ids.new(), "tenant_id": office.id, "kind": "call", "rank": RANKS["call"], "topic": WATCHING, "rule": "",
         "verdict": "", "case_id": id, "made_at": now, "due_at": due_at}
        for id in batch.connection.execute(_lonely(office.id, now)).scalars()]
    put_many(batch.connection, task, rows)
    for someone in office.on_duty[:1] if rows else ():
        waits = select(notice.c.id).where(
            notice.c.staff_id == someone.id, notice.c.state == "pending", notice.c.urgency.in_(TASKS.values()))
        if batch.connection.execute(waits.limit(1)).first() is None:
            tell(batch, office, someone, "call", rows[0]["id"])


def _lonely(tenant_id: str, now: datetime) -> Any:
    touched = exists().where(contact.c.case_id == case.c.id, contact.c.at > now - MONTH, contact.c.result.in_(tuple(rules.SPOKEN)))
    waited = exists().where(task.c.case_id == case.c.id, task.c.done_at.is_(None), task.c.kind.in_(("call", "visit", "red", "orange", "talk")))
    since = contact.alias()
    allowed = exists().where(since.c.case_id == contact.c.case_id, since.c.result == rules.AGAIN, since.c.at >= contact.c.at)
    gone = exists().where(contact.c.case_id == case.c.id, (contact.c.result == rules.DIED) | ((contact.c.result == rules.REFUSED) & ~allowed))
    return (
        select(case.c.id).where(case.c.tenant_id == tenant_id, case.c.status == "open", case.c.category.in_(WATCHED),
                                case.c.opened_at < now - MONTH, ~touched, ~waited, ~gone)
        .order_by(case.c.opened_at, case.c.id).limit(MOST)
    )  # fmt: skip
