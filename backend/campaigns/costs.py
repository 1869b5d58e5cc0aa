"""What messages cost: LINE counts every push, and nothing that answers a person (reply first).

A municipality's own plan (地方公共団体プラン) has no message fee; an NPO's or council's has 200, 5,000 or 30,000 a month.
Which it is, LINE says itself (`bots/line/quota.py`), and a municipality may set a budget of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from backend.campaigns.models import outreach
from backend.clock import JST, in_japan
from backend.journal.models import conversation, outbox


@dataclass(frozen=True, slots=True)
class Ledger:
    """One month of one municipality on LINE. `pushes` are counted by LINE, `replies` are free."""

    pushes: int
    replies: int
    budget: int | None
    quota_limit: int | None
    quota_used: int | None
    quota_at: datetime | None

    @property
    def room(self) -> int | None:
        """How many more pushes there may be this month; None: no limit is known."""
        rooms = []
        if self.budget is not None:
            rooms.append(self.budget - self.pushes)
        if self.quota_limit is not None and self.quota_used is not None:
            rooms.append(self.quota_limit - max(self.quota_used, self.pushes))
        return max(0, min(rooms)) if rooms else None


def ledger(connection: Connection, tenant_id: str, now: datetime) -> Ledger:
    local = in_japan(now)
    since = datetime(local.year, local.month, 1, tzinfo=JST)
    went = (
        select(outbox.c.reply_tried, func.count()).join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(conversation.c.tenant_id == tenant_id, outbox.c.channel == "line", outbox.c.created_at >= since,
               outbox.c.state.in_(("pending", "sending", "accepted", "unknown")))
        .group_by(outbox.c.reply_tried)
    )  # fmt: skip
    counted: dict[bool, int] = {bool(tried): number for tried, number in connection.execute(went)}
    row = connection.execute(select(outreach).where(outreach.c.tenant_id == tenant_id)).first()
    fresh = row is not None and row.quota_at is not None and row.quota_at >= since
    return Ledger(
        counted.get(False, 0), counted.get(True, 0), row.month_pushes if row else None,
        row.quota_limit if row is not None and fresh else None, row.quota_used if row is not None and fresh else None,
        row.quota_at if row else None,
    )  # fmt: skip


def room(connection: Connection, tenant_id: str, now: datetime) -> int | None:
    """How many more pushes there may be this month; None: no limit is known. Nothing is counted where there is none."""
    row = connection.execute(
        select(outreach.c.month_pushes, outreach.c.quota_limit).where(outreach.c.tenant_id == tenant_id)).first()
    if row is None or (row.month_pushes is None and row.quota_limit is None):
        return None
    return ledger(connection, tenant_id, now).room
