"""Whether a condition holds: pure, over the answers there are. Absent is not met, and never "false"."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from dialogs.core.answers import Answer
from dialogs.core.model import AllOf, AnyOf, Condition, Given, Is, NeedsReading, Not

Look = Callable[[str], Answer | None]


def holds(condition: Condition | None, look: Look) -> bool:
    """`look` finds the answer to a field, scope first. No condition always holds."""
    match condition:
        case None:
            return True
        case Is(field, values):
            answer = look(field)
            if answer is None or not answer.given:
                return False
            if isinstance(answer.value, tuple):
                return any(value in answer.value for value in values)
            return answer.value in values
        case Given(field):
            answer = look(field)
            return answer is not None and answer.given
        case NeedsReading(field):
            answer = look(field)
            return answer is not None and answer.given and _has_kanji(str(answer.value))
        case Not(inner):
            return not holds(inner, look)
        case AllOf(conditions):
            return all(holds(inner, look) for inner in conditions)
        case AnyOf(conditions):
            return any(holds(inner, look) for inner in conditions)


def fields_in(condition: Condition | None) -> frozenset[str]:
    """The fields a condition depends on."""
    match condition:
        case None:
            return frozenset()
        case Is(field, _) | Given(field) | NeedsReading(field):
            return frozenset((field,))
        case Not(inner):
            return fields_in(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return frozenset().union(*(fields_in(inner) for inner in conditions))


def _has_kanji(text: str) -> bool:
    return any("CJK UNIFIED" in unicodedata.name(letter, "") or letter in "々〆ヶ" for letter in text)
