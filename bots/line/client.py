"""Sending to LINE: reply token first (free), push with a retry key otherwise.

Rules: architecture.md "Delivery contract", channels.md §1 "Sending". pyreqwest and not the SDK's client, because one
process must reach LINE's 2,000 requests a second and leave the other core to the turns (`./run bench line`).
"""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import DetailedPyreqwestError, PyreqwestError
from pyreqwest.response import Response

from backend import clock as clocks
from backend import ids
from backend.messages import (
    Accepted,
    Delivery,
    Fetched,
    Gone,
    Incoming,
    NotYet,
    Refused,
    SendResult,
    Temporary,
    Throttled,
    Unknown,
)
from bots.layout import lay_out
from bots.line.draw import CAPABILITIES, draw
from bots.line.parse import parse

log = logging.getLogger("tsunagi.line")

TIMEOUT = 5.0
"""Seconds for one call. LINE answers within tens of milliseconds; beyond this the outcome is uncertain."""

RETRY_KEY_HOURS = 23
"""LINE forgets a retry key after 24 h and would deliver again; the hour is for clocks and queues."""

MOST_BYTES = 20 * 1024 * 1024
"""Attachments beyond this are not fetched."""

REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"


class Unreachable(OSError):
    """LINE could not be asked: no network, no answer in time."""


class Line:
    """The LINE channel of one account. One per process; the connection pool opens with the first call."""

    name = "line"
    capabilities = CAPABILITIES

    def __init__(self, token: str, api_base: str, data_api_base: str, clock: clocks.Clock = clocks.now,
                 timeout: float = TIMEOUT) -> None:
        self._token, self._clock, self._timeout = token, clock, timeout
        self._api, self._data_api = api_base.rstrip("/"), data_api_base.rstrip("/")
        self._client: Client | None = None

    def parse(self, body: bytes) -> Incoming:
        return parse(body)

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery; the same delivery may come again and is never delivered twice without being marked."""
        parts = lay_out(delivery.messages, CAPABILITIES)
        if not parts:
            return Accepted()
        objects = draw(parts)
        most = CAPABILITIES.max_messages_per_send
        sends = [objects[at : at + most] for at in range(0, len(objects), most)]
        if delivery.reply and len(sends) == 1:
            result = await self._reply(delivery, sends[0])
            if result is not None:
                return result
        return await self._push(delivery, sends)

    async def _reply(self, delivery: Delivery, objects: list[dict[str, Any]]) -> SendResult | None:
        """Try the reply token; None when it is certainly unused and dead, so that push may follow."""
        alive = delivery.reply_until is not None and self._clock() < delivery.reply_until
        if not alive:
            return Unknown("reply timed out, and its minute has passed") if delivery.reply_tried else None
        body = {"replyToken": delivery.reply, "messages": objects}
        try:
            status, headers, _ = await self._post(REPLY, body)
        except PyreqwestError as error:
            if _never_left(error):
                return Temporary("reply: LINE cannot be reached", reply_tried=delivery.reply_tried)
            return Temporary("reply timed out", reply_tried=True)
        if status == 200:
            return Accepted(headers.get("x-line-request-id", ""))
        if status == 429:
            return Throttled(_pause(delivery))
        if status >= 500:
            return Temporary(f"reply {status}", reply_tried=True)
        if status == 401:
            return Temporary("reply 401: the channel access token is not valid", reply_tried=delivery.reply_tried)
        # 400 "Invalid reply token": after a time-out it may mean "already delivered"; at the first try it means dead.
        return Unknown(f"reply {status} after a time-out") if delivery.reply_tried else None

    async def _push(self, delivery: Delivery, sends: list[list[dict[str, Any]]]) -> SendResult:
        first = delivery.first_tried_at
        if delivery.attempts > 1 and first and self._clock() - first > timedelta(hours=RETRY_KEY_HOURS):
            return Unknown("push: the retry key is no longer good")
        request_id = ""
        for number, objects in enumerate(sends):
            key = ids.retry_key(delivery.key if number == 0 else f"{delivery.key}/{number}")
            result = await self._push_one(delivery, objects, key)
            if not isinstance(result, Accepted):
                return result  # what went out before has its own key: the next try finds it accepted
            request_id = request_id or result.request_id
        return Accepted(request_id)

    async def _push_one(self, delivery: Delivery, objects: list[dict[str, Any]], key: str) -> SendResult:
        body = {"to": delivery.address, "messages": objects}
        try:
            status, headers, answer = await self._post(PUSH, body, {"X-Line-Retry-Key": key})
        except PyreqwestError:
            return Temporary("push: LINE cannot be reached or timed out")
        if status == 200:
            return Accepted(headers.get("x-line-request-id", ""))
        if status == 409:
            return Accepted(headers.get("x-line-accepted-request-id", ""))
        if status == 429:
            return Throttled(_pause(delivery))
        if status >= 500:
            return Temporary(f"push {status}")
        if status == 401:
            return Temporary("push 401: the channel access token is not valid")
        return Refused(f"push {status}{_places(answer)}")

    async def call(self, method: str, path: str, *, json: Any = None, data: bytes | None = None,
                   content_type: str = "application/json", at_data_api: bool = False,
                   ) -> tuple[int, dict[str, Any]]:
        """Any other call (rich menu, bot info): status and the answer's object. Raises `Unreachable`."""
        body = orjson.dumps(json) if json is not None else data
        base = self._data_api if at_data_api else self._api
        asked = self._open().request(method, base + path)
        if body is not None:
            asked = asked.header("Content-Type", content_type).body_bytes(body)
        try:
            response = await asked.build().send()
            _record(response, method, path)
            content = bytes(await response.bytes())
        except PyreqwestError as error:
            raise Unreachable(type(error).__name__) from error
        try:
            answer = orjson.loads(content)
        except ValueError:
            answer = {}
        return response.status, answer if isinstance(answer, dict) else {}

    async def fetch_attachment(self, ref: str) -> Fetched | Gone | NotYet:
        """The bytes of a photo, voice message, video or file. LINE deletes content after an undisclosed time."""
        if not ref.isdigit():
            return Gone("not content of LINE")
        asked = self._open().get(f"{self._data_api}/v2/bot/message/{ref}/content").build_streamed()
        try:
            async with asked as response:
                _record(response, "GET", "/v2/bot/message/{messageId}/content")
                if response.status == 200:
                    content = await _limited(response)
                    media_type = response.get_header("content-type") or "application/octet-stream"
                    return Gone("too large") if content is None else Fetched(media_type.partition(";")[0].strip(), content)
                if response.status in (400, 404, 410):
                    return Gone(str(response.status))
                return NotYet(2.0 if response.status == 202 else 30.0)
        except PyreqwestError:
            return NotYet(30.0)

    async def show_loading(self, user: str, seconds: int) -> None:
        """Three moving dots in the person's chat until the next message, at most `seconds` (5 to 60, in fives)."""
        body = {"chatId": user, "loadingSeconds": seconds}
        with contextlib.suppress(PyreqwestError):
            await self._post("/v2/bot/chat/loading/start", body)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
        self._client = None

    async def _post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any, bytes]:
        asked = self._open().post(self._api + path).header("Content-Type", "application/json").body_bytes(orjson.dumps(body))
        response = await (asked.headers(headers) if headers else asked).build().send()
        _record(response, "POST", path)
        return response.status, response.headers, bytes(await response.bytes()) if response.status >= 400 else b""

    def _open(self) -> Client:
        if self._client is None:
            made = (
                ClientBuilder().default_headers({"Authorization": f"Bearer {self._token}"}).user_agent("Tsunagi")
                .timeout(timedelta(seconds=self._timeout)).pool_idle_timeout(timedelta(seconds=30))
                .follow_redirects(False)  # the token goes to LINE and nowhere else
            )
            if urlsplit(self._api).hostname in ("127.0.0.1", "localhost", "::1"):
                made = made.no_proxy()  # elsewhere: municipalities reach the outside through a proxy
            self._client = made.build()
        return self._client


def _never_left(error: PyreqwestError) -> bool:
    """Whether the connection itself failed. The classes of these errors do not tell: a dropped answer is a `ConnectError`
    too. Where the cause is not named as expected, the request counts as sent: uncertain, never doubled."""
    causes = (error.details.get("causes") if isinstance(error, DetailedPyreqwestError) else None) or []
    return any(cause["message"] == "client error (Connect)" for cause in causes)


def _pause(delivery: Delivery) -> float:
    """LINE names no time with a 429: rate, quota and too many to one person look alike. Back off by attempts."""
    return float(min(60, 2 ** min(delivery.attempts, 6)))


def _record(response: Response, method: str, path: str) -> None:
    """What LINE's development guidelines ask to be kept, since LINE gives out no logs; no bodies, no user ids."""
    log.info("call %s %s %s %s", method, path, response.status, response.get_header("x-line-request-id") or "-")


def _places(answer: bytes) -> str:
    """Where LINE found fault, by property name only: its message may quote what was sent."""
    try:
        details = orjson.loads(answer).get("details", [])
        named = [str(d.get("property", "")) for d in details]
    except (ValueError, AttributeError, TypeError):
        return ""
    return f" at {', '.join(named)}"[:150] if named else ""


async def _limited(response: Response) -> bytes | None:
    chunks, total = [], 0
    while (chunk := await response.body_reader.read_chunk()) is not None:
        total += len(chunk)
        if total > MOST_BYTES:
            return None
        chunks.append(bytes(chunk))
    return b"".join(chunks)
