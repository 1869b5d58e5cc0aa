"""A Telegram Bot API on loopback: `retry_after`, blocked people, silence after acceptance, and no idempotency.

Semantics: channels.md §3. In a test: `async with TelegramFake(clock=clock) as telegram:` and `telegram.url` as API
base. As a process: `python -m tests.fakes.telegram --port 9002 --state sent.jsonl`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp import web

from backend import clock as clocks
from tests.fakes import telegram_updates as updates
from tests.fakes.trouble import Trouble, Troubles

TOKEN, SECRET = "7000000001:AAinvented-token", "telegram_secret-1"
PER_CHAT_BURST = 3


@dataclass
class Sent:
    """One message in a chat: every accepted call makes one, repeated or not."""

    chat: int
    text: str
    keyboard: list[list[dict[str, Any]]]
    message_id: int
    at: float = 0.0

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [button for row in self.keyboard for button in row]


@dataclass
class TelegramFake:
    clock: clocks.Clock = clocks.now
    token: str = TOKEN
    secret: str = SECRET
    port: int = 0
    state: Path | None = None
    paced: bool = False
    """True: more than a short burst into one chat within a second is answered with 429 and retry_after."""
    sent: list[Sent] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    strangers: set[int] = field(default_factory=set)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    trouble: Troubles = field(default_factory=Troubles)
    url: str = ""

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([
            web.route("*", "/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/{path:.*}", self._file),
            web.post("/_fake/trouble", self._add_trouble),
            web.get("/_fake/sent", self._list_sent),
        ])
        self._numbers, self._message_ids = itertools.count(900_000_001), itertools.count(5001)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        host, port = self._runner.addresses[0][:2]
        self.url, self.port = f"http://{host}:{port}", port

    async def stop(self) -> None:
        self.trouble.over.set()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def troubles(self) -> deque[Trouble]:
        return self.trouble.queue

    # --- people write ---------------------------------------------------------------------------------------

    def update(self, **content: Any) -> updates.Update:
        return {"update_id": next(self._numbers), **content}

    def says(self, chat: int, words: str) -> updates.Update:
        content: dict[str, Any] = {"text": words}
        if words.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}]
        return self.update(message=updates.message(chat, self.clock(), **content))

    def taps(self, chat: int, data: str) -> updates.Update:
        return self.update(callback_query=updates.pressed(chat, self.clock(), data))

    def blocks(self, chat: int) -> updates.Update:
        self.blocked.add(chat)
        return self.update(my_chat_member=updates.member(chat, self.clock(), "member", "kicked"))

    def returns(self, chat: int) -> updates.Update:
        self.blocked.discard(chat)
        return self.update(my_chat_member=updates.member(chat, self.clock(), "kicked", "member"))

    def headers(self) -> dict[str, str]:
        return {"X-Telegram-Bot-Api-Secret-Token": self.secret, "content-type": "application/json"}

    async def deliver(self, url: str, made: Sequence[updates.Update], *, tries: int = 3, times: int = 1,
                      at_once: int = 1, shuffle: random.Random | None = None) -> list[int]:
        """Post each update by itself, again while the answer is not 2xx; `at_once` in parallel, as Telegram does."""
        calls = [one for one in made for _ in range(times)]
        if shuffle:
            shuffle.shuffle(calls)
        gate = asyncio.Semaphore(at_once)
        statuses: list[int] = []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:

            async def one(update: updates.Update) -> None:
                async with gate:
                    for _ in range(tries):
                        async with session.post(url, data=orjson.dumps(update), headers=self.headers()) as response:
                            statuses.append(response.status)
                        if 200 <= statuses[-1] < 300:
                            return

            await asyncio.gather(*(one(update) for update in calls))
        return statuses

    # --- the bot calls --------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return self._no(method, 401, "Unauthorized")
        given = await _parameters(request)
        self.calls.append((method, given))
        trouble = self.trouble.next_for(request.path)
        if trouble is not None and not trouble.accept:
            return await self._suffer(request, method, trouble)
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return self._no(method, 404, "Not Found")
        answer: web.StreamResponse = handler(given)
        return await self._suffer(request, method, trouble) if trouble is not None else answer

    async def _suffer(self, request: web.Request, method: str, trouble: Trouble) -> web.StreamResponse:
        await self.trouble.hold(request, trouble)
        if trouble.status == 429:
            return self._slow_down(method, trouble.after)
        return self._no(method, trouble.status or 502, "Bad Gateway")

    def _sendMessage(self, given: dict[str, Any]) -> web.Response:
        chat, text = int(given["chat_id"]), str(given.get("text", ""))
        markup = given.get("reply_markup", {})
        if chat in self.strangers:
            return self._no("sendMessage", 400, "Bad Request: chat not found")
        if chat in self.blocked:
            return self._no("sendMessage", 403, "Forbidden: bot was blocked by the user")
        if wrong := _refused(text, markup):
            return self._no("sendMessage", 400, f"Bad Request: {wrong}")
        now = self.clock().timestamp()
        if self.paced and sum(s.chat == chat and now - s.at < 1 for s in self.sent) >= PER_CHAT_BURST:
            return self._slow_down("sendMessage", 1)
        made = Sent(chat, text, markup.get("inline_keyboard", []), next(self._message_ids), now)
        self.sent.append(made)
        if self.state:
            with self.state.open("ab") as out:
                out.write(orjson.dumps(asdict(made)) + b"\n")
        message = {**updates.sent(chat, self.clock(), text), "message_id": made.message_id}
        return self._yes("sendMessage", {**message, "reply_markup": markup} if markup else message)

    def _answerCallbackQuery(self, given: dict[str, Any]) -> web.Response:
        self.answered.append(str(given["callback_query_id"]))
        return self._yes("answerCallbackQuery", True)

    def _getMe(self, _: dict[str, Any]) -> web.Response:
        return self._yes("getMe", {**updates.BOT, "can_join_groups": False, "can_read_all_group_messages": False,
                                   "supports_inline_queries": False})

    def _setWebhook(self, given: dict[str, Any]) -> web.Response:
        if not str(given.get("url", "")).startswith("https://"):
            return self._no("setWebhook", 400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        return self._yes("setWebhook", True)

    def _setMyCommands(self, given: dict[str, Any]) -> web.Response:
        for command in given["commands"]:
            name, words = command["command"], command["description"]
            if not (name.islower() and 1 <= len(name) <= 32 and 1 <= len(words) <= 256):
                return self._no("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
        return self._yes("setMyCommands", True)

    def _getFile(self, given: dict[str, Any]) -> web.Response:
        name = str(given["file_id"])
        if name not in self.files:
            return self._no("getFile", 400, "Bad Request: invalid file_id")
        path, content = self.files[name]
        if len(content) > 20 * 1024 * 1024:
            return self._no("getFile", 400, "Bad Request: file is too big")
        return self._yes("getFile", {"file_id": name, "file_unique_id": name, "file_path": path,
                                     "file_size": len(content)})

    async def _file(self, request: web.Request) -> web.Response:
        for path, content in self.files.values():
            if path == request.match_info["path"]:
                return web.Response(body=content)
        return web.Response(status=404)

    def _yes(self, method: str, result: Any) -> web.Response:
        self.answers.append((method, {"ok": True, "result": result}))
        return web.json_response({"ok": True, "result": result})

    def _no(self, method: str, status: int, why: str, **rest: Any) -> web.Response:
        answer = {"ok": False, "error_code": status, "description": why, **rest}
        self.answers.append((method, answer))
        return web.json_response(answer, status=status)

    def _slow_down(self, method: str, after: int) -> web.Response:
        return self._no(method, 429, f"Too Many Requests: retry after {after}", parameters={"retry_after": after})

    # --- as a process of its own ----------------------------------------------------------------------------

    async def _add_trouble(self, request: web.Request) -> web.Response:
        self.trouble.queue.append(Trouble(**await request.json()))
        return web.json_response({"waiting": len(self.trouble.queue)})

    async def _list_sent(self, request: web.Request) -> web.Response:
        since = int(request.query.get("from", 0))
        return web.json_response([asdict(sent) for sent in self.sent[since:]])


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Parameters as the Bot API takes them: form, JSON or query; objects inside a form are JSON text."""
    if request.content_type == "application/json":
        return dict(await request.json())
    given: dict[str, Any] = {**request.query, **await request.post()}
    return {name: _decoded(name, value) for name, value in given.items()}


def _decoded(name: str, value: Any) -> Any:
    if name == "text" or not isinstance(value, str) or value[:1] not in "[{":
        return value
    return orjson.loads(value)


def _refused(text: str, markup: dict[str, Any]) -> str:
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return "message is too long"
    for row in markup.get("inline_keyboard", []):
        for button in row:
            data, url = button.get("callback_data"), button.get("url")
            if not button.get("text") or (data is None) == (url is None):
                return "inline keyboard button has an invalid form"
            if data is not None and not 1 <= len(data.encode()) <= 64:
                return "BUTTON_DATA_INVALID"
            if url is not None and "." not in (urlsplit(url).hostname or ""):
                return f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
    return ""


async def _serve(port: int, state: Path | None) -> None:
    fake = TelegramFake(port=port, state=state)
    await fake.start()
    print(fake.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--port", type=int, default=0)
    said.add_argument("--state", type=Path)
    given = said.parse_args()
    asyncio.run(_serve(given.port, given.state))
