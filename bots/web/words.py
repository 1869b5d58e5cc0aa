"""Words on a page: escaped, with links to call and to follow, and readings above the kanji."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from markupsafe import Markup, escape

from backend.words import Catalogues
from dialogs.core.words import Arg, Text

Say: TypeAlias = Callable[..., Markup]

_READING = re.compile(r"([一-鿿々〆ヶ]{1,20})（([ぁ-ゖァ-ヺー]{1,40})）")
"""Of so many letters at most: a text of nothing but kanji would else be read once from each of them (5,000 letters took 80 ms a bubble)."""
_LINK = re.compile(r"https?://[^\s<>「」（）、。]+")
_PHONE = re.compile(r"(?<![\d#-])(?:#\d{4}|0\d{1,4}-\d{1,4}-\d{3,4})(?![\d-])")
"""Numbers to call, as Japan writes them."""
_EMERGENCY = re.compile(r"(?<![\d#-])11[09](?![\d-])")
"""Tapped by mistake they cost somebody else's minute: only where a message is about danger."""


def html_lang(locale: str) -> str:
    """The `lang` attribute: simple Japanese is Japanese to a speech engine (ux.md 1.6)."""
    return locale.partition("@")[0].replace("_", "-")


def register_of(locale: str) -> str:
    return locale.partition("@")[2]


def written(text: str, locale: str, calls: str = "") -> Markup:
    """A message as HTML, line breaks and web links included.

    `calls`: "numbers" makes phone numbers links to call, "emergency" 119 and 110 as well.
    """
    patterns = [_LINK, *([_PHONE] if calls else []), *([_EMERGENCY] if calls == "emergency" else [])]
    parts: list[Markup] = []
    at = 0
    for found in re.finditer("|".join(pattern.pattern for pattern in patterns), text):
        parts.append(_plain(text[at : found.start()], locale))
        parts.append(_linked(found.group()))
        at = found.end()
    parts.append(_plain(text[at:], locale))
    return Markup("").join(parts)


def _linked(target: str) -> Markup:
    if target.startswith("http"):
        return Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(target)
    return Markup('<a class="call" href="tel:{}">{}</a>').format(target.replace("-", ""), target)


def _plain(text: str, locale: str) -> Markup:
    html = str(escape(text))
    if register_of(locale) == "simple":
        html = _READING.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", html)
    return Markup(html.replace("\n", "<br>"))  # noqa: S704  escaped above


def without_readings(text: str) -> str:
    """For attributes, which can hold no ruby: a speech engine reads kanji by itself."""
    return _READING.sub(r"\1", text)


def sayer(words: Catalogues, locale: str) -> Say:
    """The templates' `t(key, name=…)`: a catalogue's words as HTML."""

    def say(key: str, **args: Arg) -> Markup:
        return written(words.render(Text(key, args), locale), locale)

    return say


def plain_sayer(words: Catalogues, locale: str) -> Callable[..., str]:
    """The templates' `plain(key, name=…)`: the same words for an attribute or a title."""

    def say(key: str, **args: Arg) -> str:
        return without_readings(words.render(Text(key, args), locale))

    return say
