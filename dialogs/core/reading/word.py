"""Words that mean something by themselves: yes, no, and commands. The words come from the catalogues (`hear.*`)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from dialogs.core.reading.text import SHORT, loose, normalise

_HESITATION = re.compile(r"^う[ーぅ〜~-]+ん|^ん[ーん〜~-]*[。.…]*$|^えっ?と|^どう(?:かな|だろう|しよう)")
_CLAUSE = re.compile(r"[、。,.!！?？\s]+")
_DENIAL = re.compile(r"ない|ません|なか|じゃ|\bnot\b|n't\b|でも|けど|かも|ただ|\bbut\b")

_BEFORE = re.compile(
    r"^(?:すみません|すいません|ごめんなさい|申し訳ありません|あの[うー]?|えっ?と|まだ|ちょっと|少し|すこし|正直|いまは|今は|やっぱり?|では|じゃあ"
    r"|sorry|please|well|hi|hello|can i|could i|may i|i want to|i would like to|i'd like to)[、。,.! ]*"
)
_AFTER = re.compile(r"[、。,.! ]*(?:お願いします|おねがいします|です|んです|のです|よ|ね|なあ?|けど|ので|から|please|sorry|thanks|thank you|yet)[。.! ]*$")
"""What people put around the word that counts, out of politeness."""
_HUMAN = re.compile(
    r"^(?:市?役所|やくしょ|役場|職員|しょくいん|担当|たんとう|係|相談員|だれ|誰|人|ひと|スタッフ)(?:さん|の(?:人|ひと|方|かた))?か?(?:と|に|へ|から)?"
    r"(?:直接|電話で|でんわで|ちょっと|少し)?(?:話|はな|しゃべ|相談|そうだん|つない|代わ|かわっ|電話|でんわ|連絡|れんらく)[^。、]{0,8}"
    r"(?:たい|ほしい|欲しい|ください|下さい|ねがいします|願いします)(?:です|んです|のですが|んですが|けど)?$"
    r"|^(?:(?:sorry|please|i|i'd|we|can|could|may|want|need|would|like|to|get|let|me|just) )*(?:talk|speak|chat)(?: with| to)?"
    r" (?:a |an |the |some |your |real |actual |live )*(?:person|human|someone|somebody|staff|people|operator|agent|officer|caseworker)\b[^.]{0,20}$"
)
"""A wish for a human, however it is put: it must not hang on a list of words (UX-11)."""
_CHANGE = re.compile(
    r"^(?:(?:お?(?:名前|なまえ)|ふりがな|住所|じゅうしょ|電話(?:番号)?|でんわ(?:ばんごう)?|番号|ばんごう|人数|答え|こたえ|回答|返事|さっき|前)の?(?:の?(?:答え|こたえ|回答))?)"
    r"(?:を|が|は)?(?:直|なお|変え|かえ|変わ|かわ|変更|訂正|修正|間違|まちが|違)[^。、]{0,6}$"
    r"|^(?:(?:i|can|could|want|need|to|have|made|please|would|like) )*(?:change|correct|fix) (?:my|the|an?|that) (?:name|answer|address|phone|number|mistake)\b"
)
_UNSURE = re.compile(
    r"(?:(?:わか|分か|判)(?:ら(?:ない|ん|へん)|りません)|わかんない|分かんない|知らない|知りません|未定|はっきりしない"
    r"|(?:決め|きめ|決まっ|きまっ|覚え|おぼえ)てい?(?:ない|ません)|忘れた|忘れました)(?:です|んです|のです|よ|ね|な|けど|ので|から)*$"
    r"|^(?:(?:sorry|well|i'm|i|am|we) )*(?:don't know|do not know|not sure|unsure|no idea|can't remember|don't remember|not decided|haven't decided)\b"
)
_THANKS = re.compile(
    r"^(?:どうも|本当に|ほんとうに)?(?:ありがと[うー]*|有難う|感謝)(?:ござい(?:ます|ました))?$|^(?:助かりました|たすかりました|お世話になります|よろしくお?(?:願い|ねがい)します|了解(?:です|しました)?|承知しました)$"
    r"|^(?:thank you|thanks|thx|ok thanks|ok thank you|many thanks)(?: so much| very much| a lot)?$"
)


@lru_cache(maxsize=512)
def _loosened(words: frozenset[str]) -> frozenset[str]:
    return frozenset(filter(None, map(loose, words))) | frozenset(normalise(word) for word in words)


def _is_one_of(said: str, words: frozenset[str]) -> bool:
    return not _loosened(words).isdisjoint((loose(said), said))


def read_yes_no(text: str, yes: frozenset[str], no: frozenset[str]) -> bool | None:
    """True, False, or None where it is neither, both ("はい、でも…") or a hesitation (うーん)."""
    said = normalise(text)
    if not said or len(said) > 60 or _HESITATION.match(said):
        return None
    if (whole := _side(said, yes, no)) is not None:
        return whole
    first, *rest = [clause for clause in _CLAUSE.split(said) if clause] or [""]
    side = _side(first, yes, no)
    if side is None or not rest or any(_side(clause, yes, no) is (not side) for clause in rest):
        return None
    return side if not side or not _DENIAL.search(" ".join(rest)) else None


def _side(said: str, yes: frozenset[str], no: frozenset[str]) -> bool | None:
    agrees, denies = _is_one_of(said, yes), _is_one_of(said, no)
    return agrees if agrees is not denies else None


class Commands(dict[str, frozenset[str]]):
    """The words of each command in one language: one table, made once, known by itself."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


@lru_cache(maxsize=2048)
def _remembered(text: str, words: Commands) -> str | None:
    return _find_command(text, words)


def is_command(text: str, words: Mapping[str, frozenset[str]]) -> str | None:
    """The command that the whole message is ("もどる。", "すみません、戻る"); a part of a sentence never is.

    The words come from the catalogues; a wish for a human and a wish to correct an answer are heard beyond them.
    """
    if len(text) <= SHORT and isinstance(words, Commands):
        return _remembered(text, words)
    return _find_command(text, words)


def _find_command(text: str, words: Mapping[str, frozenset[str]]) -> str | None:
    said = normalise(text)
    if not said or len(said) > 60:
        return None
    plain = _without_politeness(said)
    for core in dict.fromkeys((said, plain)):
        either = (loose(core), core)
        found = next((command for command, others in words.items() if not _loosened(others).isdisjoint(either)), None)
        if found:
            return found
    for command, wish in (("human", _HUMAN), ("change", _CHANGE)):
        if command in words and any(wish.search(form) for form in (_joined(plain), plain.rstrip(".!?。！？"))):
            return command
    return None


def is_unsure(text: str) -> bool:
    """Whether somebody says at length that they do not know (まだ決めてない, "I don't know the grade")."""
    said = normalise(text)
    return len(said) <= 60 and bool(_UNSURE.search(_joined(said)) or _UNSURE.search(said))


def is_thanks(text: str) -> bool:
    """Whether a message is a thank-you and nothing else: no answer, and nothing that was not understood either."""
    said = normalise(text)
    return bool(_THANKS.search(said.strip(" 。.!、,")) or _THANKS.search(_joined(said)))


def _without_politeness(said: str) -> str:
    before = ""
    while said != before:
        before, said = said, _AFTER.sub("", _BEFORE.sub("", said))
    return said


def _joined(said: str) -> str:
    """Without the spaces of やさしい日本語 and without full stops."""
    return re.sub(r"[\s。.!！]+", "", said)
