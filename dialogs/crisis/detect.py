"""The crisis check: which words of a message, if any, mean that a person must read it now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.crisis import english, languages
from dialogs.crisis.fold import Origin, fold, fold_latin, origin
from dialogs.crisis.orange import ORANGE
from dialogs.crisis.red import RED
from dialogs.crisis.rule import Level, Rule, Topic
from dialogs.crisis.yellow import YELLOW

# LINE takes 5,000 letters in a message and Telegram 4,096. Of anything longer, the beginning and the end count.
LONGEST = 10_000
# A Latin match that stops inside a word is tried again up to the ends of the words that begin this close behind.
_WORD_REACH = 16

LEVELS: tuple[Level, ...] = ("red", "orange", "yellow")
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*RED, *english.RED, *languages.RULES, *ORANGE, *english.ORANGE, *YELLOW, *english.YELLOW),
        key=lambda rule: LEVELS.index(rule.level),
    )
)


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
    if len(text) <= LONGEST:
        return _check(text, 0)
    half = LONGEST // 2
    hits = [hit for hit in (_check(text[:half], 0), _check(text[-half:], len(text) - half)) if hit]
    return min(hits, key=lambda hit: LEVELS.index(hit.level), default=None)


def candidates(folded: str) -> tuple[Rule, ...]:
    """The rules whose letters occur in the text, gravest first; the others cannot match."""
    held = _ALWAYS_TRIED
    tried_for = _TRIED_FOR
    for letter in tried_for.keys() & _pieces(folded):
        held |= tried_for[letter]
    return tuple(rule for place, rule in enumerate(RULES) if held >> place & 1) if held else ()


def _pieces(folded: str) -> set[str]:
    size = range(len(folded))
    return {folded[at : at + length] for length in (1, 2, 3, 4) for at in size}


def _index() -> tuple[dict[str, int], int]:
    tried_for: dict[str, int] = {}
    for place, rule in enumerate(RULES):
        for needle in rule.needles:
            tried_for[needle] = tried_for.get(needle, 0) | 1 << place
    return tried_for, tried_for.pop("", 0)


_TRIED_FOR, _ALWAYS_TRIED = _index()


def _check(text: str, offset: int) -> Hit | None:
    folded = fold(text)
    folded_latin = ""
    softened: Hit | None = None
    for rule in candidates(folded):
        if rule.level == "yellow" and softened:
            break
        find = _latin_matches if rule.script == "latin" else _matches
        if rule.script == "latin":
            seen = folded_latin = folded_latin or fold_latin(text)
        else:
            seen = folded
        for start, end, span in find(rule, text, seen):
            if _covered(rule.not_when, seen, start, end):
                continue
            span = (span[0] + offset, span[1] + offset)
            if not _covered(rule.softer, seen, start, end):
                return Hit(rule.level, rule.topic, rule.id, rule.version, span)
            softened = softened or Hit("yellow", "strain", rule.id, rule.version, span)
    return softened


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
