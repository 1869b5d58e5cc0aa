"""`POST /webhooks/telegram`: check the secret header, store the update, answer 200.

Source: Bot API, setWebhook (`secret_token`). Updates arrive in parallel; order is made by the journal.
"""

from __future__ import annotations

import hmac
import logging
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.staff.policy import platform
from bots.raw import load
from bots.telegram.parse import raw_event
from bots.webhook import ClientDisconnect, Inbox, TooLarge, answer, body_of, stored

if TYPE_CHECKING:
    from backend.app import Shell

log = logging.getLogger("tsunagi.telegram")

PATH = "/webhooks/telegram"
HEADER = "x-telegram-bot-api-secret-token"


def bot_id(token: str) -> str:
    """The bot's own number, the public half of its token."""
    return token.partition(":")[0]


def routes(shell: Shell, ingest: Inbox) -> list[Route]:
    """The webhook, as a plain Starlette route."""
    secret = shell.settings.telegram_webhook_secret.encode()
    bot = bot_id(shell.settings.telegram_bot_token)

    @platform
    async def webhook(request: Request) -> Response:
        given = request.headers.get(HEADER, "").encode("latin-1", "replace")
        if not secret or not hmac.compare_digest(given, secret):
            return answer(request, 401, log)
        try:
            body = await body_of(request)
        except TooLarge:
            return answer(request, 413, log)
        except ClientDisconnect:
            return answer(request, 400, log)
        try:
            update = load(body)
            if not isinstance(update, dict):
                raise ValueError("not an update")
            event = raw_event(update, bot, shell.clock())
        except ValueError:
            return answer(request, 400, log)
        return answer(request, 200 if await stored(ingest, [event], log) else 503, log)

    return [Route(PATH, webhook, methods=["POST"], name="telegram-webhook")]
