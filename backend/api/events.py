"""What happened that a municipality's own systems want to know of: found in what was committed, each event once.

Nothing is asked of whoever opens a case or raises a task, in a chat, at a booth or in a list of 100,000 rows. Records that
came to be are found by their ids, which grow with time; a transaction may take a while, so each look goes back `BACK`, and
the unique key of `webhook_delivery` keeps a second find from being a second event. Changes are found in the audit trail,
whose entries of one municipality are numbered in the order of their commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import ids
from backend.api.models import webhook, webhook_delivery
from backend.audit.models import audit
from backend.cases.models import case
from backend.clock import Clock
from backend.db import Row, is_postgres, reading
from backend.referrals.models import referral
from backend.tasks.models import task

EVENTS = ("case.opened", "case.closed", "task.raised", "referral.changed")
BACK = 15 * 60 * 1000
"""Milliseconds; no transaction of ours lasts so long."""
MOST = 500
"""Records of a kind taken in one look; the next look goes on from there."""
_BORN = {"case": (case, "case.opened"), "task": (task, "task.raised"), "referral": (referral, "referral.changed")}
KEPT = timedelta(days=7)
"""What was told is kept so long, for looking into what went wrong."""


def beginning(connection: Connection, tenant_id: str) -> dict[str, Any]:
    """The state of a new webhook: it is told of what happens from now on."""
    marks: dict[str, Any] = {name: _newest(connection, table, tenant_id) for name, (table, _) in _BORN.items()}
    last = select(func.max(audit.c.id)).where(audit.c.tenant_id == tenant_id)
    # Within a millisecond ids are in no order: what is made in this one counts as made from now on, unless it is there.
    since = max(ids.earlier(ids.new(), 0), *marks.values())
    return {**marks, "since": since, "audit": connection.execute(last).scalar_one() or 0}


def collect(engine: Engine, clock: Clock) -> int:
    """Write down what is to be told since the last look; returns how many events were found."""
    active = select(webhook.c.id).where(webhook.c.active)
    with reading(engine).begin() as connection:
        waiting = list(connection.execute(active).scalars())
    return sum(_collect(engine, clock(), id_) for id_ in waiting)


def _collect(engine: Engine, now: datetime, id_: str) -> int:
    with engine.begin() as connection:
        chosen = select(webhook).where(webhook.c.id == id_, webhook.c.active)
        hook = connection.execute(chosen.with_for_update(skip_locked=True, key_share=True)).mappings().one_or_none()
        if hook is None:
            return 0
        seen = dict(hook["seen"])
        found = [*_born(connection, dict(hook), seen), *_changed(connection, dict(hook), seen)]
        wanted = [one for one in found if one["event"] in hook["events"]]
        rows = [{**one, "webhook_id": id_, "next_at": now, "made_at": now} for one in wanted]
        written = _write(connection, rows)
        if seen != hook["seen"]:
            connection.execute(update(webhook).where(webhook.c.id == id_).values(seen=seen))
        return written


def forget_told(engine: Engine, clock: Clock) -> int:
    """Forget what was told long ago; returns how many."""
    with engine.begin() as connection:
        old = (webhook_delivery.c.state == "sent", webhook_delivery.c.made_at < clock() - KEPT)
        return connection.execute(delete(webhook_delivery).where(*old)).rowcount


def _born(connection: Connection, hook: Row, seen: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Records that came to be after the last one seen, or shortly before it."""
    for name, (table, event) in _BORN.items():
        if event not in hook["events"]:
            continue
        after = max(ids.earlier(seen[name], BACK), seen["since"]) if seen[name] else seen["since"]
        about = table.c.id if name == "case" else table.c.case_id
        told = select(webhook_delivery.c.subject).where(
            webhook_delivery.c.webhook_id == hook["id"], webhook_delivery.c.event == event, webhook_delivery.c.mark == 0,
            webhook_delivery.c.subject == table.c.id,
        )  # fmt: skip
        chosen = select(table.c.id, about.label("about")).where(
            table.c.tenant_id == hook["tenant_id"], table.c.id > after, ~told.exists()
        )
        for row in connection.execute(chosen.order_by(table.c.id).limit(MOST)).all():
            seen[name] = max(seen[name] or "", row.id)
            yield {"event": event, "subject": row.id, "case_id": row.about or "", "mark": 0}


def _changed(connection: Connection, hook: Row, seen: dict[str, Any]) -> Iterator[dict[str, Any]]:
    chosen = (
        select(audit.c.id, audit.c.action, audit.c.object_kind, audit.c.object_id, referral.c.case_id)
        .outerjoin(referral, (audit.c.object_kind == "referral") & (referral.c.id == audit.c.object_id))
        .where(audit.c.tenant_id == hook["tenant_id"], audit.c.id > seen["audit"])
    )
    for row in connection.execute(chosen.order_by(audit.c.id).limit(MOST)).all():
        seen["audit"] = row.id
        if row.action == "case.closed":
            yield {"event": "case.closed", "subject": row.object_id, "case_id": row.object_id, "mark": row.id}
        elif row.object_kind == "referral" and row.action not in ("referral.viewed", "referral.shown", "referral.listed"):
            yield {"event": "referral.changed", "subject": row.object_id, "case_id": row.case_id or "", "mark": row.id}


def _write(connection: Connection, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    put = [build(webhook_delivery).values(row).on_conflict_do_nothing().returning(webhook_delivery.c.id) for row in rows]
    return sum(connection.execute(one).first() is not None for one in put)


def _newest(connection: Connection, table: Any, tenant_id: str) -> str:
    newest = select(table.c.id).where(table.c.tenant_id == tenant_id).order_by(table.c.id.desc()).limit(1)
    return str(connection.execute(newest).scalar_one_or_none() or "")
