"""A name and how it is read: 山田 花子（やまだ はなこ）, ﾔﾏﾀﾞ ﾊﾅｺ, Nguyen Van A."""

import re
import unicodedata
from dataclasses import dataclass

from dialogs.core.reading.text import clean, hiragana

LONGEST = 80

_KANA_ONLY = re.compile(r"[ぁ-ゖァ-ヺー・゛゜ゝゞヽヾ ]+")
_KANJI = re.compile(r"[一-龥々〆ヶ㐀-䶿\uf900-\ufaff\U00020000-\U0003ffff]")
_WIDE = re.compile(r"[\uff01-\uff9f]+")
_BRACKETS = re.compile(r"^(.+?) ?[(\[〔【「]([^()\[\]〔〕【】「」]+)[)\]〕】」] ?$")
_MARKED = re.compile(r"^(.+?)[ 、,/:]*(?:読み方?|よみ(?:かた)?|ふりがな|フリガナ|カナ|かな)(?:は|:|、| )*([ぁ-ゖァ-ヺー ・]+)$")
_DIVIDED = re.compile(r"^([^\n/、,:|]+)[\n/、,:|]+ ?([ぁ-ゖァ-ヺー ・]+)$")
_GLUED = re.compile(r"^([一-龥々〆ヶ]{4,})([ぁ-ゖ]{5,}|[ァ-ヺー]{5,})$")
_BEFORE = re.compile(r"^(?:(?:私|わたし|わたくし|僕|ぼく)(?:の)?(?:名前|なまえ|氏名)?は|(?:お?名前|なまえ|氏名)(?:は|:|：)?|my name is|my name's|name:?|i am|i'm|this is) ?[、:]? ?", re.IGNORECASE)
_AFTER = re.compile(r"(?:です|でーす|といいます|と言います|ともうします|と申します|だよ|っていいます)?[。.!！]*$")

_MORE = re.compile(r"^([^、,。\n\d]{1,30}?)[、,。\n] ?(?:([ぁ-ゖァ-ヺー 　]{2,30}?)[、,。\n])?(?=[^\n]*(?:\d|歳|才|一人|ひとり|電話|でんわ|住ん|暮ら)).+$", re.DOTALL)
"""A name and what else there is to say: 田中ハル、73歳、電話は…."""

_SENTENCE = re.compile(r".{4,}(?:ください|下さい|ません|ないで|ました|ですか|ますか|けど|たいです|ています|ほしい|ほしいです|んです|でしょうか|のですが)[。.!！?？]*$|.*[^ぁ-ん 　].*(?:を.{1,12}(?:たい|ない|た|る)|[にがも].{1,12}(?:たい|された|なった))[。]?$")
"""Nobody is called 「夫には言わないでください」."""


@dataclass(frozen=True, slots=True)
class Name:
    """`reading` is in hiragana; `needs_reading` where it is still to be asked (not for names in Latin letters)."""

    written: str
    reading: str | None = None
    needs_reading: bool = False


def read_name(text: str) -> Name:
    """The name as written, 異体字 kept. Name("") where the text holds no letter at all, or is a sentence."""
    said = _tidy(text)
    if not any(sign.isalpha() for sign in said) or _SENTENCE.match(said):
        return Name("")
    for form in (_BRACKETS, _MARKED, _DIVIDED):
        if pair := form.match(said):
            if name := _pair(pair[1].strip(), pair[2].strip()):
                return name
            break
    said = " ".join(said.split())
    if _KANA_ONLY.fullmatch(said):
        return Name(said, _reading(said))
    if glued := _GLUED.match(said):
        return Name(glued[1], _reading(glued[2]))
    words = said.split(" ")
    kana = next((at for at in range(1, len(words)) if all(_KANA_ONLY.fullmatch(word) for word in words[at:])), 0)
    if kana and all(_KANJI.search(word) for word in words[:kana]):
        written, reading = " ".join(words[:kana]), " ".join(words[kana:])
        # 山田 はなこ is a name whose second half is kana; 山田花子 やまだはなこ is a name and its reading.
        if len(words) > 2 or (len(written) >= 4 and len(reading) >= 5):
            return Name(written, _reading(reading))
    return Name(said, None, bool(_KANJI.search(said)))


def _tidy(text: str) -> str:
    said = _WIDE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), clean(text))
    said = re.sub(r"[^\S\n]+", " ", said).strip()
    if more := _MORE.match(said):
        said = more[1] + (f"、{more[2]}" if more[2] else "")
    said = said[:LONGEST]
    said = _AFTER.sub("", _BEFORE.sub("", said)).strip()
    return said or clean(text)[:LONGEST]


def _pair(first: str, second: str) -> Name | None:
    """Two spellings of one name, in either order."""
    first, second = " ".join(first.split()), " ".join(second.split())
    if _KANA_ONLY.fullmatch(second) and not _KANA_ONLY.fullmatch(first):
        return Name(first, _reading(second))
    if _KANA_ONLY.fullmatch(first) and not _KANA_ONLY.fullmatch(second):
        return Name(second, _reading(first))
    return None


def _reading(kana: str) -> str:
    return " ".join(hiragana(kana).replace("・", " ").split())
