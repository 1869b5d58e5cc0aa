"""Filled forms as a PDF on A4, set by typst with the font that came along: the same page on every machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from backend.clock import in_japan
from backend.forms.filling import Box, Sheet
from backend.forms.glyphs import GETA, CannotPrint, font_folder, printable
from backend.forms.layout import ACROSS

TEMPLATE, PRESS = Path(__file__).parent / "form.typ", Path(__file__).parent / "press.py"
MOST_SHEETS = 60
"""Sheets in one document; more become several. A sheet takes about 5 MB while it is set."""
MOST_LINES = 1000
"""Lines of a list in one document."""
TAGGED = 1000
"""Rows of boxes up to which a screen reader finds its way in the document; beyond, it would be seven times as large."""
LONGEST = 120
"""Seconds for one document."""


def printed_at(at: datetime) -> str:
    """The moment of printing, as it stands at the foot of a page."""
    here = in_japan(at)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of each page: whose paper it is, when it was printed and by whom."""

    office: str
    printed: str
    by: str
    caution: str = ""
    """What whoever finds it must know (PR-11): what it may be used for."""

    @property
    def text(self) -> str:
        return "　".join(part for part in (self.office, f"印刷 {self.printed}", self.by, self.caution) if part)


def pdf(sheets: Sequence[Sheet], foot: Foot) -> bytes:
    """The document, each sheet beginning on a page of its own. Raises `CannotPrint`, or `ValueError` without a sheet."""
    return _set(sheets, foot, {"pdf_tags": sum(len(part.lines) for one in sheets for part in one.blocks) <= TAGGED})


def pictures(sheets: Sequence[Sheet], foot: Foot, ppi: float = 80) -> list[bytes]:
    """The pages as PNG, to be looked at."""
    made, pages, at = _set(sheets, foot, {"format": "png", "ppi": ppi}), [], 0
    while at < len(made):
        long = int.from_bytes(made[at : at + 8], "big")
        pages.append(made[at + 8 : at + 8 + long])
        at += 8 + long
    return pages


def _set(sheets: Sequence[Sheet], foot: Foot, how: dict[str, Any]) -> bytes:
    if not sheets:
        raise ValueError("a document needs a sheet")
    paper = Paper()
    data = {
        "across": ACROSS, "foot": paper.text(foot.text), "landscape": sheets[0].landscape,
        "title": paper.text(sheets[0].title), "sheets": [paper.sheet(one) for one in sheets],
    }  # fmt: skip
    data["lost"] = paper.said()
    return press(TEMPLATE, data, how)


def press(template: Path, data: Any, how: dict[str, Any]) -> bytes:
    """Set a template of ours with data, in a process of its own (`press.py`). Raises `CannotPrint`."""
    about = {"template": str(template), "fonts": str(font_folder()), "how": how}
    try:
        done = subprocess.run(
            [sys.executable, str(PRESS)], input=orjson.dumps(about) + b"\n" + orjson.dumps(data), capture_output=True,
            timeout=LONGEST, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotPrint(f"The document took longer than {LONGEST} seconds.") from None
    if done.returncode or not done.stdout:
        # What it wrote to standard error may quote the data.
        raise CannotPrint(f"The document could not be set (status {done.returncode}).")
    return done.stdout


class Paper:
    """Turns words and sheets into what a template reads, and remembers the characters that cannot be set."""

    def __init__(self) -> None:
        self.lost: set[str] = set()

    def text(self, words: str) -> str:
        shown, lost = printable(words)
        self.lost |= lost
        return shown

    def sheet(self, one: Sheet) -> dict[str, Any]:
        return {
            "title": self.text(one.title), "mark": one.mark, "corner": [[label, self.text(value)] for label, value in one.corner],
            "remarks": [self.text(words) for words in one.remarks],
            "blocks": [
                {
                    "heading": self.text(block.heading), "header": block.header, "keep": block.keep, "below": self.text(block.below),
                    "box": self.text(block.box), "sentences": [self.text(words) for words in block.sentences],
                    "rows": [{"high": line.high, "boxes": self.boxes(line.boxes)} for line in block.lines],
                }
                for block in one.blocks
            ],
        }  # fmt: skip

    def boxes(self, boxes: Iterable[Box]) -> list[dict[str, Any]]:
        return [{"across": one.across, "down": one.down, "label": one.label, "runs": [self.run(run) for run in one.runs]} for one in boxes]

    def run(self, run: Any) -> Any:
        return {key: self.text(value) if isinstance(value, str) else value for key, value in run.items()}

    def said(self) -> str:
        """The sentence at the foot that names what 〓 stands for; empty when every character could be set."""
        codes = ("+".join(f"U+{ord(letter):04X}" for letter in word) for word in sorted(self.lost))
        return f"{GETA}または字形の異なる文字：{'、'.join(codes)}" if self.lost else ""
