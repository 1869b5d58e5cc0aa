"""The crisis check: which words of a message, if any, mean that a person must read it now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from dialogs.crisis.candidates import LEVELS, candidates
from dialogs.crisis.fold import Origin, fold, fold_latin, origin
from dialogs.crisis.rule import Level, Rule, Topic

# LINE takes 5,000 letters in a message and Telegram 4,096. Of anything longer, the beginning and the end count.
LONGEST = 10_000
# Most of what is typed is a number or a はい: what was found in it is remembered.
SHORT = 6
# A Latin match that stops inside a word is tried again up to the ends of the words that begin this close behind.
_WORD_REACH = 16
_SENTENCE = re.compile(r"[^。．.!！?？\n…]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, kept for the staff's verdict (SF-14): rule and version, and where in the original text."""

    level: Level
    topic: Topic
    rule: str
    version: int
    span: tuple[int, int]


def check(text: str) -> Hit | None:
    """The gravest hit in a message, None for an ordinary one. Takes any str, raises nothing, linear in time.

    Rules: `privacy-and-safety.md` §3.2 and §3.3. A caller treats an exception as orange all the same (SF-15).
    """
    if len(text) <= SHORT:
        return _remembered(text)
    if len(text) <= LONGEST:
        return _check(text)
    half = LONGEST // 2
    head, tail = _check(text[:half]), _moved(_check(text[-half:]), len(text) - half)
    return min((hit for hit in (head, tail) if hit), key=_gravity, default=None)


@lru_cache(maxsize=2048)
def _remembered(text: str) -> Hit | None:
    return _check(text)


def _check(text: str) -> Hit | None:
    kept: Hit | None = None  # found, but less grave than its rule: a plea in a longer message, an idiom, a negation
    folded = fold(text)
    for rule in candidates(folded):
        if kept and LEVELS.index(rule.level) > _gravity(kept):
            return kept
        if kept and rule.level == "yellow" and rule.topic != "bereavement":
            continue
        hit = _ask(rule, text, folded) or _ask_sentences(rule, text)
        if hit and hit.level == rule.level:
            return hit
        if hit and (kept is None or _gravity(hit) < _gravity(kept)):
            kept = hit
    return kept


def _gravity(hit: Hit) -> int:
    return LEVELS.index(hit.level)


def _moved(hit: Hit | None, by: int) -> Hit | None:
    return replace(hit, span=(hit.span[0] + by, hit.span[1] + by)) if hit else None


def _ask(rule: Rule, text: str, folded: str) -> Hit | None:
    find = _matches
    if rule.script == "latin":
        find, folded = _latin_matches, fold_latin(text)
    softened: Hit | None = None
    for start, end, span in find(rule, text, folded):
        if _covered(rule.not_when, folded, start, end):
            continue
        if not _covered(rule.softer, folded, start, end):
            return Hit(rule.level, rule.topic, rule.id, rule.version, span)
        softened = softened or Hit("yellow", "strain", rule.id, rule.version, span)
    return softened


def _ask_sentences(rule: Rule, text: str) -> Hit | None:
    """For words that count when they stand alone: as a sentence of a longer message, a help word is a plea."""
    if not rule.alone:
        return None
    sentences = [found for found in _SENTENCE.finditer(text) if found[0].strip()]
    for sentence in sentences if len(sentences) > 1 else ():
        if hit := _ask(rule, sentence[0], fold(sentence[0])):
            hit = replace(hit, level="orange") if hit.topic == "help" else hit
            return _moved(hit, sentence.start())
    return None


def _matches(rule: Rule, text: str, folded: str) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Every match as start and end in the folded text and its span in the original."""
    source: Origin | None = None
    for match in rule.pattern.finditer(folded):
        source = source or origin(text, folded, 1)
        yield match.start(), match.end(), source.span(*match.span()) if source else (0, len(text))


def _latin_matches(rule: Rule, text: str, folded: str) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """The same, but only where the match begins and ends a word."""
    match = rule.pattern.search(folded)
    source = origin(text, folded, 2) if match else None
    while match:
        start, end = match.span()
        if source is None:
            yield start, end, (0, len(text))
        elif end := _word_end(rule, source, folded, start, end):
            yield start, end, source.span(start, end)
        match = rule.pattern.search(folded, start + 1)


def _word_end(rule: Rule, source: Origin, folded: str, start: int, end: int) -> int:
    """Where a Latin match ends together with a word, 0 where it is only a part of words."""
    if not source.is_word_start(start):
        return 0
    if source.is_word_end(end):
        return end
    for other in range(start + 1, min(end + _WORD_REACH, len(folded)) + 1):
        if source.is_word_end(other) and rule.pattern.fullmatch(folded, start, other):
            return other
    return 0


def _covered(around: re.Pattern[str] | None, folded: str, start: int, end: int) -> bool:
    return around is not None and any(m.start() <= start and end <= m.end() for m in around.finditer(folded))
