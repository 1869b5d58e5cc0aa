"""The terminal as a channel: lines in, history out. Nothing is sent; whoever sits there reads."""

from __future__ import annotations

import orjson

from backend.messages import Accepted, Capabilities, Delivery, Incoming, SendResult
from bots.clean import clean
from bots.raw import load, mapping, words
from dialogs.core.heard import Came, Said, SentFile

CAPABILITIES = Capabilities(
    name="terminal", max_text=100_000, unit="chars", max_buttons=0, max_label=200, label_unit="chars",
    max_messages_per_send=1000, idempotent_push=True, buttons_vanish=True, sends=False,
)

FILES = ("(photo)", "(voice)", "(sticker)", "(video)", "(file)")
"""Typed like this, a line stands for something that a terminal cannot send."""


def body_of(line: str) -> bytes:
    """A typed line as an event."""
    return orjson.dumps({"line": clean(line)})


class Terminal:
    """What the worker needs of the terminal."""

    name = "terminal"
    capabilities = CAPABILITIES

    def parse(self, body: bytes) -> Incoming:
        try:
            line = words(mapping(load(body)).get("line"))
        except ValueError:
            return Incoming(None)
        if not line:
            return Incoming(None)
        if line == "(came)":
            return Incoming(Came(), shown_key="shown.came")
        if line in FILES:
            kind = line.strip("()")
            return Incoming(SentFile(kind), shown_key=f"shown.{kind}")
        return Incoming(Said(line), shown=line)

    async def send(self, delivery: Delivery) -> SendResult:
        return Accepted()

    async def close(self) -> None:
        return None
