"""The pictures of the rich menu, drawn from plain shapes: they say the same without any font.

Each draws into a square of side `s` whose corner is (x, y), in `ink` on `paper`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL.ImageDraw import ImageDraw

Icon: TypeAlias = Callable[[ImageDraw, float, float, float, str, str], None]


def human(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """A person, and a speech bubble beside."""
    d.ellipse(_box(x, y, s, 0.10, 0.28, 0.38, 0.56), fill=ink)
    d.pieslice(_box(x, y, s, 0.00, 0.60, 0.48, 1.24), 180, 360, fill=ink)
    d.rounded_rectangle(_box(x, y, s, 0.44, 0.06, 1.00, 0.50), radius=s * 0.1, fill=ink)
    d.polygon([(x + s * px, y + s * py) for px, py in ((0.52, 0.46), (0.70, 0.46), (0.48, 0.64))], fill=ink)
    for row in (0.20, 0.33):
        d.rounded_rectangle(_box(x, y, s, 0.53, row - 0.025, 0.91, row + 0.025), radius=s * 0.02, fill=paper)


def phone(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """A handset: an arc between two ends."""
    d.arc(_box(x, y, s, -0.62, -0.62, 0.90, 0.90), 8, 82, fill=ink, width=round(s * 0.2))
    for cx, cy in ((0.80, 0.24), (0.24, 0.80)):
        d.rounded_rectangle(_box(x, y, s, cx - 0.17, cy - 0.17, cx + 0.17, cy + 0.17), radius=s * 0.07, fill=ink)


def my_case(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """A clipboard with lines."""
    d.rounded_rectangle(_box(x, y, s, 0.14, 0.10, 0.86, 1.00), radius=s * 0.08, fill=ink)
    d.rounded_rectangle(_box(x, y, s, 0.22, 0.20, 0.78, 0.92), radius=s * 0.03, fill=paper)
    d.rounded_rectangle(_box(x, y, s, 0.34, 0.00, 0.66, 0.22), radius=s * 0.06, fill=ink)
    for row in (0.38, 0.54, 0.70):
        d.rounded_rectangle(_box(x, y, s, 0.31, row - 0.03, 0.69, row + 0.03), radius=s * 0.03, fill=ink)


def programs(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """A house over an open hand."""
    roof = ((0.50, 0.02), (0.86, 0.32), (0.14, 0.32))
    d.polygon([(x + s * px, y + s * py) for px, py in roof], fill=ink)
    d.rectangle(_box(x, y, s, 0.24, 0.32, 0.76, 0.60), fill=ink)
    d.rectangle(_box(x, y, s, 0.44, 0.42, 0.56, 0.60), fill=paper)
    d.rounded_rectangle(_box(x, y, s, 0.00, 0.72, 0.16, 1.00), radius=s * 0.04, fill=ink)
    d.chord(_box(x, y, s, 0.10, 0.40, 1.00, 1.00), 0, 180, fill=ink)
    d.rectangle(_box(x, y, s, 0.08, 0.60, 1.02, 0.72), fill=paper)


def language(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """A globe."""
    line = round(s * 0.06)
    d.ellipse(_box(x, y, s, 0.04, 0.04, 0.96, 0.96), outline=ink, width=line)
    d.ellipse(_box(x, y, s, 0.30, 0.04, 0.70, 0.96), outline=ink, width=line)
    d.line([(x + s * 0.5, y + s * 0.05), (x + s * 0.5, y + s * 0.95)], fill=ink, width=line)
    for row in (0.30, 0.50, 0.70):
        reach = 0.46 if row == 0.5 else 0.39
        d.line([(x + s * (0.5 - reach), y + s * row), (x + s * (0.5 + reach), y + s * row)], fill=ink, width=line)


def menu(d: ImageDraw, x: float, y: float, s: float, ink: str, paper: str) -> None:
    """Three lines with dots."""
    for row in (0.22, 0.50, 0.78):
        d.ellipse(_box(x, y, s, 0.04, row - 0.08, 0.20, row + 0.08), fill=ink)
        d.rounded_rectangle(_box(x, y, s, 0.30, row - 0.07, 0.98, row + 0.07), radius=s * 0.05, fill=ink)


ICONS: dict[str, Icon] = {
    "human": human, "phone": phone, "my_case": my_case, "programs": programs, "language": language, "menu": menu,
}


def _box(x: float, y: float, s: float, left: float, top: float, right: float, bottom: float,
         ) -> tuple[float, float, float, float]:
    return (x + s * left, y + s * top, x + s * right, y + s * bottom)
