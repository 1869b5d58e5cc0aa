"""Sending SMS to a provider with a plain HTTP interface.

Providers know no idempotency key that could be relied on: what was not clearly refused before it was taken may have
gone out, and is `Unknown` (architecture.md, "Delivery contract").
"""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

import aiohttp
import orjson

from backend.messages import (
    Accepted,
    Delivery,
    Incoming,
    Refused,
    SendResult,
    Temporary,
    Throttled,
    Unknown,
)
from bots.layout import lay_out
from bots.sms.draw import CAPABILITIES

log = logging.getLogger("tsunagi.sms")

TIMEOUT = 10.0
PAUSE = 30.0
"""Seconds after a 429 that names no time."""
NO_SUCH_NUMBER = frozenset({400, 404, 410, 422})


class Sms:
    """The SMS channel of one account. One per process; the connection pool opens with the first call."""

    name = "sms"
    capabilities = CAPABILITIES

    def __init__(self, url: str, token: str, sender: str, timeout: float = TIMEOUT) -> None:
        self._url, self._token, self._sender, self._timeout = url, token, sender, timeout
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def parse(self, body: bytes) -> Incoming:
        """Nothing comes in."""
        return Incoming(None)

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery, almost always one message; one that breaks off in the middle is `Unknown`."""
        request_id = ""
        for number, part in enumerate(lay_out(delivery.messages, CAPABILITIES)):
            result = await self._send_one(delivery, number, part.text)
            if not isinstance(result, Accepted):
                return result if number == 0 else Unknown("only the first part of a long message was taken")
            request_id = request_id or result.request_id
        return Accepted(request_id)

    async def _send_one(self, delivery: Delivery, number: int, text: str) -> SendResult:
        body = {"to": delivery.address, "from": self._sender, "text": text, "reference": f"{delivery.key}/{number}"}
        try:
            # Numbers go to the provider and nowhere else, whatever it answers.
            async with self._open().post(self._url, data=orjson.dumps(body), allow_redirects=False) as response:
                log.info("call sms %s", response.status)
                return _outcome(response.status, response.headers.get("Retry-After", ""), await response.read())
        except aiohttp.ClientConnectorError:
            return Temporary("sms: the provider cannot be reached")
        except (TimeoutError, aiohttp.ClientError):
            return Unknown("sms: no answer")

    async def close(self) -> None:
        if self._session is not None and self._loop is asyncio.get_running_loop():
            await self._session.close()
        self._session = None

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            local = urlsplit(self._url).hostname in ("127.0.0.1", "localhost", "::1")
            self._loop = loop
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=self._timeout), cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=not local,
            )  # fmt: skip
        return self._session


def _outcome(status: int, retry_after: str, answer: bytes) -> SendResult:
    if 200 <= status < 300:
        return Accepted(_reference(answer))
    if status == 429:
        return Throttled(float(retry_after) if retry_after.isdecimal() else PAUSE)
    if status in (401, 403):
        return Temporary(f"sms {status}: the provider does not accept the token")
    if status in NO_SUCH_NUMBER:
        return Refused(f"sms {status}: not a number that takes messages")
    return Unknown(f"sms {status}")


def _reference(answer: bytes) -> str:
    try:
        data = orjson.loads(answer)
        return str(data.get("id", ""))[:80] if isinstance(data, dict) else ""
    except ValueError:
        return ""
