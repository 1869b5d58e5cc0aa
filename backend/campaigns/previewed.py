"""What a draft of a campaign would do, looked at before it begins: whom it reaches, what it says, whether a second person is needed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from backend.campaigns import counting, service
from backend.campaigns.audience import Audience, Preview, preview
from backend.campaigns.ladder import CHAT, LETTER, OTHER, REMIND, Ladders
from backend.campaigns.saying import letter_said, said
from backend.campaigns.service import Plan
from backend.clock import Clock
from backend.conversations.offices import Office
from backend.db import Row
from backend.staff.roles import Staff
from backend.words import LOCALES, Catalogues


class Looked(NamedTuple):
    """`preview` None while a large audience is still counted; `job` is the one that counts or counted it, None for a small one."""

    preview: Preview | None
    job: Row | None


def plan_of(row: Row) -> Plan:
    """What is decided about a campaign, from its row."""
    return Plan(row["name"], row["kind"], Audience.of(row["audience"]), Ladders.of(row["ladder"]), row["words"], row["pace"])


def look(connection: Connection, row: Row, now: datetime, *, sms: bool) -> Looked:
    """A small audience is looked at now; of a large one what the job found, or how far it is."""
    audience = Audience.of(row["audience"])
    if not counting.is_large(connection, row["tenant_id"], audience):
        return Looked(preview(connection, row["tenant_id"], audience, now, sms=sms, news=row["kind"] == "news", campaign_id=row["id"]), None)
    job = counting.counted(connection, row)
    if job is None or job["state"] != "done":
        return Looked(None, job or {"state": "none"})
    return Looked(counting.preview_of(job), job)


def count_if_large(engine: Engine, clock: Clock, staff: Staff, campaign_id: str) -> None:
    """Begin to count the audience where that takes longer than a page."""
    with engine.begin() as connection:
        row = service.find(connection, staff, campaign_id)
        if counting.is_large(connection, staff.tenant_id, Audience.of(row["audience"])):
            counting.begin(connection, staff, row, clock())


def written(words: Catalogues, office: Office, plan: Plan) -> dict[str, dict[str, str]]:
    """Rung -> language -> what households would read, word for word."""
    found = {rung: {locale: said(words, office, rung, plan.words, locale, "line")[0].text for locale in LOCALES}
             for rung in (CHAT, REMIND, OTHER) if _uses(plan.ladders, rung)}
    if _uses(plan.ladders, LETTER):
        found[LETTER] = {locale: "\n".join(letter_said(words, office, plan.words, locale)) for locale in LOCALES}
    return found


def _uses(ladders: Ladders, rung: str) -> bool:
    return any(ladder.find(rung, 0) is not None for ladder in (ladders.standard, *ladders.by_category.values()))
