"""Words that mean something by themselves: yes, no, and commands. The words come from the catalogues (`hear.*`)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from dialogs.core.reading.text import loose, normalise

_HESITATION = re.compile(r"^う[ーぅ〜~-]+ん|^ん[ーん〜~-]*[。.…]*$|^えっ?と|^どう(?:かな|だろう|しよう)")
_CLAUSE = re.compile(r"[、。,.!！?？\s]+")
_DENIAL = re.compile(r"ない|ません|なか|じゃ|\bnot\b|n't\b|でも|けど|かも|ただ|\bbut\b")


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


def is_command(text: str, words: Mapping[str, frozenset[str]]) -> str | None:
    """The command whose word the whole message is ("もどる。", "戻る！", "モドル"); a part of a sentence never is."""
    said = normalise(text)
    if not said or len(said) > 60:
        return None
    either = (loose(said), said)
    return next((command for command, alternatives in words.items() if not _loosened(alternatives).isdisjoint(either)), None)
