"""PR-07: what led to no consent, no contact and no case is forgotten thirty days after the last event.

The conversation itself stays, empty, so that counts hold and whoever writes again is welcome. Never while a task about
the person is open: silence is what outreach exists for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from backend import crypto
from backend.cases.models import answer, suggestion
from backend.consent.models import consent_event
from backend.conversations.history import GONE
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.journal.models import attachment, conversation, inbox, message
from backend.tasks.models import task

ERASE = "erase"
"""Kind of the due rows; their subject is the conversation."""

AFTER = timedelta(days=30)

CONTACTS = ("phone", "landline", "disaster_address", "current_address")
"""Answers by which the municipality could reach somebody."""


def erase(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of due rows of kind `erase`; returns when to look again at those that must stay for now."""
    again: dict[int, datetime] = {}
    for row in rows:
        chosen = select(conversation).where(conversation.c.id == row.subject).with_for_update(key_share=True)
        home = batch.connection.execute(chosen).mappings().first()
        if home is None or home["case_id"] is not None:
            continue
        last = home["last_heard_at"] or home["created_at"]
        if last + AFTER > batch.now:
            again[row.id] = last + AFTER
        elif _kept(batch.connection, home["id"]):
            again[row.id] = batch.now + AFTER
        else:
            _forget(batch.connection, home["id"], batch.now)
    return again


def _kept(connection: Connection, conversation_id: str) -> bool:
    """Whether there is a consent, a way to reach them, or a task that somebody still works on."""
    mine = answer.c.conversation_id == conversation_id
    reachable = (answer.c.field.in_(CONTACTS), answer.c.state == "given", answer.c.superseded_at.is_(None))
    given = (consent_event.c.conversation_id == conversation_id, consent_event.c.event == "given")
    waiting = (task.c.conversation_id == conversation_id, task.c.done_at.is_(None))
    return (
        _any(connection, answer, mine, *reachable)
        or _any(connection, consent_event, *given)
        or _any(connection, task, *waiting)
    )


def _forget(connection: Connection, conversation_id: str, now: datetime) -> None:
    # What was said while it belonged to a case is the case's, also after the chat was parted from it.
    for table in (answer, suggestion):
        connection.execute(delete(table).where(table.c.conversation_id == conversation_id, table.c.case_id.is_(None)))
    connection.execute(delete(attachment).where(attachment.c.conversation_id == conversation_id))
    said = update(message).where(message.c.conversation_id == conversation_id)
    connection.execute(said.values(content=None, original=None, hidden_at=now))
    events = update(inbox).where(inbox.c.conversation_id == conversation_id, inbox.c.done_at.is_not(None))
    connection.execute(events.values(body=crypto.ring().seal(GONE, "inbox.body")))
    home = update(conversation).where(conversation.c.id == conversation_id)
    connection.execute(home.values(session=None, reply=None, waiting_since=None, version=conversation.c.version + 1))


def _any(connection: Connection, table: Table, *where: Any) -> bool:
    return connection.execute(select(table.c.id).where(*where).limit(1)).first() is not None
