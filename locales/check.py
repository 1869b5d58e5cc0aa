"""`./run locales check`: every key has its words in every language, and the words keep the rules.

Problems fail the check. What a person still has to read over (UX-30) is listed beside them and does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.words import chosen_by, is_guarded, placeholders
from dialogs.core.check import keys_used
from dialogs.registry import BOOK
from locales import catalogue, simple, uses
from locales.catalogue import LOCALES, SOURCE, Entry

LINE_TEXT = 5000
"""LINE: UTF-16 code units of one text message (channels.md §1)."""

LINE_LABEL = 20
"""LINE: graphemes of a quick-reply label. No catalogue uses letters of more than one code point."""

CHOOSERS = frozenset({"about"})
"""Arguments of every question (dialogs/core/ask.py) that a wording may choose by, or not."""

STAFF = ("console.", "staff.", "golive.", "mail.")
"""What only staff read: Japanese and English, no simple Japanese."""

LABELS = re.compile(
    r"field\.[a-z_]+\.(?:label|option\..+)|common\.(?:button\..+|same|other|now|deferred|review_ok|leave)"
    r"|secure\.later|(?:menu\.menu|stop\.stop|start_over\.start_over|withdraw\.withdraw|confirm_change\.confirm_change"
    r"|intake\.offers|survey\.sections|survey_members\.members)\..+"
)
"""Keys that stand on a button somewhere."""

_WIDE_DIGIT = re.compile(r"[０-９]")
_STATUS = re.compile(r"machine|human|reviewed .+, \d{4}-\d\d-\d\d")


def is_heard(key: str) -> bool:
    """Whether an entry holds what people may type (alternatives by `|`), not what they read."""
    return key.startswith("hear.") or key.endswith(".hear")


@dataclass(frozen=True, slots=True)
class Problem:
    where: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.what}"


def problems(folder: Path = catalogue.FOLDER, root: Path = uses.ROOT) -> list[str]:
    """Every problem as one line: file, key, what."""
    tables = {locale: catalogue.read(locale, folder) for locale in LOCALES}
    return [str(problem) for problem in _problems(tables, root)]


def needs_review(folder: Path = catalogue.FOLDER) -> list[str]:
    """Consent and crisis words that no named person has signed off yet, by language."""
    found = []
    for locale in LOCALES:
        for key, entry in catalogue.read(locale, folder).items():
            if is_guarded(key) and not entry.status.startswith("reviewed"):
                found.append(f"{locale}: {key}")
    return found


def _problems(tables: Mapping[str, Mapping[str, Entry]], root: Path) -> Iterator[Problem]:
    found = uses.find(root)
    yield from _keys(tables[SOURCE], found)
    for locale in LOCALES:
        for key, entry in tables[locale].items():
            if locale != SOURCE:
                yield from _translation(locale, entry, tables[SOURCE].get(key))
            yield from _words(locale, entry)
    for key in tables[SOURCE]:
        for locale in LOCALES:
            free = locale == "ja@simple" and (key.startswith(STAFF) or is_heard(key))
            if key not in tables[locale] and not free:
                yield Problem(_file(locale), key, "has no words in this language")
    yield from _commands(tables)


def _file(locale: str) -> str:
    return f"locales/{locale}/LC_MESSAGES/messages.po"


def _keys(source: Mapping[str, Entry], found: uses.Uses) -> Iterator[Problem]:
    yield from (Problem(where, "-", "is not valid Python, its keys are unknown") for where in found.unread)
    said = keys_used(BOOK)
    for key in sorted(said - set(source)):
        yield Problem("dialogs", key, "is said by a dialog, and no catalogue has it")
    for key, where in sorted(found.said.items()):
        if key not in source and key not in said:
            yield Problem(where, key, "is said here, and no catalogue has it")
    for key in sorted(source):
        if key not in said and not found.uses(key):
            yield Problem(_file(SOURCE), key, "is used nowhere")
    for key, names, where in found.given:
        if key in source:
            missing = placeholders(source[key].words) - names
            if missing:
                yield Problem(where, key, f"is not given {', '.join(sorted(missing))}")


def _translation(locale: str, entry: Entry, source: Entry | None) -> Iterator[Problem]:
    where = _file(locale)
    if source is None:
        yield Problem(where, entry.key, "has no Japanese")
        return
    if entry.src != catalogue.digest(source.words):
        yield Problem(where, entry.key, "is older than its Japanese: check the words, then add them again")
    if not _STATUS.fullmatch(entry.status):
        yield Problem(where, entry.key, f"status {entry.status!r} is none of: machine · human · reviewed NAME, YYYY-MM-DD")
    # `{about:…|…}` chooses words where the grammar of one language wants it: not every language has to.
    ours = placeholders(entry.words) - (chosen_by(entry.words) & CHOOSERS)
    theirs = placeholders(source.words) - (chosen_by(source.words) & CHOOSERS)
    if ours != theirs:
        differ = ", ".join(sorted(ours ^ theirs))
        yield Problem(where, entry.key, f"its placeholders differ from the Japanese: {differ}")


def _words(locale: str, entry: Entry) -> Iterator[Problem]:
    where, key, words = _file(locale), entry.key, entry.words
    if not words.strip():
        yield Problem(where, key, "is empty")
    if re.search(r"[{}]", re.sub(r"\{[a-z_][a-z0-9_]*(?::[^{}|]*\|[^{}|]*)?\}", "", words)):
        yield Problem(where, key, "has a brace that is no placeholder")
    if is_heard(key):
        return
    if _WIDE_DIGIT.search(words):
        yield Problem(where, key, "has full-width digits (UX-31)")
    if len(words.encode("utf-16-le")) // 2 > LINE_TEXT // 2:
        yield Problem(where, key, f"is longer than {LINE_TEXT // 2} characters: LINE has room for {LINE_TEXT} with its arguments")
    if LABELS.fullmatch(key) and "{" not in words and len(words) > LINE_LABEL:
        yield Problem(where, key, f"a button holds {LINE_LABEL} characters, this has {len(words)}: {words}")
    if locale == "ja@simple" and not key.startswith("field.language."):
        danger = key.startswith(("crisis.", "human.crisis")) or key == "intake.danger"
        for what in simple.problems(words, danger):
            yield Problem(where, key, what)


def _commands(tables: Mapping[str, Mapping[str, Entry]]) -> Iterator[Problem]:
    """No word may stand for two commands: nobody could know which one a person meant."""
    meant: dict[str, str] = {}
    for locale in LOCALES:
        for key, entry in tables[locale].items():
            if not key.startswith("hear."):
                continue
            for word in entry.words.split("|"):
                folded = "".join(word.split()).casefold()
                if not folded:
                    yield Problem(_file(locale), key, "has an empty alternative")
                elif meant.setdefault(folded, key) != key:
                    yield Problem(_file(locale), key, f"{word!r} already means {meant[folded]}")


def main() -> int:
    """Print what is wrong; to standard error, what a person still has to read over. 1 when something is wrong."""
    found = problems()
    for line in found:
        print(line)
    waiting = needs_review()
    for locale in LOCALES:
        keys = [line.removeprefix(f"{locale}: ") for line in waiting if line.startswith(f"{locale}: ")]
        if keys:
            print(f"needs review by a person ({locale}, {len(keys)}): {', '.join(keys)}", file=sys.stderr)
    print(f"{len(found)} problems." if found else "Every key has its words in every language.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
