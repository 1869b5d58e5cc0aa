"""A letter to a household that has not been reached, with a QR code into the chat; folded in three for a window envelope.

The words come from the municipality (a campaign's text); this is only the paper: address in the window of a 長形3号
envelope, words, code, who writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

from backend.forms.pdf import Paper, press

TEMPLATE = Path(__file__).parent / "letter.typ"
MOST = 200
"""Letters in one document."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `url` is what the QR code opens (empty: no code); `code_words` stand beside it."""

    address: str
    name: str
    subject: str
    words: str
    office: str
    phone: str
    hours: str
    day: str
    url: str = ""
    code_words: str = ""
    postal_code: str = ""
    mark: str = ""
    """Small at the foot: the case's number, so that a letter that comes back finds its case."""


def letter(data: Letter) -> bytes:
    """The letter as a PDF, one page A4. Raises `CannotPrint`."""
    return letters([data])


def letters(many: Sequence[Letter]) -> bytes:
    """Letters one after the other, at most `MOST`. Raises `CannotPrint`, `ValueError` for none or too many."""
    if not 0 < len(many) <= MOST:
        raise ValueError(f"between 1 and {MOST} letters")
    paper = Paper()
    data: dict[str, Any] = {"letters": [_printed(paper, one) for one in many]}
    data["lost"] = paper.said()
    return press(TEMPLATE, data, {"pdf_tags": len(many) == 1})


def _printed(paper: Paper, one: Letter) -> dict[str, str]:
    names = ("address", "name", "subject", "words", "office", "phone", "hours", "day", "code_words", "postal_code", "mark")
    return {**{name: paper.text(getattr(one, name)) for name in names}, "qr": _code(one.url) if one.url else ""}


def _code(url: str) -> str:
    """The QR code as SVG; level M bears a fold and a stain."""
    held = BytesIO()
    segno.make_qr(url, error="m").save(held, kind="svg", scale=4, border=2, xmldecl=False)
    return held.getvalue().decode()
