"""SetLanguage: everything from here on is said in this language."""

from __future__ import annotations

from backend.conversations.hearing import Hearing
from dialogs.core.effects import SetLanguage


def set_language(hearing: Hearing, effect: SetLanguage) -> None:
    hearing.locale = effect.locale
    hearing.conversation["locale"] = effect.locale
