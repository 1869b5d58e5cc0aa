"""A letter to a household that has not been reached, with QR codes into the chat; folded in three for a window envelope.

The words come from the campaign (`backend/campaigns/letters.py`); this is only the paper: address in the window of a
長形3号 envelope, words, codes, who writes. Whoever reads another language finds it below the Japanese.
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
    """One letter. `codes` are (label, address that the QR code opens); `code_words` stand beside them.

    `beside`: subject, words and code words once more, in the language `beside_lang` of the reader.
    """

    address: str
    name: str
    subject: str
    words: str
    office: str
    phone: str
    hours: str
    day: str
    codes: Sequence[tuple[str, str]] = ()
    code_words: str = ""
    beside: tuple[str, str, str] | None = None
    beside_lang: str = ""
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


def _printed(paper: Paper, one: Letter) -> dict[str, Any]:
    names = ("address", "name", "subject", "words", "office", "phone", "hours", "day", "code_words", "postal_code", "mark")
    return {
        **{name: paper.text(getattr(one, name)) for name in names}, "codes": [[paper.text(label), _code(url)] for label, url in one.codes],
        "beside": [paper.text(words) for words in one.beside or ()], "beside_lang": one.beside_lang.partition("@")[0] or "ja",
    }  # fmt: skip


def _code(url: str) -> str:
    """The QR code as SVG; level M bears a fold and a stain."""
    held = BytesIO()
    segno.make_qr(url, error="m").save(held, kind="svg", scale=4, border=2, xmldecl=False)
    return held.getvalue().decode()
