"""Parts as Telegram messages: text and an inline keyboard.

Source: Bot API, sendMessage and InlineKeyboardButton. An inline keyboard stays with its message on every client.
"""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from backend.messages import Button, Capabilities
from bots.layout import Part

CAPABILITIES = Capabilities(
    name="telegram",
    max_text=4096,
    # The page says "characters"; clients and entities count UTF-16 units. The stricter reading fits both.
    unit="utf16",
    max_buttons=60,
    max_label=40,
    label_unit="graphemes",
    # There is no idempotency key: one turn in one message leaves no half-delivered turn behind.
    max_messages_per_send=1,
    idempotent_push=False,
)

MAX_DATA_BYTES = 64

NARROW = 12
"""Labels up to this many characters go two in a row."""


def keyboard(part: Part) -> InlineKeyboardMarkup | None:
    """The part's buttons: answers one below the other, short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    open_row = False
    for button in part.buttons:
        drawn = _button(button)
        if drawn is None:
            continue
        narrow = len(button.label) <= NARROW
        if narrow and open_row:
            rows[-1].append(drawn)
            open_row = False
        else:
            rows.append([drawn])
            open_row = narrow
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton | None:
    if button.url:
        # Telegram refuses the whole message for an address it cannot open (tel:, loopback); the text has it anyway.
        return InlineKeyboardButton(button.label, url=button.url) if button.url.startswith("https://") else None
    if not 0 < len(button.data.encode()) <= MAX_DATA_BYTES:
        return None
    return InlineKeyboardButton(button.label, callback_data=button.data)
