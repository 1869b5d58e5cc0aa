"""A code on paper: what each channel's QR holds, drawn as SVG. Nothing in it names the person."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

import segno
from markupsafe import Markup

from backend.settings import Settings
from backend.words import Catalogues
from dialogs.core.words import Text


@dataclass(frozen=True, slots=True)
class Code:
    """One QR: the channel, the address that it holds, and the picture."""

    channel: str
    address: str
    svg: Markup


def codes(settings: Settings, words: Catalogues, token: str, locale: str) -> tuple[Code, ...]:
    """A QR for each chat that this deployment has: LINE and Telegram where they are connected and their name is known, the web always.

    LINE: oaMessage link, a message that stands ready to be sent. Telegram: deep link with a start parameter (Bot API, Deep
    linking: A-Z a-z 0-9 _ - up to 64). Both say the code to the bot; the web has it in its address.
    """
    found = []
    if settings.line and settings.line_basic_id:
        message = words.render(Text("join.message", {"code": token}), locale)
        found.append(("line", f"https://line.me/R/oaMessage/{quote(settings.line_basic_id)}/?{quote(message)}"))
    if settings.telegram and settings.telegram_bot_name:
        found.append(("telegram", f"https://t.me/{settings.telegram_bot_name}?start={token}"))
    found.append(("web", f"{settings.public_url}/c/{token}"))
    return tuple(Code(channel, address, drawn(address)) for channel, address in found)


def drawn(address: str) -> Markup:
    """The QR of an address; error correction M, four modules of quiet zone (ISO/IEC 18004)."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, scale=6, border=4, omitsize=False, svgclass=None, lineclass=None, light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704  made of modules alone, no text of anybody's in it
