"""The keyed words by which a person is found: names are encrypted, so a database looks up numbers made with a key.

    name    whole, its first character, pairs of neighbours; for Latin letters each part and its first three letters
    kana    whole, the first two signs of each part, runs of three
    phone   all digits, the last four
    birth   the day, and the day with the first two kana (who else could this be?)
    place   an address down to its number
    number  of a list (管理番号) or a certificate

Each is keyed with the municipality: equal names in two municipalities are two tokens. What a token finds is opened and
compared before it is shown, so that a token may be coarse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from backend import crypto
from backend.crypto import Keyring
from backend.people.spelling import (
    fold_address,
    fold_kana,
    fold_name,
    fold_number,
    fold_phone,
    is_kana,
    kana_parts,
    name_parts,
)

LAST = 4
"""Digits at the end of a number by which people remember it."""
LEAST_KANA = 2

TOKENED = ("name", "kana", "phone", "landline", "birth_date", "address", "current_address")
"""The columns of a person that tokens are made of."""


def tokens_of(tenant_id: str, row: Mapping[str, Any]) -> set[int]:
    """Every token of a person's row."""
    known = _known(crypto.ring(), tenant_id)
    return {known[word] for word in _words(row)}


def number_token(tenant_id: str, number: str) -> int:
    return keyed(tenant_id, f"number {fold_number(number)}")


def keyed(tenant_id: str, word: str) -> int:
    """A signed number of 64 bits, out of which nothing can be read."""
    return _known(crypto.ring(), tenant_id)[word]


MOST_KNOWN = 65_536


class _Known(dict[str, int]):
    """The tokens that were made lately: pieces of names and birth dates come again and again in a list."""

    def __init__(self, ring: Keyring, tenant_id: str) -> None:
        super().__init__()
        self._ring, self._place = ring, f"person_token {tenant_id}"

    def __missing__(self, word: str) -> int:
        if len(self) >= MOST_KNOWN:
            self.clear()
        self[word] = token = self._ring.number(word, self._place)
        return token


@lru_cache(maxsize=16)
def _known(ring: Keyring, tenant_id: str) -> _Known:
    return _Known(ring, tenant_id)


def relatives(tenant_id: str, row: Mapping[str, Any]) -> set[int]:
    """The tokens that the record of the same human being may share: few people have them in common."""
    kana, born = fold_kana(row.get("kana") or ""), row.get("birth_date") or ""
    words = [f"phone {digits}" for digits in _phones(row)]
    words += [f"place {place}" for place in _places(row)]
    if len(name := fold_name(row.get("name") or "")) > 1:
        words.append(f"name {name}")
    if kana:
        words.append(f"kana {kana}")
    if kana and born:
        words.append(f"born {born} {kana[:LEAST_KANA]}")
    return {keyed(tenant_id, word) for word in words}


def ways_to(tenant_id: str, word: str, days: Iterable[str] = ()) -> list[tuple[str, list[int]]]:
    """How a typed word may be looked up: any of these, each by what and with all of its tokens.

    `days`: the dates it may be (ISO). Empty where there is nothing to look up (a single kana).
    """
    ways = [("born", [f"born {day}"]) for day in days]
    name, kana, digits = fold_name(word), fold_kana(word), fold_phone(word)
    if len(digits) >= LAST and not any(sign.isalpha() for sign in word.replace("ー", "")):
        ways.append(("phone", [f"phone {digits}"] if len(digits) > LAST else [f"last {digits}"]))
    if any(sign.isdigit() for sign in name):
        ways.append(("number", [f"number {fold_number(word)}"]))
    elif name:
        if is_kana(kana):
            ways += [("kana", way) for way in _kana_ways(kana)]
        if len(name) > 1 or not is_kana(kana):
            ways.append(("name", _name_way(name)))
    return [(kind, [keyed(tenant_id, one) for one in way]) for kind, way in ways]


def _kana_ways(kana: str) -> list[list[str]]:
    if len(kana) < LEAST_KANA:
        return []
    return [[f"start {kana}"] if len(kana) == LEAST_KANA else [f"run {kana[at : at + 3]}" for at in range(len(kana) - 2)]]


def _words(row: Mapping[str, Any]) -> list[str]:
    read, born = row.get("kana") or "", row.get("birth_date") or ""
    words = [*_name_words(row.get("name") or ""), *_kana_words(read)]
    for digits in _phones(row):
        words += [f"phone {digits}", f"last {digits[-LAST:]}"]
    if born:
        words.append(f"born {born}")
        if kana := fold_kana(read):
            words.append(f"born {born} {kana[:LEAST_KANA]}")
    words += [f"place {place}" for place in _places(row)]
    return words


@lru_cache(maxsize=8192)
def _name_words(written: str) -> tuple[str, ...]:
    name = fold_name(written)
    if not name:
        return ()
    if _latin(name):
        return f"name {name}", *(f"part {part}" for part in name_parts(written)), *(f"part {part[:3]}" for part in name_parts(written))
    return f"name {name}", f"first {name[0]}", *(f"pair {name[at : at + 2]}" for at in range(len(name) - 1))


@lru_cache(maxsize=8192)
def _kana_words(read: str) -> tuple[str, ...]:
    kana = fold_kana(read)
    if not kana:
        return ()
    return (f"kana {kana}", *(f"start {part[:LEAST_KANA]}" for part in kana_parts(read)),
            *(f"run {kana[at : at + 3]}" for at in range(len(kana) - 2)))


def _name_way(name: str) -> list[str]:
    if _latin(name):
        return [f"part {name}"]
    return [f"pair {name[at : at + 2]}" for at in range(len(name) - 1)] or [f"first {name}"]


def _latin(name: str) -> bool:
    return all(sign < "\u0250" or "\u1e00" <= sign <= "\u1eff" for sign in name)


def _phones(row: Mapping[str, Any]) -> set[str]:
    return {digits for key in ("phone", "landline") if row.get(key) and len(digits := fold_phone(row[key])) >= 8}


def _places(row: Mapping[str, Any]) -> set[str]:
    """Only with a number: a district alone is shared by a thousand homes."""
    places = (fold_address(row[key]) for key in ("address", "current_address") if row.get(key))
    return {place for place in places if any(sign.isdigit() for sign in place)}
