"""The lines to call that the dialog may name today, by crisis topic: read once a day from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from backend.hotlines import Hotlines
from backend.words import LOCALES
from dialogs.core.words import Arg, Words

TOPICS = ("self_harm_now", "self_harm", "violence_now", "violence", "child", "sexual", "need", "strain", "")
"""Topics of the crisis check that name lines; the empty one stands for every other."""


class Lines:
    """Today's lines. One per process: numbers that expire at midnight are gone with the first turn after it."""

    def __init__(self, registry: Hotlines | None = None) -> None:
        self._registry = registry or Hotlines.load()
        self._day: date | None = None
        self._lines: Mapping[str, Arg] = {}

    def on(self, day: date) -> Mapping[str, Arg]:
        if day != self._day:
            self._lines = {topic: self._words(topic, day) for topic in TOPICS}
            self._day = day
        return self._lines

    def _words(self, topic: str, day: date) -> Words:
        return Words.of({locale: self._registry.lines(topic, locale, day) for locale in LOCALES})
