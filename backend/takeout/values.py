"""A value of the database as JSON and back: days and moments as ISO 8601, sealed columns as what they hold."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, LargeBinary
from sqlalchemy.types import TypeEngine

from backend.crypto import SealedJson, SealedText
from backend.db import Moment

KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Moment, "moment"), (Date, "date"), (SealedText, "text"), (SealedJson, "json"), (LargeBinary, "bytes"),
)  # fmt: skip


def kind_of(type_: TypeEngine[Any]) -> str:
    """How a column is written, in the words of the description."""
    for known, name in KINDS:
        if isinstance(type_, known):
            return name
    name = type_.__class__.__name__.lower()
    return {"string": "text", "text": "text", "biginteger": "integer", "json": "json"}.get(name, name)


def to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def from_json(kind: str, value: Any) -> Any:
    """The value for the database again, for whoever brings an export in."""
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    return b64decode(value) if kind == "bytes" else value
