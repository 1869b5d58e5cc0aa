"""The sections of a municipality's settings: what each of them may hold, by whichever face it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from backend.cases.review import STALLED_AFTER
from backend.conversations.limits import DEFAULTS
from backend.conversations.offices import CONTACT_DAYS
from backend.tenants import service
from backend.tenants.models import tenant
from backend.tenants.service import By
from dialogs.fields import PROFESSIONS

CHATS = ("line", "telegram")
"""Channels of other companies: what they may carry is the municipality's to confirm (§2.5)."""
MOST_DAYS = 60
MOST_STILL = 365
CATEGORIES = {category: str(category) if category else "none" for category in STALLED_AFTER}
"""Support category (None: none was decided) -> what it is called in the settings."""
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class WrongSetting(ValueError):
    """A section cannot hold this. `args` are the section and the field; the sentence is `console.settings.wrong.<section>`."""

    @property
    def section(self) -> str:
        return str(self.args[0])

    @property
    def field(self) -> str:
        return str(self.args[1])


def keep_office(
    connection: Connection, tenant_id: str, by: By, version: int, *, name: Mapping[str, str], phone: str, hours: Mapping[str, str],
    opens_at: str, closes_at: str,
) -> None:
    """Name, telephone and hours; words per language, without the languages that were left empty. Raises `WrongSetting`, `Conflict`."""
    if "ja" not in (said := _spoken(name)):
        raise WrongSetting("office", "name.ja")
    if wrong := next((field for field, at in (("opens_at", opens_at), ("closes_at", closes_at)) if not _HOUR.fullmatch(at)), ""):
        raise WrongSetting("office", wrong)
    if opens_at >= closes_at:
        raise WrongSetting("office", "closes_at")
    service.change(connection, tenant_id, by, version, name=said, phone=phone, hours=_spoken(hours), opens_at=opens_at, closes_at=closes_at)


def keep_disaster(
    connection: Connection, tenant_id: str, by: By, version: int, *, name: Mapping[str, str], happened_on: date, prefecture: str,
    municipality: str, acts: Mapping[str, bool],
) -> None:
    """What happened; codes are those of the Ministry (JIS X 0401/0402), or empty. Raises `WrongSetting`, `Conflict`."""
    if "ja" not in (said := _spoken(name)):
        raise WrongSetting("disaster", "name.ja")
    if not re.fullmatch(r"([0-9]{2})?", prefecture):
        raise WrongSetting("disaster", "prefecture")
    if not re.fullmatch(r"([0-9]{5})?", municipality) or (municipality and not municipality.startswith(prefecture)):
        raise WrongSetting("disaster", "municipality")
    service.set_disaster(connection, tenant_id, by, version, name=said, happened_on=happened_on, prefecture=prefecture,
                         municipality=municipality, acts=acts)  # fmt: skip


def keep_recipient(
    connection: Connection, tenant_id: str, by: By, *, recipient_id: str, kind: str, profession: str, name: Mapping[str, str], contact: str,
    pledge_until: date | None, active: bool,
) -> str:
    """An organisation or professional; returns its id. Raises `WrongSetting`."""
    if "ja" not in (said := _spoken(name)):
        raise WrongSetting("recipient", "name.ja")
    if profession not in ("", *PROFESSIONS):
        raise WrongSetting("recipient", "profession")
    try:
        return service.keep_recipient(connection, tenant_id, by, recipient_id=recipient_id, kind=kind, profession=profession, name=said,
                                      contact=contact, pledge_until=pledge_until, active=active)  # fmt: skip
    except service.TenantError:
        raise WrongSetting("recipient", "recipient") from None


def keep_promises(
    connection: Connection, tenant_id: str, by: By, version: int, *, days: Mapping[str, int], reminders: Sequence[int], holidays: Iterable[date]
) -> None:
    """Working days until contact, two reminders one after the other, holidays of one's own. Raises `WrongSetting`, `Conflict`."""
    if wrong := next((kind for kind in CONTACT_DAYS if not 0 <= days.get(kind, -1) <= MOST_DAYS), ""):
        raise WrongSetting("promises", wrong)
    first, second = reminders
    if not 0 < first < second <= MOST_DAYS:
        raise WrongSetting("promises", "reminders")
    service.change(connection, tenant_id, by, version, contact_days={kind: days[kind] for kind in CONTACT_DAYS}, reminder_days=[first, second],
                   extra_holidays=sorted({day.isoformat() for day in holidays}))  # fmt: skip


def keep_standstill(connection: Connection, tenant_id: str, by: By, version: int, days: Mapping[str, int]) -> None:
    """After how many days a case counts as standing still, for each of `CATEGORIES`. Raises `WrongSetting`, `Conflict`."""
    if set(days) != set(CATEGORIES.values()) or not all(1 <= count <= MOST_STILL for count in days.values()):
        raise WrongSetting("standstill", "days")
    service.change(connection, tenant_id, by, version, stalled_days=dict(days))


def keep_channels(connection: Connection, tenant_id: str, by: By, version: int, wanted: Mapping[str, tuple[int, bool]]) -> None:
    """How much each of `CHATS` may carry, and that somebody answers for it; never more than the software's own bound. Raises `Conflict`."""
    limits = dict(connection.execute(select(tenant.c.channel_limits).where(tenant.c.id == tenant_id)).scalar_one() or {})
    for name, (asked, confirmed) in wanted.items():
        level = min(max(asked, 0), DEFAULTS[name].max_in)
        limits[name] = {"max_in": level, "max_out": level, "confirmed": confirmed}
    service.change(connection, tenant_id, by, version, channel_limits=limits)


def _spoken(words: Mapping[str, str]) -> dict[str, str]:
    return {str(locale): said for locale, said in words.items() if said.strip()}
