"""Two municipalities with one household each, written straight into the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from backend import crypto
from backend import ids as new_ids
from backend.app import Shell
from backend.campaigns.models import campaign
from backend.cases.models import answer, case, suggestion
from backend.consent.models import consent_event, notice_text
from backend.consent.rules import FIRST, link, text_id
from backend.forms import exports
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.journal.models import attachment, conversation, message, outbox
from backend.meetings.models import meeting
from backend.messages import Button, OutMessage
from backend.people.models import person
from backend.programs.models import program_edition
from backend.referrals.models import referral
from backend.tasks.models import task
from backend.tenants.models import recipient
from backend.visits.models import visit, visit_request
from tests.booth.world import settle_booth

NOTICE = "専門家に、あなたのことを伝えてもよいですか。"


@dataclass
class Home:
    """One household and everything that hangs on it; `ids` by kind."""

    tenant: str
    name: str
    ids: dict[str, str] = field(default_factory=dict)


def settle(shell: Shell, tenant: str, name: str, **case_columns: Any) -> Home:
    """A household that asked for a lawyer and a visit, and wrote something."""
    now = shell.clock()
    ids = {kind: new_ids.new() for kind in ("person", "case", "conversation", "task", "referral", "visit", "attachment", "recipient", "draft", "campaign", "meeting", "planned")}
    with shell.engine.begin() as c:
        c.execute(insert(person).values(
            id=ids["person"], tenant_id=tenant, name=name, kana="やまだ はなこ", phone="090-1234-5678", created_at=now))
        c.execute(insert(case).values({
            "id": ids["case"], "tenant_id": tenant, "number": f"T-2026-{tenant[-3:]}", "person_id": ids["person"],
            "damage_level": "half", "opened_at": now, "changed_at": now, **case_columns}))
        c.execute(insert(conversation).values(
            id=ids["conversation"], tenant_id=tenant, channel="line", address_index=ids["conversation"], address=f"U{tenant}",
            locale="en", case_id=ids["case"], created_at=now, last_heard_at=now))
        _say(c, ids["conversation"], now)
        _answers(c, tenant, ids, now)
        _consent(c, tenant, ids, now)
        c.execute(insert(program_edition).values(
            id=ids["draft"], tenant_id=tenant, state="waiting", origin="command", made_at=now,
            touched={"emergency_repair": {"before": {}, "after": {"off": True}}}))
        c.execute(insert(recipient).values(
            id=ids["recipient"], tenant_id=tenant, kind="professional", profession="lawyer", name={"ja": "みどり法律事務所"},
            contact="midori@example.jp", pledge_until=now.date() + timedelta(days=365), active=True))
        c.execute(insert(referral).values(
            recipient_id=ids["recipient"], id=ids["referral"], tenant_id=tenant, case_id=ids["case"], conversation_id=ids["conversation"],
            profession="lawyer", consent="given", made_at=now, due_at=now + timedelta(days=3), changed_at=now))
        c.execute(insert(visit_request).values(
            id=ids["visit"], tenant_id=tenant, case_id=ids["case"], conversation_id=ids["conversation"], made_at=now,
            due_at=now + timedelta(days=3), changed_at=now))
        c.execute(insert(visit).values(id=ids["planned"], tenant_id=tenant, case_id=ids["case"], made_at=now, changed_at=now))
        c.execute(insert(task).values(
            id=ids["task"], tenant_id=tenant, kind="refer", rank=6, topic="lawyer", case_id=ids["case"],
            conversation_id=ids["conversation"], referral_id=ids["referral"], made_at=now, due_at=now + timedelta(days=3)))
        c.execute(insert(campaign).values(
            id=ids["campaign"], tenant_id=tenant, name="夏の声かけ", made_at=now, changed_at=now))
        c.execute(insert(attachment).values(
            id=ids["attachment"], conversation_id=ids["conversation"], kind="photo", ref="r", name="家.jpg",
            media_type="image/jpeg", content=crypto.ring().seal(b"\xff\xd8jpeg", "attachment.content"), state="kept", at=now))
        ids["export"] = jobs.start(
            c, tenant_id=tenant, kind=exports.KIND, staff_id=None, at=now, total=1,
            detail={"order": Order("survey", "pdf", ids["case"]).to_json(), "after": "", "parts": [], "hidden": 0, "refused": 0, "lost": []})
        c.execute(insert(meeting).values(id=ids["meeting"], tenant_id=tenant, held_on=now.date(), made_at=now))
        settle_booth(c, tenant, ids, now)
    return Home(tenant, name, ids)


def alert(shell: Shell, home: Home, kind: str = "red", **columns: Any) -> str:
    """A crisis task in the household's conversation."""
    now = shell.clock()
    rank = {"red": 0, "orange": 1, "yellow": 3, "talk": 5}[kind]
    row = {
        "id": new_ids.new(), "tenant_id": home.tenant, "kind": kind, "rank": rank,
        "rule": "ja.breath/1" if rank < 5 else "", "case_id": home.ids["case"],
        "conversation_id": home.ids["conversation"], "made_at": now, "due_at": now + timedelta(minutes=5), **columns,
    }  # fmt: skip
    with shell.engine.begin() as c:
        c.execute(insert(task).values(row))
    return str(row["id"])


def stranger(shell: Shell, tenant: str, words: str) -> str:
    """Somebody who wrote and has no case yet."""
    now = shell.clock()
    id_ = new_ids.new()
    with shell.engine.begin() as c:
        c.execute(insert(conversation).values(
            id=id_, tenant_id=tenant, channel="telegram", address_index=id_, address="42", created_at=now, last_heard_at=now))
        c.execute(insert(message).values(
            conversation_id=id_, direction="in", author="person", surface="chat",
            content={"shown": words, "shown_key": "", "kind": "said"}, at=now))
    return id_


def _say(c: Any, home: str, now: Any) -> None:
    asked = OutMessage(
        "What is damaged?", "en", numbered=(Button("The roof", "s|x|roof"),), step="x", session="s", field="damage_level")
    japanese = OutMessage("どこがこわれていますか。", "ja", numbered=(Button("屋根", "s|x|roof"),))
    c.execute(insert(message).values(
        conversation_id=home, direction="out", author="dialog", surface="chat", content=asked.to_json(),
        original=japanese.to_json(), outbox_key=f"k-{home}", at=now))
    c.execute(insert(outbox).values(
        conversation_id=home, channel="line", key=f"k-{home}", state="unknown", next_at=now, created_at=now))
    c.execute(insert(message).values(
        conversation_id=home, direction="in", author="person", surface="chat",
        content={"shown": "<b>The roof</b> & the wall", "shown_key": "", "kind": "said"}, at=now))
    c.execute(insert(message).values(
        conversation_id=home, direction="in", author="person", surface="chat", content=None, hidden_at=now, at=now))


def _answers(c: Any, tenant: str, ids: dict[str, str], now: Any) -> None:
    for name, state, value in (
        ("damage_level", "given", "half"), ("flood_level", "unknown", None), ("certificate", "deferred", None),
        ("debts", "declined", None), ("income_work", "given", 120000), ("birth_date", "given", "1948-04-02"),
        ("trouble", "given", ["home", "money"]),
    ):  # fmt: skip
        c.execute(insert(answer).values(
            tenant_id=tenant, conversation_id=ids["conversation"], case_id=ids["case"], field=name, state=state,
            value=value, by="self", about="self", source="line", at=now))
    c.execute(insert(suggestion).values(
        tenant_id=tenant, case_id=ids["case"], at=now, catalogue="2026.1", inputs={},
        counts={"livelihood_recovery_grant": ["possible", "range", 500000, 1500000, "2027-08-06"]}, result=[{
            "id": "livelihood_recovery_grant", "name": {"ja": "被災者生活再建支援金"}, "verdict": "possible",
            "amount_kind": "range", "min_yen": 500000, "max_yen": 1500000, "why": [], "missing": ["flood_level"],
            "desk": {"ja": "福祉課"}, "deadline": "2027-08-06", "warnings": [{"ja": "先に契約しないでください。"}]}]))


def _consent(c: Any, tenant: str, ids: dict[str, str], now: Any) -> None:
    known = text_id("sharing", 1, "ja", f"{NOTICE}{ids['case']}")
    c.execute(insert(notice_text).values(
        id=known, notice="sharing", version=1, locale="ja", body=NOTICE, sha256="ab" * 32, first_shown_at=now))
    row = {
        "tenant_id": tenant, "conversation_id": ids["conversation"], "case_id": ids["case"], "recipient": "professional",
        "event": "given", "purpose": "survivor_support", "notice_text_id": known, "method": "chat", "channel": "line",
        "locale": "ja", "actor": "self", "recorded_by": None, "at": now,
    }  # fmt: skip
    c.execute(insert(consent_event).values({**row, "prev_hash": FIRST, "hash": link(FIRST, row)}))
