"""The municipality's settings, section by section; every section is a form of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.api import hooks
from backend.cases.review import stalled_after
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.limits import limits_of
from backend.conversations.offices import CONTACT_DAYS, REMINDER_DAYS
from backend.staff.models import notice_route, staff
from backend.staff.roles import RUNS_SETTINGS
from backend.tenants import sections, service
from backend.tenants.districts import districts_in
from backend.tenants.models import recipient, tenant
from backend.tenants.sections import CATEGORIES, CHATS, WrongSetting
from backend.tenants.service import ACTS, RECIPIENT_KINDS, By
from dialogs.fields import PROFESSIONS

HOME = "/console/settings"
DUTY_PLACES = 6


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        values = _values(desk, c)
    return desk.page("settings.html", status, wrong=wrong, back=HOME, **values)


def _values(desk: Desk, c: Connection) -> dict[str, Any]:
    own = desk.staff.tenant_id
    office = c.execute(select(tenant).where(tenant.c.id == own)).one()
    people = list(c.execute(select(staff).where(staff.c.tenant_id == own, staff.c.active).order_by(staff.c.name, staff.c.id)))
    told: dict[str, list[str]] = {}
    for row in c.execute(
        select(notice_route.c.staff_id, notice_route.c.kind).where(notice_route.c.staff_id.in_([one.id for one in people]))
    ):
        told.setdefault(row.staff_id, []).append(row.kind)
    chosen = select(recipient).where(recipient.c.tenant_id == own)
    return {
        "office": office,
        "disaster": service.current_disaster(c, own),
        "acts": ACTS,
        "districts": districts_in(c, own),
        "recipients": list(c.execute(chosen.order_by(recipient.c.active.desc(), recipient.c.kind, recipient.c.id))),
        "kinds": RECIPIENT_KINDS,
        "professions": [name for name in PROFESSIONS if name != "not_sure"],
        "carriers": [one for one in people if one.role in ("caseworker", "supervisor")],
        "duty": sorted((one for one in people if one.on_duty is not None), key=lambda one: one.on_duty),
        "duty_places": DUTY_PLACES,
        "told": told,
        "contact_days": {**CONTACT_DAYS, **(office.contact_days or {})},
        "reminder_days": list(office.reminder_days or REMINDER_DAYS),
        "stalled_days": {CATEGORIES[category]: after.days for category, after in stalled_after(c, own).items()},
        "chats": CHATS,
        "limits": {name: limits_of(name, office.channel_limits or {}).max_in for name in CHATS},
        "hooks_dead": hooks.dead(c, own),
        "confirmed": {name: bool((office.channel_limits or {}).get(name, {}).get("confirmed")) for name in CHATS},
    }


def keep_office(desk: Desk) -> Response:
    return _kept(desk, "office", lambda c: sections.keep_office(
        c, desk.staff.tenant_id, _by(desk), desk.number("version"), name=_words(desk, "name"), phone=desk.sent("phone", 40),
        hours=_words(desk, "hours"), opens_at=desk.sent("opens_at", 5), closes_at=desk.sent("closes_at", 5)))


def keep_disaster(desk: Desk) -> Response:
    happened = _date(desk.sent("happened_on"))
    if happened is None:
        return show(desk, "console.settings.wrong.disaster", 422)
    acts = {act: desk.sent(act) == "yes" for act in ACTS if desk.sent(act) in ("yes", "no")}
    return _kept(desk, "disaster", lambda c: sections.keep_disaster(
        c, desk.staff.tenant_id, _by(desk), max(desk.number("version"), 0), name=_words(desk, "name"), happened_on=happened,
        prefecture=desk.sent("prefecture", 2), municipality=desk.sent("municipality", 5), acts=acts))


def keep_districts(desk: Desk) -> Response:
    with desk.writing() as c:
        service.set_districts(c, desk.staff.tenant_id, _by(desk), desk.sent("districts", 20000).splitlines())
    return desk.to(f"{HOME}#districts")


def keep_recipient(desk: Desk) -> Response:
    pledge = desk.sent("pledge_until")
    pledged = _date(pledge)
    if pledge and pledged is None:
        return show(desk, "console.settings.wrong.recipient", 422)
    return _kept(desk, "recipients", lambda c: sections.keep_recipient(
        c, desk.staff.tenant_id, _by(desk), recipient_id=desk.sent("id"), kind=desk.sent("kind"), profession=desk.sent("profession"),
        name=_words(desk, "name"), contact=desk.sent("contact"), pledge_until=pledged, active=desk.sent("active") != "no"))


def keep_duty(desk: Desk) -> Response:
    with desk.writing() as c:
        service.set_duty(c, desk.staff.tenant_id, _by(desk), desk.sent_all("duty"))
    return desk.to(f"{HOME}#duty")


def keep_promises(desk: Desk) -> Response:
    """Days until contact, reminders, extra holidays."""
    holidays = [_date(line.strip()) for line in desk.sent("holidays", 5000).splitlines() if line.strip()]
    if None in holidays:
        return show(desk, "console.settings.wrong.promises", 422)
    return _kept(desk, "promises", lambda c: sections.keep_promises(
        c, desk.staff.tenant_id, _by(desk), desk.number("version"), days={kind: desk.number(kind) for kind in CONTACT_DAYS},
        reminders=[desk.number("reminder_1"), desk.number("reminder_2")], holidays=[day for day in holidays if day is not None]))


def keep_standstill(desk: Desk) -> Response:
    """After how many days a case counts as standing still, by category."""
    days = {name: desk.number(f"stalled_{name}") for name in CATEGORIES.values()}
    return _kept(desk, "standstill", lambda c: sections.keep_standstill(c, desk.staff.tenant_id, _by(desk), desk.number("version"), days))


def keep_channels(desk: Desk) -> Response:
    wanted = {name: (desk.number(name), desk.sent(f"{name}_confirmed") == "yes") for name in CHATS}
    return _kept(desk, "channels", lambda c: sections.keep_channels(c, desk.staff.tenant_id, _by(desk), desk.number("version"), wanted))


def _kept(desk: Desk, section: str, keep: Callable[[Connection], object]) -> Response:
    try:
        with desk.writing() as c:
            keep(c)
    except WrongSetting as wrong:
        return show(desk, f"console.settings.wrong.{wrong.section}", 422)
    return desk.to(f"{HOME}#{section}")


def _by(desk: Desk) -> By:
    return By(desk.staff.id, desk.now)


def _words(desk: Desk, name: str) -> Mapping[str, str]:
    """Words per language; a language that was left empty is absent and falls back."""
    sent = {"ja": f"{name}_ja", "ja@simple": f"{name}_simple", "en": f"{name}_en"}
    return {locale: words for locale, field in sent.items() if (words := desk.sent(field))}


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


PAGES = (
    Page("GET", HOME, show, RUNS_SETTINGS),
    Page("POST", f"{HOME}/office", keep_office, RUNS_SETTINGS),
    Page("POST", f"{HOME}/disaster", keep_disaster, RUNS_SETTINGS),
    Page("POST", f"{HOME}/districts", keep_districts, RUNS_SETTINGS),
    Page("POST", f"{HOME}/recipients", keep_recipient, RUNS_SETTINGS),
    Page("POST", f"{HOME}/duty", keep_duty, RUNS_SETTINGS),
    Page("POST", f"{HOME}/promises", keep_promises, RUNS_SETTINGS),
    Page("POST", f"{HOME}/standstill", keep_standstill, RUNS_SETTINGS),
    Page("POST", f"{HOME}/channels", keep_channels, RUNS_SETTINGS),
)
