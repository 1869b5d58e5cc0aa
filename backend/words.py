"""The catalogues: from a key and its arguments to the words a person reads, in their language.

Words live in `locales/<locale>/LC_MESSAGES/messages.po` under symbolic ids; Japanese is the source. A message
that a language lacks falls back by itself: `ja@simple` to `ja`, every other language to `en`, then to `ja`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from babel.messages.pofile import read_po

from backend import clock as clocks
from backend import written
from backend.clock import Clock, in_japan
from backend.hotlines import Hotlines
from dialogs.core.words import Arg, Joined, Text, Words, Yen

LOCALES = ("ja", "ja@simple", "en")
"""The languages offered, in the order they are offered."""

FOLDER = Path(__file__).resolve().parent.parent / "locales"

SOURCE = "ja"

LINES = "lines"
"""`{lines}` in a crisis text is filled from the hotline registry when the dialog does not give it."""

UNREVIEWED = "common.translation_unreviewed"
"""Stands between an unreviewed translation and its Japanese original."""

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}|]*)\|([^{}|]*))?\}")
_READING = re.compile(r"([一-鿿々〆ヶ]+)（([ぁ-ゖー・]+)）")


class MissingWords(LookupError):
    """No catalogue has this key, or a message wants an argument that it was not given: a fault in the code."""


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    one: str = ""
    other: str = ""
    chooses: bool = False


_Message: TypeAlias = tuple["str | _Place", ...]


def placeholders(message: str) -> frozenset[str]:
    """The names in `{name}` and `{name:one|other}`.

    The second form chooses words: by whether a number is one, or whether somebody speaks for themselves
    (`{about:you|that person}`, where `about` is "self" or not). A language chooses only where its grammar wants it.
    """
    return frozenset(found.group(1) for found in _PLACE.finditer(message))


def chosen_by(message: str) -> frozenset[str]:
    """The names that only choose words and never stand in the message themselves."""
    shown = {found.group(1) for found in _PLACE.finditer(message) if found.group(2) is None}
    return placeholders(message) - shown


def is_guarded(key: str) -> bool:
    """Whether a wrong word here could cost a life or a right: crisis texts, notices and consent questions (UX-30)."""
    if key.startswith(("crisis.", "human.crisis", "notice.purpose.", "notice.professional.", "withdraw.done")):
        return True
    return key == "intake.danger" or (key.startswith(("field.share_", "field.sharing.")) and key.endswith(".ask"))


def _without_empty_lines(message: _Message, parts: list[str]) -> str:
    """Leave out every line whose arguments all came out empty ("Desk: " with no desk)."""
    lines: list[list[tuple[str, bool]]] = [[]]
    for part, words in zip(message, parts, strict=True):
        if isinstance(part, _Place):
            lines[-1].append((words, not part.chooses))
            continue
        first, *rest = words.split("\n")
        lines[-1].append((first, False))
        lines += [[(line, False)] for line in rest]
    kept = (line for line in lines if not any(given for _, given in line) or any(words for words, given in line if given))
    return "\n".join("".join(words for words, _ in line) for line in kept)


def _compiled(message: str) -> _Message:
    parts: list[str | _Place] = []
    at = 0
    for found in _PLACE.finditer(message):
        if found.start() > at:
            parts.append(message[at : found.start()])
        one, other = found.group(2), found.group(3)
        parts.append(_Place(found.group(1), one or "", other or "", one is not None))
        at = found.end()
    if at < len(message) or not parts:
        parts.append(message[at:])
    return tuple(parts)


def fallbacks(locale: str) -> tuple[str, ...]:
    """The languages to look in, in order."""
    chain = (locale, "ja") if locale.startswith("ja") else (locale, "en", "ja")
    return tuple(dict.fromkeys(chain))


def without_readings(words: str) -> str:
    """Simple Japanese as an ordinary writer would put it: no readings in brackets, no spaces between words."""
    plain = _READING.sub(r"\1", words)
    return plain if re.search(r"[A-Za-z]", plain) else plain.replace(" ", "").replace("　", "")


def in_kana(words: str) -> str:
    """Simple Japanese with every kanji replaced by its reading."""
    return _READING.sub(r"\2", words).replace(" ", "").replace("　", "")


class Catalogues:
    """All words of all languages, read once at start. Rendering looks nothing up outside memory."""

    def __init__(
        self,
        messages: Mapping[str, Mapping[str, str]],
        reviewed: Mapping[str, frozenset[str]] | None = None,
        hotlines: Hotlines | None = None,
        clock: Clock = clocks.now,
    ):
        self._raw = {locale: dict(table) for locale, table in messages.items()}
        self._compiled: dict[str, dict[str, _Message]] = {locale: {} for locale in self._raw}
        self._plain: dict[tuple[str, str], str] = {}
        self._reviewed = dict(reviewed or {})
        self._hear: Mapping[str, frozenset[str]] | None = None
        self._hotlines = hotlines
        self._clock = clock

    @classmethod
    def load(cls, folder: Path | None = None, clock: Clock = clocks.now) -> Catalogues:
        """Read every `<locale>/LC_MESSAGES/messages.po` under `folder` (default: the project's own).

        `clock` decides which hotlines are still checked (`backend/hotlines.yaml`).
        """
        messages: dict[str, dict[str, str]] = {}
        reviewed: dict[str, frozenset[str]] = {}
        for path in sorted((folder or FOLDER).glob("*/LC_MESSAGES/messages.po")):
            with path.open("rb") as file:
                catalogue = read_po(file)
            locale = path.parent.parent.name
            entries = [entry for entry in catalogue if entry.id and entry.string]
            messages[locale] = {str(entry.id): str(entry.string) for entry in entries}
            reviewed[locale] = frozenset(
                str(entry.id)
                for entry in entries
                if any(note.startswith("status: reviewed") for note in entry.user_comments)
            )
        return cls(messages, reviewed, Hotlines.load(), clock)

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages with a catalogue, in the order they are offered."""
        return (*(name for name in LOCALES if name in self._raw), *sorted(set(self._raw) - set(LOCALES)))

    def has(self, key: str) -> bool:
        """Whether the source language has words for `key`."""
        return key in self._raw.get("ja", {})

    def keys(self) -> Iterable[str]:
        return self._raw.get("ja", {}).keys()

    def raw(self, key: str, locale: str) -> str | None:
        """The message as it stands in that language's catalogue, without falling back."""
        return self._raw.get(locale, {}).get(key)

    def reviewed(self, key: str, locale: str) -> bool:
        """Whether a named person signed these words off (UX-30)."""
        return key in self._reviewed.get(locale, frozenset())

    # --- to words -----------------------------------------------------------------------------------------

    def render(self, text: Text, locale: str) -> str:
        """The words of `text` in `locale`. Raises `MissingWords` for an unknown key or a missing argument."""
        if not text.args:
            known = self._plain.get((text.key, locale))
            if known is not None:
                return known
        rendered = self._rendered(text, locale)
        if self._needs_original(text.key, locale):
            original = self._rendered(text, SOURCE)
            rendered = f"{rendered}\n\n{self._rendered(Text(UNREVIEWED), locale)}\n{original}"
        if not text.args and LINES not in self._names(text.key, locale):
            self._plain[(text.key, locale)] = rendered
        return rendered

    def _rendered(self, text: Text, locale: str) -> str:
        message = self._message(text.key, locale)
        parts: list[str] = []
        empty = False
        for part in message:
            if isinstance(part, str):
                parts.append(part)
                continue
            if part.name in text.args:
                words = self._filled(part, text.args[part.name], locale)
            elif part.name == LINES and text.key.startswith("crisis."):
                words = self._lines(text.key, locale)
            else:
                raise MissingWords(f"{text.key} wants an argument {part.name!r}")
            empty = empty or not (words or part.chooses)
            parts.append(words)
        return _without_empty_lines(message, parts) if empty else "".join(parts)

    def _lines(self, key: str, locale: str) -> str:
        """The numbers to call for a crisis text (`crisis.<level>.<topic>`), those that are still checked."""
        if self._hotlines is None:
            return ""
        return self._hotlines.lines(key.rsplit(".", 1)[-1], locale, in_japan(self._clock()).date())

    def _needs_original(self, key: str, locale: str) -> bool:
        """UX-30: consent and crisis words in another language that nobody signed off stand with the Japanese."""
        return (
            not locale.startswith(SOURCE)
            and is_guarded(key)
            and not self.reviewed(key, locale)
            and self.raw(key, locale) is not None
            and self.has(UNREVIEWED)
        )

    def _names(self, key: str, locale: str) -> frozenset[str]:
        return frozenset(part.name for part in self._message(key, locale) if isinstance(part, _Place))

    def word(self, arg: Arg, locale: str) -> str:
        """One argument in words: an option's label, a program's name, an amount, a date."""
        if isinstance(arg, str):
            return arg
        if isinstance(arg, Text):
            return self.render(arg, locale)
        if isinstance(arg, int):
            return str(int(arg))
        if isinstance(arg, Words):
            return arg.in_locale(locale)
        if isinstance(arg, Yen):
            return written.money(arg.amount, locale)
        if isinstance(arg, datetime):
            return written.moment(arg, locale)
        if isinstance(arg, date):
            return written.day(arg, locale)
        if isinstance(arg, Joined):
            between = "\n" if arg.how == "lines" else ("、" if locale.startswith("ja") else ", ")
            return between.join(self.word(part, locale) for part in arg.parts)
        raise TypeError(f"no way to put {type(arg).__name__} into words")

    def _message(self, key: str, locale: str) -> _Message:
        table = self._compiled.setdefault(locale, {})
        message = table.get(key)
        if message is None:
            found = next((words for name in fallbacks(locale) if (words := self.raw(key, name))), None)
            if found is None:
                raise MissingWords(key)
            message = table[key] = _compiled(found)
        return message

    def _filled(self, place: _Place, arg: Arg, locale: str) -> str:
        if place.chooses:
            return place.one if arg in (1, "self") else place.other
        return self.word(arg, locale)

    # --- from words ---------------------------------------------------------------------------------------

    def hear(self, locale: str = "ja") -> Mapping[str, frozenset[str]]:
        """Command -> what people may type for it: the `hear.*` entries of all languages, whatever `locale` is.

        Somebody who reads simple Japanese may well type `help`. Words are normalised (NFKC, lower case).
        """
        if self._hear is None:
            heard: dict[str, set[str]] = {}
            for table in self._raw.values():
                for key, words in table.items():
                    if key.startswith("hear."):
                        heard.setdefault(key.removeprefix("hear."), set()).update(_alternatives(words))
            self._hear = {command: frozenset(words) for command, words in sorted(heard.items())}
        return self._hear

    def labels(self, key: str) -> tuple[str, ...]:
        """Every wording of `key` that a person may type back: all languages, with and without readings, in kana."""
        wordings: dict[str, None] = {}
        for locale in self.locales:
            words = self.raw(key, locale)
            if not words:
                continue
            wordings[words] = None
            if locale == "ja@simple":
                wordings[without_readings(words)] = None
                wordings[in_kana(words)] = None
        return tuple(wordings)


def _alternatives(words: str) -> Iterable[str]:
    return (unicodedata.normalize("NFKC", word).strip().casefold() for word in words.split("|") if word.strip())
