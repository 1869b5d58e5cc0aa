"""Who carries a case and where it belongs; and keep a protected person's case to its handlers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from backend.audit import service as audit
from backend.cases.models import case
from backend.conflict import Conflict
from backend.people.models import person
from backend.staff.models import staff


class NotACarrier(ValueError):
    """The account does not exist in this municipality, is closed, or its role carries no cases."""


def carry(
    connection: Connection, *, case_id: str, to: str | None, district: str, by: str, version: int, at: datetime
) -> None:
    """Say who carries the case (`to`: an account id, or None for nobody) and where it belongs.

    Raises `Conflict` or `NotACarrier`.
    """
    row = _newest(connection, case_id, version)
    if to is not None:
        able = select(staff.c.id).where(
            staff.c.id == to, staff.c.tenant_id == row.tenant_id, staff.c.active,
            staff.c.role.in_(("caseworker", "supervisor")),
        )  # fmt: skip
        if connection.execute(able).first() is None:
            raise NotACarrier
    _change(connection, row, at, assigned_to=to, district=district)
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action="case.assigned", object_kind="case", object_id=case_id,
        detail={"to": [row.assigned_to, to], "district": [row.district, district]}, at=at,
    )  # fmt: skip


def restrict(connection: Connection, *, case_id: str, restricted: bool, by: str, version: int, at: datetime) -> None:
    """Set or lift the restriction (PR-31): from now on only its handlers see who this is. Raises `Conflict`."""
    row = _newest(connection, case_id, version)
    _change(connection, row, at, restricted=restricted)
    connection.execute(update(person).where(person.c.id == row.person_id).values(restricted=restricted))
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action="case.restricted" if restricted else "case.released",
        object_kind="case", object_id=case_id, at=at,
    )  # fmt: skip


def _newest(connection: Connection, case_id: str, version: int) -> Any:
    row = connection.execute(select(case).where(case.c.id == case_id).with_for_update()).one()
    if row.version != version:
        raise Conflict({"to": row.assigned_to or "", "district": row.district, "restricted": "yes" if row.restricted else ""})
    return row


def _change(connection: Connection, row: Any, at: datetime, **values: Any) -> None:
    connection.execute(
        update(case).where(case.c.id == row.id).values(version=row.version + 1, changed_at=at, **values)
    )
