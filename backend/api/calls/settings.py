"""The municipality's settings, section by section as on the page; the go-live check is read here and taken on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from backend.api.bodies_office import (
    Channels,
    Disaster,
    Districts,
    Duty,
    Office,
    Promises,
    Recipient,
    Standstill,
)
from backend.api.call import Asked, Call
from backend.api.problems import Problem
from backend.audit import service as audit
from backend.cases.review import stalled_after
from backend.conversations.limits import DEFAULTS, limits_of
from backend.conversations.offices import CONTACT_DAYS, REMINDER_DAYS
from backend.overview import geojson
from backend.overview.geojson import NoMap
from backend.staff.models import staff
from backend.staff.roles import RUNS_SETTINGS, SEES_READINESS
from backend.tenants import golive, sections, service
from backend.tenants.districts import districts_in
from backend.tenants.models import recipient, tenant
from backend.tenants.sections import WrongSetting
from backend.tenants.service import ACTS, By
from dialogs.core.words import Text

T = TypeVar("T")


def read(asked: Asked) -> dict[str, Any]:
    """Office, hours, promised days, reminders, what chats may carry, districts, recipients (without their addresses), who is on duty, the
    disaster. `version` is for all sections but the disaster, which has its own."""
    own = asked.staff.tenant_id
    with asked.reading() as c:
        office = c.execute(select(tenant).where(tenant.c.id == own)).one()
        names = districts_in(c, own)
        partners = c.execute(select(recipient).where(recipient.c.tenant_id == own).order_by(recipient.c.kind, recipient.c.id)).all()
        duty = c.execute(select(staff.c.id).where(staff.c.tenant_id == own, staff.c.on_duty.is_not(None)).order_by(staff.c.on_duty)).scalars().all()
        disaster, still = service.current_disaster(c, own), stalled_after(c, own)
    limits = {name: limits_of(name, office.channel_limits or {}) for name in DEFAULTS}
    return {
        **{name: getattr(office, name) for name in ("name", "phone", "hours", "opens_at", "closes_at", "demonstration", "version")},
        "live": office.live_at is not None, "contact_days": {**CONTACT_DAYS, **(office.contact_days or {})},
        "reminder_days": list(office.reminder_days or REMINDER_DAYS), "extra_holidays": office.extra_holidays or [],
        "stalled_days": {str(category or "none"): days.days for category, days in still.items()},
        "channels": {name: {"max_in": one.max_in, "max_out": one.max_out} for name, one in limits.items()},
        "districts": names, "duty": list(duty),
        "recipients": [
            {"id": one.id, "kind": one.kind, "profession": one.profession, "name": one.name, "active": one.active,
             "pledge_until": one.pledge_until.isoformat() if one.pledge_until else None} for one in partners
        ],
        "disaster": {"name": disaster.name, "happened_on": disaster.happened_on.isoformat(), "prefecture": disaster.prefecture,
                     "municipality": disaster.municipality, "acts": disaster.acts, "version": disaster.version} if disaster else None,
    }  # fmt: skip


def keep_office(asked: Asked) -> dict[str, Any]:
    body: Office = asked.body
    return _kept(asked, lambda c: sections.keep_office(
        c, asked.staff.tenant_id, _by(asked), asked.version(), name=_said(body.name), phone=body.phone, hours=_said(body.hours),
        opens_at=body.opens_at, closes_at=body.closes_at))


def keep_disaster(asked: Asked) -> dict[str, Any]:
    """If-Match has the disaster's version; "0" makes the first. An Act or date that changes lets every open case be looked at again."""
    body: Disaster = asked.body
    if unknown := sorted(set(body.acts) - set(ACTS)):
        raise Problem("invalid", errors=[{"field": f"acts.{name}", "kind": "unknown"} for name in unknown[:20]])
    return _kept(asked, lambda c: sections.keep_disaster(
        c, asked.staff.tenant_id, _by(asked), asked.version(), name=_said(body.name), happened_on=body.happened_on,
        prefecture=body.prefecture, municipality=body.municipality, acts=body.acts))


def keep_districts(asked: Asked) -> dict[str, Any]:
    body: Districts = asked.body
    with asked.writing() as c:
        service.set_districts(c, asked.staff.tenant_id, _by(asked), body.districts)
    return read(asked)


def keep_recipient(asked: Asked) -> dict[str, Any]:
    body: Recipient = asked.body
    return {"recipient": _tried(asked, lambda c: sections.keep_recipient(
        c, asked.staff.tenant_id, _by(asked), recipient_id=body.recipient, kind=body.kind, profession=body.profession, name=_said(body.name),
        contact=body.contact, pledge_until=body.pledge_until, active=body.active))}


def keep_duty(asked: Asked) -> dict[str, Any]:
    """Accounts that carry no cases here are left out."""
    body: Duty = asked.body
    with asked.writing() as c:
        service.set_duty(c, asked.staff.tenant_id, _by(asked), body.order)
    return read(asked)


def keep_promises(asked: Asked) -> dict[str, Any]:
    body: Promises = asked.body
    days = {"talk": body.talk, "visit": body.visit, "refer": body.refer}
    return _kept(asked, lambda c: sections.keep_promises(
        c, asked.staff.tenant_id, _by(asked), asked.version(), days=days, reminders=body.reminders, holidays=body.holidays))


def keep_standstill(asked: Asked) -> dict[str, Any]:
    body: Standstill = asked.body
    days = {str(name): count for name, count in body.days.items()}
    return _kept(asked, lambda c: sections.keep_standstill(c, asked.staff.tenant_id, _by(asked), asked.version(), days))


def keep_channels(asked: Asked) -> dict[str, Any]:
    """Never more than the software's own bound for that chat."""
    body: Channels = asked.body
    wanted = {"line": (body.line.level, body.line.confirmed), "telegram": (body.telegram.level, body.telegram.confirmed)}
    return _kept(asked, lambda c: sections.keep_channels(c, asked.staff.tenant_id, _by(asked), asked.version(), wanted))


def keep_map(asked: Asked) -> dict[str, Any]:
    """The GeoJSON is the body: areas whose name is one of the districts. What is drawn from outside stays outside."""
    with asked.reading() as c:
        names = districts_in(c, asked.staff.tenant_id)
    try:
        drawing = geojson.outlines(asked.body, names)
    except NoMap as none:
        raise Problem("invalid", detail=Text(str(none.args[0])), errors=[{"field": "", "kind": str(none.args[0]).rpartition(".")[2]}]) from None
    with asked.writing() as c:
        geojson.keep(c, asked.staff.tenant_id, _by(asked), drawing)
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="map.kept", object_kind="tenant",
                     object_id=asked.staff.tenant_id, detail={"districts": len(drawing["paths"])}, at=asked.now)  # fmt: skip
    return {"districts": sorted(drawing["paths"])}


def readiness(asked: Asked) -> dict[str, Any]:
    """What the go-live check finds, in words; what `blocks` must be done first. Going live itself is a person's step, on the page."""
    with asked.reading() as c:
        found = golive.findings(c, asked.shell.settings, asked.shell.words, asked.staff.tenant_id)
    return {"next": "", "items": [
        {"blocks": one.blocks, "what": str(asked.shell.words.render(one.text, asked.staff.locale))} for one in found
    ]}  # fmt: skip


def _kept(asked: Asked, keep: Callable[[Connection], object]) -> dict[str, Any]:
    _tried(asked, keep)
    return read(asked)


def _tried(asked: Asked, keep: Callable[[Connection], T]) -> T:
    try:
        with asked.writing() as c:
            return keep(c)
    except WrongSetting as wrong:
        raise Problem("invalid", detail=Text(f"console.settings.wrong.{wrong.section}"), errors=[{"field": wrong.field, "kind": "wrong"}]) from None


def _by(asked: Asked) -> By:
    return By(asked.staff.id, asked.now)


def _said(words: Mapping[Any, str]) -> dict[str, str]:
    return {str(locale): said for locale, said in words.items()}


CALLS = (
    Call("GET", "/settings", read, "settings:read", RUNS_SETTINGS, "The municipality's settings"),
    Call("PUT", "/settings/office", keep_office, "settings:write", RUNS_SETTINGS, "Name, telephone and hours", body=Office, versioned=True),
    Call("PUT", "/settings/disaster", keep_disaster, "settings:write", RUNS_SETTINGS, "What happened", body=Disaster, versioned=True),
    Call("PUT", "/settings/districts", keep_districts, "settings:write", RUNS_SETTINGS, "The districts", body=Districts),
    Call("POST", "/settings/recipients", keep_recipient, "settings:write", RUNS_SETTINGS, "An organisation or professional", body=Recipient,
         status=201),
    Call("PUT", "/settings/duty", keep_duty, "settings:write", RUNS_SETTINGS, "Who is on duty", body=Duty),
    Call("PUT", "/settings/promises", keep_promises, "settings:write", RUNS_SETTINGS, "Days until contact, reminders, holidays", body=Promises,
         versioned=True),
    Call("PUT", "/settings/standstill", keep_standstill, "settings:write", RUNS_SETTINGS, "When a case stands still", body=Standstill, versioned=True),
    Call("PUT", "/settings/channels", keep_channels, "settings:write", RUNS_SETTINGS, "What chats may carry", body=Channels, versioned=True),
    Call("PUT", "/settings/map", keep_map, "settings:write", RUNS_SETTINGS, "The map of the districts", upload=geojson.MOST_BYTES),
    Call("GET", "/readiness", readiness, "settings:read", SEES_READINESS, "What is missing before going live"),
)  # fmt: skip
