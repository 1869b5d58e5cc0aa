"""When a reminder may be said: on working days, outside the quiet hours, and while the person's week has room.

The same rules as for every other message that nobody asked for (`campaigns/ladder.py: Hours`, the week's cap).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from backend.campaigns.facts import cap_free
from backend.campaigns.models import WEEKLY_CAP, outreach
from backend.cases.models import case
from backend.conversations.offices import read_office
from backend.journal.models import conversation
from backend.programs.when import next_open

UNSAID = frozenset({"mid_way_task"})
"""Reminders that say nothing to the person: a human is asked to look. They do not wait for room in the week."""


def put_off(connection: Connection, asked: Iterable[tuple[int, str, str]], now: datetime) -> dict[int, datetime]:
    """`asked` are (row, conversation, reminder); when each that may not be said now is looked at again."""
    rows = list(asked)
    chosen = (
        select(conversation.c.id, conversation.c.tenant_id, conversation.c.case_id, case.c.person_id)
        .join(case, case.c.id == conversation.c.case_id, isouter=True).where(conversation.c.id.in_({home for _, home, _ in rows}))
    )  # fmt: skip
    homes = {row.id: row for row in connection.execute(chosen)}
    tenants = {row.tenant_id for row in homes.values()}
    caps = {row.tenant_id: row.weekly_cap for row in connection.execute(
        select(outreach.c.tenant_id, outreach.c.weekly_cap).where(outreach.c.tenant_id.in_(tenants)))}
    later: dict[int, datetime] = {}
    for tenant_id in sorted(tenants):
        office = read_office(connection, tenant_id, now)
        opens = next_open(connection, office, now)
        mine = [(id, homes[home], reminder) for id, home, reminder in rows if home in homes and homes[home].tenant_id == tenant_id]
        if opens > now:
            later |= {id: opens for id, _, _ in mine}
            continue
        said = [(id, home.case_id) for id, home, reminder in mine if home.person_id and reminder not in UNSAID]
        full = cap_free(connection, {home.case_id: home.person_id for _, home, _ in mine if home.person_id}, now, caps.get(tenant_id, WEEKLY_CAP))
        later |= {id: next_open(connection, office, full[home]) for id, home in said if home in full}
    return later
