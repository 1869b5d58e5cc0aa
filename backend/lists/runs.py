"""The tokens of some hundred people in order, as they are kept until they go into their tree."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

ID = 26
"""Characters of a person's id."""


class Run(NamedTuple):
    """Tokens in order, whose each is (a place in `people`), and the people's ids one after the other."""

    tokens: array[int]
    whose: array[int]
    people: str

    @classmethod
    def of(cls, people: Mapping[str, Iterable[int]]) -> Run:
        """Of people's tokens, by their ids."""
        pairs = sorted([(token, at) for at, tokens in enumerate(people.values()) for token in tokens])
        return cls(array("q", [token for token, _ in pairs]), array("I", [at for _, at in pairs]), "".join(people))

    def packed(self) -> bytes:
        return b"".join((len(self.tokens).to_bytes(4, "little"), self.tokens.tobytes(), self.whose.tobytes(), self.people.encode()))

    @classmethod
    def unpacked(cls, content: bytes) -> Run:
        many = int.from_bytes(content[:4], "little")
        tokens, whose = array("q"), array("I")
        middle = 4 + many * tokens.itemsize
        end = middle + many * whose.itemsize
        tokens.frombytes(content[4:middle])
        whose.frombytes(content[middle:end])
        return cls(tokens, whose, content[end:].decode())

    def pairs(self) -> list[tuple[int, str]]:
        """(token, id of a person), in order of the tokens."""
        ids = self.everybody()
        return [(token, ids[at]) for token, at in zip(self.tokens, self.whose, strict=True)]

    def between(self, low: int, high: int) -> list[tuple[int, str]]:
        first, last = bisect_left(self.tokens, low), bisect_left(self.tokens, high)
        return [(token, self.people[at * ID : at * ID + ID]) for token, at in zip(self.tokens[first:last], self.whose[first:last], strict=True)]

    def everybody(self) -> list[str]:
        return [self.people[at : at + ID] for at in range(0, len(self.people), ID)]

    def of_person(self, person_id: str) -> set[int]:
        place = self.everybody().index(person_id)
        return {token for token, at in zip(self.tokens, self.whose, strict=True) if at == place}
