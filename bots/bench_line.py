"""The load of `bench`: residents who write on LINE, read the answer and write on; and the platform between them."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bots.memory import settled
from tests.fakes.line import WEBHOOK_SECONDS, LineFake, Sent

GATHER = 0.005
"""Seconds within which people's messages come together into one webhook request of the flat-out load."""

WARM_UP = 4.0
"""Seconds that are not counted: imports, first statements, connection pools."""


def _percentile(values: list[float], part: float) -> float:
    from bots.bench import percentile

    return round(percentile(values, part), 1)


def _cpu(pid: int) -> float:
    """Seconds of processor time a process has used; 0 where /proc is not there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class _Asked:
    """As much of a request as the fake looks at."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    async def read(self) -> bytes:
        return self.body


def _header(head: bytes, name: bytes) -> str:
    """The value of a header in the head of a request; empty where there is none. `name` in small letters."""
    at = head.lower().find(b"\r\n" + name + b": ")
    if at < 0:
        return ""
    at += len(name) + 4
    return head[at:head.find(b"\r\n", at)].decode("latin-1")


class _Wire(asyncio.Protocol):
    """HTTP/1.1 with a content length and nothing else: what is measured is not the stand-in for LINE's servers."""

    def __init__(self, platform: _Platform) -> None:
        self._platform = platform
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            asked, *lines = self._got[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            whole = end + 4 + int(headers.get("content-length", 0))
            if len(self._got) < whole:
                return
            body, self._got = self._got[end + 4:whole], self._got[whole:]
            method, path, _ = asked.split(" ")
            self._transport.write(self._platform.answer(_Asked(method, path, headers, body)))


class _Caller(asyncio.Protocol):
    """One connection that posts webhooks one after the other, for the same reason."""

    def __init__(self) -> None:
        self._got = b""
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(0)

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0 or self._answered is None or self._answered.done():
            return
        head = self._got[:end + 2]
        if len(self._got) >= end + 4 + int(_header(head, b"content-length") or 0):
            status, self._got = int(head.split(b" ", 2)[1]), b""
            self._answered.set_result(status)

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer; 0 when there is none within the seconds that LINE waits."""
        self._answered = asyncio.get_running_loop().create_future()
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.write(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        try:
            async with asyncio.timeout(WEBHOOK_SECONDS):
                return await self._answered
        except TimeoutError:
            self._transport.close()
            return 0

    @property
    def open(self) -> bool:
        return not self._transport.is_closing()


class _Platform(LineFake):
    """The LINE fake on a plain wire, telling when a person got an answer."""

    answered: Callable[[str], None] = staticmethod(lambda user: None)

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Wire(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url, self.port = f"http://{host}:{port}", port

    async def stop(self) -> None:
        self._server.close()

    def answer(self, asked: _Asked) -> bytes:
        handlers = {"/v2/bot/message/reply": self._reply, "/v2/bot/message/push": self._push}
        if asked.path not in handlers:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        try:
            handlers[asked.path](cast("web.Request", asked)).send(None)
        except StopIteration as done:
            response = cast("web.Response", done.value)
        else:
            raise RuntimeError("the fake waits, which only its troubles do")
        body = response.body
        assert isinstance(body, bytes)
        named = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items() if name != "Content-Length")
        return f"HTTP/1.1 {response.status} \r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def _outcome(self, request: web.Request, sent: Sent, accept: Callable[[], None]) -> web.StreamResponse:
        answer = await super()._outcome(request, sent, accept)
        self.answered(sent.to)
        return answer


class Load:
    """Residents and the platform in one process. `webhook` is where their messages go."""

    def __init__(self, secret: str, token: str, script: Sequence[str]) -> None:
        self._line = _Platform(secret=secret, token=token)
        self._line.answered = self._answered
        self._script = script
        self._place: dict[str, int] = {}
        self._sent_at: dict[str, float] = {}
        self._free: deque[str] = deque()
        self._people = 0
        self._news = asyncio.Event()
        self.webhook = ""
        self.processes: dict[str, int] = {"load and platform": os.getpid()}
        self._cpu_before: dict[str, float] = {}
        self._callers: list[_Caller] = []
        self.webhook_ms: list[float] = []
        self.answer_ms: list[float] = []
        self.refused = 0

    async def __aenter__(self) -> Load:
        settled()
        await self._line.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.stop()

    @property
    def url(self) -> str:
        return self._line.url

    @staticmethod
    def free_port() -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return int(free.getsockname()[1])

    async def at_rate(self, rate: int, *, seconds: float, together: int = 1) -> dict[str, Any]:
        """So many events a second whatever comes back, `together` in one webhook; somebody new when all are busy."""
        began = time.perf_counter()
        under_way: set[asyncio.Task[None]] = set()
        sent, counted_from = 0, 0.0
        while (gone := time.perf_counter() - began) < seconds + WARM_UP:
            if not counted_from and gone > WARM_UP:
                self._forget()
                counted_from = time.perf_counter()
            while sent < gone * rate:
                group = [self._somebody() for _ in range(together)]
                task = asyncio.create_task(self._post(group))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                sent += together
            await asyncio.sleep(0.001)
        took = time.perf_counter() - counted_from
        figures = self._figures(took)
        await asyncio.gather(*under_way)
        return {"events_per_s": rate, **figures}

    async def flat_out(self, *, people: int, seconds: float, together: int = 10) -> dict[str, Any]:
        """`people` who write on as soon as they are answered, `together` of them in one webhook."""
        self._free.extend(self._new() for _ in range(people))
        began, counted_from = time.perf_counter(), 0.0
        posted = began
        posts: set[asyncio.Task[None]] = set()
        while (gone := time.perf_counter() - began) < seconds + WARM_UP:
            if not counted_from and gone > WARM_UP:
                self._forget()
                counted_from = time.perf_counter()
            # As the platform does in a surge: what came within a few milliseconds goes in one request.
            late = time.perf_counter() - posted > GATHER
            while self._free and len(posts) < 16 and (late or len(self._free) >= together):
                posted = time.perf_counter()
                group = [self._free.popleft() for _ in range(min(together, len(self._free)))]
                task = asyncio.create_task(self._post(group))
                posts.add(task)
                task.add_done_callback(posts.discard)
            self._news.clear()
            try:
                async with asyncio.timeout(0.005):
                    await self._news.wait()
            except TimeoutError:
                pass
        figures = self._figures(time.perf_counter() - counted_from)
        await asyncio.gather(*posts)
        return {"people": people, **figures}

    def _figures(self, took: float) -> dict[str, Any]:
        busy = {name: _cpu(pid) - self._cpu_before.get(name, 0.0) for name, pid in self.processes.items()}
        return {
            "busy": {name: round(seconds / took, 2) for name, seconds in busy.items()},
            "turns_per_s": round(len(self.answer_ms) / took), "refused": self.refused,
            "webhook_p50_ms": _percentile(self.webhook_ms, 0.5), "webhook_p99_ms": _percentile(self.webhook_ms, 0.99),
            "answer_p50_ms": _percentile(self.answer_ms, 0.5), "answer_p99_ms": _percentile(self.answer_ms, 0.99),
        }

    def _forget(self) -> None:
        self.webhook_ms.clear()
        self.answer_ms.clear()
        self.refused = 0
        self._cpu_before = {name: _cpu(pid) for name, pid in self.processes.items()}

    def _new(self) -> str:
        self._people += 1
        user = f"U{self._people:032x}"
        self._place[user] = 0
        return user

    def _somebody(self) -> str:
        return self._free.popleft() if self._free else self._new()

    async def _post(self, users: list[str]) -> None:
        events = []
        for user in users:
            place = self._place[user]
            events.append(self._line.says(user, self._script[place]))
            self._sent_at[user] = time.perf_counter()
        body, headers = self._line.body(events)
        began = time.perf_counter()
        if await self._call(body, headers) != 200:
            self.refused += len(users)
        self.webhook_ms.append((time.perf_counter() - began) * 1e3)

    async def _call(self, body: bytes, headers: dict[str, str]) -> int:
        caller = self._callers.pop() if self._callers else None
        if caller is None or not caller.open:
            place = urlsplit(self.webhook)
            try:
                _, caller = await asyncio.get_running_loop().create_connection(_Caller, place.hostname or "", place.port or 0)
            except OSError:
                return 0
        status = await caller.post(urlsplit(self.webhook).path, body, headers)
        if caller.open:
            self._callers.append(caller)
        return status

    def _answered(self, user: str) -> None:
        began = self._sent_at.pop(user, None)
        if began is None:
            return
        self.answer_ms.append((time.perf_counter() - began) * 1e3)
        self._place[user] += 1
        if self._place[user] < len(self._script):
            self._free.append(user)
        else:
            self._free.append(self._new())
        self._news.set()


@asynccontextmanager
async def parts(load: Load, env: dict[str, str], port: int) -> AsyncIterator[None]:
    """Web, turns and sending as processes of their own, as `./run` starts them; `load` learns their ids and the address of the LINE webhook."""
    from bots.commands.serving import worker_parts

    commands = {"web": ["serve"], **worker_parts()}
    running = [await asyncio.create_subprocess_exec(sys.executable, "-m", "bots", *command, env=env)
               for command in commands.values()]
    try:
        base = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as session:
            for _ in range(300):
                try:
                    async with session.get(f"{base}/healthz") as response:
                        if response.status == 200:
                            break
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)
        load.webhook = f"{base}/webhooks/line"
        load.processes |= {name: part.pid for name, part in zip(commands, running, strict=True)}
        yield
    finally:
        for part in running:
            if part.returncode is None:
                part.terminate()
        for part in running:
            try:
                await asyncio.wait_for(part.wait(), 20)
            except TimeoutError:
                part.kill()
