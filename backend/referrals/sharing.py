"""What a partner may see of one referral: asked anew at every look, category by category, of `can_share` (PR-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from backend.consent.rules import CATEGORIES, Recipient, Verdict, can_share
from backend.consent.service import decisions_of
from backend.db import Row
from backend.tenants.models import recipient


def verdicts(connection: Connection, case: Row, recipient_id: str | None, at: datetime) -> Mapping[str, Verdict]:
    """Category -> whether it may be shown to this recipient now, and why not."""
    chosen = select(recipient).where(recipient.c.id == recipient_id, recipient.c.tenant_id == case["tenant_id"])
    row = connection.execute(chosen).one_or_none()
    to = Recipient(row.kind, row.active, row.pledge_until) if row is not None else None
    made = decisions_of(connection, case_id=case["id"])
    return {
        category: can_share(
            restricted=case["restricted"], recipient=to, category=category, purpose="survivor_support", decisions=made, at=at,
        )
        for category in sorted(CATEGORIES)
    }  # fmt: skip


def shown(found: Mapping[str, Verdict]) -> frozenset[str]:
    """The categories that may be shown."""
    return frozenset(category for category, verdict in found.items() if verdict.allowed)
