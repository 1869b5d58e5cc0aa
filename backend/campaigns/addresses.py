"""Where a message to a household goes: the chat it used last, or a number or address beside the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from backend import ids
from backend.campaigns.facts import PUSHED
from backend.campaigns.ladder import OTHER
from backend.cases.models import case
from backend.contacts.models import other_way
from backend.contacts.phones import mobile
from backend.journal.batch import Batch
from backend.journal.ingest import address_index
from backend.journal.models import conversation
from backend.people.models import person


def address_for(batch: Batch, tenant_id: str, row: Mapping[str, Any], sms: bool) -> dict[str, Any] | None:
    """The conversation that carries it; for SMS and e-mail one is made with the first message. None: there is no way."""
    if row["rung"] != OTHER:
        found = batch.connection.execute(_CHAT, {"case": row["case_id"]}).mappings().first()
        return dict(found) if found else None
    for kind, address in _beside(batch, row, sms):
        home = _home(batch, tenant_id, row["case_id"], kind, address)
        if home["contact"] == "ok" and not home["quiet"]:
            return home
    return None


def _beside(batch: Batch, row: Mapping[str, Any], sms: bool) -> list[tuple[str, str]]:
    """(kind, address), SMS first: it is seen the same day."""
    ways = [(way.kind, way.address) for way in batch.connection.execute(_WAYS, {"case": row["case_id"]})]
    own = mobile(batch.connection.execute(_PHONE, {"case": row["case_id"]}).scalar_one_or_none())
    texts = [("sms", number) for number in dict.fromkeys([own, *(mobile(a) for kind, a in ways if kind == "sms")]) if number]
    return [*(texts if sms else []), *(way for way in ways if way[0] == "email")]


def _home(batch: Batch, tenant_id: str, case_id: str, kind: str, address: str) -> dict[str, Any]:
    index = address_index(address)
    found = batch.connection.execute(_BESIDE, {"kind": kind, "index": index, "case": case_id}).mappings().first()
    if found is not None:
        return dict(found)
    locale = batch.connection.execute(_LOCALE, {"case": case_id}).scalar_one_or_none() or "ja"
    row = {"id": ids.new(), "tenant_id": tenant_id, "channel": kind, "address_index": index, "address": address,
           "locale": locale, "case_id": case_id, "contact": "ok", "quiet": False, "created_at": batch.now}
    batch.add(conversation, row)
    batch.flush()
    return row


_CHAT = (
    select(conversation.c.id, conversation.c.channel, conversation.c.locale, conversation.c.address_index)
    .where(conversation.c.case_id == bindparam("case"), conversation.c.channel.in_(PUSHED), conversation.c.contact == "ok",
           conversation.c.quiet.is_(False))
    .order_by(conversation.c.last_heard_at.desc().nulls_last(), conversation.c.id).limit(1)
)  # fmt: skip
_WAYS = select(other_way.c.kind, other_way.c.address).where(
    other_way.c.case_id == bindparam("case"), other_way.c.good).order_by(other_way.c.made_at.desc())
_PHONE = select(person.c.phone).join(case, case.c.person_id == person.c.id).where(case.c.id == bindparam("case"))
# A phone of two households has one conversation: it is found by its address, whichever case it began with.
_BESIDE = select(
    conversation.c.id, conversation.c.channel, conversation.c.locale, conversation.c.address_index, conversation.c.contact,
    conversation.c.quiet,
).where(conversation.c.channel == bindparam("kind"), conversation.c.address_index == bindparam("index"))  # fmt: skip
_LOCALE = select(conversation.c.locale).where(conversation.c.case_id == bindparam("case")).order_by(
    conversation.c.last_heard_at.desc().nulls_last()).limit(1)
