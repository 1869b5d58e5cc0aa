"""Settings of the account at the LINE fake: bot info, webhook address, quota."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from tests.fakes.line_events import DESTINATION


class Account:
    """What the account's owner has set, as the API tells it."""

    token: str

    def account_routes(self) -> list[web.RouteDef]:
        self.chat_mode = "bot"
        self.webhook: dict[str, Any] = {"endpoint": "", "active": True}
        self.webhook_answers = 200
        return [
            web.get("/v2/bot/info", self._info),
            web.get("/v2/bot/channel/webhook/endpoint", self._endpoint),
            web.put("/v2/bot/channel/webhook/endpoint", self._set_endpoint),
            web.post("/v2/bot/channel/webhook/test", self._test_endpoint),
        ]

    async def _info(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return web.json_response({"message": "Authentication failed."}, status=401)
        return web.json_response({"userId": DESTINATION, "basicId": "@tsunagi", "displayName": "つなぎ市",
                                  "chatMode": self.chat_mode,
                                  "markAsReadMode": "auto" if self.chat_mode == "bot" else "manual"})

    async def _endpoint(self, _: web.Request) -> web.Response:
        return web.json_response(self.webhook)

    async def _set_endpoint(self, request: web.Request) -> web.Response:
        address = orjson.loads(await request.read())["endpoint"]
        if not address.startswith("https://") or len(address) > 500:
            return web.json_response({"message": "Invalid webhook endpoint URL"}, status=400)
        self.webhook["endpoint"] = address
        return web.json_response({})

    async def _test_endpoint(self, _: web.Request) -> web.Response:
        good = self.webhook_answers == 200
        return web.json_response({"success": good, "timestamp": "2026-07-06T01:00:00Z",
                                  "statusCode": self.webhook_answers, "reason": "OK" if good else "ERROR_STATUS_CODE",
                                  "detail": str(self.webhook_answers)})
