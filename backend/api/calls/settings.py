"""What the municipality has set. It is changed on the page, by a person who reads what each setting means."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.api.call import Asked, Call
from backend.cases.review import stalled_after
from backend.conversations.limits import DEFAULTS, limits_of
from backend.conversations.offices import CONTACT_DAYS, REMINDER_DAYS
from backend.staff.roles import RUNS_SETTINGS
from backend.tenants import service
from backend.tenants.models import district, recipient, tenant


def read(asked: Asked) -> dict[str, Any]:
    """Office, hours, promised days, reminders, what chats may carry, districts, recipients (without their addresses), the disaster."""
    own = asked.staff.tenant_id
    with asked.reading() as c:
        office = c.execute(select(tenant).where(tenant.c.id == own)).one()
        names = c.execute(select(district.c.name).where(district.c.tenant_id == own)).scalars().all()
        partners = c.execute(select(recipient).where(recipient.c.tenant_id == own).order_by(recipient.c.kind, recipient.c.id)).all()
        disaster, still = service.current_disaster(c, own), stalled_after(c, own)
    limits = {name: limits_of(name, office.channel_limits or {}) for name in DEFAULTS}
    return {
        **{name: getattr(office, name) for name in ("name", "phone", "hours", "opens_at", "closes_at", "demonstration", "version")},
        "live": office.live_at is not None, "contact_days": {**CONTACT_DAYS, **(office.contact_days or {})},
        "reminder_days": list(office.reminder_days or REMINDER_DAYS), "extra_holidays": office.extra_holidays or [],
        "stalled_days": {str(category or "none"): days.days for category, days in still.items()},
        "channels": {name: {"max_in": one.max_in, "max_out": one.max_out} for name, one in limits.items()},
        "districts": sorted(names),
        "recipients": [
            {"id": one.id, "kind": one.kind, "profession": one.profession, "name": one.name, "active": one.active,
             "pledge_until": one.pledge_until.isoformat() if one.pledge_until else None} for one in partners
        ],
        "disaster": {"name": disaster.name, "happened_on": disaster.happened_on.isoformat(), "prefecture": disaster.prefecture,
                     "municipality": disaster.municipality, "acts": disaster.acts} if disaster else None,
    }  # fmt: skip


CALLS = (Call("GET", "/settings", read, "settings:read", RUNS_SETTINGS, "The municipality's settings"),)
