"""Which day: 昭和30年5月3日, S30.5.3, 1955-05-03, 19550503, May 3 1955, 昨日."""

import re
from datetime import date, timedelta

from japanera import ERA_DATA_GENERAL

from dialogs.core.reading.numeral import value_of
from dialogs.core.reading.text import hiragana, normalise

EARLIEST = 1868
"""The first year of 明治: nobody alive is older."""

_NAMES = ("明治", "大正", "昭和", "平成", "令和")
# Begin and end of the modern eras, from japanera's table.
_ERAS = {era.kanji: (era.since, era.until or date.max) for era in ERA_DATA_GENERAL if era.kanji in _NAMES}
# On these days both names were in use: the old era ended on the day the new one began; 昭和 ended at midnight.
_SHARED_DAYS = (date(1912, 7, 30), date(1926, 12, 25))
_LETTERS = dict(zip("mtshr", _NAMES, strict=True)) | dict(zip(("めいじ", "たいしょう", "しょうわ", "へいせい", "れいわ"), _NAMES, strict=True))
_LETTERS |= {name: name for name in _NAMES} | dict(zip("明大昭平令", _NAMES, strict=True))

_MONTHS = {name: at for at, names in enumerate(["jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september", "oct october", "nov november", "dec december"], 1) for name in names.split()}
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_GAP = r" ?[年./\-・,、 ] ?"
_GAP2 = r" ?[月./\-・,、 ] ?"
_ERA = re.compile(r"^(明治|大正|昭和|平成|令和|めいじ|たいしょう|しょうわ|へいせい|れいわ|[mtshr明大昭平令])[.・ ]? ?(\d{1,2})" + _GAP + r"(\d{1,2})" + _GAP2 + r"(\d{1,2})日?$")
_ERA_PACKED = re.compile(r"^(明治|大正|昭和|平成|令和|[mtshr])(\d{2})(\d{2})(\d{2})$")
_WESTERN = re.compile(r"^(\d{4})" + _GAP + r"(\d{1,2})" + _GAP2 + r"(\d{1,2})日?$")
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})$")
_MONTH_FIRST = re.compile("^" + _MONTH + r" ?(\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?(?: of)? ?" + _MONTH + r",? ?(\d{4})$")
_BOTH = re.compile(r"^(\d{4})(?:年)?\((明治|大正|昭和|平成|令和|[mtshr])(\d{1,2})年?\)(?:年)?")
_KANJI = re.compile("[〇零一二三四五六七八九十百千]+")
_DAYS_AGO = re.compile(r"^(\d{1,3}) ?(?:日前|にちまえ|days? ago)$")
_RELATIVE = {"今日": 0, "きょう": 0, "本日": 0, "today": 0, "昨日": 1, "きのう": 1, "yesterday": 1, "一昨日": 2, "おととい": 2}
_FRAME = re.compile(r"^(?:生年月日|誕生日|西暦|born|on|私は|わたしは)[はが:: ]*|(?:生まれ|うまれ|生|です|でした|ごろ|頃)+$|\((?:月|火|水|木|金|土|日)(?:曜日?)?\)$")


def read_date(text: str, today: date, future: bool = False) -> date | None:
    """A day up to `today` (or any later one with `future`).

    None where no single day was said: 3/5/1955 (March or May), 30.5.3 (no era), a day that its era never had
    (昭和65年, 平成元年1月7日), 昭和30年 alone. 29 February of an ordinary year and the like are None too.
    """
    said = normalise(text).strip(" .。、!！")
    if not said or len(said) > 40:
        return None
    for _ in range(2):
        said = _FRAME.sub("", said).strip()
    if said in _RELATIVE:
        return today - timedelta(days=_RELATIVE[said])
    said = _plain(said)
    if ago := _DAYS_AGO.match(said):
        return today - timedelta(days=int(ago[1]))
    found = _read(said)
    if found is None or found.year < EARLIEST or (found > today and not future):
        return None
    return found


def _plain(said: str) -> str:
    """Kanji numerals to digits, 元年 to 1年, kana units to kanji, "1955年(昭和30年)" to its first half if they agree."""
    said = re.sub(r"元(?=[年./\-])", "1", said)
    said = _KANJI.sub(lambda run: _digits(run[0]), said)
    kana = hiragana(said)
    said = re.sub(r"(?<=\d) ?ねん", "年", re.sub(r"(?<=\d) ?がつ", "月", re.sub(r"(?<=\d) ?にち", "日", kana)))
    if both := _BOTH.match(said):
        since, _ = _ERAS[_LETTERS[both[2]]]
        if since.year + int(both[3]) - 1 == int(both[1]):
            said = f"{both[1]}年{said[both.end() :]}"
    return re.sub(r" ?([年月日]) ?", r"\1", said)


def _digits(run: str) -> str:
    value = value_of(run)
    return str(int(value)) if value is not None and value.denominator == 1 else run


def _read(said: str) -> date | None:
    if found := _ERA.match(said) or _ERA_PACKED.match(said):
        return _in_era(_LETTERS[found[1]], int(found[2]), int(found[3]), int(found[4]))
    if found := _WESTERN.match(said) or _PACKED.match(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_FIRST.match(said):
        return _day(int(found[3]), _MONTHS[found[1]], int(found[2]))
    if found := _DAY_FIRST.match(said):
        return _day(int(found[3]), _MONTHS[found[2]], int(found[1]))
    if found := _YEAR_LAST.match(said):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first == second or second > 12:
            return _day(year, first, second)
        return _day(year, second, first) if first > 12 else None
    return None


def _in_era(name: str, year: int, month: int, day: int) -> date | None:
    since, until = _ERAS[name]
    found = _day(since.year + year - 1, month, day) if year else None
    if found is None or found < since:
        return None
    return found if found < until or (found == until and found in _SHARED_DAYS) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
