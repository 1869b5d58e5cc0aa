"""A town of invented households, written straight into the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from backend import ids
from backend.cases.models import case, policy_version
from backend.consent.models import consent_event
from backend.consent.rules import FIRST, link
from backend.contacts.models import contact
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff.models import staff


def household(c: Connection, tenant: str, at: datetime, **columns: Any) -> str:
    """One case of an imported list; returns its id."""
    who, made = ids.new(), ids.new()
    c.execute(insert(person).values(id=who, tenant_id=tenant, name="渡辺 久美", created_at=at, restricted=columns.get("restricted", False)))
    c.execute(insert(case).values({
        "id": made, "tenant_id": tenant, "number": made[-18:], "person_id": who, "origin": "import", "opened_at": at,
        "changed_at": at, "damage_level": "half", "district": "緑町", **columns}))
    return made


def approached(c: Connection, tenant: str, case_id: str, at: datetime, result: str, channel: str = "visit", direction: str = "out") -> None:
    c.execute(insert(contact).values(
        id=ids.new(), tenant_id=tenant, case_id=case_id, channel=channel, direction=direction, at=at, result=result, made_at=at))


def agreed(c: Connection, tenant: str, case_id: str, at: datetime, event: str = "given") -> None:
    row = {
        "tenant_id": tenant, "conversation_id": None, "case_id": case_id, "recipient": "professional", "event": event,
        "purpose": "survivor_support", "notice_text_id": None, "method": "staff", "channel": "staff", "locale": "ja",
        "actor": "self", "recorded_by": None, "at": at,
    }  # fmt: skip
    c.execute(insert(consent_event).values({**row, "prev_hash": FIRST, "hash": link(FIRST, row)}))


def planned(c: Connection, tenant: str, case_id: str, at: datetime) -> None:
    by = ids.new()
    c.execute(insert(staff).values(id=by, tenant_id=tenant, login=by, name="係", password_hash="", role="caseworker", created_at=at))
    c.execute(insert(policy_version).values(
        id=ids.new(), tenant_id=tenant, case_id=case_id, number=1, wish_home="", wish_life="", policy="訪問", as_of=at.date(),
        author=by, at=at))


def helped(c: Connection, tenant: str, case_id: str, at: datetime) -> None:
    c.execute(insert(referral).values(
        id=ids.new(), tenant_id=tenant, case_id=case_id, profession="lawyer", consent="given", state="done", made_at=at, due_at=at,
        changed_at=at))
