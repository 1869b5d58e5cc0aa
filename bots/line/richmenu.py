"""The rich menu of the LINE account: six things that are always one tap away, drawn and uploaded by the project.

Source: Messaging API reference, "Rich menu"; limits in channels.md §1. It is not shown on LINE for PC, so nothing is
only here. Labels of the areas are what a screen reader says.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from backend.db import reading
from backend.tenants.models import tenant
from backend.words import Catalogues
from bots.line.client import Line
from bots.line.icons import ICONS
from dialogs.core.words import Text

if TYPE_CHECKING:
    from backend.app import Shell

WIDTH, HEIGHT, COLUMNS, ROWS = 2500, 1686, 3, 2
MOST_BYTES = 1_000_000
NAME = "tsunagi"
"""Rich menus of this name are ours: an earlier one is removed once the new one is shown."""

INK, PAPER, GROUND, WORDS = "#0017c1", "#ffffff", "#e8f1fe", "#1a1a1c"
URGENT_INK, URGENT_PAPER = "#ffffff", "#0017c1"

TILES = (
    ("human", Text("richmenu.human")),
    ("phone", Text("richmenu.phone")),
    ("my_case", Text("richmenu.my_case")),
    ("programs", Text("richmenu.programs")),
    ("language", Text("richmenu.language")),
    ("menu", Text("richmenu.menu")),
)


class CannotUpload(Exception):
    """LINE did not take the menu; the message says which call and status."""


@dataclass(frozen=True, slots=True)
class RichMenu:
    """What is uploaded: the menu object of the API, its image, and whether words could be drawn on it."""

    body: dict[str, Any]
    image: bytes
    lettered: bool


def build(words: Catalogues, phone: str, font: Path | None = None) -> RichMenu:
    """The menu of a municipality whose own number is `phone` (as people dial it), Japanese first, English below."""
    return RichMenu(body(words, phone), draw(words, font), font is not None)


def body(words: Catalogues, phone: str) -> dict[str, Any]:
    """The rich menu object: six areas, each a command of the dialog or the municipality's number."""
    wide, high = WIDTH // COLUMNS, HEIGHT // ROWS
    areas = []
    for number, (name, label) in enumerate(TILES):
        row, column = divmod(number, COLUMNS)
        said = words.render(label, "ja")
        action: dict[str, str] = {"type": "postback", "label": said, "data": f"||-{name}", "displayText": said}
        if name == "phone":
            action = {"type": "uri", "label": said, "uri": "tel:" + "".join(c for c in phone if c.isdigit() or c == "+")}
        areas.append({"bounds": {"x": column * wide, "y": row * high, "width": wide, "height": high}, "action": action})
    return {"size": {"width": WIDTH, "height": HEIGHT}, "selected": True, "name": NAME,
            "chatBarText": words.render(Text("richmenu.bar"), "ja"), "areas": areas}


def draw(words: Catalogues, font: Path | None) -> bytes:
    """The image as PNG. Without a font that has Japanese, larger pictures stand alone: boxes for letters help nobody."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    wide, high, gap = WIDTH / COLUMNS, HEIGHT / ROWS, 16
    for number, (name, label) in enumerate(TILES):
        row, column = divmod(number, COLUMNS)
        x, y = column * wide, row * high
        ink, paper = (URGENT_INK, URGENT_PAPER) if name == "human" else (INK, PAPER)
        pen.rounded_rectangle((x + gap, y + gap, x + wide - gap, y + high - gap), radius=48, fill=paper)
        side = 340.0 if font else 520.0
        top = y + (110 if font else (high - side) / 2)
        ICONS[name](pen, x + (wide - side) / 2, top, side, ink, paper)
        if font:
            colour = ink if name == "human" else WORDS
            _centred(pen, x + wide / 2, y + high - 270, words.render(label, "ja"), font, 104, wide - 80, colour)
            _centred(pen, x + wide / 2, y + high - 130, words.render(label, "en"), font, 60, wide - 80, colour)
    out = io.BytesIO()
    # Few colours: well below LINE's 1 MB, and sharp (JPEG blurs letters).
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _centred(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, font: Path, size: int, room: float,
             colour: str) -> None:
    while True:
        face = ImageFont.truetype(str(font), size)
        if pen.textlength(text, font=face) <= room or size <= 24:
            break
        size -= 4
    pen.text((x, y), text, font=face, fill=colour, anchor="mm")


def japanese_font() -> Path | None:
    """A font file with Japanese on this machine, asked of fontconfig; None where there is none (or no fontconfig)."""
    try:
        asked = subprocess.run(["fc-list", "--format=%{file}\n", ":lang=ja"], capture_output=True, text=True,
                               timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = [Path(line) for line in asked.stdout.splitlines() if line.endswith((".ttf", ".ttc", ".otf"))]
    # Regular sans first: it reads best at the size of a thumb.
    found.sort(key=lambda p: ("sans" not in p.name.lower() and "gothic" not in p.name.lower(),
                              "regular" not in p.name.lower(), "mono" in p.name.lower(), p.name))
    return next((path for path in found if _writes_japanese(path)), None)


def _writes_japanese(path: Path) -> bool:
    try:
        face = ImageFont.truetype(str(path), 40)
    except OSError:
        return False
    # A missing letter is drawn as the same box as any other missing letter.
    return bytes(face.getmask("相")) != bytes(face.getmask("\U0010ffff"))


async def upload(client: Line, made: RichMenu) -> str:
    """Create the menu, give it its image, make it everybody's default, remove our earlier ones; its id."""
    _, listed = await client.call("GET", "/v2/bot/richmenu/list")
    earlier = [m["richMenuId"] for m in listed.get("richmenus", []) if m.get("name") == NAME]
    number = str((await _must(client, "POST", "/v2/bot/richmenu", json=made.body))["richMenuId"])
    await _must(client, "POST", f"/v2/bot/richmenu/{number}/content", data=made.image, content_type="image/png",
                at_data_api=True)
    await _must(client, "POST", f"/v2/bot/user/all/richmenu/{number}")
    for old in earlier:
        await _must(client, "DELETE", f"/v2/bot/richmenu/{old}")
    return number


async def _must(client: Line, method: str, path: str, **content: Any) -> dict[str, Any]:
    status, answer = await client.call(method, path, **content)
    if status != 200:
        raise CannotUpload(f"LINE answered {status} to {method} {path}: {answer.get('message', '')}")
    return answer


def command(shell: Shell, out: Path | None = None) -> int:
    """`./run line richmenu`: draw the menu and upload it, or only write the picture to `out`. The exit status."""
    # The municipality that is live; before one is, the demonstration (as for whoever writes in).
    first = select(tenant.c.phone).order_by(
        (tenant.c.live_at.is_(None) | tenant.c.demonstration), ~tenant.c.demonstration, tenant.c.created_at)
    with reading(shell.engine).connect() as connection:
        phone = connection.execute(first.limit(1)).scalar() or ""
    font = japanese_font()
    if font is None:
        print("No font with Japanese letters was found, so the menu has pictures only. "
              "To add words: apt install fonts-noto-cjk, then run this again.", file=sys.stderr)
    if out is not None:
        out.write_bytes(draw(shell.words, font))
        print(f"The picture is in {out}.", file=sys.stderr)
        return 0
    if not phone:
        print("The municipality has no phone number yet: set it in the console's settings first.", file=sys.stderr)
        return 1
    if not shell.settings.line:
        print("Set TSUNAGI_LINE_CHANNEL_SECRET and TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN first.", file=sys.stderr)
        return 1
    try:
        print(asyncio.run(_uploaded(shell, build(shell.words, phone, font))))
    except (CannotUpload, OSError) as failed:
        print(f"The menu was not uploaded: {failed}", file=sys.stderr)
        return 1
    return 0


async def _uploaded(shell: Shell, made: RichMenu) -> str:
    settings = shell.settings
    client = Line(settings.line_channel_access_token, settings.line_api_base, settings.line_data_api_base)
    try:
        return await upload(client, made)
    finally:
        await client.close()
