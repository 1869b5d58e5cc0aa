"""Requests that never end, or whose heads do not, on a real connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from bots import guarded
from bots.guarded import MOST_HEAD, Guarded

PATIENT = 30.0
"""Seconds after which a connection counts as held open for ever."""


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of the body."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(echo, http=Guarded, ws="none", lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server._serve(sockets=[door]))
    yield door.getsockname()[1]
    server.should_exit = True
    await serving
    door.close()


async def answer(port: int, *parts: bytes) -> bytes:
    """Everything that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), PATIENT)
    except ConnectionError:
        return b""
    finally:
        writer.close()


WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"


async def test_an_ordinary_request_and_a_large_body_go_through(port: int) -> None:
    size = 3 * 1024 * 1024
    assert (await answer(port, HEAD % size, b"x" * size)).endswith(b"\r\n\r\n%d" % size)
    together = HEAD % (MOST_HEAD * 2) + b"x" * MOST_HEAD * 2  # head and body in one piece
    assert (await answer(port, together)).endswith(b"%d" % (MOST_HEAD * 2))


async def test_several_requests_on_one_connection_are_counted_each_for_itself(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * (MOST_HEAD // 2) + b"\r\n\r\n"
    got = await answer(port, one, one, one, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert got.count(b"HTTP/1.1 200 OK") == 4


@pytest.mark.parametrize("line", [b"X: " + b"y" * MOST_HEAD * 4, b"X: y\r\n" * MOST_HEAD, b"GET /" + b"y" * MOST_HEAD * 4], ids=["one header", "many", "address"])
async def test_a_head_that_does_not_end_is_broken_off(port: int, line: bytes) -> None:
    start = line if line.startswith(b"GET") else b"GET / HTTP/1.1\r\nHost: a\r\n" + line
    got = await answer(port, *(start[at : at + 8192] for at in range(0, len(start), 8192)))
    assert b"200 OK" not in got


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n", HEAD % 10 + b"abc",
                                   WHOLE + b"GET / HTTP/1.1\r\nHos"],
                         ids=["nothing", "a line", "a head", "a body", "the second"])  # fmt: skip
async def test_whoever_takes_for_ever_is_let_go(port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "HEAD_WITHIN", 0.05)
    monkeypatch.setattr(guarded, "BODY_WITHIN", 0.05)
    got = await answer(port, begun)
    assert b"200 OK" not in got or begun.startswith(WHOLE)


async def test_nobody_is_let_go_while_it_is_our_turn(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open stream of events, an answer that takes: whatever has arrived whole is waited for."""
    monkeypatch.setattr(guarded, "HEAD_WITHIN", 0.0001)
    monkeypatch.setattr(guarded, "BODY_WITHIN", 0.0001)
    protocol = Guarded(uvicorn.Config(echo, lifespan="off"), uvicorn.server.ServerState(), {})
    closed: list[bool] = []

    class Transport(asyncio.Transport):
        def is_closing(self) -> bool:
            return bool(closed)

        def close(self) -> None:
            closed.append(True)

        def write(self, data: Any) -> None: ...

        def get_extra_info(self, name: str, default: Any = None) -> Any:
            return default

    protocol.connection_made(Transport())
    protocol.data_received(WHOLE)
    assert protocol._watch is None and not closed
