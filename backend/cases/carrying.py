"""Who carries a case and where it belongs; and keep a protected person's case to its handlers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from backend.audit import service as audit
from backend.cases import notes, record
from backend.cases.models import case
from backend.conflict import Conflict
from backend.people.models import person
from backend.staff.models import staff
from backend.staff.roles import CARRIES_CASES, OPERATOR
from dialogs.core.words import Text

CARRIERS = CARRIES_CASES | {OPERATOR}
"""Roles to which a case can be given."""


class NotACarrier(ValueError):
    """The account does not exist in this municipality, is closed, or its role carries no cases."""


def carry(
    connection: Connection, *, case_id: str, to: str | None, district: str, by: str, version: int, at: datetime,
    team: str | None = None, note: str = "",
) -> None:  # fmt: skip
    """Say who carries the case (`to`: an account id, or None for nobody), in whose team's box it is, and where it belongs.

    `team` None leaves the box as it is. `note` is the handover to the colleague, kept as an internal note.
    Raises `Conflict` or `NotACarrier`.
    """
    row = newest(connection, case_id, version)
    name = _carrier(connection, row.tenant_id, to, at) if to is not None else ""
    box = row.team if team is None else team
    change(connection, row, at, assigned_to=to, district=district, team=box)
    if to != row.assigned_to:
        record.add(connection, tenant_id=row.tenant_id, case_id=case_id, kind="assigned", at=at, staff_id=by,
                   args={"name": name or Text("console.carry.nobody")})  # fmt: skip
    if note.strip():
        notes.write(connection, tenant_id=row.tenant_id, case_id=case_id, text=note, by=by, at=at)
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action="case.assigned", object_kind="case", object_id=case_id,
        detail={"to": [row.assigned_to, to], "district": [row.district, district], "team": [row.team, box]}, at=at,
    )  # fmt: skip


def claim(connection: Connection, *, case_id: str, by: str, at: datetime) -> None:
    """Take a case that nobody carries. Raises `Conflict` when somebody does, `NotACarrier`."""
    row = connection.execute(select(case).where(case.c.id == case_id).with_for_update(key_share=True)).one()
    if row.assigned_to is not None:
        raise Conflict({"to": row.assigned_to})
    carry(connection, case_id=case_id, to=by, district=row.district, by=by, version=row.version, at=at)


def restrict(connection: Connection, *, case_id: str, restricted: bool, by: str, version: int, at: datetime) -> None:
    """Set or lift the restriction (PR-31): from now on only its handlers see who this is. Raises `Conflict`."""
    row = newest(connection, case_id, version)
    change(connection, row, at, restricted=restricted)
    connection.execute(update(person).where(person.c.id == row.person_id).values(restricted=restricted))
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action="case.restricted" if restricted else "case.released",
        object_kind="case", object_id=case_id, at=at,
    )  # fmt: skip


def newest(connection: Connection, case_id: str, version: int) -> Any:
    """The case's row, locked, for whoever saw this version of it. Raises `Conflict`."""
    row = connection.execute(select(case).where(case.c.id == case_id).with_for_update(key_share=True)).one()
    if row.version != version:
        raise Conflict({
            "to": row.assigned_to or "", "district": row.district, "team": row.team, "restricted": "yes" if row.restricted else "",
            "category": row.category or "", "on": row.review_on.isoformat() if row.review_on else "",
        })  # fmt: skip
    return row


def change(connection: Connection, row: Any, at: datetime, **values: Any) -> None:
    """Write columns of a case that was locked by `newest`; the version counts up."""
    connection.execute(
        update(case).where(case.c.id == row.id).values(version=row.version + 1, changed_at=at, **values)
    )


def _carrier(connection: Connection, tenant_id: str, staff_id: str, at: datetime) -> str:
    able = select(staff.c.name).where(
        staff.c.id == staff_id, staff.c.tenant_id == tenant_id, staff.c.active, staff.c.role.in_(CARRIERS),
        (staff.c.ends_at.is_(None)) | (staff.c.ends_at > at),
    )  # fmt: skip
    name = connection.execute(able).scalar_one_or_none()
    if name is None:
        raise NotACarrier
    return str(name)
