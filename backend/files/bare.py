"""A photo or film without what the telephone wrote beside it: where it was taken, when, with which device, a preview.

Nothing is decoded or compressed again: a photo of damage stays the evidence it was. The way up is kept. JPEG (ITU T.81 B.1,
Exif 2.32), PNG (W3C PNG 3), WebP (RFC 9649), HEIC and films (ISO/IEC 14496-12). Any other file, and what cannot be read as
the format that it claims to be, stays as it is.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The end of a scan: a marker that is neither a stuffed byte nor a restart."""
_BESIDE = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ORIENTATION = 0x0112
_STILL = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


def bare(content: bytes) -> bytes:
    """The same picture or film, its pixels and sound untouched."""
    try:
        if content.startswith(_JPEG):
            return _jpeg(content)
        if content.startswith(_PNG):
            return _png(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
        if content[4:8] == b"ftyp":
            return _boxes(content)
    except (struct.error, IndexError, ValueError):
        return content
    return content


# --- JPEG -----------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> bytes:
    """Up to the end of the first picture: what some telephones put behind it carries the same marks again."""
    kept, way, place = [b"\xff\xd8"], 1, 2
    while True:
        if data[place] != 0xFF:
            raise ValueError("no marker")
        kind = data[place + 1]
        if kind == 0xFF:  # filling
            place += 1
            continue
        if kind == 0xD9:
            kept.append(b"\xff\xd9")
            break
        end = place + 2 + struct.unpack_from(">H", data, place + 2)[0]
        segment = data[place:end]
        if kind == 0xE1 and segment[4:10] == b"Exif\0\0":
            way = way_up(segment[10:])
        if _of_the_picture(kind, segment[4:]):
            kept.append(segment)
        place = end
        if kind == 0xDA:
            found = _IN_SCAN.search(data, place)
            kept.append(data[place : found.start() if found else len(data)])
            if found is None:  # cut off on its way: what is there can be seen
                break
            place = found.start()
    if way != 1:
        exif = b"Exif\0\0" + _only(way)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _of_the_picture(kind: int, body: bytes) -> bool:
    """Whether a segment is needed to show the picture: no APPn but JFIF, colour profile and Adobe's transform, no comment."""
    if 0xE0 <= kind <= 0xEF:
        return body.startswith({0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(kind, b"\0never"))
    return kind != 0xFE


def way_up(tiff: bytes) -> int:
    """The orientation, 1 to 8, that Exif data tell; 1 where they tell none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", tiff, first)[0]):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _only(way: int) -> bytes:
    """Exif data that tell the orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way, 0, 0)


# --- PNG and WebP -----------------------------------------------------------------------------------------------------


def _png(data: bytes) -> bytes:
    kept, place, way = [_PNG], len(_PNG), 1
    while True:
        size, kind = struct.unpack_from(">I4s", data, place)
        end = place + 12 + size
        if end > len(data):
            raise ValueError("cut off")
        if kind == b"eXIf":
            way = way_up(data[place + 8 : end - 4])
        elif kind not in _BESIDE:
            kept.append(data[place:end])
        place = end
        if kind == b"IEND":
            break
    if way != 1:
        body = b"eXIf" + _only(way)
        kept.insert(2, struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    kept, place, way = [], 12, 1
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        body = data[place + 8 : place + 8 + size]
        if len(body) < size:
            raise ValueError("cut off")
        if kind == b"EXIF":
            way = way_up(body.removeprefix(b"Exif\0\0"))
        elif kind != b"XMP ":
            kept.append((kind, body))
        place += 8 + size + size % 2
    if way != 1:
        kept.append((b"EXIF", _only(way)))
    if kept and kept[0][0] == b"VP8X":
        flags = (kept[0][1][0] & ~0x0C) | (0x08 if way != 1 else 0)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
    chunks = b"".join(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for kind, body in kept)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


# --- HEIC and films: everything stays at its place, what tells too much is overwritten -----------------------------------


def _boxes(data: bytes) -> bytes:
    made = bytearray(data)
    still = data[8:12] in _STILL
    for kind, start, body, end in _each(made, 0, len(made)):
        if kind == b"meta" and still:
            _blank_items(made, body + 4, end)
        elif kind == b"moov":
            _free(made, body, end)
        elif kind == b"uuid":
            _emptied(made, start, body, end)
    return bytes(made)


def _each(data: bytearray, place: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(kind, start, start of the body, end) of the boxes in a stretch."""
    while place + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, place)
        body = place + 8
        if size == 1:
            size = struct.unpack_from(">Q", data, body)[0]
            body += 8
        last = place + size if size else end
        if last < body or last > end:
            raise ValueError("no box")
        yield kind, place, body, last
        place = last


def _free(data: bytearray, place: int, end: int) -> None:
    """Make free space of what is told beside a film and its tracks: place, device, owner."""
    for kind, start, body, last in list(_each(data, place, end)):
        if kind in (b"udta", b"meta", b"uuid"):
            _emptied(data, start, body, last)
        elif kind == b"trak":
            _free(data, body, last)


def _emptied(data: bytearray, start: int, body: int, end: int) -> None:
    data[start + 4 : start + 8] = b"free"
    data[body:end] = bytes(end - body)


def _blank_items(data: bytearray, place: int, end: int) -> None:
    """Overwrite the Exif and XMP items of a still picture. Its way up stands elsewhere (`irot`)."""
    parts = {kind: (body, last) for kind, _, body, last in _each(data, place, end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    told = set(_told(data, *parts[b"iinf"]))
    inside = parts.get(b"idat", (0, 0))[0]
    for item, way, at, size in _located(data, parts[b"iloc"][0]):
        at += inside if way == 1 else 0
        if item in told and way in (0, 1) and at + size <= len(data):
            data[at : at + size] = bytes(size)


def _told(data: bytearray, body: int, end: int) -> Iterator[int]:
    first = body + (6 if data[body] == 0 else 8)
    for kind, _, entry, _ in _each(data, first, end):
        if kind == b"infe" and data[entry] >= 2:
            wide = data[entry] == 3
            number = struct.unpack_from(">I" if wide else ">H", data, entry + 4)[0]
            name = bytes(data[entry + (10 if wide else 8) :][:4])
            if name in (b"Exif", b"mime"):
                yield number


def _located(data: bytearray, body: int) -> Iterator[tuple[int, int, int, int]]:
    """(item, where it is counted from, offset, length) of every piece of every item."""
    version, sizes, more = data[body], data[body + 4], data[body + 5]
    wide_at, wide_size, wide_base, wide_index = sizes >> 4, sizes & 15, more >> 4, more & 15 if version else 0
    place = body + 6

    def take(width: int) -> int:
        nonlocal place
        place += width
        if place > len(data):
            raise ValueError("cut off")
        return int.from_bytes(data[place - width : place], "big")

    for _ in range(take(2 if version < 2 else 4)):
        item = take(2 if version < 2 else 4)
        way = take(2) & 15 if version else 0
        take(2)
        base = take(wide_base)
        for _ in range(take(2)):
            take(wide_index)
            offset = take(wide_at)
            yield item, way, base + offset, take(wide_size)
