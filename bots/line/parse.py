"""What a LINE webhook event means.

Source: Messaging API reference, "Webhook event objects"; `webhook.yml` 2026-07-01. The raw event is the truth: the
SDK's models drop fields of what they do not know, so they are not used here (channels.md §1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from backend.messages import Incoming, RawEvent
from bots.clean import clean
from bots.danger import danger
from bots.danger import heard as with_danger
from bots.place import placed
from bots.raw import fingerprint, kept, mapping, moment, opened, words
from dialogs.core.heard import Came, Chose, Heard, Said, SentFile, Unsent

REPLY_SECONDS = 50
"""A reply token lives one minute from the webhook, "not guaranteed"; the rest is for the way to LINE."""

REPLY_ENDS_AFTER = timedelta(minutes=20)
"""A redelivered token is dead once the event is this old."""

NOBODY = "-"
"""Address of events that name no person (accounts, groups, people who never agreed to be named): never answered."""

_FILES = {"image": "photo", "video": "video", "audio": "voice", "file": "file"}


def raw_event(event: Mapping[str, Any], destination: str, received: datetime) -> RawEvent:
    """One event of a webhook for the inbox, kept whole. Raises ValueError only when nested too deeply to be kept."""
    return RawEvent(
        channel="line",
        address=_person(event) or NOBODY,
        event_id=_id(event.get("webhookEventId")) or fingerprint(event),
        happened_at=moment(event.get("timestamp")) or received,
        body=kept("event", event, received),
        lane=0 if _urgent(event) else 1,
        destination=clean(destination),
    )


def parse(body: bytes) -> Incoming:
    """What one kept event means; the unknown becomes `Incoming(None)`."""
    event, received = opened("event", body)
    incoming = _meaning(event)
    if not _person(event) or event.get("mode") == "standby":
        # On standby another module of the account answers: we listen, and never speak (reference, "mode").
        return replace(incoming, heard=None)
    return _with_reply(incoming, event, received)


def _meaning(event: Mapping[str, Any]) -> Incoming:
    match event.get("type"):
        case "message":
            return _message(mapping(event.get("message")))
        case "postback":
            return _postback(clean(words(mapping(event.get("postback")).get("data"))))
        case "follow":
            return Incoming(Came(), shown_key="shown.came", contact="unblocked")
        case "unfollow":
            return Incoming(None, shown_key="shown.blocked", contact="blocked")
        case "unsend":
            return Incoming(Unsent(_id(mapping(event.get("unsend")).get("messageId"))), shown_key="shown.unsent")
        case "messageEdited":
            return _edited(mapping(event.get("message")))
        case _:
            return Incoming(None)


def _message(message: Mapping[str, Any]) -> Incoming:
    ref = _id(message.get("id"))
    kind = message.get("type")
    if kind == "text":
        text = clean(words(message.get("text")))
        return Incoming(Said(text), shown=text, message_ref=ref)
    if kind == "sticker":
        # Words that the person wrote on a sticker are words of theirs; keywords are LINE's, and nobody's feelings.
        text = clean(words(message.get("text")))
        heard: Heard = Said(text) if text.strip() else SentFile("sticker")
        return Incoming(heard, shown=text, shown_key="shown.sticker", message_ref=ref)
    if kind == "location":
        return _place(message, ref)
    if isinstance(kind, str) and kind in _FILES:
        file, name = _FILES[kind], clean(words(message.get("fileName")))
        # An external image lies on somebody else's server: it is not fetched (it could point anywhere).
        here = mapping(message.get("contentProvider")).get("type", "line") == "line"
        held = ref if here else ""
        return Incoming(with_danger(SentFile(file, held, name), name), shown=name, shown_key=f"shown.{file}", message_ref=ref,
                        attachment={"kind": file, "ref": held, "name": name})
    return Incoming(SentFile("other"), shown_key="shown.other", message_ref=ref)


def _place(message: Mapping[str, Any], ref: str) -> Incoming:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return Incoming(SentFile("other"), shown_key="shown.other", message_ref=ref)
    title, address = clean(words(message.get("title"))), clean(words(message.get("address")))
    return placed(float(latitude), float(longitude), address or title, (title, address), ref)


def _edited(message: Mapping[str, Any]) -> Incoming:
    """An edited text is not a new answer; staff see it. Words of danger are heard all the same."""
    text = clean(words(message.get("text")))
    return Incoming(Said(text) if danger(text) else None, shown=text, shown_key="shown.edited",
                    message_ref=_id(message.get("id")))


def _postback(data: str) -> Incoming:
    parts = data.split("|")
    if len(parts) == 3:
        return Incoming(Chose(*parts), shown=parts[2], shown_key="shown.chose")
    # A button that is not ours (an old rich menu of the account): never silence, the dialog asks again.
    return Incoming(Chose("", "", data[:100]), shown_key="shown.chose")


def _urgent(event: Mapping[str, Any]) -> bool:
    """Only what a person writes themselves: words, and the names of files and places."""
    message = mapping(event.get("message"))
    written = (clean(words(message.get(name))) for name in ("text", "fileName", "title", "address"))
    return any(text and danger(text) for text in written)


def _with_reply(incoming: Incoming, event: Mapping[str, Any], received: datetime | None) -> Incoming:
    token, happened = clean(words(event.get("replyToken"))), moment(event.get("timestamp"))
    received = received or happened
    if not token or received is None or (happened is not None and received - happened > REPLY_ENDS_AFTER):
        return incoming
    return replace(incoming, reply=token, reply_until=received + timedelta(seconds=REPLY_SECONDS))


def _person(event: Mapping[str, Any]) -> str:
    """The id of the person of a one-to-one chat; empty for groups, rooms and events without a person."""
    source = mapping(event.get("source"))
    return clean(words(source.get("userId")))[:100] if source.get("type") == "user" else ""


def _id(value: object) -> str:
    """An id of the platform as a column can hold it: it is compared, never read."""
    return clean(words(value))[:100]
