"""How answers are shown back: as message arguments, masked where the surface may not show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dialogs.core.answers import Answer
from dialogs.core.model import DATE, MONEY, MULTI, NUMBER, Field
from dialogs.core.reading.text import loose
from dialogs.core.words import Arg, Joined, Text, Yen
from dialogs.fields import field_of


def label_of(key: str) -> Text:
    """The short name of a question, for summaries."""
    return Text(f"field.{field_of(key).id}.label")


def option_label(field: Field, option: str) -> Text:
    """The words of one answer of a field."""
    return Text(f"field.{field.id}.option.{option}")


def shown(key: str, answer: Answer | None, max_out: int) -> Arg:
    """The answer in words: its value, or "not answered yet", わからない, あとで, 答えたくない; hidden above the limit."""
    field = field_of(key)
    if answer is None:
        return Text("common.not_yet")
    if not answer.given:
        return Text(f"common.{answer.state}")
    if field.sensitivity > max_out:
        return Text("common.hidden_here")
    value = answer.value
    if field.kind == MULTI and isinstance(value, tuple):
        return Joined(tuple(option_label(field, option) for option in value))
    if field.options and isinstance(value, str):
        return option_label(field, value)
    if field.kind == MONEY and isinstance(value, int):
        return Yen(value)
    if field.kind == DATE and isinstance(value, str):
        return date.fromisoformat(value)
    if field.kind == NUMBER and isinstance(value, int):
        return Text(f"field.{field.id}.shown", {"n": value})
    return str(value)


def line(keys: Iterable[str], answers: dict[str, Answer | None], max_out: int) -> Text:
    """One line of a summary: the first field's label, and the given values of all its fields, each once."""
    keys = tuple(keys)
    told = [shown(key, answers[key], max_out) for key in keys if answers.get(key) is not None]
    # A name in kana is its own reading: once is enough.
    read = [loose(part) if isinstance(part, str) else part for part in told]
    parts = tuple(part for place, part in enumerate(told) if read[place] not in read[:place])
    value: Arg = parts[0] if len(parts) == 1 else Joined(parts) if parts else Text("common.not_yet")
    return Text("common.line", {"label": label_of(keys[0]), "value": value})


def hidden(keys: Iterable[str], answers: dict[str, Answer | None], max_out: int) -> bool:
    """Whether some line would have to hide its value on this surface."""
    return any(
        (answer := answers.get(key)) is not None and answer.given and field_of(key).sensitivity > max_out
        for key in keys
    )
