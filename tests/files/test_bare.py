"""A photo of a roof tells what broke; it must not tell where somebody who hides lives."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.files.bare import bare

PLACE = b"N33.0305 E130.4459"


def roof() -> Image.Image:
    picture = Image.new("RGB", (48, 32), "white")
    picture.paste((200, 30, 30), (0, 0, 24, 16))
    return picture


def taken(kind: str, way: int = 6, **more: object) -> bytes:
    """As a telephone keeps it: place, maker, way up, and XMP that says the place again."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = way, "Invented phone"
    exif.get_ifd(0x8825)[0x001D] = PLACE.decode()
    out = BytesIO()
    roof().save(out, kind, exif=exif, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("way", range(1, 9))
def test_place_and_device_are_gone_and_pixels_and_the_way_up_are_as_they_were(kind: str, way: int) -> None:
    original = taken(kind, way, **({"xmp": b"<x>" + PLACE + b"</x>"} if kind != "PNG" else {}))
    assert PLACE in original and b"Invented phone" in original
    made = bare(original)
    assert PLACE not in made and b"Invented" not in made
    with Image.open(BytesIO(original)) as before, Image.open(BytesIO(made)) as after:
        assert after.getexif().get(0x0112, 1) == way and dict(after.getexif().get_ifd(0x8825)) == {}
        assert after.tobytes() == before.tobytes() and after.format == kind
    assert bare(made) == made, "nothing is left to take away"


def test_a_progressive_photo_with_a_comment_and_a_second_picture_behind_it() -> None:
    second = taken("JPEG")
    made = bare(taken("JPEG", progressive=True, comment=b"home of " + PLACE, icc_profile=b"ICC colour") + second)
    with Image.open(BytesIO(made)) as after:
        after.load()
        assert after.info["icc_profile"] == b"ICC colour" and "comment" not in after.info
    assert PLACE not in made and made.count(b"\xff\xd8\xff") == 1


def test_text_beside_a_png() -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    told.add_text("Location", PLACE.decode(), zip=True)
    out = BytesIO()
    roof().save(out, "PNG", pnginfo=told)
    made = bare(out.getvalue())
    with Image.open(BytesIO(made)) as after:
        assert after.text == {} and after.tobytes() == roof().tobytes()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def test_a_film_keeps_its_length_and_its_sound_and_loses_its_place() -> None:
    sound = box(b"mdat", b"PICTURES AND SOUND")
    track = box(b"trak", box(b"tkhd", b"head") + box(b"udta", box(b"name", PLACE)))
    film = box(b"ftyp", b"qt  \0\0\0\0") + sound + box(b"moov", box(b"mvhd", b"x") + track + box(b"udta", box(b"\xa9xyz", PLACE)) + box(b"meta", PLACE))
    made = bare(film)
    assert len(made) == len(film) and PLACE not in made and sound in made
    assert made.count(b"free") == 3 and b"mvhd" in made and b"tkhd" in made


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_heic_photo_loses_its_exif_item_and_keeps_the_picture(version: int) -> None:
    exif, picture = b"\0\0\0\6Exif\0\0MM\0*" + PLACE, b"THE PICTURE ITSELF"
    item = ">H" if version < 2 else ">I"

    def made_of(first: int) -> bytes:
        infos = b"".join(box(b"infe", b"\2\0\0\0" + struct.pack(">H", n) + b"\0\0" + name + b"\0") for n, name in ((1, b"hvc1"), (2, b"Exif")))
        rows = b"".join(
            struct.pack(item, n) + (b"\0\0" if version else b"") + b"\0\0" + struct.pack(">HII", 1, at, size)
            for n, at, size in ((1, first, len(picture)), (2, first + len(picture), len(exif)))
        )
        iloc = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0]) + struct.pack(item, 2) + rows)
        meta = box(b"meta", b"\0\0\0\0" + box(b"iinf", b"\0\0\0\0\0\2" + infos) + iloc)
        return box(b"ftyp", b"heic\0\0\0\0") + meta + box(b"mdat", picture + exif)

    photo = made_of(len(made_of(0)) - len(picture) - len(exif))
    made = bare(photo)
    assert PLACE in photo and PLACE not in made and picture in made and len(made) == len(photo)


@pytest.mark.parametrize("content", [b"", b"a letter", b"%PDF-1.7", b"\x89PNG invented picture", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"])
def test_what_is_no_picture_stays_as_it_is(content: bytes) -> None:
    assert bare(content) == content or content.startswith(b"RIFF")


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 2000), st.binary(max_size=8), st.booleans())
def test_a_broken_file_never_stops_anything(kind: str, place: int, put: bytes, cut: bool) -> None:
    whole = taken(kind)
    bare(whole[:place] if cut else whole[:place] + put + whole[place + len(put) :])


@given(st.binary(max_size=200))
def test_nor_does_a_broken_film(body: bytes) -> None:
    bare(box(b"ftyp", b"heic\0\0\0\0") + body)
    bare(box(b"ftyp", b"mp42\0\0\0\0") + box(b"moov", body) + box(b"meta", b"\0\0\0\0" + body))
