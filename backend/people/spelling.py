"""One spelling for comparing: names, readings, telephone numbers, addresses. What is stored stays as it was written.

Lists of municipalities come out of old systems: カナ in half width and without small letters (ｷﾖｳｺ), 異体字 or the plain
form of the same name (髙田, 高田), addresses with 丁目・番地・号 or with dashes. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from dialogs.core.reading.numeral import value_of
from dialogs.core.reading.text import hiragana

_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖぢづゐゑをゔ", "あいうえおつやゆよわかけじずいえおぶ")
_LETTERS = re.compile(r"[^\W_]", re.UNICODE)
_KANA_ONLY = re.compile(r"[ぁ-ゖーゝゞ]+")
_NOT_DIGITS = re.compile(r"\D+")

_PREFECTURE = re.compile("北海道|東京都|(?:京都|大阪)府|(?:神奈川|和歌山|鹿児島|[^0-9]{2})県")
# 四日市市, 市川市: the first 市 is not always the one that ends the name.
_TOWN = re.compile(r"(?:(?:四日|八日|廿日|野々|余)市市|市[川原]市|[^0-9\-]{1,6}?郡[^0-9\-]{1,6}?[町村]|[^0-9\-市]{1,6}市)(?:[^0-9\-区町]{1,4}区)?")
_POSTAL = re.compile(r"〒?\d{3}-?\d{4}(?!\d)")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]+(?=丁目|番|号|の\d|-)")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ｰー─━~〜～"), "-")
_UNITS = re.compile(r"(?:丁目|番地の?|番町|番|号室|号|の(?=\d))")
_NUMBERED = re.compile(r"^(.*?\d+(?:-\d+)*)")


@lru_cache(maxsize=65536)
def fold_name(text: str) -> str:
    """A name without spaces, 異体字 as their common form, kana as hiragana, small letters: 髙﨑　ハナ → 高崎はな."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_variants())
    return hiragana("".join(_LETTERS.findall(plain))).translate(_SMALL)


def name_parts(text: str) -> tuple[str, ...]:
    """Family and given name, each folded, as far as they are written apart."""
    parts = (fold_name(part) for part in re.split(r"[\s・,、]+", unicodedata.normalize("NFKC", text)))
    return tuple(part for part in parts if part)


@lru_cache(maxsize=65536)
def fold_kana(text: str) -> str:
    """A reading in hiragana, no small letters, no long sound, no spaces: ﾔﾏﾀﾞ ｷﾖｳｺ and やまだ きょうこ are the same."""
    plain = hiragana(unicodedata.normalize("NFKC", text).lower())
    return "".join(_LETTERS.findall(plain)).replace("ー", "").translate(_SMALL)


def kana_parts(text: str) -> tuple[str, ...]:
    parts = (fold_kana(part) for part in re.split(r"[\s・,、]+", unicodedata.normalize("NFKC", text)))
    return tuple(part for part in parts if part)


def is_kana(folded: str) -> bool:
    return _KANA_ONLY.fullmatch(folded) is not None


def fold_phone(text: str) -> str:
    """The digits of a number as it is dialled in Japan: +81 90-1234-5678 → 09012345678; "" without any."""
    plain = unicodedata.normalize("NFKC", text)
    digits = _NOT_DIGITS.sub("", plain)
    if plain.strip().startswith("+81"):
        return "0" + digits[2:].lstrip("0")
    return digits


def fold_number(text: str) -> str:
    """A number of a list (管理番号): letters and digits, small, leading zeros left out: Ａ-００１２ → a12."""
    plain = "".join(_LETTERS.findall(unicodedata.normalize("NFKC", text).lower()))
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


@lru_cache(maxsize=65536)
def fold_address(text: str) -> str:
    """An address for comparing, from below the municipality down to its last number: 福岡県大牟田市新栄町一丁目２番地３号 → 新栄町1-2-3.

    What follows the number (a building's name) is left out; an address without a number stays whole.
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_DASHES).translate(_variants())
    plain = _POSTAL.sub("", "".join(plain.split()), count=1)
    if found := _PREFECTURE.match(plain):
        plain = plain[found.end() :]
    if (town := _TOWN.match(plain)) and town.end() < len(plain):
        plain = plain[town.end() :]
    plain = plain.replace("大字", "").replace("ケ", "ヶ").replace("が丘", "ヶ丘").replace("之", "の").replace("ノ", "の")
    plain = _KANJI_NUMBER.sub(lambda run: _digits(run[0]), plain)
    plain = re.sub(r"-+", "-", _UNITS.sub("-", plain)).strip("-")
    if numbered := _NUMBERED.match(plain):
        return numbered[1]
    return plain


def _digits(kanji: str) -> str:
    value = value_of(kanji)
    return str(int(value)) if value is not None else kanji


@cache
def _variants() -> dict[int, str]:
    """Character -> the one that stands for its group."""
    table: dict[int, str] = {}
    for line in (Path(__file__).parent / "variants.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            first = table.get(ord(line[0]), line[0])
            for sign in line[1:]:
                table.setdefault(ord(sign), first)
    # Ideographic variation selectors say which shape of a character was meant: one name all the same.
    return {code: first for code, first in table.items() if chr(code) != first} | dict.fromkeys(range(0xE0100, 0xE01F0), "")
