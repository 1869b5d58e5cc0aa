"""PR-09: a My Number (個人番号) is never asked for; one that somebody types is masked before anything keeps it.

Twelve digits, the last a check digit (平成26年総務省令第85号 5条): 11 minus the weighted sum modulo 11, 0 when that
is above 9. Cards print them four by four; people also write them in threes, one by one, in 全角, circled, in kanji, over several lines.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from backend.messages import Incoming
from dialogs.core.heard import Came, Heard, Said, SentFile, SentPlace

MASK = "●●●●-●●●●-●●●●"

_KANJI = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_UNSEEN = "\u200b-\u200f\u2060\u00ad\ufeff"
_DIGIT = rf"[\d⓪①-⑨〇零一二三四五六七八九][{_UNSEEN}]*"
_ONE = rf"[ \t\u00a0\u3000\-‐-―−ー－ｰ・.．/／_~〜～][{_UNSEEN}]*"
_BETWEEN = rf"(?:{_ONE}|\s[{_UNSEEN}]*){{1,3}}"
_TWELVE = re.compile(
    rf"(?<![\d+＋])(?:(?:{_DIGIT}){{12}}|(?:{_DIGIT}){{4}}(?:{_BETWEEN})?(?:{_DIGIT}){{4}}(?:{_BETWEEN})?(?:{_DIGIT}){{4}}"
    rf"|(?:{_DIGIT}){{3}}(?:{_ONE}(?:{_DIGIT}){{3}}){{3}}|{_DIGIT}(?:{_ONE}{_DIGIT}){{11}})(?!\d)"
)
"""Even groups alone, so that a day with its time or a telephone number beside another one stays what it is."""
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def masked(text: str) -> str:
    """`text` with every My Number in it hidden; the same object when there is none."""
    if len(text) < 12:
        return text
    hidden = _TWELVE.sub(lambda found: MASK if is_my_number(found[0]) else found[0], text)
    return text if hidden == text else hidden


def without(incoming: Incoming) -> Incoming:
    """What came in with every My Number hidden: in words, captions, corrections, names of files and places; the same object when there is none."""
    heard = _hidden(incoming.heard)
    said = isinstance(heard, Said) and isinstance(incoming.heard, Said) and incoming.shown is incoming.heard.text
    shown = heard.text if said and isinstance(heard, Said) else masked(incoming.shown)
    if heard is incoming.heard and shown is incoming.shown:
        return incoming
    kept = incoming.attachment
    return replace(incoming, heard=heard, shown=shown, attachment=kept and {**kept, "name": masked(kept["name"])})


def _hidden(heard: Heard | None) -> Heard | None:
    match heard:
        case Said(text) if (safe := masked(text)) is not text:
            return replace(heard, text=safe)
        case SentFile(_, _, name) if (safe := masked(name)) is not name:
            return replace(heard, name=safe)
        case SentPlace(_, _, address) if (safe := masked(address)) is not address:
            return replace(heard, address=safe)
        case Came(payload) if masked(payload) is not payload:
            return Came()
        case _:
            return heard


def is_my_number(typed: str) -> bool:
    """Whether these are twelve digits whose last is the check digit of the others (full width, circles and kanji count)."""
    plain = unicodedata.normalize("NFKC", typed)
    digits = [int(_KANJI.get(sign, sign)) for sign in plain if sign.isdecimal() or sign in _KANJI]
    if len(digits) != 12:
        return False
    rest = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)
