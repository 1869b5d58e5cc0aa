"""Parts as LINE message objects.

Source: Messaging API reference, "Text message", "Quick reply", "Postback action", "URI action".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.messages import Button, Capabilities
from bots.layout import Part

CAPABILITIES = Capabilities(
    name="line",
    max_text=5000,
    unit="utf16",
    max_buttons=13,
    max_label=20,
    label_unit="graphemes",
    max_messages_per_send=5,
    idempotent_push=True,
    buttons_vanish=True,
)

_SCHEMES = ("https://", "http://", "tel:", "line://")
"""What a URI action opens; anything else is refused with 400."""

MAX_DATA = 300


def draw(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Message objects for reply or push. Quick replies are shown for the last object of a send only."""
    objects: list[dict[str, Any]] = []
    for part in parts:
        drawn: dict[str, Any] = {"type": "text", "text": part.text}
        items = [{"type": "action", "action": action} for b in part.buttons if (action := _action(b))]
        if items:
            drawn["quickReply"] = {"items": items}
        objects.append(drawn)
    return objects


def _action(button: Button) -> dict[str, str] | None:
    if button.url:
        return {"type": "uri", "label": button.label, "uri": button.url} if button.url.startswith(_SCHEMES) else None
    if not 0 < len(button.data) <= MAX_DATA:
        return None
    return {"type": "postback", "label": button.label, "data": button.data, "displayText": button.label}
