"""First, simple readings of typed answers; the thorough ones replace them behind the same names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Options = Sequence[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Name:
    written: str
    reading: str | None = None


def clean(text: str) -> str:
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cf")).strip()


def normalise(text: str) -> str:
    return unicodedata.normalize("NFKC", clean(text)).casefold().strip(" 。、.!！?？")


def read_choice(text: str, options: Options) -> str | None:
    said = normalise(text)
    if said.isdigit() and 1 <= int(said) <= len(options):
        return options[int(said) - 1][0]
    return next((name for name, labels in options if said in {normalise(label) for label in labels}), None)


def read_choices(text: str, options: Options) -> tuple[str, ...] | None:
    parts = [read_choice(part, options) for part in re.split(r"[\s,、と]+", normalise(text)) if part]
    return tuple(part for part in parts if part) if parts and all(parts) else None


def read_number(text: str, least: int = 0, most: int = 10**9) -> int | None:
    digits = re.sub(r"\D", "", normalise(text))
    return int(digits) if digits and len(digits) < 10 and least <= int(digits) <= most else None


def read_money(text: str) -> int | None:
    return read_number(text)


def read_date(text: str, today: date) -> date | None:
    try:
        return date.fromisoformat(normalise(text))
    except ValueError:
        return None


def read_yes_no(text: str, yes: frozenset[str], no: frozenset[str]) -> bool | None:
    said = normalise(text)
    return True if said in yes else False if said in no else None


def read_phone(text: str) -> str | None:
    digits = re.sub(r"\D", "", normalise(text))
    return digits if 9 < len(digits) < 12 else None


def read_name(text: str) -> Name:
    return Name(clean(text)[:80])


def read_postal(text: str) -> str | None:
    found = re.search(r"(\d{3})-?(\d{4})", normalise(text))
    return found[1] + found[2] if found else None


def is_command(text: str, words: Mapping[str, frozenset[str]]) -> str | None:
    said = normalise(text)
    return next((name for name, alternatives in words.items() if said in alternatives), None)
