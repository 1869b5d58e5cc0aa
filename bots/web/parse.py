"""What a resident's page posts, and what that means.

A body is JSON with `kind`: came (payload) · said (text) · chose (session, step, option; several ids joined by commas)
· file (what, ref, name). It is written by `body_*` below and read by `parse`, nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from backend.messages import Incoming
from bots.clean import clean
from bots.danger import heard
from dialogs.core.heard import Came, Chose, Said, SentFile

MOST_TEXT = 5000
"""Characters of one message; a longer text becomes several (`forms.pieces`)."""

KEPT = "kept:"
"""A `ref` that begins so names an attachment row that already holds its content: nothing is left to fetch."""

FILES = ("photo", "voice", "video", "file")


def body_came(payload: str = "") -> bytes:
    """Somebody opened the page; `payload` says how."""
    return orjson.dumps({"kind": "came", "payload": payload})


def body_said(text: str) -> bytes:
    """Words that were typed."""
    return orjson.dumps({"kind": "said", "text": clean(text).strip()[:MOST_TEXT]})


def body_chose(session: str, step: str, option: str) -> bytes:
    """A button or ticked answers, by the ids they carried."""
    session, step, option = (clean(part)[:most] for part, most in ((session, 80), (step, 200), (option, MOST_TEXT)))
    return orjson.dumps({"kind": "chose", "session": session, "step": step, "option": option})


def body_command(command: str) -> bytes:
    """A button of the menu: an option of no particular question."""
    return body_chose("", "", f"-{command}")


def body_file(what: str, ref: str, name: str) -> bytes:
    """Something that was sent along, stored already under `ref`."""
    return orjson.dumps({"kind": "file", "what": what, "ref": ref, "name": clean(name)[:200]})


def parse(body: bytes) -> Incoming:
    """What one event means; the unknown becomes `Incoming(None)`."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Incoming(None)
    if not isinstance(event, dict):
        return Incoming(None)
    match event.get("kind"):
        case "came":
            return Incoming(Came(_text(event, "payload")), shown_key="shown.came")
        case "said":
            text = _text(event, "text")
            return Incoming(Said(text), shown=text)
        case "chose":
            option = _text(event, "option")
            return Incoming(
                Chose(_text(event, "session"), _text(event, "step"), option), shown=option, shown_key="shown.chose"
            )
        case "file":
            return _file(event)
        case _:
            return Incoming(None)


def _file(event: Mapping[str, Any]) -> Incoming:
    what = _text(event, "what")
    what = what if what in FILES else "file"
    ref, name = _text(event, "ref"), _text(event, "name")
    return Incoming(
        heard(SentFile(what, ref, name), name), shown=name, shown_key=f"shown.{what}",
        attachment={"kind": what, "ref": ref, "name": name},
    )


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
