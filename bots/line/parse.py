"""What a LINE webhook event means.

Source: Messaging API reference, "Webhook event objects"; `webhook.yml` 2026-07-01. The raw event is the truth: the
SDK's models drop fields of what they do not know, so they are not used here (channels.md §1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from backend.messages import Incoming, RawEvent
from bots.clean import clean
from dialogs import crisis
from dialogs.core.heard import Came, Chose, Heard, Said, SentFile, SentPlace, Unsent

REPLY_SECONDS = 50
"""A reply token lives one minute from the webhook, "not guaranteed"; the rest is for the way to LINE."""

REPLY_ENDS_AFTER = timedelta(minutes=20)
"""A redelivered token is dead once the event is this old."""

NOBODY = "-"
"""Address of events that name no person (accounts, groups, people who never agreed to be named): never answered."""

_FILES = {"image": "photo", "video": "video", "audio": "voice", "file": "file"}


def raw_event(event: Mapping[str, Any], destination: str, received: datetime) -> RawEvent:
    """One event of a webhook for the inbox, kept whole. Never raises on strange content."""
    body = _kept({"received": round(received.timestamp() * 1000), "event": event})
    return RawEvent(
        channel="line",
        address=_person(event) or NOBODY,
        event_id=clean(_text(event.get("webhookEventId")))[:100] or hashlib.sha256(_kept(event)).hexdigest(),
        happened_at=_moment(event.get("timestamp")) or received,
        body=body,
        lane=0 if _urgent(event) else 1,
        destination=clean(destination),
    )


def parse(body: bytes) -> Incoming:
    """What one kept event means; the unknown becomes `Incoming(None)`."""
    try:
        kept = load(body)
    except ValueError:
        return Incoming(None)
    if not isinstance(kept, dict):
        return Incoming(None)
    inner = kept.get("event")
    event = inner if isinstance(inner, dict) else kept
    incoming = _meaning(event)
    if not _person(event) or event.get("mode") == "standby":
        # On standby another module of the account answers: we listen, and never speak (reference, "mode").
        return Incoming(None, incoming.shown, incoming.shown_key, contact=incoming.contact,
                        message_ref=incoming.message_ref)
    return _with_reply(incoming, event, _moment(kept.get("received")))


def load(body: bytes) -> Any:
    """JSON that may hold lone surrogates, which orjson refuses. Raises ValueError on anything that is not JSON."""
    try:
        return orjson.loads(body)
    except ValueError:
        try:
            return json.loads(body)
        except RecursionError as deep:
            raise ValueError("JSON nested too deeply") from deep


def _kept(value: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # lone surrogates, integers beyond 64 bits
        return json.dumps(value).encode()


def _meaning(event: Mapping[str, Any]) -> Incoming:
    match event.get("type"):
        case "message":
            return _message(_dict(event.get("message")))
        case "postback":
            return _postback(_text(_dict(event.get("postback")).get("data")))
        case "follow":
            return Incoming(Came(), shown_key="shown.came", contact="unblocked")
        case "unfollow":
            return Incoming(None, shown_key="shown.blocked", contact="blocked")
        case "unsend":
            ref = _text(_dict(event.get("unsend")).get("messageId"))
            return Incoming(Unsent(ref), shown_key="shown.unsent", message_ref=ref)
        case "messageEdited":
            return _edited(_dict(event.get("message")))
        case _:
            return Incoming(None)


def _message(message: Mapping[str, Any]) -> Incoming:
    ref = _text(message.get("id"))
    kind = message.get("type")
    if kind == "text":
        text = clean(_text(message.get("text")))
        return Incoming(Said(text), shown=text, message_ref=ref)
    if kind == "sticker":
        # Words that the person wrote on a sticker are words of theirs; keywords are LINE's, and nobody's feelings.
        text = clean(_text(message.get("text")))
        heard: Heard = Said(text) if text.strip() else SentFile("sticker")
        return Incoming(heard, shown=text, shown_key="shown.sticker", message_ref=ref)
    if kind == "location":
        return _place(message, ref)
    if kind in _FILES:
        file = _FILES[kind]
        name = clean(_text(message.get("fileName")))
        # An external image lies on somebody else's server: it is not fetched (it could point anywhere).
        here = _dict(message.get("contentProvider")).get("type", "line") == "line"
        held = ref if here else ""
        return Incoming(SentFile(file, held, name), shown=name, shown_key=f"shown.{file}", message_ref=ref,
                        attachment={"kind": file, "ref": held, "name": name})
    return Incoming(SentFile("other"), shown_key="shown.other", message_ref=ref)


def _place(message: Mapping[str, Any], ref: str) -> Incoming:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return Incoming(SentFile("other"), shown_key="shown.other", message_ref=ref)
    address = clean(_text(message.get("address")) or _text(message.get("title")))
    shown = address or f"{latitude:.5f}, {longitude:.5f}"
    return Incoming(SentPlace(float(latitude), float(longitude), address), shown=shown, shown_key="shown.place",
                    message_ref=ref)


def _edited(message: Mapping[str, Any]) -> Incoming:
    """An edited text is not a new answer; staff see it. Words of danger are heard all the same."""
    text = clean(_text(message.get("text")))
    heard = Said(text) if danger(text) else None
    return Incoming(heard, shown=text, shown_key="shown.edited", message_ref=_text(message.get("id")))


def _postback(data: str) -> Incoming:
    parts = clean(data).split("|")
    if len(parts) == 3:
        return Incoming(Chose(*parts), shown=parts[2], shown_key="shown.chose")
    # A button that is not ours (an old rich menu of the account): never silence, the dialog asks again.
    return Incoming(Chose("", "", clean(data)[:100]), shown_key="shown.chose")


def danger(text: str) -> bool:
    """Whether `text` must not wait behind a surge. If the check fails, it counts as danger (privacy-and-safety §3)."""
    try:
        hit = crisis.check(text)
    except Exception:
        return True
    return hit is not None and hit.level in ("red", "orange")


def _urgent(event: Mapping[str, Any]) -> bool:
    text = _dict(event.get("message")).get("text")
    return isinstance(text, str) and bool(text) and danger(clean(text))


def _with_reply(incoming: Incoming, event: Mapping[str, Any], received: datetime | None) -> Incoming:
    token = _text(event.get("replyToken"))
    happened = _moment(event.get("timestamp"))
    received = received or happened
    if not token or received is None:
        return incoming
    if happened is not None and received - happened > REPLY_ENDS_AFTER:
        return incoming
    return Incoming(
        incoming.heard, incoming.shown, incoming.shown_key, token, received + timedelta(seconds=REPLY_SECONDS),
        incoming.contact, incoming.message_ref, incoming.attachment,
    )


def _person(event: Mapping[str, Any]) -> str:
    """The id of the person of a one-to-one chat; empty for groups, rooms and events without a person."""
    source = _dict(event.get("source"))
    return clean(_text(source.get("userId")))[:100] if source.get("type") == "user" else ""


def _moment(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
