"""Platforms' JSON as it comes: strange, deep, with lone surrogates; kept whole for the inbox."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson


def load(body: bytes) -> Any:
    """JSON that may hold lone surrogates, which orjson refuses. Raises ValueError on anything that is not JSON."""
    try:
        return orjson.loads(body)
    except ValueError:
        try:
            return json.loads(body)
        except RecursionError as deep:
            raise ValueError("JSON nested too deeply") from deep


def dump(value: Any) -> bytes:
    """The JSON again. Raises ValueError when it is nested too deeply to be kept."""
    try:
        return orjson.dumps(value)
    except TypeError:  # lone surrogates, integers beyond 64 bits, deep nesting
        try:
            return json.dumps(value).encode()
        except RecursionError as deep:
            raise ValueError("JSON nested too deeply") from deep


def kept(name: str, value: Mapping[str, Any], received: datetime) -> bytes:
    """The body for the inbox: `value` under `name`, and when it was received (reply handles count from there)."""
    return dump({"received": round(received.timestamp() * 1000), name: value})


def opened(name: str, body: bytes) -> tuple[Mapping[str, Any], datetime | None]:
    """What `kept` wrote, and when it was received; a bare event (as in the journal's tests) was never received."""
    try:
        whole = mapping(load(body))
    except ValueError:
        return {}, None
    inner = whole.get(name)
    return (inner, moment(whole.get("received"))) if isinstance(inner, dict) else (whole, None)


def fingerprint(value: Mapping[str, Any]) -> str:
    """An id for an event that brought none: the same for the same event."""
    return hashlib.sha256(dump(value)).hexdigest()


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def moment(milliseconds: object) -> datetime | None:
    """A moment from milliseconds since 1970; None for anything that is no such number."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
