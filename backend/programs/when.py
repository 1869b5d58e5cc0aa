"""When the software may write by itself: on working days, outside the municipality's quiet hours."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Connection, select

from backend.campaigns.ladder import Hours
from backend.campaigns.models import outreach
from backend.conversations.offices import Office


def next_open(connection: Connection, office: Office, moment: datetime) -> datetime:
    """`moment` itself where it may; else the next moment at which it may."""
    chosen = select(outreach.c.quiet_from, outreach.c.quiet_until).where(outreach.c.tenant_id == office.id)
    own = connection.execute(chosen).first()
    if own is None:
        return Hours(office.calendar).next_open(moment)
    return Hours(office.calendar, time.fromisoformat(own.quiet_from), time.fromisoformat(own.quiet_until)).next_open(moment)
