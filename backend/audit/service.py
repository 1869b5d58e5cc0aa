"""Write and verify the audit trail: who did or saw what, in one hash chain per municipality (SEC-05, R17).

Each entry's hash covers its own content and the hash before it, and is keyed: somebody who can write to the
database, but does not hold TSUNAGI_SECRET_KEY, can neither change an entry nor take one out of the middle unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select, text

from backend import crypto
from backend.audit.models import audit
from backend.db import is_postgres

FIRST = "0" * 64
"""What the first entry of a chain names as the entry before it."""

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry where a chain does not hold, and why."""

    entry: int
    why: str


def record(
    connection: Connection,
    *,
    tenant_id: str,
    staff_id: str | None,
    action: str,
    object_kind: str = "",
    object_id: str = "",
    detail: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Add one entry inside the caller's transaction, so that an act and its trace are kept or lost together.

    `action` is `<object>.<past tense>` (`case.viewed`, `login.failed`); `detail` is JSON, kept encrypted. Call it
    last in a transaction: on PostgreSQL it holds the municipality's chain until commit.
    """
    if is_postgres(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:chain, 0))"), {"chain": f"audit:{tenant_id}"})
    before = connection.execute(
        select(audit.c.hash).where(audit.c.tenant_id == tenant_id).order_by(audit.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    prev = before or FIRST
    kept = dict(detail) if detail else None
    connection.execute(
        insert(audit).values(
            tenant_id=tenant_id,
            at=at,
            staff_id=staff_id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            detail=kept,
            prev_hash=prev,
            hash=_hash(prev, tenant_id, at, staff_id, action, object_kind, object_id, kept),
        )
    )


def verify(connection: Connection, tenant_id: str) -> Broken | None:
    """Walk a municipality's whole chain; None when it holds, else the first entry that does not."""
    prev, after = FIRST, 0
    while True:
        # Ids first: an entry whose sealed detail was tampered with must be named, not end the walk with an error.
        span = connection.execute(
            select(audit.c.id).where(audit.c.tenant_id == tenant_id, audit.c.id > after).order_by(audit.c.id).limit(_BATCH)
        ).scalars().all()
        if not span:
            return None
        try:
            rows = list(_entries(connection, tenant_id, after, span[-1]))
        except crypto.CannotOpen:
            return _first_sealed(connection, tenant_id, span)
        for row in rows:
            if row.prev_hash != prev:
                return Broken(row.id, "does not follow the entry before it")
            if row.hash != _hash(
                prev, row.tenant_id, row.at, row.staff_id, row.action, row.object_kind, row.object_id, row.detail
            ):
                return Broken(row.id, "was changed")
            prev = row.hash
        after = span[-1]


def entries(connection: Connection, tenant_id: str) -> int:
    """How many entries a municipality's chain has."""
    return int(connection.execute(select(func.count()).where(audit.c.tenant_id == tenant_id)).scalar_one())


def _entries(connection: Connection, tenant_id: str, after: int, until: int) -> Any:
    chosen = select(audit).where(audit.c.tenant_id == tenant_id, audit.c.id > after, audit.c.id <= until)
    return connection.execute(chosen.order_by(audit.c.id))


def _first_sealed(connection: Connection, tenant_id: str, span: Any) -> Broken:
    for entry in span:
        try:
            list(_entries(connection, tenant_id, entry - 1, entry))
        except crypto.CannotOpen:
            return Broken(entry, "its detail does not open")
    raise AssertionError("an entry failed to open and then opened")


def _hash(prev: str, tenant_id: str, at: datetime, *rest: Any) -> str:
    moment = round(at.timestamp() * 1000)
    content = orjson.dumps([prev, tenant_id, moment, *rest], option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(content).hexdigest()
    # The blind-index key is the one that outlives key rotation, so old entries stay verifiable.
    return crypto.ring().index(digest, "audit.hash")
