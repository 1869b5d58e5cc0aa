"""Sending to Telegram with python-telegram-bot's `Bot` (not its Application: order and retries are the outbox's).

There is no idempotency key: a send without an answer may have arrived, and is `Unknown` (architecture.md, "Delivery
contract"; channels.md §3).
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from backend.messages import (
    Accepted,
    Blocked,
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
from bots.layout import Part, lay_out
from bots.telegram.draw import CAPABILITIES, keyboard
from bots.telegram.parse import parse

log = logging.getLogger("tsunagi.telegram")

# httpx writes every address it calls at INFO, and the address holds the bot's token.
for _chatty in ("httpx", "httpcore", "telegram"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

os.environ.setdefault("PTB_TIMEDELTA", "true")  # RetryAfter.retry_after as a timedelta; the int form is deprecated

TIMEOUT = 5.0
MOST_PATIENCE = 20.0
"""Seconds that the rest of a turn waits for a 429 once its first part has arrived; well inside the outbox's lease."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


class Telegram:
    """The Telegram channel of one bot. One per process; the connection pool opens with the first call."""

    name = "telegram"
    capabilities = CAPABILITIES

    def __init__(self, token: str, api_base: str, timeout: float = TIMEOUT) -> None:
        self._token, self._base, self._timeout = token, api_base.rstrip("/"), timeout
        self._bot: Bot | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answers: set[asyncio.Task[None]] = set()

    def parse(self, body: bytes) -> Incoming:
        return parse(body)

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery. Almost always one message; a longer turn that breaks off in the middle is `Unknown`."""
        parts = lay_out(delivery.messages, CAPABILITIES)
        if delivery.reply:
            self._answer(delivery.reply)
        request_id, patience = "", MOST_PATIENCE
        for number, part in enumerate(parts):
            result = await self._send_one(delivery.address, part)
            while number and isinstance(result, Throttled) and result.after <= patience:
                patience -= result.after
                await asyncio.sleep(result.after)
                result = await self._send_one(delivery.address, part)
            if not isinstance(result, Accepted):
                return result if number == 0 else Unknown("only the first part of a long turn arrived")
            request_id = request_id or result.request_id
        return Accepted(request_id)

    async def _send_one(self, address: str, part: Part) -> SendResult:
        try:
            sent = await self.bot().send_message(
                chat_id=int(address), text=part.text, reply_markup=keyboard(part), link_preview_options=_NO_PREVIEW)
        except ValueError:
            return Refused("not a chat of Telegram")
        except TelegramError as error:
            result = outcome(error)
            log.info("call sendMessage %s", type(error).__name__)
            return result
        log.info("call sendMessage 200")
        return Accepted(str(sent.message_id))

    def _answer(self, query: str) -> None:
        """Stop the little clock on a pressed button; nothing depends on it."""

        async def quietly() -> None:
            try:
                await self.bot().answer_callback_query(query)
            except TelegramError as error:
                log.info("call answerCallbackQuery %s", type(error).__name__)

        task = asyncio.create_task(quietly())
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def fetch_attachment(self, ref: str) -> Fetched | Gone | NotYet:
        """The bytes of a file by its `file_id`. Telegram hands bots at most 20 MB."""
        try:
            file = await self.bot().get_file(ref)
            content = bytes(await file.download_as_bytearray())
        except RetryAfter as error:
            return NotYet(_seconds(error.retry_after))
        except (BadRequest, Forbidden):
            return Gone("too large, or no longer kept")
        except InvalidToken:
            # A dead link of a file looks like a wrong token: ask again, and let the worker count its tries.
            return NotYet(60.0)
        except TelegramError:
            return NotYet(30.0)
        return Fetched(mimetypes.guess_type(file.file_path or "")[0] or "application/octet-stream", content)

    async def close(self) -> None:
        if self._answers:
            await asyncio.wait(self._answers, timeout=self._timeout)
        if self._bot is not None and self._loop is asyncio.get_running_loop():
            await self._bot.request.shutdown()
        self._bot = None

    def bot(self) -> Bot:
        """The library's client, made inside the running loop."""
        loop = asyncio.get_running_loop()
        if self._bot is None or self._loop is not loop:
            self._loop = loop
            self._bot = Bot(self._token, base_url=f"{self._base}/bot", base_file_url=f"{self._base}/file/bot",
                            request=self._request(64), get_updates_request=self._request(1))
        return self._bot

    def _request(self, connections: int) -> HTTPXRequest:
        local = urlsplit(self._base).hostname in ("127.0.0.1", "localhost", "::1")
        extra: dict[str, Any] = {"trust_env": not local}
        seconds = self._timeout
        return HTTPXRequest(connection_pool_size=connections, read_timeout=seconds, write_timeout=seconds,
                            connect_timeout=seconds, pool_timeout=seconds, httpx_kwargs=extra)


def outcome(error: TelegramError) -> SendResult:
    """What an error of the library says about the message. `BadRequest` is a `NetworkError` there: order matters."""
    match error:
        case RetryAfter():
            return Throttled(_seconds(error.retry_after))
        case Forbidden():
            return Blocked()
        case ChatMigrated():
            return Refused("400 not a private chat")
        case BadRequest():
            return Refused(f"400 {_reason(error)}")
        case InvalidToken():
            return Temporary("401: the bot token is not valid")
        case Conflict():
            return Temporary("409")
        case TimedOut():
            return Temporary("not connected") if isinstance(error.__cause__, _NEVER_SENT) else Unknown("timed out")
        case NetworkError() if isinstance(error.__cause__, _NEVER_SENT):
            return Temporary("not connected")
        case NetworkError() if error.message.startswith("Too Many Requests"):
            return Throttled(5.0)
        case _:
            return Unknown(f"no clear answer ({type(error).__name__})")


def _reason(error: TelegramError) -> str:
    """Telegram's own sentence up to what it quotes: that may be a link or a person's words."""
    return error.message.split("'")[0].split('"')[0][:80].strip()


def _seconds(after: int | timedelta) -> float:
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
