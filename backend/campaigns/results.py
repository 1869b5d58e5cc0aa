"""How messages ended, written down honestly: the contact log learns of a message when it is known what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update

from backend.campaigns.models import approach, member
from backend.campaigns.pacing import hurry
from backend.clock import Clock
from backend.contacts import rules
from backend.contacts.service import keep
from backend.db import is_postgres, reading
from backend.journal.models import outbox

MOST = 500
ENDS = {"accepted": rules.SENT, "unknown": rules.UNKNOWN, "expired": rules.NOT_SENT, "failed": rules.NOT_SENT}
"""What an outbox state means in the contact log. "Sent" says that the platform took it, never that anybody read it."""
CHANNELS = {"sms": "sms", "email": "email"}


def harvest(engine: Engine, clock: Clock) -> int:
    """Write down the ends of what was posted; returns how many."""
    with reading(engine).connect() as connection:
        if connection.execute(_ENDED, {"limit": 1}).first() is None:
            return 0
    with engine.begin() as connection:
        asked = _ENDED.with_for_update(of=approach, skip_locked=True, key_share=True) if is_postgres(connection) else _ENDED
        rows = connection.execute(asked, {"limit": MOST}).mappings().all()
        for row in rows:
            _write_down(connection, row, clock())
        return len(rows)


def _write_down(connection: Connection, row: Any, now: datetime) -> None:
    blocked = row["end"] == "failed" and row["error"] == "blocked"
    state = "blocked" if blocked else row["end"]
    connection.execute(update(approach).where(approach.c.id == row["id"]).values(state=state, ended_at=row["finished_at"]))
    keep(
        connection, tenant_id=row["tenant_id"], case_id=row["case_id"], person_id=row["person_id"],
        channel=CHANNELS.get(row["channel"], "chat"), direction=rules.OUT, result=rules.BLOCKED if blocked else ENDS[row["end"]],
        at=row["finished_at"], made_at=now, campaign_id=row["campaign_id"], step=row["rung"], source=row["outbox_key"],
    )  # fmt: skip
    if state not in ("accepted", "unknown"):
        hurry(connection, row["member_id"], now)  # nothing was said: the next rung need not wait for an answer


_ENDED = (
    select(approach.c.id, approach.c.tenant_id, approach.c.person_id, approach.c.campaign_id, approach.c.member_id,
           approach.c.rung, approach.c.outbox_key, member.c.case_id, outbox.c.channel, outbox.c.state.label("end"),
           outbox.c.error, outbox.c.finished_at)
    .join(member, member.c.id == approach.c.member_id).join(outbox, outbox.c.key == approach.c.outbox_key)
    .where(approach.c.state == "posted", outbox.c.state.in_(tuple(ENDS)))
    .order_by(approach.c.id).limit(bindparam("limit"))
)  # fmt: skip
