"""Municipalities: make one, and change what its settings page decides. Every change says who made it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend import ids
from backend.audit import service as audit
from backend.conflict import Conflict
from backend.staff.models import staff
from backend.tenants import decisions
from backend.tenants.models import disaster, district, recipient, tenant

ACTS = (
    "relief_act_applied", "relief_act_in_prefecture", "recovery_support_act_applied", "condolence_act_applied",
    "specific_emergency", "houterasu_designated", "emergency_small_loan_open",
)  # fmt: skip
"""Facts decided per disaster and municipality (`./run programs assess`): yes, no, or absent = not known yet."""

RECIPIENT_KINDS = ("welfare_council", "welfare_commissioner", "professional", "npo")

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")


class TenantError(ValueError):
    """What an operator asked for cannot be done; the message is a sentence for them."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and when."""

    staff_id: str | None
    at: datetime


def create_tenant(
    connection: Connection, *, slug: str, name: Mapping[str, str], at: datetime, demonstration: bool = False
) -> str:
    """Make a municipality and return its id. Everything else about it is decided on its settings page."""
    if not _SLUG.fullmatch(slug):
        raise TenantError("A short name has 2 to 40 of these: a-z, 0-9, dash; it starts with a letter.")
    if not name.get("ja", "").strip():
        raise TenantError("A municipality needs its name in Japanese.")
    tenant_id = ids.new()
    try:
        with connection.begin_nested():
            connection.execute(
                insert(tenant).values(
                    id=tenant_id, slug=slug, name=dict(name), demonstration=demonstration, created_at=at
                )
            )
    except IntegrityError:
        raise TenantError(f"There is a municipality {slug!r} already.") from None
    audit.record(connection, tenant_id=tenant_id, staff_id=None, action="tenant.created", at=at)
    return tenant_id


def change(connection: Connection, tenant_id: str, by: By, version: int, **values: Any) -> None:
    """Change columns of the municipality. Raises `Conflict` when somebody else was faster."""
    row = connection.execute(select(tenant).where(tenant.c.id == tenant_id).with_for_update(key_share=True)).mappings().one()
    changed = {name: value for name, value in values.items() if row[name] != value}
    if row["version"] != version:
        raise Conflict({name: row[name] for name in changed})
    if not changed:
        return
    connection.execute(update(tenant).where(tenant.c.id == tenant_id).values(**changed, version=version + 1))
    _noted(connection, tenant_id, by, "tenant.changed", {name: [row[name], value] for name, value in changed.items()})


def go_live(connection: Connection, tenant_id: str, by: By, live: bool) -> None:
    """Open the municipality for its residents (or close it): new conversations go to a live one."""
    connection.execute(update(tenant).where(tenant.c.id == tenant_id).values(live_at=by.at if live else None))
    _noted(connection, tenant_id, by, "tenant.live" if live else "tenant.closed", {})


def current_disaster(connection: Connection, tenant_id: str) -> Any:
    """The disaster that is being worked on, or None."""
    chosen = select(disaster).where(disaster.c.tenant_id == tenant_id, disaster.c.current)
    return connection.execute(chosen.order_by(disaster.c.happened_on.desc(), disaster.c.id).limit(1)).one_or_none()


def set_disaster(
    connection: Connection,
    tenant_id: str,
    by: By,
    version: int,
    *,
    name: Mapping[str, str],
    happened_on: date,
    prefecture: str,
    municipality: str,
    acts: Mapping[str, bool],
) -> None:
    """Say what happened and what was decided about it; `version` 0 makes the first. Raises `Conflict`."""
    values: dict[str, Any] = {
        "name": dict(name), "happened_on": happened_on, "prefecture": prefecture, "municipality": municipality,
        "acts": {act: bool(acts[act]) for act in ACTS if act in acts},
    }  # fmt: skip
    row = current_disaster(connection, tenant_id)
    if (row.version if row else 0) != version:
        raise Conflict({"happened_on": row.happened_on.isoformat() if row else ""})
    disaster_id = row.id if row else ids.new()
    if row is None:
        connection.execute(insert(disaster).values(id=disaster_id, tenant_id=tenant_id, **values))
    else:
        connection.execute(update(disaster).where(disaster.c.id == row.id).values(**values, version=version + 1))
    before: Mapping[str, Any] = row._mapping if row else {}
    decisions.note(connection, tenant_id, disaster_id, decisions.differences(before, values), by.staff_id, by.at)
    _noted(connection, tenant_id, by, "disaster.changed", {**values, "happened_on": happened_on.isoformat()})


def set_districts(connection: Connection, tenant_id: str, by: By, names: Sequence[str]) -> None:
    """The districts (校区), in this order of entry; ones that are left out go."""
    wanted = list(dict.fromkeys(name.strip()[:80] for name in names if name.strip()))
    there = set(connection.execute(select(district.c.name).where(district.c.tenant_id == tenant_id)).scalars())
    gone = there - set(wanted)
    if gone:
        connection.execute(delete(district).where(district.c.tenant_id == tenant_id, district.c.name.in_(gone)))
    for name in wanted:
        if name not in there:
            connection.execute(insert(district).values(id=ids.new(), tenant_id=tenant_id, name=name))
    if gone or set(wanted) - there:
        _noted(connection, tenant_id, by, "districts.changed", {"districts": wanted})


def keep_recipient(
    connection: Connection,
    tenant_id: str,
    by: By,
    *,
    recipient_id: str = "",
    kind: str,
    profession: str,
    name: Mapping[str, str],
    contact: str,
    pledge_until: date | None,
    active: bool = True,
) -> str:
    """Add a recipient, or change the one with `recipient_id`. Raises `TenantError`."""
    if kind not in RECIPIENT_KINDS:
        raise TenantError(f"There is no kind of recipient {kind!r}.")
    if not name.get("ja", "").strip():
        raise TenantError("A recipient needs a name.")
    values: dict[str, Any] = {
        "kind": kind, "profession": profession if kind == "professional" else "", "name": dict(name),
        "contact": contact, "pledge_until": pledge_until, "active": active,
    }  # fmt: skip
    if recipient_id:
        mine = update(recipient).where(recipient.c.id == recipient_id, recipient.c.tenant_id == tenant_id)
        if connection.execute(mine.values(**values)).rowcount != 1:
            raise TenantError("There is no such recipient.")
    else:
        recipient_id = ids.new()
        connection.execute(insert(recipient).values(id=recipient_id, tenant_id=tenant_id, **values))
    detail = {"recipient": recipient_id, "kind": kind, "active": active}
    _noted(connection, tenant_id, by, "recipient.changed", detail)
    return recipient_id


def set_duty(connection: Connection, tenant_id: str, by: By, order: Sequence[str]) -> None:
    """Who is on duty, first in line first. Accounts of other municipalities and closed ones are left out."""
    able = set(
        connection.execute(
            select(staff.c.id).where(staff.c.tenant_id == tenant_id, staff.c.active, staff.c.role.in_(("caseworker", "supervisor")))
        ).scalars()
    )
    line = [one for one in dict.fromkeys(order) if one in able]
    connection.execute(update(staff).where(staff.c.tenant_id == tenant_id).values(on_duty=None))
    for place, one in enumerate(line, 1):
        connection.execute(update(staff).where(staff.c.id == one).values(on_duty=place))
    _noted(connection, tenant_id, by, "duty.changed", {"order": line})


def counts(connection: Connection, tenant_id: str) -> dict[str, int]:
    """How many districts and active recipients there are."""
    return {
        "districts": connection.execute(select(func.count()).where(district.c.tenant_id == tenant_id)).scalar_one(),
        "recipients": connection.execute(
            select(func.count()).where(recipient.c.tenant_id == tenant_id, recipient.c.active)
        ).scalar_one(),
    }


def _noted(connection: Connection, tenant_id: str, by: By, action: str, detail: Mapping[str, Any]) -> None:
    audit.record(
        connection, tenant_id=tenant_id, staff_id=by.staff_id, action=action, object_kind="tenant", object_id=tenant_id,
        detail=detail, at=by.at,
    )  # fmt: skip
