"""Stand-ins for the journal's tests: a channel whose events are JSON, and a turn that counts and answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
from sqlalchemy import Engine, select

from backend import ids
from backend.journal.ingest import Ingest
from backend.journal.models import conversation, inbox, message, outbox
from backend.messages import Capabilities, Incoming, OutMessage, RawEvent
from dialogs.core.heard import Elapsed, Said

PUSH = Capabilities("line", 5000, "utf16", 13, 20, "graphemes", 5, idempotent_push=True)
NO_KEY = Capabilities("telegram", 4096, "utf16", 100, 64, "chars", 1, idempotent_push=False)
CAPABILITIES = {"line": PUSH, "telegram": NO_KEY}


class PlainChannel:
    """Its events are `{"text": …}`."""

    def __init__(self, name: str = "line") -> None:
        self.name = name
        self.capabilities = CAPABILITIES[name]

    def parse(self, body: bytes) -> Incoming:
        data = orjson.loads(body)
        return Incoming(Said(data["text"]), shown=data["text"], reply=data.get("reply", ""))

    async def send(self, delivery): ...

    async def close(self): ...


CHANNELS = {"line": PlainChannel("line"), "telegram": PlainChannel("telegram")}


def said(text: str, at: datetime, *, who: str = "U-hanako", id: str = "", channel: str = "line", lane: int = 1,
         reply: str = "") -> RawEvent:
    body = orjson.dumps({"text": text, "reply": reply})
    return RawEvent(channel, who, id or f"event-{text}", at, body, lane)


def put(engine: Engine, clock, *events: RawEvent) -> None:
    Ingest(engine, clock).put_now(events)


def write_down(batch, home, incoming, event) -> None:
    """A turn: remember what was heard, answer with how much that was. "poison" cannot be heard."""
    heard = incoming.heard
    text = f"~{heard.reminder}" if isinstance(heard, Elapsed) else heard.text
    seen = [*(home["session"] or []), text]
    home["session"] = seen
    answer(batch, home, f"{len(seen)}: {text}")
    if text.startswith("poison"):
        raise ValueError("山田 花子 said something that nobody foresaw")


def answer(batch, home, text: str, kind: str = "plain", reply: str = "", reply_until=None) -> None:
    key = ids.new()
    batch.add(message, {"conversation_id": home["id"], "direction": "out", "author": "dialog", "outbox_key": key,
                        "content": OutMessage(text, home["locale"], kind).to_json(), "at": batch.now})
    batch.add(outbox, {"conversation_id": home["id"], "channel": home["channel"], "kind": kind, "key": key,
                       "next_at": batch.now, "created_at": batch.now, "reply": reply or None,
                       "reply_until": reply_until})


def sessions(engine: Engine) -> dict[str, list[str]]:
    """What each address was heard to say, in order."""
    with engine.connect() as connection:
        return {row.address: row.session for row in connection.execute(
            select(conversation.c.address, conversation.c.session))}


def answers(engine: Engine) -> dict[str, list[str]]:
    """What each address is told, in the order of delivery."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(conversation.c.address, message.c.content)
            .join(outbox, outbox.c.key == message.c.outbox_key)
            .join(conversation, conversation.c.id == message.c.conversation_id).order_by(outbox.c.id)).all()
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row.address, []).append(row.content["text"])
    return told


def pending(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(inbox.c.id).where(
            inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None))).all())


def seconds(clock, number: float) -> datetime:
    return clock() + timedelta(seconds=number)
