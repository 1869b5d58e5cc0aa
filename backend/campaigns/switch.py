"""The switch: one per municipality, and nothing goes out by itself any more, also in the middle of a campaign.

Stopped are campaigns, reminders and every other message that nobody asked for. What a resident asks is answered, staff
write as always, and danger is told: a person who writes "help" must never meet a switch. What was queued and not tried
yet is called back; what a sender holds at this moment (seconds) still ends, and is shown as what it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend.audit import service as audit
from backend.campaigns.calling_back import call_back
from backend.campaigns.models import outreach
from backend.clock import Clock
from backend.db import Row, is_postgres
from backend.staff.roles import Staff

STAFF, RESTORED, ASLEEP = "staff", "restored", "asleep"


def stop(engine: Engine, clock: Clock, staff: Staff) -> int:
    """Stop everything automatic of the municipality; returns how many queued messages were called back."""
    with engine.begin() as connection:
        now = clock()
        shut(connection, staff.tenant_id, STAFF, staff.id, now)
        back = call_back(connection, staff.tenant_id, now)
        audit.record(
            connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="outreach.stopped", object_kind="tenant",
            object_id=staff.tenant_id, detail={"called_back": back}, at=now,
        )  # fmt: skip
    return back


def release(engine: Engine, clock: Clock, tenant_id: str, staff_id: str | None) -> bool:
    """Let things go out again; False if nothing was stopped. What was called back is sent in its turn."""
    with engine.begin() as connection:
        now = clock()
        opened = update(outreach).where(outreach.c.tenant_id == tenant_id, outreach.c.stopped_at.is_not(None))
        if connection.execute(opened.values(
                stopped_at=None, stopped_by=None, stopped_why="", version=outreach.c.version + 1)).rowcount == 0:
            return False
        audit.record(
            connection, tenant_id=tenant_id, staff_id=staff_id, action="outreach.released", object_kind="tenant",
            object_id=tenant_id, at=now,
        )  # fmt: skip
    return True


def standing(connection: Connection, tenant_id: str) -> Row:
    """The municipality's line in `outreach`, with the defaults where it has none yet."""
    found = connection.execute(select(outreach).where(outreach.c.tenant_id == tenant_id)).mappings().first()
    if found is not None:
        return dict(found)
    return {c.name: getattr(c.default, "arg", None) for c in outreach.c} | {"tenant_id": tenant_id}


def call_back_again(engine: Engine, clock: Clock) -> int:
    """What slipped into the queues while a switch was thrown; every two seconds. Returns how many were called back."""
    with engine.connect() as connection:
        stopped = list(connection.execute(select(outreach.c.tenant_id).where(outreach.c.stopped_at.is_not(None))).scalars())
    back = 0
    for tenant_id in stopped:
        with engine.begin() as connection:
            back += call_back(connection, tenant_id, clock())
    return back


def shut(connection: Connection, tenant_id: str, why: str, staff_id: str | None, now: datetime) -> None:
    """Throw it, inside the caller's transaction. Waits for whoever is just queueing something (`pacing`), so that the call back sees it."""
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    new = build(outreach).values(tenant_id=tenant_id, stopped_at=now, stopped_by=staff_id, stopped_why=why)
    connection.execute(new.on_conflict_do_update(index_elements=["tenant_id"], set_={
        "stopped_at": now, "stopped_by": staff_id, "stopped_why": why, "version": outreach.c.version + 1}))
