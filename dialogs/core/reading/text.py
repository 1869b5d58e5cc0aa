"""The same words in one spelling: for keeping (`clean`), for reading (`normalise`), for comparing (`loose`)."""

import re
import unicodedata
from functools import lru_cache

# Marks that join letters (Nepali, Sinhala, family emoji) are format characters too, but carry meaning.
_JOINERS = "\u200c\u200d"
_KANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−－ｰ─━"), "-")
_SPACES = re.compile(r"[^\S\n]+")
_WAVES = "ー〜～~…"

SHORT = 6
"""Letters. Most of what is typed is a number or a はい: what it means at a question is remembered."""


def clean(text: str) -> str:
    """What is kept and shown: trimmed, without NUL, lone surrogates and invisible marks; 異体字 and lines stay."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or _is_kept(sign)).strip()


def _is_kept(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs", "Cf") or sign in _JOINERS


def normalise(text: str) -> str:
    """What readings look at: NFKC, small letters, plain hyphens, single spaces."""
    # Every typed answer is held against the same labels.
    return _normalise(text) if len(text) <= 60 else _plain(text)


@lru_cache(maxsize=8192)
def _normalise(text: str) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", clean(text)).lower().translate(_HYPHENS)
    return _SPACES.sub(" ", text).strip()


def hiragana(text: str) -> str:
    return text.translate(_KANA)


def loose(text: str) -> str:
    """What comparisons look at: letters and digits only, in hiragana, without elongation."""
    return _loose(text) if len(text) <= 60 else _fold(text)


@lru_cache(maxsize=8192)
def _loose(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    return hiragana("".join(sign for sign in text if unicodedata.category(sign)[0] in "LNM" and sign not in _WAVES))
