"""`/c/<code>`: the web's door for a code from the booth. The address opens nothing by itself: the chat asks for the proof."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend import ids
from backend.booth.links import TOKEN
from backend.elsewhere import from_elsewhere, host, longer_than
from backend.messages import RawEvent
from backend.staff.policy import resident
from bots.web import visitor as visitors
from bots.web.desk import Desk, see
from bots.web.parse import body_came
from bots.web.visitor import CHAT

MOST_BYTES = 4096


class Join:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @resident
    async def door(self, request: Request) -> Response:
        """GET shows one button and looks nothing up, so that a preview uses nothing up and nobody learns whether the code is good."""
        desk = self.desk
        now = desk.shell.clock()
        visitor = await desk.visitor(request, CHAT)
        code = request.path_params["code"]
        if TOKEN.fullmatch(code) is None:
            return desk.pages.show(request, visitor, "gone.html", 404)
        if request.method != "POST":
            return desk.known(request, desk.pages.show(request, visitor, "join.html"), visitor, CHAT)
        if not desk.opening.take(host(request), now):
            return desk.pages.show(request, visitor, "note.html", 429, note="slow")
        if longer_than(request, MOST_BYTES):
            return desk.pages.show(request, visitor, "note.html", 413, note="problem")
        form = await request.form(max_files=0, max_fields=10)
        token = visitors.cookie_of(request, desk.shell, CHAT)
        if from_elsewhere(request, desk.shell.settings.public_url) or not visitors.form_token_fits(desk.shell, token, str(form.get("csrf", ""))):
            return desk.known(request, desk.pages.show(request, visitor, "note.html", 403, note="stale"), visitor, CHAT)
        owner = visitor.conversation
        address = owner["address"] if owner is not None else visitors.address_for(desk.shell, visitor.token)
        came = RawEvent("web", address, ids.hashed(f"join|{address}|{code}|{str(form.get('form', ''))[:80]}"), now, body_came(code))
        if not await desk.stored([came]):
            return desk.pages.show(request, visitor, "note.html", 503, note="problem")
        if owner is None:
            begun = await desk.visitor(request, CHAT)
            if begun.conversation is not None:
                await run_in_threadpool(visitors.bind, desk.shell.engine, begun.token, begun.conversation["id"], CHAT, now)
        response = see("/chat#now")
        visitors.set_cookie(response, desk.shell, CHAT, visitor.token)
        return response
