"""One entry of the catalogue: a support program as its file declares it, read with file, line and field in every error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from backend.programs.amounts import AmountRule, amount_of
from backend.programs.conditions import Condition, condition_of
from backend.programs.deadlines import DeadlineRule, deadline_of
from backend.programs.nodes import Node
from backend.programs.vocabulary import PROFESSIONS, PROGRAM_KINDS
from dialogs.core.words import Words

LANGUAGES = ("ja", "ja@simple", "en")
"""Every wording in a catalogue file stands in these; other languages may be added beside them."""

REQUIRED = ("id", "name", "summary", "kind", "conditions", "amount", "desk", "documents", "professions", "source", "as_of", "confirmed")
OPTIONAL = ("exclusions", "deadlines", "warnings", "valid", "only_when_told", "order")

USUAL_ORDER = 50

_ID = re.compile(r"[a-z][a-z0-9_]{2,59}")
_NUMBERS_FOR_A_HOST = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Something that stands in the way once it is known: for good (`not_eligible`), or unless the desk agrees."""

    when: Condition
    then: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of an entry were read, and when."""

    text: str
    collected_on: date
    url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry or overlay holds: a prefecture or municipality (JIS X 0402), disasters between two days."""

    prefecture: str = ""
    municipality: str = ""
    first: date | None = None
    last: date | None = None

    def covers(self, prefecture: str, municipality: str, happened_on: date | None) -> bool:
        """Whether it holds there. A disaster whose day is unknown is not ruled out."""
        if self.municipality and self.municipality != municipality:
            return False
        if self.prefecture and self.prefecture != prefecture:
            return False
        if happened_on is None:
            return True
        return (self.first is None or happened_on >= self.first) and (self.last is None or happened_on <= self.last)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The wordings that many entries share, by name."""

    desks: Mapping[str, Words] = field(default_factory=dict)
    documents: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A support program. `confirmed` false: its figures were not checked and are never shown as an amount."""

    id: str
    name: Words
    summary: Words
    kind: str
    conditions: tuple[Condition, ...]
    exclusions: tuple[Exclusion, ...]
    amount: AmountRule
    deadlines: tuple[DeadlineRule, ...]
    documents: tuple[Words, ...]
    desk: Words
    professions: tuple[str, ...]
    warnings: tuple[Words, ...]
    source: Source
    as_of: int
    confirmed: bool
    place: Place
    only_when_told: bool = False
    """Never brought up before its condition was told: nobody is asked for their dead by a list."""
    order: int = USUAL_ORDER
    """What people need first has the smaller figure (1 the recovery grant); decides between equals."""
    rank: int = 0
    """Position in the catalogue; the last word when two programs help equally."""
    parts: Mapping[str, Node] = field(default_factory=dict, compare=False, repr=False)
    """What it was read from, key by key: shown to whoever edits it, and read again with their keys in it."""


def words_of(node: Node, languages: tuple[str, ...] = LANGUAGES) -> Words:
    """Wordings per language: `{ja: …, ja@simple: …, en: …}`, those of `languages` at least."""
    parts = node.mapping(required=()) if node.is_mapping else node.fail("give the words per language: ja, ja@simple, en")
    for language in languages:
        if language not in parts:
            node.fail(f"the language {language} is missing")
    for language, part in parts.items():
        if not _LANGUAGE.fullmatch(language):
            part.fail("this is not a language code")
    return Words.of({language: part.text() for language, part in parts.items()})


def shared_words(root: Node) -> dict[str, Words]:
    """A file of `words/`: id and wordings."""
    return {name: words_of(part) for name, part in root.mapping().items()}


def place_of(node: Node) -> Place:
    """Read `valid:`: `prefecture` or `municipality`, `from` and `to` as days of the disaster."""
    parts = node.mapping(("prefecture", "municipality", "from", "to"))
    municipality = parts["municipality"].text() if "municipality" in parts else ""
    if municipality and not re.fullmatch(r"\d{5}", municipality):
        parts["municipality"].fail("a municipality is its five-digit code in quotes")
    prefecture = parts["prefecture"].text() if "prefecture" in parts else municipality[:2]
    if prefecture and not re.fullmatch(r"\d{2}", prefecture):
        parts["prefecture"].fail("a prefecture is its two-digit code in quotes")
    return Place(
        prefecture,
        municipality,
        parts["from"].day() if "from" in parts else None,
        parts["to"].day() if "to" in parts else None,
    )


def _source_of(node: Node) -> Source:
    parts = node.mapping(("url",), ("text", "collected_on"))
    url = parts["url"].text() if "url" in parts else ""
    if url and (not url.startswith("https://") or _NUMBERS_FOR_A_HOST.search(url)):
        # A page without a name behind it cannot be checked by the reader (programs.md §5).
        parts["url"].fail("a source is an https address with a name, not a number")
    return Source(parts["text"].text(), parts["collected_on"].day(), url)


def _exclusion_of(node: Node) -> Exclusion:
    parts = node.mapping((), ("when", "then"))
    return Exclusion(condition_of(parts["when"]), parts["then"].one_of(("not_eligible", "possible")))


def _named_or_inline(node: Node, shared: Mapping[str, Words], languages: tuple[str, ...]) -> Words:
    if node.is_mapping:
        return words_of(node, languages)
    name = node.text()
    if name not in shared:
        node.fail(f"there are no shared words named {name}")
    return shared[name]


def program_id(node: Node) -> str:
    """A program's id: small letters, figures and underscores."""
    name = node.text()
    if not _ID.fullmatch(name):
        node.fail("an id is made of small letters, figures and underscores")
    return name


def entry_of(
    parts: Mapping[str, Node], shelf: Shelf, place: Place = Place(), rank: int = 0, languages: tuple[str, ...] = LANGUAGES
) -> Entry:  # fmt: skip
    """Build an entry from the keys of its file (see `REQUIRED` and `OPTIONAL`). Raises `CatalogueError`."""
    professions = [item.one_of(PROFESSIONS) for item in parts["professions"].items()]
    conditions = tuple(condition_of(item) for item in parts["conditions"].items())
    if not conditions:
        parts["conditions"].fail("there must be at least one condition")
    return Entry(
        id=program_id(parts["id"]),
        name=words_of(parts["name"], languages),
        summary=words_of(parts["summary"], languages),
        kind=parts["kind"].one_of(PROGRAM_KINDS),
        conditions=conditions,
        exclusions=tuple(_exclusion_of(item) for item in parts["exclusions"].items()) if "exclusions" in parts else (),
        amount=amount_of(parts["amount"]),
        deadlines=tuple(deadline_of(item) for item in parts["deadlines"].items()) if "deadlines" in parts else (),
        documents=tuple(_named_or_inline(item, shelf.documents, languages) for item in parts["documents"].items()),
        desk=_named_or_inline(parts["desk"], shelf.desks, languages),
        professions=tuple(professions),
        warnings=tuple(words_of(item, languages) for item in parts["warnings"].items()) if "warnings" in parts else (),
        source=_source_of(parts["source"]),
        as_of=parts["as_of"].whole(),
        confirmed=parts["confirmed"].boolean(),
        place=place_of(parts["valid"]) if "valid" in parts else place,
        only_when_told="only_when_told" in parts and parts["only_when_told"].boolean(),
        order=parts["order"].whole() if "order" in parts else USUAL_ORDER,
        rank=rank,
        parts=parts,
    )

