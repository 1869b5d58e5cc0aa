"""Every address of the resident's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from backend.staff.policy import public
from bots.web.chat import Chat
from bots.web.comeback import Comeback
from bots.web.desk import STATIC, Desk, Inbox
from bots.web.join import Join
from bots.web.secure import SecureLink
from bots.web.visitor import CHAT, PAGE

if TYPE_CHECKING:
    from backend.app import Shell


@public
async def front(_request: Request) -> Response:
    """Whoever types the bare address is most likely somebody who needs help."""
    return RedirectResponse("/chat", 307)


def routes(shell: Shell, inbox: Inbox) -> Sequence[BaseRoute]:
    """The web chat under /chat, the secure page under /p and /page, their style and script under /web."""
    desk = Desk(shell, inbox)
    chat, page = Chat(desk, CHAT), Chat(desk, PAGE)
    link, comeback, join = SecureLink(desk), Comeback(desk), Join(desk)
    files = public(StaticFiles(directory=STATIC))
    return [
        Route("/", front, methods=["GET"]),
        Route("/chat/", front, methods=["GET"]),
        Route("/chat", chat.look, methods=["GET"]),
        Route("/chat/say", chat.say, methods=["POST"]),
        Route("/chat/live", chat.live, methods=["GET"]),
        Route("/chat/size", chat.size, methods=["POST"]),
        Route("/chat/leave", chat.leave, methods=["GET", "POST"]),
        Route("/chat/return", comeback.back, methods=["GET", "POST"]),
        Route("/c/{code}", join.door, methods=["GET", "POST"]),
        Route("/p/{token}", link.link, methods=["GET", "POST"]),
        Route("/page", page.look, methods=["GET"]),
        Route("/page/say", page.say, methods=["POST"]),
        Route("/page/live", page.live, methods=["GET"]),
        Route("/page/size", page.size, methods=["POST"]),
        Mount("/web", files, name="web"),
    ]
