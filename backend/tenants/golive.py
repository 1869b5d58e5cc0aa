"""What is missing before a municipality may serve real people, each in a sentence.

The settings page shows it to people; `./run serve --production` refuses to start while anything of it blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from backend.settings import Settings
from backend.staff.models import notice_route, staff
from backend.tenants import service
from backend.tenants.models import tenant
from backend.words import Catalogues
from dialogs.core.words import Text

SIGNED_OFF = ("crisis.", "notice.")
"""Words that a person must have read and signed off, in every language that is offered (UX-30)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to do first. `blocks` false: worth knowing, decided by people. `where` is the page that mends it."""

    text: Text
    blocks: bool = True
    where: str = "/console/settings"


def findings(connection: Connection, settings: Settings, words: Catalogues, tenant_id: str) -> list[Finding]:
    """Everything about one municipality, what blocks first."""
    found = [*_office(connection, tenant_id), *_duty(connection, settings, tenant_id)]
    found += [*_channels(connection, settings, tenant_id), *_deployment(settings), *_wording(words)]
    return sorted(found, key=lambda finding: not finding.blocks)


def missing(connection: Connection, settings: Settings, words: Catalogues, tenant_id: str) -> list[Text]:
    """What blocks, as sentences for people."""
    return [finding.text for finding in findings(connection, settings, words, tenant_id) if finding.blocks]


def blocking(connection: Connection, settings: Settings, words: Catalogues) -> list[str]:
    """Why this deployment must not serve real people yet, as English sentences for an operator."""
    places = connection.execute(select(tenant.c.id, tenant.c.slug, tenant.c.demonstration).order_by(tenant.c.slug)).all()
    if not any(not place.demonstration for place in places):
        return [words.render(Text("console.golive.no_municipality"), "en")]
    reasons: dict[str, None] = {}
    for place in places:
        for text in missing(connection, settings, words, place.id):
            reasons[f"{place.slug}: {words.render(text, 'en')}"] = None
    return list(reasons)


def _office(connection: Connection, tenant_id: str) -> list[Finding]:
    row = connection.execute(select(tenant).where(tenant.c.id == tenant_id)).one()
    if row.demonstration:
        return [Finding(Text("console.golive.demonstration"))]
    found = []
    if not row.phone:
        found.append(Finding(Text("console.golive.phone")))
    if not (row.hours or {}).get("ja"):
        found.append(Finding(Text("console.golive.hours")))
    if not row.name.get("en"):
        found.append(Finding(Text("console.golive.name_en"), blocks=False))
    struck = service.current_disaster(connection, tenant_id)
    if struck is None:
        found.append(Finding(Text("console.golive.disaster")))
    elif any(act not in (struck.acts or {}) for act in service.ACTS):
        found.append(Finding(Text("console.golive.acts"), blocks=False))
    counted = service.counts(connection, tenant_id)
    found += [Finding(Text(f"console.golive.{name}"), blocks=False) for name, count in counted.items() if not count]
    return found


def _duty(connection: Connection, settings: Settings, tenant_id: str) -> list[Finding]:
    accounts = list(connection.execute(select(staff).where(staff.c.tenant_id == tenant_id, staff.c.active)))
    found = []
    if any(account.demonstration for account in accounts):
        found.append(Finding(Text("console.golive.demonstration_accounts"), where="/console/accounts"))
    on_duty = [account for account in accounts if account.on_duty is not None]
    if not on_duty:
        found.append(Finding(Text("console.golive.duty")))
    elif len(on_duty) == 1:
        found.append(Finding(Text("console.golive.duty_two"), blocks=False))
    routes = _routes(connection, [account.id for account in on_duty])
    for account in on_duty:
        usable = [kind for kind in routes.get(account.id, ()) if kind != "email" or settings.smtp_url]
        if not usable:
            found.append(Finding(Text("console.golive.route", {"name": account.name}), where="/console/me"))
    if not settings.smtp_url and any("email" in kinds for kinds in routes.values()):
        found.append(Finding(Text("console.golive.smtp")))
    return found


def _routes(connection: Connection, staff_ids: list[str]) -> dict[str, list[str]]:
    routes: dict[str, list[str]] = {}
    chosen = select(notice_route.c.staff_id, notice_route.c.kind).where(notice_route.c.staff_id.in_(staff_ids))
    for row in connection.execute(chosen):
        routes.setdefault(row.staff_id, []).append(row.kind)
    return routes


def _channels(connection: Connection, settings: Settings, tenant_id: str) -> list[Finding]:
    limits: dict[str, Any] = (
        connection.execute(select(tenant.c.channel_limits).where(tenant.c.id == tenant_id)).scalar_one() or {}
    )
    served = {"line": settings.line, "telegram": settings.telegram}
    return [
        Finding(Text(f"console.golive.limit_{name}"))
        for name, on in served.items()
        if on and not (limits.get(name) or {}).get("confirmed")
    ]


def _deployment(settings: Settings) -> list[Finding]:
    found = []
    if not settings.secret_key:
        found.append(Finding(Text("console.golive.secret"), where=""))
    if not settings.public_url.startswith("https://"):
        found.append(Finding(Text("console.golive.https"), where=""))
    return found


def _wording(words: Catalogues) -> list[Finding]:
    """Information, not a bar: who may sign off on a language is for the municipality to say."""
    known = words.keys()
    guarded = [key for key in known if key.startswith(SIGNED_OFF)]
    open_ = {locale: sum(not words.reviewed(key, locale) for key in guarded) for locale in words.locales}
    return [
        Finding(
            Text("console.golive.wording", {"language": Text(f"console.locale.{locale.replace('@', '_')}"), "count": count}),
            blocks=False, where="",
        )
        for locale, count in open_.items()
        if count
    ]  # fmt: skip
