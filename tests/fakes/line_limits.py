"""What LINE refuses in a message object, by its documented limits (channels.md §1, "Bodies").

Only what Tsunagi sends is known: text messages with quick replies. Anything else is refused, so that a new kind of
message needs its limits written here first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex

Fault = dict[str, str]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    return len(text) if text.isascii() else len(regex.findall(r"\X", text))


def faults(messages: Any) -> list[Fault]:
    """Empty when LINE would take these messages; else what LINE's `details` would name."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return [{"message": "Size must be between 1 and 5", "property": "messages"}]
    return [fault for n, message in enumerate(messages) for fault in _message(message, f"messages[{n}]")]


def _message(message: Any, at: str) -> Iterator[Fault]:
    if not isinstance(message, dict) or message.get("type") != "text":
        yield {"message": "A message type must be text", "property": f"{at}.type"}
        return
    if unknown := set(message) - {"type", "text", "quickReply", "quoteToken", "sender"}:
        yield {"message": "Unknown property", "property": f"{at}.{min(unknown)}"}
    yield from _length(message.get("text"), 5000, f"{at}.text", utf16)
    if "quickReply" in message:
        items = message["quickReply"].get("items") if isinstance(message["quickReply"], dict) else None
        if not isinstance(items, list) or not 1 <= len(items) <= 13:
            yield {"message": "Size must be between 1 and 13", "property": f"{at}.quickReply.items"}
            return
        for n, item in enumerate(items):
            yield from _item(item, f"{at}.quickReply.items[{n}]")


def _item(item: Any, at: str) -> Iterator[Fault]:
    action = item.get("action") if isinstance(item, dict) and item.get("type") == "action" else None
    if not isinstance(action, dict):
        yield {"message": "Must be an action", "property": f"{at}.type"}
        return
    yield from _length(action.get("label"), 20, f"{at}.action.label", graphemes)
    match action.get("type"):
        case "postback":
            yield from _length(action.get("data"), 300, f"{at}.action.data", len)
            if "displayText" in action:
                yield from _length(action["displayText"], 300, f"{at}.action.displayText", graphemes)
        case "uri":
            yield from _length(action.get("uri"), 1000, f"{at}.action.uri", len)
            if not str(action.get("uri", "")).startswith(("http://", "https://", "line://", "tel:")):
                yield {"message": "Invalid uri scheme", "property": f"{at}.action.uri"}
        case "message":
            yield from _length(action.get("text"), 300, f"{at}.action.text", graphemes)
        case _:
            yield {"message": "Unknown action", "property": f"{at}.action.type"}


def _length(value: Any, most: int, at: str, measure: Any) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield {"message": "May not be empty", "property": at}
    elif len(value) * 2 > most and measure(value) > most:
        yield {"message": f"Length must be between 0 and {most}", "property": at}
