"""The municipality as a turn needs it: words to say about it, its calendar, who is on duty. Read seldom, kept shortly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from backend.calendar import Calendar
from backend.conversations.limits import Limits, limits_of
from backend.db import Moment
from backend.programs.sheet.changes import Changes
from backend.programs.sheet.store import changes_of
from backend.staff.models import staff
from backend.staff.roles import AUDITOR, OUTSIDERS
from backend.tenants.models import disaster, tenant
from dialogs.core.heard import Municipality
from dialogs.core.words import Words

FRESH = timedelta(seconds=5)
"""How long a process may go on with what it read: a change in the settings page works within this time."""

CONTACT_DAYS = {"talk": 1, "visit": 3, "refer": 3}
"""Working days until somebody makes contact, where the municipality has not set its own."""

REMINDER_DAYS = (3, 14)


@dataclass(frozen=True, slots=True)
class Member:
    """One account that can be told about work. `place` is the place on the duty list, 1 first; None off duty."""

    id: str
    place: int | None
    locale: str


@dataclass(frozen=True, slots=True)
class Disaster:
    """The disaster that is being worked on, as the rules for programs want it."""

    name: Words
    happened_on: date
    prefecture: str
    municipality: str
    acts: Mapping[str, Any]
    extended_deadlines: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Office:
    """One municipality."""

    id: str
    about: Municipality
    calendar: Calendar
    contact_days: Mapping[str, int]
    reminder_days: tuple[int, ...]
    channel_limits: Mapping[str, Any]
    demonstration: bool
    disaster: Disaster | None
    members: tuple[Member, ...]
    programs: Changes = field(default_factory=dict)
    """What the municipality decided about programs, over the catalogue."""

    def limits(self, channel: str) -> Limits:
        return limits_of(channel, self.channel_limits)

    @property
    def on_duty(self) -> tuple[Member, ...]:
        """Who is on duty now, first in line first."""
        return tuple(sorted((one for one in self.members if one.place is not None), key=lambda one: one.place or 0))


class Offices:
    """The offices of a deployment, read again when older than `FRESH`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, Office]] = {}

    def get(self, connection: Connection, tenant_id: str, now: datetime) -> Office:
        """Raises `NoResultFound` for a tenant that does not exist."""
        kept = self._kept.get(tenant_id)
        if kept is not None and abs(now - kept[0]) < FRESH:
            return kept[1]
        office = read_office(connection, tenant_id, now)
        self._kept[tenant_id] = (now, office)
        return office


def read_office(connection: Connection, tenant_id: str, now: datetime) -> Office:
    """The municipality as it is now. Raises `NoResultFound` for one that does not exist."""
    row = connection.execute(_TENANT, {"here": tenant_id}).mappings().one()
    struck = connection.execute(_STRUCK, {"here": tenant_id}).mappings().first()
    return Office(
        id=row["id"],
        about=Municipality(Words.of(row["name"]), row["phone"], Words.of(row["hours"] or "")),
        calendar=Calendar.of(row["opens_at"], row["closes_at"], row["extra_holidays"] or ()),
        contact_days={**CONTACT_DAYS, **(row["contact_days"] or {})},
        reminder_days=tuple(row["reminder_days"] or REMINDER_DAYS),
        channel_limits=row["channel_limits"] or {},
        demonstration=row["demonstration"],
        disaster=_disaster(dict(struck)) if struck else None,
        members=tuple(Member(*one) for one in connection.execute(_ABLE, {"here": tenant_id, "now": now}).all()),
        programs=changes_of(connection, tenant_id),
    )


def _disaster(row: Mapping[str, Any]) -> Disaster:
    return Disaster(
        Words.of(row["name"]), row["happened_on"], row["prefecture"], row["municipality"], row["acts"] or {},
        row["extended_deadlines"] or {},
    )  # fmt: skip


# Built once: it is read for many a turn and act of staff, and building these takes longer than running them.
_TENANT = select(tenant).where(tenant.c.id == bindparam("here"))
_STRUCK = select(disaster).where(disaster.c.tenant_id == bindparam("here"), disaster.c.current).order_by(disaster.c.happened_on.desc()).limit(1)
# An auditor only looks on, and partners and the prefecture are not of the house: nobody pages them.
_ABLE = select(staff.c.id, staff.c.on_duty, staff.c.locale).where(
    staff.c.tenant_id == bindparam("here"), staff.c.active, staff.c.role.not_in({AUDITOR, *OUTSIDERS}),
    (staff.c.ends_at.is_(None)) | (staff.c.ends_at > bindparam("now", type_=Moment())),
).order_by(staff.c.id)  # fmt: skip
