"""The web server's ear with an end to its patience: a request has so much room for its head and so much time to arrive.

uvicorn's parser in C takes a head of any length and waits for ever. A reverse proxy in front bounds both, but whoever reaches
the port without one must not fill the memory, or keep every connection, with a few lines a minute.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes of the request line and all headers; proxies pass on 8 to 32 kB."""
HEAD_WITHIN = 20.0
"""Seconds from the connection, or from the first byte of the next request on it."""
BODY_WITHIN = 600.0
"""Seconds for what follows: a photo of 20 MB from a shelter's overloaded network."""


class Guarded(HttpToolsProtocol):
    """Closes the connection where a request is too long in its head or too slow."""

    _watch: asyncio.TimerHandle | None = None
    _head = 0
    _in_head = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEAD_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:  # the next one on the same connection
            self._in_head, self._head = True, 0
            self._wait(HEAD_WITHIN)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait(BODY_WITHIN)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait(0)
        super().on_message_complete()

    def _wait(self, seconds: float) -> None:
        """From now on so long; 0: for ever, since it is our turn."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_later(seconds, self.transport.close) if seconds else None
