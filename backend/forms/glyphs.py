"""Which characters the paper's font has: what it has not is shown as 〓 and named, never dropped.

The font is Noto Sans CJK JP. Names hold characters that few fonts have: 外字 (a municipality's own, U+E000…), and variants
chosen by a selector (葛 + U+E0100). A selector that the font does not know leaves the ordinary form of the character.
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FONT = "manimgx_fonts_cjk"
"""The package that brings Noto Sans CJK JP (20 MB, nothing else in it)."""
GETA = "〓"
"""What Japanese printers set for a character they do not have."""

_SELECTORS = range(0xE0100, 0xE01F0)


class CannotPrint(RuntimeError):
    """What is missing to make a PDF, as a sentence for the operator."""


@cache
def font_folder() -> Path:
    """Where the font is. Raises `CannotPrint`."""
    fonts = find_spec(FONT)
    if fonts is None or not fonts.submodule_search_locations:
        raise CannotPrint("A PDF needs a Japanese font: pip install manimgx-fonts-cjk, or ask for xlsx.")
    return Path(next(iter(fonts.submodule_search_locations)))


def printable(words: str) -> tuple[str, frozenset[str]]:
    """The words as the paper can show them, and the characters that it cannot."""
    if words.isascii():
        return _plain(words), frozenset()
    have, variants = _characters()
    lost: set[str] = set()
    out: list[str] = []
    for letter in words:
        code = ord(letter)
        if code in _SELECTORS:
            if out and (ord(out[-1]), code) not in variants:
                lost.add(out[-1] + letter)
                continue
        elif code not in have and letter not in "\n\t":
            lost.add(letter)
            letter = GETA
        out.append(letter)
    return _plain("".join(out)), frozenset(lost)


def _plain(words: str) -> str:
    return "".join(letter for letter in words if letter >= " " or letter == "\n")


@cache
def _characters() -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """What is in the font's `cmap`: code points (format 12) and variants (format 14). See the OpenType specification."""
    data = next(font_folder().rglob("*.ttc")).read_bytes()
    (start,) = struct.unpack_from(">I", data, 12)  # the first font of the collection: JP
    (many,) = struct.unpack_from(">H", data, start + 4)
    tables = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(start + 12, start + 12 + 16 * many, 16)}
    cmap = tables[b"cmap"]
    (many,) = struct.unpack_from(">H", data, cmap + 2)
    have: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for index in range(many):
        (offset,) = struct.unpack_from(">I", data, cmap + 8 + 8 * index)
        (kind,) = struct.unpack_from(">H", data, cmap + offset)
        if kind == 12:
            for first, last in _groups(data, cmap + offset + 12):
                have.update(range(first, last + 1))
        elif kind == 14:
            variants |= _variants(data, cmap + offset)
    return frozenset(have), frozenset(variants)


def _groups(data: bytes, at: int) -> list[tuple[int, int]]:
    (many,) = struct.unpack_from(">I", data, at)
    return [struct.unpack_from(">II", data, at + 4 + 12 * one) for one in range(many)]


def _variants(data: bytes, table: int) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    (many,) = struct.unpack_from(">I", data, table + 6)
    for index in range(many):
        record = table + 10 + 11 * index
        selector = int.from_bytes(data[record : record + 3], "big")
        usual, other = struct.unpack_from(">II", data, record + 3)
        if usual:
            (ranges,) = struct.unpack_from(">I", data, table + usual)
            for one in range(ranges):
                at = table + usual + 4 + 4 * one
                first = int.from_bytes(data[at : at + 3], "big")
                found.update((code, selector) for code in range(first, first + data[at + 3] + 1))
        if other:
            (ones,) = struct.unpack_from(">I", data, table + other)
            for one in range(ones):
                at = table + other + 4 + 5 * one
                found.add((int.from_bytes(data[at : at + 3], "big"), selector))
    return found
