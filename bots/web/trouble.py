"""When a request fails: an answer in words, and a log line that says where but never what.

Left to the server, the log would hold the error's message, which may quote what a person wrote (PR-10).
"""

from __future__ import annotations

import logging

from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.errors import where
from backend.words import Catalogues
from dialogs.core.words import Text

log = logging.getLogger("tsunagi.web")

SPOKEN = ("ja", "en")
"""Nothing is known any more about who asked: the two languages that most can read."""


class Trouble:
    """ASGI middleware: an error answers 503 when the database is away, else 500."""

    def __init__(self, app: ASGIApp, words: Catalogues) -> None:
        self.app = app
        self._sentences = "\n\n".join(
            words.render(Text(f"web.problem.{part}"), locale) for locale in SPOKEN for part in ("heading", "body")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            log.error("a request failed: %s", where(error))
            if not begun:
                status = 503 if isinstance(error, OperationalError) else 500
                await PlainTextResponse(self._sentences, status)(scope, receive, send)
