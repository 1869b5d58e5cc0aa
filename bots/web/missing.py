"""An address that nobody serves, mistyped or cut off in a message: a resident gets a page with the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bots.web.pages import Pages
from bots.web.visitor import CHAT, cookie_of, find

if TYPE_CHECKING:
    from backend.app import Shell

class Missing:
    """Answers what the router does not know (`backend.console.missing`), for people who look for the chat."""

    def __init__(self, shell: Shell, pages: Pages) -> None:
        self._shell = shell
        self._pages = pages

    async def __call__(self, request: Request, _error: Exception) -> Response:
        token = cookie_of(request, self._shell, CHAT)
        visitor = await run_in_threadpool(find, self._shell, token, CHAT, self._shell.clock())
        return self._pages.show(request, visitor, "note.html", 404, note="missing")
