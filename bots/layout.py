"""How one delivery becomes the parts a platform accepts: split, packed, numbered. Pure.

Nothing is reworded. Answers are written as a numbered list as well as buttons, because buttons vanish with the next
message and do not exist on LINE for PC (channels.md §1, "Bodies").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from backend.messages import Button, Capabilities, OutMessage
from bots.clean import clean

_GRAPHEME = regex.compile(r"\X")
_BREAKS = ("\n\n", "\n", "。", ". ", " ", "、")
"""Where a text may be cut, best first; the mark stays with what comes before it."""

_EARLIEST = 0.4
"""A cut before this share of the limit would make one part nearly empty: take the next kind of break instead."""

ON_ONE_LINE = "\u3000"
BETWEEN = "\n\n"
"""Stands between messages that are packed into one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message object of the platform. Only the last part of a delivery carries buttons."""

    text: str
    buttons: tuple[Button, ...] = ()


def graphemes(text: str) -> list[str]:
    """What a reader calls characters: 👨‍👩‍👧, か + ゛ and 葛 with its variation selector are one each (UAX #29)."""
    found: list[str] = _GRAPHEME.findall(text)
    return found


def size(text: str, unit: str) -> int:
    """Length of `text` in `unit`: "utf16" code units, "chars" code points or "graphemes"."""
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text) if unit == "chars" else len(graphemes(text))


def fits(text: str, limit: int, unit: str) -> bool:
    """Whether `text` is at most `limit` long; decided without measuring where that is possible."""
    at_most = len(text) * 2 if unit == "utf16" else len(text)
    return at_most <= limit or size(text, unit) <= limit


@lru_cache(1024)
def shorten(label: str, limit: int, unit: str) -> str:
    """`label`, cut to `limit` with … at the end, never inside a grapheme."""
    if fits(label, limit, unit):
        return label
    kept, room = [], limit - 1
    for grapheme in graphemes(label):
        room -= size(grapheme, unit)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + "…"


def split(text: str, limit: int, unit: str) -> list[str]:
    """`text` in pieces of at most `limit`; joined they are `text` again.

    Cut at a paragraph, a line, a sentence or a space where there is one late enough, and never inside a grapheme,
    unless a single grapheme is larger than the limit (a heap of combining marks): that one is cut between code points.
    """
    if fits(text, limit, unit):
        return [text]
    pieces: list[str] = []
    window: list[str] = []
    filled = 0
    for grapheme in _fitting(text, limit, unit):
        width = size(grapheme, unit)
        while window and filled + width > limit:
            head, tail = _cut("".join(window))
            pieces.append(head)
            window = graphemes(tail)
            filled = sum(size(g, unit) for g in window)
        window.append(grapheme)
        filled += width
    pieces.append("".join(window))
    return pieces


def _fitting(text: str, limit: int, unit: str) -> list[str]:
    units: list[str] = []
    for grapheme in graphemes(text):
        if size(grapheme, unit) <= limit:
            units.append(grapheme)
        else:
            units.extend(grapheme)
    return units


def _cut(window: str) -> tuple[str, str]:
    earliest = int(len(window) * _EARLIEST)
    for mark in _BREAKS:
        at = window.rfind(mark, earliest)
        if at != -1 and graphemes(window[at + len(mark) - 1 :])[:1] == [mark[-1]]:
            return window[: at + len(mark)], window[at + len(mark) :]
    return window, ""


def written(message: OutMessage, capabilities: Capabilities) -> str:
    """The whole message as text: progress, words, numbered answers, links; the standing words where buttons vanish."""
    head = f"({message.progress[0]}/{message.progress[1]}) " if message.progress else ""
    blocks = [head + message.text]
    if message.numbered:
        picked = set(message.picked)
        lines = [
            f"{number}. {'✓ ' if _option(button) in picked else ''}{button.label}" for number, button in enumerate(message.numbered, 1)
        ]
        # A list that people are ticking off stands above already: this time it is a line.
        blocks.append(ON_ONE_LINE.join(lines) if picked else "\n".join(lines))
    links = [b for b in (*message.numbered, *message.aside) if b.url and b.url not in message.text]
    if links:
        blocks.append("\n".join(f"{b.label}: {b.url}" for b in links))
    if message.aside and capabilities.buttons_vanish:
        blocks.append("".join(f"［{b.label}］" for b in message.aside if not b.url))
    return clean(BETWEEN.join(block for block in blocks if block))


def lay_out(messages: Sequence[OutMessage], capabilities: Capabilities) -> tuple[Part, ...]:
    """One delivery as parts, in order, as few as `max_messages_per_send` where that can be done.

    Messages stay apart while they fit; beyond that, neighbours are packed together, the smallest first and the
    last one (the open question) last of all. Parts of nothing but white space are left out: platforms refuse them.
    """
    limit, unit = capabilities.max_text, capabilities.unit
    texts: list[str] = []
    for message in messages:
        texts.extend(p for p in split(written(message, capabilities), limit, unit) if p.strip())
    texts = _packed(texts, capabilities)
    if not texts:
        return ()
    parts = [Part(text) for text in texts]
    asking = next((m for m in reversed(messages) if m.numbered or m.aside), None)
    if asking is not None:
        parts[-1] = Part(texts[-1], buttons(asking, capabilities))
    return tuple(parts)


def _packed(texts: list[str], capabilities: Capabilities) -> list[str]:
    most, limit, unit = capabilities.max_messages_per_send, capabilities.max_text, capabilities.unit
    while len(texts) > most:
        sizes = [size(text, unit) for text in texts]
        pairs = [
            (at == len(texts) - 2, sizes[at] + sizes[at + 1], at)
            for at in range(len(texts) - 1)
            if sizes[at] + sizes[at + 1] + len(BETWEEN) <= limit
        ]
        if not pairs:
            break
        _, _, at = min(pairs)
        texts[at : at + 2] = [f"{texts[at]}{BETWEEN}{texts[at + 1]}"]
    return texts


def buttons(message: OutMessage, capabilities: Capabilities) -> tuple[Button, ...]:
    """The message's buttons within the platform's count and label length.

    The standing ones (talk to a person, back) are never left out for an answer: answers also stand in the list, and
    their number can be typed. A label that must be cut gets its number, so that it can be found there.
    """
    most, longest, unit = capabilities.max_buttons, capabilities.max_label, capabilities.label_unit
    aside = [shown for b in message.aside if (shown := _fit(b, clean(b.label), longest, unit))][:most]
    picked = set(message.picked)
    answers: list[Button] = []
    for number, button in enumerate(message.numbered, 1):
        if len(answers) + len(aside) == most:
            break
        label = clean(button.label)
        if label.strip():
            if picked and _option(button) in picked:
                label = f"✓ {label}"
            if not fits(label, longest, unit):
                label = f"{number}. {label}"
            if fit := _fit(button, label, longest, unit):
                answers.append(fit)
    return (*answers, *aside)


def _fit(button: Button, label: str, longest: int, unit: str) -> Button | None:
    """The button with a label that fits; None when nothing of it can be shown."""
    if not label.strip():
        return None
    short = shorten(label, longest, unit)
    return button if short == button.label else Button(short, button.data, button.url)


def _option(button: Button) -> str:
    return button.data.rpartition("|")[2]
