"""The only place that makes ids, tokens and codes."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import threading
import time
import uuid

_PAIRS = [one + other for one in "0123456789abcdefghijklmnopqrstuv" for other in "0123456789abcdefghijklmnopqrstuv"]
_SHIFTS = range(120, -1, -10)
"""128 bits and two zeros in base32hex, two letters at a time: ids are made by the million."""
_NAMESPACE = uuid.UUID("6f1f2d0c-2c5e-5d0e-9d0a-7c6f3f5a4b11")


_last = 0
_one_by_one = threading.Lock()


def new() -> str:
    """A new id: 26 characters, sorts by the time it was made, 80 random bits; safe in a URL, says nothing.

    Of one process each sorts after the one before it: within a millisecond it is that one and 40 random bits more.
    """
    global _last
    chance, now = int.from_bytes(os.urandom(10), "big"), time.time_ns() // 1_000_000
    with _one_by_one:
        made = _last + 1 + (chance >> 40) if _last >> 80 == now else now << 80 | chance
        _last = made
    made <<= 2
    return "".join([_PAIRS[made >> shift & 1023] for shift in _SHIFTS])


def earlier(id_: str, milliseconds: int) -> str:
    """The smallest id that could have been made so long before this one."""
    head = int.from_bytes(base64.b32hexdecode(id_.upper() + "=" * (-len(id_) % 8))[:6], "big")
    first = max(head - milliseconds, 0).to_bytes(6, "big") + bytes(10)
    return base64.b32hexencode(first).decode().rstrip("=").lower()


def token() -> str:
    """A secret for a link or a cookie: 256 random bits. Only its hash is ever stored."""
    return secrets.token_urlsafe(32)


def link() -> str:
    """What a code on paper holds: 100 random bits in 20 letters and digits that survive any channel. Only its hash is stored."""
    return base64.b32hexencode(secrets.token_bytes(13)).decode()[:20].lower()


def hashed(secret: str) -> str:
    """What is stored of a token: it has full entropy, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code(digits: int = 6) -> str:
    """A one-time code that a person reads aloud or types."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def retry_key(name: str) -> str:
    """A UUID that is always the same for the same outbox entry (LINE's X-Line-Retry-Key wants a hex UUID)."""
    return str(uuid.uuid5(_NAMESPACE, name))
