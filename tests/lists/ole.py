"""Files of Excel before 2007, byte by byte: what old systems of municipalities still write, and what a password makes of a workbook.

[MS-CFB] the container, [MS-XLS] the records; only what a reader needs.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
LEAST = 4096
"""Bytes of a stream below which it would stand in a container of its own."""


def container(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with at most three streams."""
    sectors: list[bytes] = []
    fat = [FAT, END]
    entries = [_entry("Root Entry", 5, child=1)]
    for at, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(max(LEAST, -(-len(content) // SECTOR) * SECTOR), b"\0")
        first, many = len(fat), len(content) // SECTOR
        fat += [*range(first + 1, first + many), END]
        sectors += [content[place : place + SECTOR] for place in range(0, len(content), SECTOR)]
        entries.append(_entry(name, 2, right=at + 1 if at < len(streams) else FREE, start=first, size=len(content)))
    assert len(fat) <= SECTOR // 4, "one sector names all of them"
    table = struct.pack(f"<{SECTOR // 4}I", *fat, *[FREE] * (SECTOR // 4 - len(fat)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, LEAST, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    return head + table + b"".join(entries).ljust(SECTOR, b"\0") + b"".join(sectors)


def xls(rows: Sequence[Sequence[str | float]], name: str = "名簿") -> bytes:
    """A workbook of Excel 97 with one sheet."""
    words = [value for row in rows for value in row if isinstance(value, str)]
    table = struct.pack("<2I", len(words), len(words)) + b"".join(struct.pack("<HB", len(one), 1) + one.encode("utf-16-le") for one in words)
    begin = _record(0x809, struct.pack("<4H2I", 0x600, 5, 0, 0, 0, 6))
    rest = _record(0xFC, table) + _record(0xA, b"")
    called = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    place = len(begin) + 4 + 6 + len(called) + len(rest)
    cells, word = b"", 0
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            where = struct.pack("<3H", down, across, 0)
            if isinstance(value, str):
                cells += _record(0xFD, where + struct.pack("<I", word))
                word += 1
            else:
                cells += _record(0x203, where + struct.pack("<d", value))
    sheet = _record(0x809, struct.pack("<4H2I", 0x600, 0x10, 0, 0, 0, 6)) + cells + _record(0xA, b"")
    return container({"Workbook": begin + _record(0x85, struct.pack("<IBB", place, 0, 0) + called) + rest + sheet})


def with_password() -> bytes:
    """What Excel makes of an xlsx with a password ([MS-OFFCRYPTO] 2.3.4.10): no reader without it sees more."""
    return container({"EncryptionInfo": struct.pack("<2HI", 4, 4, 0x40) + b"<encryption/>", "EncryptedPackage": struct.pack("<Q", 4000) + b"\x5a" * 4000})


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<2H", kind, len(content)) + content


def _entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return written.ljust(64, b"\0") + struct.pack("<HBB3I36xIQ", len(written), kind, 1, FREE, right, child, start, size)
