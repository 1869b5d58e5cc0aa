"""How a row of a list is known again, and how what was read of it is kept until it is taken in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from backend import crypto
from backend.lists.cells import Draft
from backend.people.spelling import fold_address, fold_kana, fold_name, fold_number

_DASHES = re.compile("[‐‑‒–—―−－ー─━]")
_SPACES = re.compile("  +")

NEW, CHANGED, SAME, REFUSED, TWICE = "new", "changed", "same", "refused", "twice"
"""What a row will be. `TWICE`: the same words stand in a row above."""


def key_of(tenant_id: str, kind: str, draft: Draft) -> str:
    """The same row has the same key whenever it is brought in: by its number, else by who it is about."""
    if draft.number and fold_number(draft.number):
        said = f"number {fold_number(draft.number)}"
    else:
        one = draft.person
        said = " ".join((
            "who", fold_name(one.get("name", "")), fold_kana(one.get("kana", "")), one.get("birth_date", ""),
            fold_address(one.get("address", "")),
        ))
    return crypto.ring().index(said, f"list_row.key {tenant_id} {kind}")


def household_of(tenant_id: str, kind: str, draft: Draft) -> str:
    """Rows with the same 世帯番号 are one household; "" where the list has none."""
    said = fold_number(draft.household)
    return crypto.ring().index(said, f"list_row.household {tenant_id} {kind}") if said else ""


def digest_of(draft: Draft) -> str:
    """Another one whenever a cell says something else; 全角 or 半角, one dash or another, CSV or xlsx make no difference."""
    content = _plain("\n".join(f"{id_}\n{said}" for id_, said in sorted(draft.cells.items())))
    return crypto.ring().index(hashlib.sha256(content.encode("utf-8", "replace")).hexdigest(), "list_row.digest")


def packed(draft: Draft) -> dict[str, Any]:
    """A draft as JSON, without its trouble."""
    return {
        "cells": draft.cells, "person": draft.person, "answers": draft.answers, "number": draft.number, "household": draft.household,
        "district": draft.district, "relation": draft.relation, "head": draft.head, "restricted": draft.restricted,
        "category": draft.category,
    }  # fmt: skip


def unpacked(kept: dict[str, Any]) -> Draft:
    return Draft(**kept)


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The columns whose cell says something else."""
    return {id_ for id_ in {*before, *after} if _plain(before.get(id_, "")) != _plain(after.get(id_, ""))}


def _plain(said: str) -> str:
    return _SPACES.sub(" ", _DASHES.sub("-", unicodedata.normalize("NFKC", said).lower())).strip()
