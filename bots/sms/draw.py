"""What one SMS carries in Japan: 70 characters, or up to 660 in linked parts (all three networks)."""

from __future__ import annotations

from backend.messages import Capabilities

CAPABILITIES = Capabilities(
    name="sms",
    max_text=660,
    unit="utf16",
    max_buttons=0,
    max_label=1,
    label_unit="chars",
    max_messages_per_send=1,
    idempotent_push=False,
)
