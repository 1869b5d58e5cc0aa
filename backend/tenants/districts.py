"""The districts (校区) of a municipality, as every list shows them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend.sorting import numbered
from backend.tenants.models import district


def districts_in(connection: Connection, tenant_id: str) -> list[str]:
    """Their names in the order of their numbers: 第2校区 comes before 第10校区."""
    return sorted(connection.execute(select(district.c.name).where(district.c.tenant_id == tenant_id)).scalars(), key=numbered)
