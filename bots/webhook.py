"""What every platform's webhook does alike: read at most so much, store before 200, note what happened."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from backend.elsewhere import longer_than
from backend.messages import RawEvent

MOST_BYTES = 2 * 1024 * 1024
"""LINE's largest request; Telegram's updates are far smaller."""


class Inbox(Protocol):
    """Where raw events are stored; returns when they are committed, raises when they are not."""

    async def put(self, events: list[RawEvent]) -> object: ...


class TooLarge(Exception):
    """The body is larger than any real webhook."""


async def body_of(request: Request, most: int = MOST_BYTES) -> bytes:
    """The raw bytes, as they were signed. Raises `TooLarge` without reading on."""
    if "content-length" in request.headers and longer_than(request, most):
        raise TooLarge
    chunks: list[bytes] = []
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > most:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


async def stored(inbox: Inbox, events: Sequence[RawEvent], log: logging.Logger) -> bool:
    """Whether the events are safely in the inbox. False makes the webhook answer 503, so that they come again."""
    try:
        if events:
            await inbox.put(list(events))
    except Exception as failed:  # whatever it was: not stored means not accepted
        log.error("webhook not stored: %s", type(failed).__name__)
        return False
    return True


def answer(request: Request, status: int, log: logging.Logger) -> Response:
    """The response, noted as LINE's guidelines ask: sender, method, path, status; the time is the log's own."""
    host = request.client.host if request.client else "-"
    log.info("webhook %s %s %s %s", host, request.method, request.url.path, status)
    return Response(status_code=status)


__all__ = ["MOST_BYTES", "ClientDisconnect", "Inbox", "TooLarge", "answer", "body_of", "stored"]
