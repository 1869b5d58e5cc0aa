"""What makes simple Japanese (やさしい日本語) simple, as a check (UX-40).

Sources: 出入国在留管理庁・文化庁「在留支援のためのやさしい日本語ガイドライン」2020 (one thing a sentence, です・ます, no passive, western
years, twelve-hour times, readings), Hirosaki University's categories (kanji a sentence: 3–4 in the first days of a
disaster, 13 later). Length is counted as it is heard: without readings, spaces and arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 40
MOST_KANJI = 13
MOST_KANJI_IN_DANGER = 4
LONGEST_WITHOUT_SPACE = 15

_KANJI = "一-鿿々〆"
_READING = re.compile(rf"([{_KANJI}ヶ]+)（([ぁ-ゖー]+)）")
_ARGUMENT = re.compile(r"\{[^}]*\}")
_DATE = re.compile(r"(?<=[0-9}])[年月日時分](?!（)")
_BARE = re.compile(rf"[{_KANJI}]+")
_SENTENCE = re.compile(r"[。！？\n]+")
_LATE_HOUR = re.compile(r"(?<![0-9])(?:1[3-9]|2[0-3])(?:時|:[0-5][0-9])")

BANNED = {
    "申請": "申（もう）し込（こ）む",
    "受給": "もらう",
    "該当": "合（あ）う",
    "至急": "すぐに",
    "速やか": "すぐに",
    "及び": "と",
    "並びに": "と",
    "または": "か",
    "もしくは": "か",
    "記入": "書（か）く",
    "伺": "聞（き）く",
    "うかが": "聞（き）く",
    "いただ": "もらう、〜て ください",
    "くださって": "くれて",
    "致し": "します",
    "いたし": "します",
    "おります": "います",
    "参り": "行（い）きます",
    "ご覧": "見（み）る",
    "ございません": "ありません",
    "令和": "a western year",
    "平成": "a western year",
    "昭和": "a western year",
    "キャンセル": "やめる",
    "スキップ": "とばす",
    "サポート": "手伝（てつだ）う",
    "アクセス": "行（い）く、見（み）る",
    "プライバシー": "あなたの こと",
    "フォーム": "紙（かみ）、ページ",
    "わけでは": "it without a double negative",
    "なくは": "it without a double negative",
    "ないことは": "it without a double negative",
}
"""Words that make a text hard, and what to say instead."""

_PASSIVE = re.compile(
    r"(?:さ|か|(?<!こ)わ|(?<!う)(?<!生)ま)れ(?:ます|ました|ません|る|た|て)|させ(?:ます|ました|る|られ)|せられ"
)
"""こわれる and うまれる are no passives."""


def plain(words: str) -> str:
    """The words without readings and arguments."""
    return _ARGUMENT.sub("", _READING.sub(r"\1", words))


def problems(words: str, danger: bool = False) -> Iterator[str]:
    """What is not simple about these words, as sentences. `danger` for texts read in an emergency."""
    unread = _BARE.findall(_DATE.sub("", _READING.sub("", words)))
    if unread:
        yield f"no reading after {'、'.join(dict.fromkeys(unread))}"
    most = MOST_KANJI_IN_DANGER if danger else MOST_KANJI
    for sentence in _SENTENCE.split(words):
        heard = plain(sentence)
        length = len(heard.replace(" ", ""))
        if length > LONGEST_SENTENCE:
            yield f"a sentence of {length} characters (at most {LONGEST_SENTENCE}): {heard}"
        kanji = sum(len(run) for run in _BARE.findall(_DATE.sub("", heard)))
        if kanji > most:
            yield f"{kanji} kanji in a sentence (at most {most}): {heard}"
        for part in re.split(r"[ 、。：・「」〈〉（）()/…]+", heard):
            if len(part) > LONGEST_WITHOUT_SPACE and not part.isascii():
                yield f"{part}: words are not set apart by spaces"
        if _PASSIVE.search(heard.replace(" ", "")):
            yield f"a passive or a causative: {heard}"
    whole = plain(words)
    yield from (f"{word} is hard; say {better}" for word, better in BANNED.items() if word in whole)
    if _LATE_HOUR.search(words):
        yield "a time by 24 hours"
