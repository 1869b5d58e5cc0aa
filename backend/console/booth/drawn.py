"""A code on paper: what each channel's QR holds, drawn as SVG. Nothing in it names the person."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno
from markupsafe import Markup

from backend.booth.addresses import addresses
from backend.settings import Settings
from backend.words import Catalogues


@dataclass(frozen=True, slots=True)
class Code:
    """One QR: the channel, the address that it holds, and the picture."""

    channel: str
    address: str
    svg: Markup


def codes(settings: Settings, words: Catalogues, token: str, locale: str) -> tuple[Code, ...]:
    """A QR for each chat that this deployment has."""
    return tuple(Code(channel, address, drawn(address)) for channel, address in addresses(settings, words, token, locale).items())


def drawn(address: str) -> Markup:
    """The QR of an address; error correction M, four modules of quiet zone (ISO/IEC 18004)."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, scale=6, border=4, omitsize=False, svgclass=None, lineclass=None, light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704  made of modules alone, no text of anybody's in it
