"""Which text of a template somebody gets: in their language, else in Japanese and marked as not translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "ja"


@dataclass(frozen=True, slots=True)
class Fitting:
    """A template's text for one person. `translated` is False where it is Japanese for want of their language."""

    text: str
    locale: str
    translated: bool


def text_for(texts: Mapping[str, str], locale: str) -> Fitting:
    """`ja@simple` falls back to Japanese as a language of its own; no other language stands in for a missing one."""
    if texts.get(locale):
        return Fitting(texts[locale], locale, True)
    return Fitting(texts.get(SOURCE, ""), SOURCE, locale.partition("@")[0] == SOURCE)
