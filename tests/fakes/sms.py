"""A provider of SMS on loopback, with one plain HTTP interface: it takes, refuses, hangs, and never says twice the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from aiohttp import web

TOKEN = "sms-token"


@dataclass
class SmsFake:
    """`answers` are taken one after the other: a status, "hang" (taken, no answer), "drop" (the line goes dead)."""

    answers: list[int | str] = field(default_factory=list)
    retry_after: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    """What went out to a phone."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/messages", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.url = f"http://127.0.0.1:{port}/messages"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "token"}, status=401)
        body = orjson.loads(await request.read())
        self.asked.append(body)
        answer = self.answers.pop(0) if self.answers else 202
        if answer in ("hang", "drop", 202, 200):
            self.sent.append(body)
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        headers = {"Retry-After": self.retry_after} if answer == 429 and self.retry_after else {}
        if answer == 307:  # whoever follows it asks again
            headers["Location"] = self.url
        return web.json_response({"id": f"sms-{len(self.asked)}"}, status=int(answer), headers=headers)
