"""The words of a campaign: the catalogue's, or what the municipality wrote, and below it how to answer and to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.campaigns.ladder import CHAT, OTHER, REMIND
from backend.conversations.offices import Office
from backend.messages import OutMessage
from backend.words import Catalogues, fallbacks
from dialogs.core.words import Arg, Text

TEXTS = {CHAT: "outreach.first", REMIND: "outreach.reminder", OTHER: "outreach.other"}
"""Nothing about a person stands in any of them: somebody else may hold the phone."""
LONGEST = 500
"""Characters that a municipality may write itself: one message on every channel."""


def said(words: Catalogues, office: Office, rung: str, own: Mapping[str, str], locale: str, channel: str,
         ) -> tuple[OutMessage, dict[str, Any] | None]:
    """The message in the person's language, and for staff the same in Japanese where that is another one."""
    def worded(into: str) -> OutMessage:
        return OutMessage(_text(words, office, rung, own, into, channel), into, key=TEXTS[rung])

    return worded(locale), None if locale.startswith("ja") else worded("ja").to_json()


def letter_said(words: Catalogues, office: Office, own: Mapping[str, str], locale: str) -> tuple[str, str]:
    """Subject and words of the letter in one language: the municipality's own and how to answer, or the catalogue's."""
    place: dict[str, Arg] = {"municipality": office.about.name, "phone": office.about.phone, "hours": office.about.hours}
    subject = words.render(Text("letter.subject", place), locale)
    written = next((own[one] for one in fallbacks(locale) if own.get(one)), "")
    if not written:
        return subject, words.render(Text("letter.words", place), locale)
    return subject, f"{written}\n{words.render(Text('letter.closing', place), locale)}"


def languages_missing(words: Mapping[str, str], locales: tuple[str, ...]) -> list[str]:
    """Languages in which what the municipality wrote does not exist: those people read another one (`fallbacks`)."""
    return [locale for locale in locales if words and not words.get(locale)]


def _text(words: Catalogues, office: Office, rung: str, own: Mapping[str, str], locale: str, channel: str) -> str:
    place: dict[str, Arg] = {"municipality": office.about.name, "phone": office.about.phone, "hours": office.about.hours}
    written = next((own[one] for one in fallbacks(locale) if own.get(one)), "")
    if not written or rung == OTHER:
        return words.render(Text(TEXTS[rung], place), locale)
    end = Text("outreach.sender", place) if channel in ("sms", "email") else Text("outreach.closing", place)
    return f"{written}\n\n{words.render(end, locale)}"
