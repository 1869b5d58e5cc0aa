"""Say: words to the person."""

from __future__ import annotations

from backend.conversations.hearing import Hearing
from backend.messages import OutMessage
from dialogs.core.effects import Say
from dialogs.core.words import Text


def say(hearing: Hearing, effect: Say) -> None:
    """Say it where the person is."""
    speak(hearing, effect.text, effect.kind)


def speak(hearing: Hearing, text: Text, kind: str = "plain") -> str:
    """Say `text` and return the words it was said in."""
    words = hearing.words
    return hearing.put(lambda locale: OutMessage(words.render(text, locale), locale, kind, key=text.key)).text
