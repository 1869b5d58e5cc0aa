"""The appointment of a visit, as the household hears of it: set, moved, the day before; and what they answer.

They hear it in their chat, where they have one and want to be written to. Whether they answer changes nothing about the
visit: it is made on its day all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from backend.clock import JST, in_japan
from backend.conversations.offices import Office, read_office
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.followups.silence import LOOK_AGAIN, silent_homes
from backend.followups.system import tell
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs.when import next_open
from backend.visits.models import visit

APPOINTMENT = "appointment"
"""Kind of the due rows; their subject is the visit."""
SET, NEAR = "set", "near"
AT = time(10, 0)
"""When on the day before, in Japan."""
SOON = timedelta(minutes=2)
"""Somebody who moves three visits about has finished before the households hear of it."""


def announce(connection: Connection, visit_id: str, now: datetime) -> None:
    """The household is told of the day; in place of whatever it was to be told before."""
    put_due(connection, APPOINTMENT, visit_id, now + SOON, {"what": SET})


def forget(connection: Connection, visit_id: str) -> None:
    """Nothing more is said of this visit."""
    connection.execute(delete(due).where(due.c.kind == APPOINTMENT, due.c.subject == visit_id))


def tell_due(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `APPOINTMENT`: tell the day, and remind on the day before; in the day, not while everything is stopped."""
    connection, now = batch.connection, batch.now
    chosen = select(visit).where(visit.c.id.in_([one.subject for one in rows]), visit.c.state == "planned")
    visits = {row.id: row for row in connection.execute(chosen)}
    again: dict[int, datetime] = {}
    offices: dict[str, Office] = {}
    for one in rows:
        row = visits.get(one.subject)
        if row is None or row.planned_on < in_japan(now).date():
            continue
        home = home_of(connection, row.case_id)
        if home is None:
            continue
        office = offices.get(row.tenant_id) or offices.setdefault(row.tenant_id, read_office(connection, row.tenant_id, now))
        opens = next_open(connection, office, now)
        if home["id"] in silent_homes(connection, {home["id"]}):
            again[one.id] = now + LOOK_AGAIN
        elif opens > now:
            again[one.id] = opens
        else:
            what = str(one.detail.get("what", SET))
            tell(connection, home["id"], f"visit:{one.id}:{one.turn}", {"visit": row.id, "what": what}, now, now)
            before = datetime.combine(row.planned_on - timedelta(days=1), AT, JST)
            if what == SET and before > now:
                put_due(connection, APPOINTMENT, row.id, before, {"what": NEAR})
    return again


def home_of(connection: Connection, case_id: str) -> Mapping[str, Any] | None:
    """The chat in which this household is told: the one it was last heard in, where it may be written to."""
    chosen = (
        select(conversation)
        .where(conversation.c.case_id == case_id, conversation.c.contact != "blocked", conversation.c.quiet.is_(False),
               conversation.c.held_by.is_(None))
        .order_by(conversation.c.last_heard_at.desc(), conversation.c.id)
        .limit(1)
    )
    found = connection.execute(chosen).mappings().first()
    return dict(found) if found else None
