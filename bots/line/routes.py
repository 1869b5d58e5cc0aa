"""`POST /webhooks/line`: check the signature over the raw bytes, store every event, answer 200 within LINE's 2 s.

Source: "Verify webhook signature", "Receive messages (webhook)"; LINE asks for asynchronous processing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.messages import RawEvent
from backend.staff.policy import platform
from bots.line.client import Line
from bots.line.loading import Loading, still_open
from bots.line.parse import raw_event
from bots.raw import load
from bots.webhook import ClientDisconnect, Inbox, TooLarge, answer, body_of, stored

if TYPE_CHECKING:
    from backend.app import Shell

log = logging.getLogger("tsunagi.line")

PATH = "/webhooks/line"


def signature(secret: str, body: bytes) -> str:
    """What LINE puts in x-line-signature."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def events_of(body: bytes, received: datetime) -> list[RawEvent]:
    """The events of a webhook body. Raises ValueError when it is no webhook body at all."""
    call = load(body)
    if not isinstance(call, dict) or not isinstance(call.get("events"), list):
        raise ValueError("no events")
    destination = call.get("destination")
    named = destination[:100] if isinstance(destination, str) else ""
    return [raw_event(_named(event), named, received) for event in call["events"]]


def _named(event: Any) -> Mapping[str, Any]:
    """An event that is not even an object is kept as it is: nothing is lost for being unknown."""
    return event if isinstance(event, dict) else {"type": None, "unknown": event}


def routes(shell: Shell, ingest: Inbox) -> list[Route]:
    """The webhook, as a plain Starlette route (a FastAPI route costs three times as much; stack.md §3)."""
    secret = shell.settings.line_channel_secret
    loading = _loading(shell)

    @platform
    async def webhook(request: Request) -> Response:
        try:
            body = await body_of(request)
        except TooLarge:
            return answer(request, 413, log)
        except ClientDisconnect:
            return answer(request, 400, log)
        given = request.headers.get("x-line-signature", "")
        if not secret or not hmac.compare_digest(given.encode("latin-1", "replace"), signature(secret, body).encode()):
            return answer(request, 401, log)
        try:
            events = events_of(body, shell.clock())
        except ValueError:
            return answer(request, 400, log)
        if not await stored(ingest, events, log):
            return answer(request, 503, log)
        loading.expect(events)
        return answer(request, 200, log)

    return [Route(PATH, webhook, methods=["POST"], name="line-webhook")]


def _loading(shell: Shell) -> Loading:
    settings = shell.settings
    client = Line(settings.line_channel_access_token, settings.line_api_base, settings.line_data_api_base, shell.clock)
    return Loading(client, still_open(shell.engine))
