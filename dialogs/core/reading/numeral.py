"""Numerals as they are written in Japan: 3, ３, 三, 三十, 3千, 1億2千万, 一九五五, さんじゅう."""

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = {sign: value for value, signs in enumerate(("〇零", "一壱", "二弐", "三参", "四", "五", "六", "七", "八", "九")) for sign in signs}
_SMALL = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "億": 10**8, "兆": 10**12}
_RUN = re.compile(r"[0-9〇零一壱二弐三参四五六七八九十拾百千万億兆][0-9,.〇零一壱二弐三参四五六七八九十拾百千万億兆]{0,40}")
_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")

_KANA_NUMERALS = (
    ("いち", "一"), ("いっ", "一"), ("に", "二"), ("さん", "三"), ("よん", "四"), ("よ", "四"), ("し", "四"), ("ご", "五"),
    ("ろく", "六"), ("ろっ", "六"), ("なな", "七"), ("しち", "七"), ("はち", "八"), ("はっ", "八"), ("きゅう", "九"), ("く", "九"),
    ("じゅう", "十"), ("じゅっ", "十"), ("じっ", "十"), ("ひゃく", "百"), ("びゃく", "百"), ("ぴゃく", "百"), ("せん", "千"), ("ぜん", "千"),
    ("まん", "万"), ("おく", "億"), ("れい", "〇"), ("ぜろ", "〇"),
)  # fmt: skip
_KANA_RUN = re.compile("|".join(sorted((re.escape(kana) for kana, _ in _KANA_NUMERALS), key=len, reverse=True)))
_KANA_VALUES = dict(_KANA_NUMERALS)

# Words with a numeral in them that count nothing.
_NO_COUNT = re.compile("一部|一番|一緒|一応|一旦|一時的|一度|一般|一戸建|一軒家|十分|千葉|万一|万が一|一生|一切|統一|唯一|八代|三重|四国|九州|五島|七夕|千円札")


@dataclass(frozen=True, slots=True)
class Numeral:
    start: int
    end: int
    value: Fraction


def numerals(text: str) -> tuple[Numeral, ...] | None:
    """Every numeral of a normalised text; None where one of them cannot be read ("1,23", "万円")."""
    masked = _NO_COUNT.sub(lambda found: "・" * len(found[0]), text)
    found: list[Numeral] = []
    for run in _RUN.finditer(masked):
        written = run[0].rstrip(".,")
        value = value_of(written)
        if value is None:
            return None
        found.append(Numeral(run.start(), run.start() + len(written), value))
    return tuple(found)


def value_of(written: str) -> Fraction | None:
    """The value of one numeral; None where it is none."""
    total = section = Fraction(0)
    digits: Fraction | None = None
    last_small, last_big = 10**4, 10**16
    at = 0
    while at < len(written):
        sign = written[at]
        if arabic := _ARABIC.match(written, at):
            if digits is not None:
                return None
            digits, at = Fraction(arabic[0].replace(",", "")), arabic.end()
            continue
        at += 1
        if sign in _DIGITS:
            start = at - 1
            while at < len(written) and written[at] in _DIGITS:
                at += 1
            if digits is not None:
                return None
            digits = Fraction(int("".join(str(_DIGITS[kanji]) for kanji in written[start:at])))
        elif sign in _SMALL:
            if _SMALL[sign] >= last_small:
                return None
            last_small = _SMALL[sign]
            section += (1 if digits is None else digits) * last_small
            digits = None
        elif sign in _BIG:
            section += digits or 0
            if not section or _BIG[sign] >= last_big:
                return None
            last_big, last_small = _BIG[sign], 10**4
            total, section, digits = total + section * last_big, Fraction(0), None
        else:
            return None
    return total + section + (digits or 0)


def kanji_of_kana(text: str) -> str | None:
    """さんじゅうまん → 三十万; None unless the whole text is a numeral in kana."""
    written: list[str] = []
    at = 0
    while at < len(text):
        found = _KANA_RUN.match(text, at)
        if found is None:
            return None
        written.append(_KANA_VALUES[found[0]])
        at = found.end()
    return "".join(written) or None
