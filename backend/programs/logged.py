"""What the clock told a resident of itself (a deadline, news, a visit's day) stands in the contact log once it is known how it ended.

There it counts as what it is, an automatic message: a person's week has room for so many (`campaigns.facts.cap_free`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from backend.campaigns.results import ENDS
from backend.cases.models import case
from backend.contacts import rules
from backend.contacts.service import keep
from backend.followups.plan import FIRST_LOOK, TOLD, put_due
from backend.followups.run import Due
from backend.followups.system import SYSTEM
from backend.journal.batch import Batch
from backend.journal.models import conversation, inbox, outbox

LOGGED = TOLD
"""Kind of the due rows; their subject is the id of the event that the conversation heard."""

PENDING = timedelta(minutes=5)
"""A message is on its way, or its turn has not been taken: look again so much later."""


class Otherwise(NamedTuple):
    """The due row that is set where it did not arrive."""

    kind: str
    subject: str
    detail: dict[str, Any]


def watch(connection: Connection, event_id: str, step: str, now: datetime, otherwise: Otherwise | None = None) -> None:
    """Something has been told as event `event_id`; `step` (`rules.BY_CLOCK`) says in the log what it was."""
    put_due(connection, LOGGED, event_id, now + FIRST_LOOK, {"step": step} | ({"otherwise": list(otherwise)} if otherwise else {}))


def log_due(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `LOGGED`. An event that let nobody say anything, or that was called back, is no contact."""
    again: dict[int, datetime] = {}
    for one in rows:
        event = batch.connection.execute(_EVENT, {"event": one.subject}).first()
        if event is None or event.parked_at is not None:
            continue
        if event.done_at is None:
            again[one.id] = batch.now + PENDING
            continue
        sent = batch.connection.execute(_SENT, {"key": f"event-{event.id}"}).mappings().first()
        if sent is None:
            _otherwise(batch, one)
            continue
        if sent["state"] not in ENDS:
            again[one.id] = batch.now + PENDING
            continue
        blocked = sent["state"] == "failed" and sent["error"] == "blocked"
        keep(
            batch.connection, tenant_id=sent["tenant_id"], case_id=sent["case_id"], person_id=sent["person_id"], channel="chat",
            direction=rules.OUT, result=rules.BLOCKED if blocked else ENDS[sent["state"]], at=sent["finished_at"] or batch.now,
            made_at=batch.now, step=str(one.detail["step"]), source=sent["key"],
        )  # fmt: skip
        if sent["state"] in ("failed", "expired"):
            _otherwise(batch, one)
    return again


def _otherwise(batch: Batch, one: Due) -> None:
    """Try it another way. Unknown is no reason to: it may have arrived."""
    if one.detail.get("otherwise"):
        kind, subject, detail = one.detail["otherwise"]
        put_due(batch.connection, kind, subject, batch.now, detail)


_EVENT = select(inbox.c.id, inbox.c.done_at, inbox.c.parked_at).where(
    inbox.c.channel == SYSTEM, inbox.c.event_id == bindparam("event"))
_SENT = (
    select(outbox.c.key, outbox.c.state, outbox.c.error, outbox.c.finished_at, conversation.c.tenant_id, conversation.c.case_id, case.c.person_id)
    .join(conversation, conversation.c.id == outbox.c.conversation_id).join(case, case.c.id == conversation.c.case_id)
    .where(outbox.c.key == bindparam("key"))
)  # fmt: skip
