"""How much: 30万円, ３０万, 1,500,000, 百五十万円, 1億2千万, さんじゅうまんえん, about 300000 yen."""

import re
from fractions import Fraction

from dialogs.core.reading.numeral import kanji_of_kana, numerals
from dialogs.core.reading.text import hiragana, normalise

MOST = 10**12
"""Yen. More than this is a slip of the finger."""

LEAST_WITHOUT_UNIT = 1000
"""Yen. A bare "30" may mean 30万円: without 円 a smaller number is asked again."""

_NONE = re.compile(r"^(?:0|ゼロ|ぜろ|零|なし|無し|ない|ないです|ありません|無収入|収入(?:は|が)?(?:なし|ない|ありません)|借金(?:は|が)?(?:なし|ない|ありません)|none|zero|nothing|no (?:income|debts?|money))(?:円|えん| yen)?(?:です)?$")
# An amount per day or year answers another question than one per month; a bound is no amount; neither is a range.
_UNSURE = re.compile(r"以上|以下|未満|超|不明|わから|分から|かも|か\d|\?|～|〜|~|から|まで|数[十百千万]|何[十百千万]|or |between|less|more|over|under|at least|-\d|時給|日給|日当|週|年収|年間|年に|年額|per (?:day|week|year|hour)|a (?:day|week|year)|annual|\$|ドル|€|ユーロ|元|ウォン|ペソ|ドン|usd|peso|dollars?|euro")
_LITTLE = re.compile(r"(?:¥|￥|\\|jpy ?)")
_SCALE = re.compile(r" ?(?:(million)|(thousand|k)|(man|まん)|(せん)|(ひゃく))(?![a-z])")
_SCALES = {"million": 10**6, "thousand": 1000, "k": 1000, "man": 10**4, "まん": 10**4, "せん": 1000, "ひゃく": 100}
_YEN = re.compile(r"^ ?(?:円|えん|yen|jpy|en\b)")


def read_money(text: str) -> int | None:
    """Yen. None where no single amount was said: a range, a bound, another currency, per day or per year."""
    said = normalise(text).strip(" .。、!！")
    if not said or len(said) > 60:
        return None
    if _NONE.match(said):
        return 0
    in_kana = re.sub("(?:えん|です|ぐらい|くらい|やく|ほど)", "", hiragana(said).replace(" ", ""))
    if kanji := kanji_of_kana(in_kana):
        said = kanji + "円"
    marked = bool(_LITTLE.search(said))
    said = _LITTLE.sub("", said)
    if _UNSURE.search(said.replace("年金", "")):
        return None
    said = re.sub(r"(?<=[万億千百]) (?=[0-9〇一二三四五六七八九])|(?<=[0-9]) (?=[百千万億])", "", said)
    found = numerals(said)
    if found is None or len(found) != 1:
        return None
    value: Fraction = found[0].value
    after = said[found[0].end :]
    if scale := _SCALE.match(after):
        value *= _SCALES[scale[0].strip()]
        marked, after = True, after[scale.end() :]
    marked = marked or bool(_YEN.match(after)) or any(unit in said for unit in "千万億")
    if re.match(r" ?(?:人|名|歳|才|月|日|時|分|か月|ヶ月|カ月|番|丁目|号|%|回|つ|個|社|件)", after):
        return None
    if said[: found[0].start].rstrip().endswith(("-", "マイナス", "minus")):
        return None
    if value.denominator != 1 or value > MOST or (not marked and 0 < value < LEAST_WITHOUT_UNIT):
        return None
    return int(value)
