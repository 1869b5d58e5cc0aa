"""An address under /console that nobody serves: a page in words. Everybody else gets the line of JSON that programs expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from backend.console.desk import Desk
from backend.console.page import LOGIN, signed_in
from backend.console.paper import Paper

if TYPE_CHECKING:
    from backend.app import Shell

class Missing:
    """Answers `backend.app.NOBODY_SERVES`; whoever is not signed in learns nothing of which addresses the console has."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._paper = Paper(shell.words, shell.clock)

    async def __call__(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if not request.url.path.startswith("/console"):
            return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
        session = await run_in_threadpool(signed_in, self._shell, request, False)
        if session is None:
            return RedirectResponse(LOGIN, 303)
        desk = Desk(self._shell, self._paper, request, session, FormData())
        return await run_in_threadpool(desk.page, "trouble.html", 404, what="not_found")
