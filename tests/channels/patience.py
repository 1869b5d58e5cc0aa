"""Clients that give up on a platform at the moment it falls silent, in place of a time-out that a busy machine runs into by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import httpx
import orjson
import pytest
from pyreqwest.exceptions import ConnectTimeoutError

from backend.clock import Clock
from bots.line.client import Line
from tests.fakes.line import TOKEN, LineFake
from tests.fakes.trouble import Troubles

Answer = TypeVar("Answer")

PATIENT = 120.0
"""Seconds: a time-out that runs out on no machine."""


class HushedLine(Line):
    """LINE's channel, whose time-out is over once the fake is silent: what was to arrive before that has arrived."""

    def __init__(self, fake: LineFake, clock: Clock) -> None:
        super().__init__(TOKEN, fake.url, fake.url, clock, timeout=PATIENT)
        self._trouble = fake.trouble

    async def _post(
        self, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, bytes]:
        # The class and the cause that pyreqwest has for a time-out (test_line_send.py waits for a real one).
        given_up = ConnectTimeoutError("connection timeout", {"causes": [{"message": "operation timed out"}]})
        return await unless_silent(
            super()._post(path, body, headers), self._trouble, orjson.dumps(body), given_up
        )


def hush_telegram(patch: pytest.MonkeyPatch, trouble: Troubles) -> None:
    """The same for every httpx client: it says that reading timed out, if it was told to give up at all."""
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def handle(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        assert request.extensions["timeout"]["read"], "it would wait for ever"
        given_up = httpx.ReadTimeout("", request=request)
        return await unless_silent(send(self, request), trouble, await request.aread(), given_up)

    patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle)


async def unless_silent(
    call: Coroutine[Any, Any, Answer], trouble: Troubles, body: bytes, given_up: Exception
) -> Answer:
    """What the call answers; `given_up` is raised if the fake falls silent at this body."""
    calling, hush = asyncio.ensure_future(call), asyncio.ensure_future(trouble.silence(body).wait())
    try:
        await asyncio.wait({calling, hush}, return_when=asyncio.FIRST_COMPLETED)
        if not calling.done():
            raise given_up
        return calling.result()
    finally:
        trouble.silence(body).clear()
        for one in (calling, hush):
            one.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await one
