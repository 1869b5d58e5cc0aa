"""A LINE platform on loopback: reply tokens that work once and die, retry keys, 429, 5xx, silence after acceptance.

Semantics: channels.md §1. In a test: `async with LineFake(clock=clock) as line:` and `line.url` as API base. As a
process: `python -m tests.fakes.line --port 9001 --state sent.jsonl`; `/_fake/…` then says and changes what it does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from backend import clock as clocks
from bots.line.routes import signature
from tests.fakes import line_events as events
from tests.fakes.line_account import Account
from tests.fakes.line_limits import faults
from tests.fakes.line_menus import Menus
from tests.fakes.trouble import Trouble, Troubles

SECRET, TOKEN = "0123456789abcdef0123456789abcdef", "line-access-token"
REPLY_LIFE, REDELIVERY_LIFE, KEY_LIFE = timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=24)
WEBHOOK_SECONDS = 2.0


@dataclass
class Sent:
    """What one accepted request put into a chat (or did not: `delivered` is false for a person who blocked)."""

    to: str
    via: str
    messages: list[dict[str, Any]]
    request_id: str
    retry_key: str = ""
    delivered: bool = True
    at: float = 0.0

    @property
    def text(self) -> str:
        return "\n".join(m["text"] for m in self.messages)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Quick replies as the person sees them: those of the last message only."""
        items = self.messages[-1].get("quickReply", {}).get("items", [])
        return [item["action"] for item in items]


@dataclass
class Token:
    user: str
    event_at: datetime
    received_at: datetime
    used: bool = False


@dataclass
class LineFake(Menus, Account):
    clock: clocks.Clock = clocks.now
    secret: str = SECRET
    token: str = TOKEN
    port: int = 0
    state: Path | None = None
    redelivers: bool = True
    quota: int | None = None
    sent: list[Sent] = field(default_factory=list)
    loading: list[str] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    contents: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    trouble: Troubles = field(default_factory=Troubles)
    refused: list[tuple[str, int, Any]] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    keys: dict[str, tuple[datetime, Sent]] = field(default_factory=dict)
    watch: Callable[[str, str, Any, int, Any], None] | None = None
    """Told of every call: method, path, request object, status, response object (None where it is no JSON)."""
    url: str = ""

    # --- life ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        app = web.Application(client_max_size=4 * 1024 * 1024, middlewares=[self._watched] if self.watch else [])
        app.add_routes([
            web.post("/v2/bot/message/reply", self._reply),
            web.post("/v2/bot/message/push", self._push),
            web.post("/v2/bot/chat/loading/start", self._loading),
            web.get("/v2/bot/message/quota", self._quota),
            web.get("/v2/bot/message/quota/consumption", self._consumption),
            web.get("/v2/bot/message/{id}/content", self._content),
            *self.account_routes(),
            *self.menu_routes(),
            web.post("/_fake/trouble", self._add_trouble),
            web.post("/_fake/event", self._make_event),
            web.get("/_fake/sent", self._list_sent),
        ])
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
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

    @web.middleware
    async def _watched(self, request: web.Request, handler: Any) -> web.StreamResponse:
        sent = await request.read()
        response: web.StreamResponse = await handler(request)
        answer = response.body if isinstance(response, web.Response) else None
        if self.watch is not None:
            self.watch(request.method, request.path, _object(sent), response.status,
                       _object(answer) if isinstance(answer, bytes) else None)
        return response

    # --- people write ---------------------------------------------------------------------------------------

    def event(self, kind: str, user: str, *, at: datetime | None = None, **rest: Any) -> events.Event:
        """An event of `user`, with a fresh reply token where LINE gives one. `rest` as the event's own fields."""
        at = at or self.clock()
        if kind in ("unfollow", "unsend"):
            if kind == "unfollow":
                self.blocked.add(user)
            return events.event(kind, user, at, **rest)
        if kind == "follow":
            self.blocked.discard(user)
            rest.setdefault("follow", {"isUnblocked": False})
        token = events.token(32)
        self.tokens[token] = Token(user, at, self.clock())
        return events.event(kind, user, at, token, **rest)

    def says(self, user: str, words: str, **rest: Any) -> events.Event:
        return self.event("message", user, **events.text(words), **rest)

    def taps(self, user: str, data: str, **rest: Any) -> events.Event:
        return self.event("postback", user, **events.postback(data), **rest)

    def body(self, made: Sequence[events.Event]) -> tuple[bytes, dict[str, str]]:
        """The signed webhook request for these events: body and headers."""
        body = orjson.dumps({"destination": events.DESTINATION, "events": list(made)})
        return body, {"x-line-signature": signature(self.secret, body), "content-type": "application/json"}

    async def deliver(self, url: str, made: Sequence[events.Event], *, tries: int = 3, times: int = 1,
                      shuffle: random.Random | None = None) -> list[int]:
        """Post the events as LINE does: at most 2 s, again with isRedelivery while the answer is not 2xx.

        `times` sends each event so often (network routing duplicates), `shuffle` mixes the order. Returns statuses.
        """
        calls = [[one] for one in made for _ in range(times)] if times > 1 or shuffle else [list(made)]
        if shuffle:
            shuffle.shuffle(calls)
        statuses: list[int] = []
        timeout = aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for call in calls:
                for attempt in range(tries if self.redelivers else 1):
                    body, headers = self.body([self._again(one) if attempt else one for one in call])
                    statuses.append(await self._post(session, url, body, headers))
                    if 200 <= statuses[-1] < 300:
                        break
        return statuses

    def _again(self, made: events.Event) -> events.Event:
        token = self.tokens.get(made.get("replyToken", ""))
        if token is not None:
            token.received_at = self.clock()
        return {**made, "deliveryContext": {"isRedelivery": True}}

    @staticmethod
    async def _post(session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> int:
        try:
            async with session.post(url, data=body, headers=headers) as response:
                return response.status
        except (TimeoutError, aiohttp.ClientError):
            return 0  # request_timeout in LINE's error statistics

    # --- the bot sends --------------------------------------------------------------------------------------

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        body = await self._checked(request)
        if isinstance(body, web.Response):
            return body
        if "x-line-retry-key" in request.headers:
            return self._no(request, 400, "The retry key is not supported for this endpoint")
        token = self.tokens.get(str(body.get("replyToken")))
        now = self.clock()
        if token is None or token.used or not self._alive(token, now):
            return self._no(request, 400, "Invalid reply token")
        return await self._outcome(request, Sent(token.user, "reply", body["messages"], _request_id()),
                                   lambda: setattr(token, "used", True))

    async def _push(self, request: web.Request) -> web.StreamResponse:
        body = await self._checked(request)
        if isinstance(body, web.Response):
            return body
        key = request.headers.get("x-line-retry-key", "")
        if key and not _is_uuid(key):
            return self._no(request, 400, "Invalid retry key")
        now = self.clock()
        held = self.keys.get(key)
        if key and held and now - held[0] < KEY_LIFE:
            headers = {"x-line-accepted-request-id": held[1].request_id}
            return self._no(request, 409, "The retry key is already accepted", headers,
                            sentMessages=_sent_messages(held[1]))
        to = str(body.get("to"))
        if len(to) != 33 or not to.startswith("U") or to in self.strangers:
            return self._no(request, 400, "The property, 'to', in the request body is invalid")
        if self.quota is not None and self.used >= self.quota:
            return self._no(request, 429, "You have reached your monthly limit.")
        sent = Sent(to, "push", body["messages"], _request_id(), key)
        return await self._outcome(request, sent, lambda: self.keys.__setitem__(key, (now, sent)) if key else None)

    @property
    def troubles(self) -> deque[Trouble]:
        """Faults for the calls to come, in order."""
        return self.trouble.queue

    @property
    def used(self) -> int:
        """Counted messages: pushes that reached somebody, however many message objects each held."""
        return sum(s.via == "push" and s.delivered for s in self.sent)

    def _alive(self, token: Token, now: datetime) -> bool:
        return now - token.received_at < REPLY_LIFE and now - token.event_at < REDELIVERY_LIFE

    async def _outcome(self, request: web.Request, sent: Sent, accept: Callable[[], None]) -> web.StreamResponse:
        trouble = self.trouble.next_for(request.path)
        if trouble is None or trouble.accept:
            accept()
            sent.delivered, sent.at = sent.to not in self.blocked, self.clock().timestamp()
            self.sent.append(sent)
            if self.state:
                with self.state.open("ab") as out:
                    out.write(orjson.dumps(asdict(sent)) + b"\n")
        if trouble is None:
            return web.Response(body=orjson.dumps({"sentMessages": _sent_messages(sent)}),
                                content_type="application/json", headers={"x-line-request-id": sent.request_id})
        await self.trouble.hold(request, trouble)
        return self._no(request, trouble.status or 500, "Internal server error")

    async def _checked(self, request: web.Request) -> dict[str, Any] | web.Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return self._no(request, 401, "Authentication failed. Confirm that the access token in the "
                                          "authorization header is valid.")
        try:
            body = orjson.loads(await request.read())
        except ValueError:
            return self._no(request, 400, "The request body could not be parsed as JSON")
        if not isinstance(body, dict):
            return self._no(request, 400, "The request body could not be parsed as JSON")
        if wrong := faults(body.get("messages")):
            return self._no(request, 400, f"The request body has {len(wrong)} error(s)", details=wrong)
        return body

    def _no(self, request: web.Request, status: int, why: str, headers: dict[str, str] | None = None,
            **rest: Any) -> web.Response:
        self.refused.append((request.path, status, rest.get("details", why)))
        return web.Response(status=status, body=orjson.dumps({"message": why, **rest}),
                            content_type="application/json",
                            headers={"x-line-request-id": _request_id(), **(headers or {})})

    # --- the rest -------------------------------------------------------------------------------------------

    async def _loading(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        seconds = body.get("loadingSeconds", 20)
        if seconds % 5 or not 5 <= seconds <= 60:
            return self._no(request, 400, "loadingSeconds must be a multiple of 5 from 5 to 60")
        self.loading.append(body["chatId"])
        return web.json_response({}, status=202)

    async def _quota(self, _: web.Request) -> web.Response:
        limited = self.quota is not None
        return web.json_response({"type": "limited", "value": self.quota} if limited else {"type": "none"})

    async def _consumption(self, _: web.Request) -> web.Response:
        return web.json_response({"totalUsage": self.used})

    async def _content(self, request: web.Request) -> web.Response:
        status, media_type, content = self.contents.get(request.match_info["id"], (404, "", b""))
        if status != 200:
            return self._no(request, status, "Not found") if status >= 400 else web.Response(status=status)
        return web.Response(body=content, content_type=media_type)

    # --- as a process of its own ----------------------------------------------------------------------------

    async def _add_trouble(self, request: web.Request) -> web.Response:
        self.trouble.queue.append(Trouble(**await request.json()))
        return web.json_response({"waiting": len(self.trouble.queue)})

    async def _make_event(self, request: web.Request) -> web.Response:
        """`{"kind", "user", …}` → an event with a reply token that this fake will know."""
        asked = await request.json()
        return web.json_response(self.event(asked.pop("kind"), asked.pop("user"), **asked))

    async def _list_sent(self, request: web.Request) -> web.Response:
        since = int(request.query.get("from", 0))
        return web.json_response([asdict(sent) for sent in self.sent[since:]])


def _object(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except ValueError:
        return None


def _request_id() -> str:
    digits = events.token(32)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _sent_messages(sent: Sent) -> list[dict[str, str]]:
    return [{"id": events.message_id(), "quoteToken": events.token(24)} for _ in sent.messages]


def _is_uuid(key: str) -> bool:
    digits = key.replace("-", "")
    return len(digits) == 32 and all(c in "0123456789abcdefABCDEF" for c in digits)


async def _serve(port: int, state: Path | None) -> None:
    fake = LineFake(port=port, state=state)
    await fake.start()
    print(fake.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--port", type=int, default=0)
    said.add_argument("--state", type=Path)
    given = said.parse_args()
    asyncio.run(_serve(given.port, given.state))
