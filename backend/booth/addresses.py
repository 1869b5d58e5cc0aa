"""Where a code opens the chat of a case: an address for each chat of this deployment. Nothing in it names the person."""

from __future__ import annotations

from urllib.parse import quote

from backend.settings import Settings
from backend.words import Catalogues
from dialogs.core.words import Text


def addresses(settings: Settings, words: Catalogues, token: str, locale: str) -> dict[str, str]:
    """Channel -> address: LINE and Telegram where they are connected and their name is known, the web always.

    LINE: oaMessage link, a message that stands ready to be sent. Telegram: deep link with a start parameter (Bot API, Deep
    linking: A-Z a-z 0-9 _ - up to 64). Both say the code to the bot; the web has it in its address.
    """
    found = {}
    if settings.line and settings.line_basic_id:
        message = words.render(Text("join.message", {"code": token}), locale)
        found["line"] = f"https://line.me/R/oaMessage/{quote(settings.line_basic_id)}/?{quote(message)}"
    if settings.telegram and settings.telegram_bot_name:
        found["telegram"] = f"https://t.me/{settings.telegram_bot_name}?start={token}"
    return {**found, "web": f"{settings.public_url}/c/{token}"}
