"""A rule of the crisis check, as data: which words, how grave, and what makes them less grave."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from dialogs.crisis.fold import fold_letter, shrinks
from dialogs.crisis.needles import needles

Level = Literal["red", "orange", "yellow"]
Topic = Literal[
    "medical", "fire", "violence_now", "trapped", "self_harm_now", "help",
    "self_harm", "violence", "child", "sexual", "need", "strain", "bereavement",
]  # fmt: skip
Script = Literal["japanese", "latin", "other"]

# Words that many rules share. A pattern names them in angle brackets.
_SHARED = {
    # is not, has run out; in the standard language, Kyūshū, Kansai and the north
    "NONE": "(?:ない|無い|無く|無し|なく|なか|ねえ|ねぇ|なし|ありませ|あらへん|ありまへん|おまへん)",
    # cannot, does not (after the stem of a verb)
    "NOT": "(?:ない|なく|なか|ねえ|ねぇ|ませ|まへん|へん|ん|ず)",
    "CAN": "(?:でき|出来|でけ)",
    "DIE": "(?:死|氏|たひ|し|(?<![0-9])4)",
    "DEATH": "(?:死|氏|たひ)",
    "DRINK": "(?:飲|の|呑)(?:んだ|みました|んじゃ|んでしま|んでもう|もうと|もうか|んでしも|んだった|みほした)",
    "MUCH": "(?:たくさん|沢山|大量|たいりょう|いっぱい|全部|ぜんぶ|一気|何錠|何十錠|[0-9]{1,4}錠|百錠|まとめて|ありったけ)",
    "KIN": "(?:父|母|夫|妻|親|主人|旦那|だんな|おっと|祖父|祖母|じいちゃん|ばあちゃん|じいさん|ばあさん|おじいちゃん|おばあちゃん|おじいさん|おばあさん|ちち|はは"
    "|お父さん|お母さん|おとうさん|おかあさん|息子|むすこ|娘|むすめ|子ども|子供|こども|赤ちゃん|あかちゃん|赤ん坊|兄|姉|弟|妹|家族|孫)",
    "SOMEBODY": "(?:<KIN>|隣の人|近所の人|となりのひと|友人|友達|ともだち|友だち|老人|お年寄り|女の人|男の人|人|ひと)",
    "ABUSER": "(?:夫|妻|主人|旦那|旦那さん|だんな|だんなさん|おっと|つま|彼氏|彼女|かれし|彼|恋人|父|母|親|おや|息子|むすこ|兄|弟|姉"
    "|お父さん|お母さん|おとうさん|おかあさん|パパ|ママ|男|男性|男の人|義父|義母|姑|舅|同居人|内縁|連れ合い|家族|上司|ちち|はは|父親|母親|元夫|元妻|元彼|あいつ)",
    "LONG_AGO": "(?:去年|昨年|一昨年|おととし|先月|先週|年前|月前|以前|昔|むかし|当時|その後|のときに|の時に|だったころ|若い頃)",
    "HABIT": "(?:いつも|毎日|毎晩|よく|時々|ときどき|たまに|ずっと|何年|昔から|以前から|日常的)",
}  # fmt: skip
_UNSAFE = re.compile(r"[\\*+]|\{[0-9]*,\}")


def _spell(pattern: str) -> str:
    """Fold a pattern the way the text is folded, so that authors write words as they are written."""
    pattern = unicodedata.normalize("NFKC", pattern)
    for _ in range(3):  # shared words may name shared words
        for name, words in _SHARED.items():
            pattern = pattern.replace(f"<{name}>", words)
    if _UNSAFE.search(pattern) or re.search("<[A-Z]", pattern):
        raise ValueError(f"a crisis pattern repeats with a limit only, escapes nothing, names known words: {pattern}")
    letters: list[str] = []
    in_braces = squeezed = False
    for sign in pattern.lower():
        in_braces = sign == "{" or (in_braces and sign != "}")
        if squeezed and sign in "?{":
            raise ValueError(f"a doubled letter before a quantifier: {pattern}")
        folded = fold_letter(sign) if sign.isalpha() else "" if sign == " " else sign
        if sign == "ー":
            folded = ""
        squeezed = bool(letters) and letters[-1] == folded and shrinks(folded) and not in_braces
        if folded and not squeezed:
            letters.append(folded)
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` finds the words; a match inside `not_when` means something else and does not count; an orange
    match inside `softer` (negation, idiom) counts as yellow. Both must cover the whole match. `says` are lines
    that the rule has to find (tests read them). `needles`: letters that every match holds; `alone`: some words
    of it count only as a whole message."""

    id: str
    level: Level
    topic: Topic
    script: Script
    pattern: re.Pattern[str]
    not_when: re.Pattern[str] | None
    softer: re.Pattern[str] | None
    says: tuple[str, ...]
    version: int
    needles: frozenset[str]
    alone: bool


def rule(
    id: str,
    level: Level,
    topic: Topic,
    *patterns: str,
    says: tuple[str, ...],
    not_when: tuple[str, ...] = (),
    softer: tuple[str, ...] = (),
    script: Script = "japanese",
    version: int = 1,
) -> Rule:
    """Declare a rule; a wrong declaration fails at import."""
    if softer and level != "orange":
        raise ValueError(f"{id}: only an orange rule can be softened (SF-10)")
    spelled = _join(patterns)

    def compile_(pattern: str) -> re.Pattern[str]:
        return re.compile(_allow_doubles(pattern) if script == "latin" else pattern)

    return Rule(
        id, level, topic, script, compile_(spelled), compile_(_join(not_when)) if not_when else None,
        compile_(_join(softer)) if softer else None, says, version, needles(spelled), "^" in spelled,
    )  # fmt: skip


def _join(patterns: tuple[str, ...]) -> str:
    return "|".join(_spell(p) for p in patterns)


def _allow_doubles(pattern: str) -> str:
    """Latin words meet with the same letter ("want to"), so their text keeps pairs and any letter may be one."""
    return re.sub(r"([a-z])(\?)?", lambda m: f"(?:{m[1]}{m[1]}?)?" if m[2] else f"{m[1]}{m[1]}?", pattern)
