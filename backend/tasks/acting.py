"""The member of staff who acts: of the same municipality as the record, or it does not exist for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select

from backend.staff.models import staff


class NotThere(LookupError):
    """No such record in this member's municipality."""


def locked(connection: Connection, table: Table, record_id: str, staff_id: str) -> dict[str, Any]:
    """The record, locked until commit; what only refers to it is written meanwhile. Raises `NotThere`."""
    home = select(staff.c.tenant_id).where(staff.c.id == staff_id, staff.c.active).scalar_subquery()
    chosen = select(table).where(table.c.id == record_id, table.c.tenant_id == home).with_for_update(of=table, key_share=True)
    found = connection.execute(chosen).mappings().first()
    if found is None:
        raise NotThere(table.name)
    return dict(found)
