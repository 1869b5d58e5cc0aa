"""What the core may say: keys with arguments, never sentences.

The core names a message (`Text("intake.done", {...})`); the shell finds the words for the person's language at
commit time and keeps what it rendered, so that staff see exactly what the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

PUBLIC, PERSONAL, SENSITIVE = 0, 1, 2
"""Sensitivity of a question or a text (privacy-and-safety §2.5): 0 public, 1 personal, 2 sensitive."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words that come from data, not from the catalogues: a municipality's name, a program's desk.

    `by_locale` holds (locale, words) pairs; `ja` is always there and is what other languages fall back to.
    """

    by_locale: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, words: Mapping[str, str] | str) -> Words:
        """Build from `{"ja": …, "en": …}` or from one Japanese string."""
        if isinstance(words, str):
            return cls((("ja", words),))
        return cls(tuple(sorted(words.items())))

    def in_locale(self, locale: str) -> str:
        """The words for `locale`; `ja@simple` falls back to `ja`, everything else to `en`, then `ja`."""
        table = dict(self.by_locale)
        chain = (locale, "ja") if locale.startswith("ja") else (locale, "en", "ja")
        return next((table[name] for name in chain if table.get(name)), "")


@dataclass(frozen=True, slots=True)
class Yen:
    """An amount in whole yen, written as people of the language write it (30万円, ¥300,000)."""

    amount: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Several arguments in one place: `how` is `list` (、 / comma) or `lines`."""

    parts: tuple[Arg, ...]
    how: str = "list"


@dataclass(frozen=True, slots=True)
class Text:
    """A message to be worded by the shell: a catalogue key and its arguments.

    `sensitivity` is the highest of the key's and the arguments' (a text that quotes a debt is as sensitive as
    the debt); above the channel's limit it is replaced by a link to the secure page.
    """

    key: str
    args: Mapping[str, Arg] = field(default_factory=dict)
    sensitivity: int = PUBLIC

    def __hash__(self) -> int:
        return hash(self.key)


Arg: TypeAlias = str | int | date | datetime | Yen | Words | Text | Joined


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person can pick. `id` is the value; the label is only words and is never read back."""

    id: str
    label: Arg


def sensitivity_of(arg: Any) -> int:
    """The highest sensitivity inside an argument."""
    if isinstance(arg, Text):
        return max((arg.sensitivity, *(sensitivity_of(inner) for inner in arg.args.values())))
    if isinstance(arg, Joined):
        return max((sensitivity_of(inner) for inner in arg.parts), default=PUBLIC)
    return PUBLIC
