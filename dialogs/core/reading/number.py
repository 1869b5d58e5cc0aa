"""How many: 二人, 2人, ふたり, 5にん, 一人暮らし, 夫婦2人, 大人2人と子ども1人."""

import re

from dialogs.core.reading.numeral import kanji_of_kana, numerals
from dialogs.core.reading.text import hiragana, loose, normalise

_ONE = re.compile("^(?:私|わたし|わたくし|僕|ぼく|俺|おれ|自分|本人|今は|いまは|現在)?(?:は|も|の)?(?:(?:一人|ひとり|独り|1人)(?:暮らし|ぐらし|くらし|身|もの|者|だけ|で|きり|世帯)?|独居|単身(?:世帯)?|単独世帯|一人っきり)(?:です|だ|で(?:す|住んでいます|暮らしています)|になりました|住まい|住んでいます)?$|^(?:私|わたし|僕|俺|自分|本人)(?:だけ|のみ|一人だけ|ひとりだけ)(?:です|だ)?$")
_COUPLE = re.compile("^(?:夫婦|ふうふ|妻と私|夫と私|私と妻|私と夫|わたしと夫|わたしと妻|主人と私|私と主人)(?:だけ|のみ|ふたり|二人|2人)?(?:暮らし|ぐらし|です|だけです|だけ|で住んでいます|世帯)?$")
_NONE = re.compile(r"^(?:0|〇|零|ゼロ|ぜろ|なし|無し|ない|ないです|いない|いません|いないです|ありません|だれもいない|誰もいない|誰もいません|zero|none|nobody|no one|nil)(?:人|名|にん|です)?$")
_KANA_PEOPLE = {"ひとり": "1人", "ふたり": "2人", "よったり": "4人"}
_KANA_COUNT = re.compile("([ぁ-ん]{1,8}?)(にん|めい|さい|つ|こ|にんかぞく)(?:です|だ|かぞくです|かぞく)?$")
_KANA_THINGS = {"ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5, "むっつ": 6, "ななつ": 7, "やっつ": 8, "ここのつ": 9, "はたち": 20}
_ENGLISH = dict(zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"], range(21), strict=True))
_ENGLISH_WORD = re.compile(r"\b(" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")\b")
_ENGLISH_ALONE = re.compile(r"^(?:just|only)? ?(?:me|myself)$|^(?:i )?(?:live )?alone$|^i(?:'m| am) alone$")
_SUM = re.compile(r"^(?:大人|おとな|成人|夫婦)(?:が|は)?(\d+)(?:人|名)?(?:と|、|,|\.| )*(?:子ども|子供|こども|小人|未成年)(?:が|は)?(\d+)(?:人|名)?(?:です)?$|^(\d+) adults?(?:,| and| ) ?(\d+) (?:kids?|child(?:ren)?)$")
# A count of somebody else's, or of something that is no count of people, years or pieces.
_OTHER_UNIT = re.compile(r"^ ?(?:か月|ヶ月|カ月|ケ月|ヵ月|箇月|月|年|日|時|分|円|丁目|番地|号|度|%|km|m|㎡|坪|畳|s?[ldk]{1,3}\b|階|万|世代|months?|days?|weeks?|hours?|yen|bedrooms?|rooms?|pets?|dogs?|cats?|匹|頭)")
_SOMEBODY_ELSES = re.compile(r"(?:子ども|子供|こども|子|孫|娘|息子|兄弟|きょうだい|姉妹|ペット|猫|犬|隣|大人|おとな|kids?|child(?:ren)?|sons?|daughters?)(?:が|は|も|、| )?$")
_UNSURE = re.compile(r"(?:\d|人|名|歳|才)? ?(?:か|or|~|〜|～|から|-|・|→) ?\d|以上|以下|未満|くらいか|たぶん|多分|かも|不明|わから|分から|数人|何人|\?|maybe|about|around|or so|at least|前後|ほど|程度|約|ぐらい|くらい")


def read_number(text: str, least: int = 0, most: int = 10**9) -> int | None:
    """A whole number between `least` and `most`; None where there is none, several, or an uncertain one (2、3人)."""
    value = _count(normalise(text))
    return value if value is not None and least <= value <= most else None


def _count(said: str) -> int | None:
    said = said.strip(" .。、!！").replace("、", ",")
    packed = said.replace(" ", "")
    if len(said) > 60 or not said:
        return None
    if _NONE.match(said) or _NONE.match(packed):
        return 0
    if _ONE.match(packed) or _ENGLISH_ALONE.match(said):
        return 1
    if _COUPLE.match(packed):
        return 2
    if both := _SUM.match(packed) or _SUM.match(said):
        return sum(int(part) for part in both.groups() if part)
    if said.isascii() and said[-1].isalpha():
        said = _ENGLISH_WORD.sub(lambda word: str(_ENGLISH[word[1]]), said)
    elif kana := _of_kana(loose(said)):
        return kana
    said = re.sub("ひとり|ふたり|よったり", lambda word: _KANA_PEOPLE[word[0]], said)
    if _UNSURE.search(said):
        return None
    found = numerals(said)
    if found is None or len(found) != 1 or found[0].value.denominator != 1:
        return None
    first = found[0]
    before, after = said[: first.start], said[first.end :]
    if _OTHER_UNIT.match(after) or _SOMEBODY_ELSES.search(before) or before.endswith(("-", "マイナス", "minus ")):
        return None
    return int(first.value)


def _of_kana(said: str) -> int | None:
    """ごにん, じゅうにさい, はたち, みっつ: the whole text is a count in kana."""
    if said in _KANA_THINGS:
        return _KANA_THINGS[said]
    if said != hiragana(said) or not all("ぁ" <= sign <= "ん" for sign in said):
        return None
    unit = _KANA_COUNT.match(said)
    kanji = kanji_of_kana(unit[1] if unit else said)
    found = numerals(kanji) if kanji else None
    return int(found[0].value) if found and len(found) == 1 else None
