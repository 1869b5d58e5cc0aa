"""What the accounts of a municipality are called."""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend.staff.models import staff


def names_of_staff(connection: Connection, tenant_id: str) -> dict[str, str]:
    """Everybody's name by account id, former accounts included."""
    rows = connection.execute(select(staff.c.id, staff.c.name).where(staff.c.tenant_id == tenant_id))
    return {row.id: row.name for row in rows}
