"""Take what is automatic out of the queues: events of the clock that are no turns yet, and messages not tried yet."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from backend.campaigns.models import approach
from backend.db import is_postgres
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.followups.silence import LOOK_AGAIN, automatic, silent_homes
from backend.followups.system import SYSTEM, tell_many
from backend.journal.batch import Batch
from backend.journal.models import conversation, inbox, outbox
from backend.journal.park import ask_staff

HELD = "held"
"""Kind of the due rows for events that were called back; their subject is the number the event had."""
KEY = "approach-"
"""How the outbox keys of campaigns begin."""
CALLED_BACK = "called back: everything automatic was stopped"
MOST = 500


def call_back(connection: Connection, tenant_id: str, now: datetime) -> int:
    """Take what is automatic out of the queues, to be done after the release: events of the clock that are not turns
    yet, and messages nobody has tried to send. One that was tried may have arrived, and is shown as unknown."""
    _events_back(connection, tenant_id, now)
    queued = list(connection.execute(_QUEUED[is_postgres(connection)], {"tenant": tenant_id}).mappings())
    reminders = _from_the_clock(connection, [row["key"] for row in queued])
    back = [row for row in queued if row["key"].startswith(KEY) or row["key"] in reminders]
    fresh = [row for row in back if row["attempts"] == 0]
    for some, state in ((fresh, "failed"), ([row for row in back if row["attempts"]], "unknown")):
        end(connection, [row["id"] for row in some], state, now)
    again = [row["key"] for row in fresh if row["key"].startswith(KEY)]
    for first in range(0, len(again), MOST):
        connection.execute(update(approach).where(approach.c.outbox_key.in_(again[first:first + MOST])).values(
            state="planned", not_before=now, outbox_key=None, posted_at=None))
    for row in fresh:
        if row["key"] in reminders:  # the dialog has taken its step: a person finds out what was not said
            ask_staff(connection, "silence", row["conversation_id"], now)
    return len(back)


def _events_back(connection: Connection, tenant_id: str, now: datetime) -> None:
    rows = connection.execute(_EVENTS[is_postgres(connection)], {"tenant": tenant_id}).all()
    for row in rows:
        body = base64.b64encode(bytes(row.body)).decode()  # as it was sealed: the clock's table holds nothing about people
        put_due(connection, HELD, str(row.id), now, {"conversation": row.conversation_id, "body": body})
    in_parts(rows, lambda some: connection.execute(delete(inbox).where(inbox.c.id.in_([row.id for row in some]))))


def tell_held(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `HELD`: what was called back as an event is heard after the release."""
    waits = silent_homes(batch.connection, (one.detail["conversation"] for one in rows))
    tell_many(batch.connection, [
        {"conversation_id": one.detail["conversation"], "channel": SYSTEM, "event_id": f"due:{one.id}:{one.turn}", "lane": 1,
         "happened_at": one.due_at, "received_at": batch.now, "body": base64.b64decode(one.detail["body"])}
        for one in rows if one.detail["conversation"] not in waits])
    return {one.id: batch.now + LOOK_AGAIN for one in rows if one.detail["conversation"] in waits}


def _from_the_clock(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those outbox keys that answer an event of the clock (`event-<inbox id>`), not of a person."""
    numbered = {int(key.removeprefix("event-")): key for key in keys if key.startswith("event-") and key[6:].isdigit()}
    found: set[str] = set()
    in_parts(list(numbered), lambda some: found.update(
        numbered[id] for id in connection.execute(select(inbox.c.id).where(
            inbox.c.id.in_(some), inbox.c.channel == SYSTEM, automatic(inbox.c.event_id))).scalars()))
    return found


def end(connection: Connection, outbox_ids: list[int], state: str, now: datetime) -> None:
    in_parts(outbox_ids, lambda some: connection.execute(update(outbox).where(outbox.c.id.in_(some)).values(
        state=state, error=CALLED_BACK, finished_at=now, leased_until=None)))


def in_parts(everything: Sequence[Any], do: Callable[[Sequence[Any]], object]) -> None:
    for first in range(0, len(everything), MOST):
        do(everything[first:first + MOST])


def _queued(postgres: bool) -> Any:
    asked = (
        select(outbox.c.id, outbox.c.key, outbox.c.attempts, outbox.c.conversation_id)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(conversation.c.tenant_id == bindparam("tenant"), outbox.c.state == "pending", outbox.c.reply.is_(None),
               outbox.c.kind != "crisis")
    )  # fmt: skip
    return asked.with_for_update(of=outbox, key_share=True) if postgres else asked


def _events(postgres: bool) -> Any:
    asked = (
        select(inbox.c.id, inbox.c.conversation_id, inbox.c.body)
        .join(conversation, conversation.c.id == inbox.c.conversation_id)
        .where(conversation.c.tenant_id == bindparam("tenant"), inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None),
               inbox.c.channel == SYSTEM, automatic(inbox.c.event_id))
    )  # fmt: skip
    return asked.with_for_update(of=inbox, skip_locked=True, key_share=True) if postgres else asked


_QUEUED = {postgres: _queued(postgres) for postgres in (True, False)}
_EVENTS = {postgres: _events(postgres) for postgres in (True, False)}
