"""Webhook events as LINE sends them: shapes of the official reference, invented people."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime
from typing import Any

DESTINATION = "U" + "0" * 31 + "d"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Event = dict[str, Any]

DICE = random.Random()  # an invented id need not be hard to guess, and asking the system costs a load generator dear


def person(name: str | int) -> str:
    """A LINE user id for an invented person; the same for the same name."""
    return "U" + hashlib.md5(str(name).encode(), usedforsecurity=False).hexdigest()


def ulid(at: datetime) -> str:
    """26 characters of Crockford's base 32, the form of webhookEventId."""
    number = (round(at.timestamp() * 1000) << 80) | DICE.getrandbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def event(kind: str, user: str, at: datetime, token: str = "", **rest: Any) -> Event:
    made: Event = {
        "type": kind,
        "mode": "active",
        "timestamp": round(at.timestamp() * 1000),
        "source": {"type": "user", "userId": user},
        "webhookEventId": ulid(at),
        "deliveryContext": {"isRedelivery": False},
        **rest,
    }
    if token:
        made["replyToken"] = token
    return made


def token(digits: int) -> str:
    return f"{DICE.getrandbits(4 * digits):0{digits}x}"


def message_id() -> str:
    return str(10**17 + DICE.randrange(10**17))


def text(words: str) -> Event:
    return {"message": {"type": "text", "id": message_id(), "text": words, "quoteToken": token(24)}}


def postback(data: str) -> Event:
    return {"postback": {"data": data}}


def media(kind: str, **rest: Any) -> Event:
    """image, video, audio: content lies with LINE and is fetched by the message's id."""
    content: Event = {"type": kind, "id": message_id(), "contentProvider": {"type": "line"}, **rest}
    if kind in ("image", "video"):
        content["quoteToken"] = token(24)
    return {"message": content}


def file(name: str, size: int) -> Event:
    return {"message": {"type": "file", "id": message_id(), "fileName": name, "fileSize": size}}


def location(latitude: float, longitude: float, address: str = "") -> Event:
    place: Event = {"type": "location", "id": message_id(), "latitude": latitude, "longitude": longitude}
    return {"message": {**place, "address": address} if address else place}


def sticker(words: str = "") -> Event:
    content: Event = {"type": "sticker", "id": message_id(), "packageId": "446", "stickerId": "1988",
                      "stickerResourceType": "MESSAGE" if words else "STATIC", "keywords": ["sad", "cry"],
                      "quoteToken": token(24)}
    return {"message": {**content, "text": words} if words else content}
