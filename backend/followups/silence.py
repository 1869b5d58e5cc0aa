"""Whether a municipality says anything by itself at this moment. The switch is `backend/campaigns/switch.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select

from backend.campaigns.models import outreach
from backend.contacts import rules
from backend.contacts.models import contact
from backend.journal.models import conversation

AUTOMATIC = ("due:", "near:", "news:")
"""How the ids of events begin that let a resident hear something nobody asked for: reminders, deadlines, news."""
LOOK_AGAIN = timedelta(minutes=5)
"""What is due while everything is stopped is looked at again so soon."""


def silent(connection: Connection, tenant_ids: Iterable[str]) -> set[str]:
    """Those of the municipalities where everything automatic is stopped."""
    return set(connection.execute(_STOPPED, {"ids": list(set(tenant_ids))}).scalars())


def silent_homes(connection: Connection, conversation_ids: Iterable[str]) -> set[str]:
    """Those of the conversations whose municipality is silent."""
    return set(connection.execute(_HOMES, {"ids": list(set(conversation_ids))}).scalars())


def refused_homes(connection: Connection, conversation_ids: Iterable[str]) -> set[str]:
    """Those of the conversations whose household wants no more: nothing is said to them unasked, until they say so or write again."""
    return set(connection.execute(_REFUSED, {"ids": list(set(conversation_ids))}).scalars())


def automatic(event_id: Any) -> ColumnElement[bool]:
    """Whether a column of event ids holds one of these."""
    return or_(*(event_id.like(f"{prefix}%") for prefix in AUTOMATIC))


_STOPPED = select(outreach.c.tenant_id).where(
    outreach.c.tenant_id.in_(bindparam("ids", expanding=True)), outreach.c.stopped_at.is_not(None))
_HOMES = (
    select(conversation.c.id).join(outreach, outreach.c.tenant_id == conversation.c.tenant_id)
    .where(conversation.c.id.in_(bindparam("ids", expanding=True)), outreach.c.stopped_at.is_not(None))
)  # fmt: skip
_AGAIN = contact.alias()
_REFUSED = select(conversation.c.id).join(contact, contact.c.case_id == conversation.c.case_id).where(
    conversation.c.id.in_(bindparam("ids", expanding=True)), contact.c.result == rules.REFUSED,
    (conversation.c.last_heard_at.is_(None)) | (conversation.c.last_heard_at < contact.c.at),
    ~exists().where(_AGAIN.c.case_id == contact.c.case_id, _AGAIN.c.result == rules.AGAIN, _AGAIN.c.at >= contact.c.at),
)  # fmt: skip
