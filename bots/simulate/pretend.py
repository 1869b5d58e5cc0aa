"""Platforms that keep what they are given: events come in as LINE sends them, deliveries are laid out as LINE takes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from backend.messages import (
    Accepted,
    Blocked,
    Capabilities,
    Delivery,
    Incoming,
    OutMessage,
    RawEvent,
    SendResult,
)
from bots.layout import lay_out
from bots.line.draw import CAPABILITIES as LINE
from bots.line.draw import draw
from bots.line.parse import parse, raw_event
from bots.sms.draw import CAPABILITIES as SMS

Sent = Callable[[str, str, str, tuple[OutMessage, ...]], None]
"""Called with channel, address, key and messages of everything that a platform took."""


class PretendLine:
    """A LINE account without a network. `blocked` are those who blocked it."""

    name = "line"
    capabilities: Capabilities = LINE

    def __init__(self, sent: Sent) -> None:
        self._sent, self._events = sent, 0
        self.blocked: set[str] = set()

    def parse(self, body: bytes) -> Incoming:
        return parse(body)

    async def send(self, delivery: Delivery) -> SendResult:
        return self.take(delivery)

    def take(self, delivery: Delivery) -> SendResult:
        """What the platform would say. Raises `ValueError` for what LINE would refuse."""
        objects = draw(lay_out(delivery.messages, LINE))
        if not 0 < len(objects) <= LINE.max_messages_per_send:
            raise ValueError("LINE takes one to five messages")
        if delivery.address in self.blocked:
            return Blocked()
        self._sent("line", delivery.address, delivery.key, delivery.messages)
        return Accepted(delivery.key[:40])

    async def close(self) -> None:
        return None

    def event(self, address: str, kind: str, at: datetime, **rest: Any) -> RawEvent:
        """One webhook event of somebody."""
        self._events += 1
        event = {"type": kind, "mode": "active", "timestamp": round(at.timestamp() * 1000), "webhookEventId": f"SIM{self._events:023}",
                 "source": {"type": "user", "userId": address}, "deliveryContext": {"isRedelivery": False}, **rest}
        return raw_event(event, "", at)


class PretendSms:
    """An SMS provider without a network."""

    name = "sms"
    capabilities: Capabilities = SMS

    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    def parse(self, body: bytes) -> Incoming:
        return Incoming(None)

    async def send(self, delivery: Delivery) -> SendResult:
        return self.take(delivery)

    def take(self, delivery: Delivery) -> SendResult:
        self._sent("sms", delivery.address, delivery.key, delivery.messages)
        return Accepted(delivery.key[:40])

    async def close(self) -> None:
        return None
