"""Selections of the list kept under a name, for oneself or shared with the municipality (ST-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from backend import ids
from backend.audit import service as audit
from backend.cases.models import saved_filter

MOST = 50
"""Of one account: what is kept beyond that replaces nothing and is refused."""


def filters_of(connection: Connection, tenant_id: str, staff_id: str) -> list[Any]:
    """One's own and the shared ones, by name."""
    mine = select(saved_filter).where(
        saved_filter.c.tenant_id == tenant_id, or_(saved_filter.c.staff_id == staff_id, saved_filter.c.shared))
    return list(connection.execute(mine.order_by(saved_filter.c.name, saved_filter.c.id)))


def keep(
    connection: Connection, *, tenant_id: str, staff_id: str, name: str, chosen: Mapping[str, str], shared: bool, at: datetime
) -> None:
    """Keep a selection; one's own of the same name is replaced. Beyond `MOST` nothing is kept."""
    own = (saved_filter.c.tenant_id == tenant_id) & (saved_filter.c.staff_id == staff_id)
    connection.execute(delete(saved_filter).where(own, saved_filter.c.name == name))
    if len(connection.execute(select(saved_filter.c.id).where(own)).all()) >= MOST:
        return
    id_ = ids.new()
    connection.execute(insert(saved_filter).values(
        id=id_, tenant_id=tenant_id, staff_id=staff_id, name=name, chosen=dict(chosen), shared=shared, at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=staff_id, action="filter.kept", object_kind="filter", object_id=id_,
                 detail={"shared": shared}, at=at)  # fmt: skip


def drop(connection: Connection, *, tenant_id: str, staff_id: str, filter_id: str, at: datetime) -> None:
    """Take one's own filter away; a colleague's stays."""
    gone = connection.execute(delete(saved_filter).where(
        saved_filter.c.id == filter_id, saved_filter.c.tenant_id == tenant_id, saved_filter.c.staff_id == staff_id))
    if gone.rowcount:
        audit.record(connection, tenant_id=tenant_id, staff_id=staff_id, action="filter.dropped", object_kind="filter",
                     object_id=filter_id, at=at)  # fmt: skip
