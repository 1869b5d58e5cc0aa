"""The kinds of list and the columns there are; what stands in `columns.yaml`, checked once and looked up by header or value."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.people.service import COLUMNS as PERSON
from dialogs.fields import FIELDS

VISIT, CERTIFICATE, EVACUEE = "visit", "certificate", "evacuee"
KINDS = (VISIT, CERTIFICATE, EVACUEE)
"""訪問対象者・支援対象者リスト · 罹災証明の一覧 · 避難行動要支援者名簿."""

READS = ("number", "short", "name", "kana", "count", "birth", "choice", "place", "phone", "money", "words", "note", "category",
         "flag", "relation")
_CIRCLED = re.compile(r"[①-⑳㉑-㉟]")
_SEPARATORS = re.compile(r"[\s・:,、。.\-_/*※]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
_BRACKET_SIGNS = re.compile(r"[()\[\]【】〔〕<>「」]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column a list may have. `mark` is its place in the manual (①–㉛), empty for others."""

    id: str
    title: str
    reads: str
    mark: str = ""
    field: str = ""
    person: str = ""
    joins: str = ""
    same: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What a cell says, folded -> option."""

    @property
    def fitting(self) -> tuple[str, ...]:
        """A word for each option, as a cell may say it."""
        first: dict[str, str] = {}
        for word, option in self.values.items():
            first.setdefault(option, word)
        return tuple(first.values())


@cache
def columns() -> dict[str, Column]:
    """Every column by id, in the order of the manual. Raises `ValueError` for a file that contradicts itself."""
    written = yaml.safe_load((Path(__file__).parent / "columns.yaml").read_text(encoding="utf-8"))
    return {entry["id"]: _column(entry) for entry in written}


@cache
def by_header() -> dict[str, str]:
    """Folded words of a header -> id of the column."""
    table: dict[str, str] = {}
    for column in columns().values():
        for words in (column.title, *column.headers):
            if table.setdefault(fold_header(words), column.id) != column.id:
                raise ValueError(f"columns.yaml: two columns are called {words}")
    return table


def column_of(*headers: str) -> str:
    """The column that a header names: tried are all words together, the last alone, without brackets. "" for none."""
    tries = ["".join(headers), *reversed(headers)]
    for words in (*tries, *(_BRACKETS.sub("", plain(one)) for one in tries)):
        found = by_header().get(fold_header(words))
        if found:
            return found
    return ""


def fold_header(words: str) -> str:
    return _BRACKET_SIGNS.sub("", _SEPARATORS.sub("", plain(words)))


def fold_value(words: str) -> str:
    return _BRACKET_SIGNS.sub("", re.sub(r"[\s・]+", "", unicodedata.normalize("NFKC", words).lower()))


def plain(words: str) -> str:
    """NFKC and small letters, without the circled number of the manual."""
    return unicodedata.normalize("NFKC", _CIRCLED.sub("", words)).lower()


def _column(entry: dict[str, Any]) -> Column:
    values = {fold_value(str(words)): option for option, said in entry.pop("values", {}).items() for words in said}
    column = Column(**{**entry, "same": tuple(entry.get("same", ())), "headers": tuple(map(str, entry.get("headers", ()))), "values": values})
    if column.reads not in READS or (column.person and column.person not in PERSON):
        raise ValueError(f"columns.yaml: {column.id} is read in a way that does not exist")
    if column.field:
        known = FIELDS[column.field]
        if column.reads == "choice" and not set(values.values()) <= set(known.options):
            raise ValueError(f"columns.yaml: {column.id} has an option that {column.field} has not")
    return column
