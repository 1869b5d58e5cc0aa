"""A program as the fields of a form, and what was typed there as a `Change`. Pure.

Only what differs from the catalogue becomes the municipality's own: a field that says what the catalogue says goes on following it.
Lists of words stand one to a line, languages beside each other: 日本語 | やさしい日本語 | English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml

from backend.programs.editing import mistakes
from backend.programs.editing.differences import written
from backend.programs.entry import LANGUAGES, Entry, Shelf
from backend.programs.nodes import CatalogueError
from backend.programs.sheet import typed
from backend.programs.sheet.changes import Change, decided, desk_and_phone
from backend.programs.vocabulary import PROFESSIONS
from dialogs.core.words import Text, Words

CODE = ("conditions", "exclusions", "amount", "deadlines")
"""Keys that are written in the vocabulary of the catalogue."""
LONGEST_CODE, LONGEST_WORDS, LONGEST_LINES = 8000, 600, 6000
SPLIT = " | "
TEXTS = (
    "name_ja", "name_simple", "name_en", "summary_ja", "summary_simple", "summary_en", "kind", "desk", "phone", "note", "decided",
    "own_documents", "warnings", *CODE, "valid_from", "valid_to", "source_text", "source_url", "source_on", "as_of",
)  # fmt: skip
LISTS = ("documents", "professions")
TICKS = ("off", "confirmed")

_SUFFIX = {"ja": "ja", "ja@simple": "simple", "en": "en"}


@dataclass(frozen=True, slots=True)
class Form:
    """The values of the fields, as they stand in the page. `wrong`: what is wrong with them, by field."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    ticks: Mapping[str, bool]
    wrong: Mapping[str, Text] = field(default_factory=dict)


def shown(entry: Entry | None, change: Change, shelf: Shelf) -> Form:
    """The fields as they stand for a program: `entry` with the municipality's decisions in it, None for a new one."""
    texts = dict.fromkeys(TEXTS, "")
    if entry is None:
        return Form(texts, {"documents": (), "professions": ()}, {"off": False, "confirmed": False})
    for key, words in (("name", entry.name), ("summary", entry.summary)):
        own = dict(words.by_locale)
        texts.update({f"{key}_{_SUFFIX[language]}": own.get(language, "") for language in LANGUAGES})
    desk, phone = desk_and_phone(entry.desk.in_locale("ja"))
    notes = {change.note} if change.note else set()
    documents, own_documents = _papers(entry, shelf)
    texts |= {
        "kind": entry.kind, "desk": desk, "phone": phone, "note": change.note or "",
        "decided": change.deadline.isoformat() if change.deadline else "",
        "own_documents": "\n".join(own_documents),
        "warnings": "\n".join(_line(one) for one in entry.warnings if one.in_locale("ja") not in notes),
        **{key: change.own.get(key) or written(entry, key) for key in CODE},
        "valid_from": entry.place.first.isoformat() if "valid" in entry.parts and entry.place.first else "",
        "valid_to": entry.place.last.isoformat() if "valid" in entry.parts and entry.place.last else "",
        "source_text": entry.source.text, "source_url": entry.source.url, "source_on": entry.source.collected_on.isoformat(),
        "as_of": str(entry.as_of),
    }  # fmt: skip
    return Form(texts, {"documents": documents, "professions": entry.professions}, {"off": change.off, "confirmed": entry.confirmed})


def sent(one: Callable[[str, int], str], several: Callable[[str], Sequence[str]]) -> Form:
    """The fields as somebody sent them."""
    longest = dict.fromkeys(CODE, LONGEST_CODE) | {"own_documents": LONGEST_LINES, "warnings": LONGEST_LINES}
    return Form(
        {name: one(name, longest.get(name, LONGEST_WORDS)).replace("\r\n", "\n") for name in TEXTS},
        {name: tuple(several(name)) for name in LISTS},
        {name: one(name, 3) == "yes" for name in TICKS},
    )


def read(form: Form, program: str, catalogue: Entry | None, before: Change, shelf: Shelf) -> tuple[Change, dict[str, Text]]:
    """What the fields want of a program, and what is wrong with them by field; `catalogue` is it without the municipality's changes."""
    wrong: dict[str, Text] = {}
    base = shown(catalogue, Change(), shelf)
    # Ticks come in the order of the page; a list that holds the same papers is the same list.
    ordered = [name for name in base.lists["documents"] if name in form.lists["documents"]]
    ordered += [name for name in form.lists["documents"] if name not in ordered]
    form = replace(form, lists={**form.lists, "documents": tuple(ordered)})
    own = {key: text for key, text in before.own.items() if key not in _FIELDS}
    for key, make in _FIELDS.items():
        text = make(form)
        if text is not None and (catalogue is None or text != make(base)):
            own[key] = text
    change = Change(
        desk=_cleaned(form, base, "desk", wrong), phone=_cleaned(form, base, "phone", wrong), note=_cleaned(form, base, "note", wrong),
        deadline=_day(form.texts["decided"], wrong), off=form.ticks["off"], own=own,
    )  # fmt: skip
    if catalogue is not None:
        # Each key by itself as well, so that every mistake is told at once.
        for key in own:
            _try(program, Change(own={key: own[key]}), catalogue, shelf, wrong)
    if not wrong:
        _try(program, change, catalogue, shelf, wrong)
    return change, wrong


def _try(program: str, change: Change, catalogue: Entry | None, shelf: Shelf, wrong: dict[str, Text]) -> None:
    try:
        decided(program, catalogue, change, shelf)
    except CatalogueError as error:
        wrong[error.field.partition(".")[0]] = mistakes.of_field(error)


# --- fields to keys -------------------------------------------------------------------------------------------


def _words(name: str) -> Callable[[Form], str | None]:
    def make(form: Form) -> str | None:
        words = {language: form.texts[f"{name}_{suffix}"] for language, suffix in _SUFFIX.items() if form.texts[f"{name}_{suffix}"]}
        return _yaml(words)

    return make


def _code(name: str) -> Callable[[Form], str | None]:
    def make(form: Form) -> str | None:
        text = form.texts[name].strip("\n").rstrip()
        # Nothing stands in the way, and nothing ends: that is said with an empty list, not with an empty field.
        return text or ("[]" if name in ("exclusions", "deadlines") else "")

    return make


def _documents(form: Form) -> str | None:
    return _yaml([*form.lists["documents"], *(_parted(line) for line in _lines(form.texts["own_documents"]))])


def _source(form: Form) -> str | None:
    parts = {"text": form.texts["source_text"], "collected_on": form.texts["source_on"], "url": form.texts["source_url"]}
    return _yaml({name: value for name, value in parts.items() if value})


def _valid(form: Form) -> str | None:
    days = {"from": form.texts["valid_from"], "to": form.texts["valid_to"]}
    return _yaml({name: value for name, value in days.items() if value}) if any(days.values()) else None


_FIELDS: dict[str, Callable[[Form], str | None]] = {
    "name": _words("name"),
    "summary": _words("summary"),
    "kind": lambda form: form.texts["kind"],
    **{key: _code(key) for key in CODE},
    "documents": _documents,
    "professions": lambda form: _yaml([name for name in PROFESSIONS if name in form.lists["professions"]]),
    "warnings": lambda form: _yaml([_parted(line) for line in _lines(form.texts["warnings"])]),
    "source": _source,
    "as_of": lambda form: form.texts["as_of"],
    "confirmed": lambda form: "true" if form.ticks["confirmed"] else "false",
    "valid": _valid,
}


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)).rstrip("\n")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _parted(line: str) -> dict[str, str]:
    parts = [part.strip() for part in line.split("|")][: len(LANGUAGES)]
    return {language: words for language, words in zip(LANGUAGES, parts, strict=False) if words}


def _line(words: Words) -> str:
    own = dict(words.by_locale)
    return SPLIT.join(own.get(language, "") for language in LANGUAGES).rstrip(" |")


def _papers(entry: Entry, shelf: Shelf) -> tuple[tuple[str, ...], list[str]]:
    """Shared documents by name, and the others a line each."""
    names = {words: name for name, words in shelf.documents.items()}
    shared = tuple(names[words] for words in entry.documents if words in names)
    return shared, [_line(words) for words in entry.documents if words not in names]


# --- desk, telephone, note, day -------------------------------------------------------------------------------


def _cleaned(form: Form, base: Form, name: str, wrong: dict[str, Text]) -> str | None:
    try:
        value = typed.phone(form.texts[name]) if name == "phone" else typed.text(name, form.texts[name]) if name == "note" else typed.one_line(name, form.texts[name])
    except ValueError as error:
        wrong[name] = Text("console.programs.mistake.here", {"field": Text(f"console.programs.field.{name}"), "what": mistakes.problem(str(error))})
        return None
    if name == "note":
        return value or None
    return None if value == base.texts[name] or (name == "desk" and not value) else value


def _day(text: str, wrong: dict[str, Text]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong["decided"] = Text("console.programs.mistake.here", {"field": Text("console.programs.field.decided"), "what": Text("console.programs.mistake.date")})
        return None

