"""Whether a municipality says anything by itself at this moment. The switch is `backend/campaigns/switch.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from backend.campaigns.models import outreach
from backend.journal.models import conversation

LOOK_AGAIN = timedelta(minutes=5)
"""What is due while everything is stopped is looked at again so soon."""


def silent(connection: Connection, tenant_ids: Iterable[str]) -> set[str]:
    """Those of the municipalities where everything automatic is stopped."""
    return set(connection.execute(_STOPPED, {"ids": list(set(tenant_ids))}).scalars())


def silent_homes(connection: Connection, conversation_ids: Iterable[str]) -> set[str]:
    """Those of the conversations whose municipality is silent."""
    return set(connection.execute(_HOMES, {"ids": list(set(conversation_ids))}).scalars())


_STOPPED = select(outreach.c.tenant_id).where(
    outreach.c.tenant_id.in_(bindparam("ids", expanding=True)), outreach.c.stopped_at.is_not(None))
_HOMES = (
    select(conversation.c.id).join(outreach, outreach.c.tenant_id == conversation.c.tenant_id)
    .where(conversation.c.id.in_(bindparam("ids", expanding=True)), outreach.c.stopped_at.is_not(None))
)  # fmt: skip
