"""The web chat: look at it, say something, be told of changes, leave this device."""

from __future__ import annotations

from dataclasses import replace

from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend.elsewhere import from_elsewhere, host, longer_than
from backend.journal.ingest import PAGE as PAGE_ADDRESS
from backend.staff.policy import resident
from bots.web import forms, live
from bots.web import visitor as visitors
from bots.web.desk import Desk, see
from bots.web.parse import body_came
from bots.web.visitor import BIG, CHAT, PAGE, Visitor

MOST_IN_HASTE = 64 * 1024
"""Bytes of a form that is still read where too many came before it: it may be a cry for help."""


class Chat:
    """The same handlers serve the chat (`/chat`) and, with another cookie, the secure page (`/page`)."""

    def __init__(self, desk: Desk, purpose: str) -> None:
        self.desk = desk
        self.purpose = purpose
        self.base = "/page" if purpose == PAGE else "/chat"

    @resident
    async def look(self, request: Request) -> Response:
        desk = self.desk
        visitor = await desk.visitor(request, self.purpose)
        if visitor.conversation is None:
            if self.purpose == PAGE:
                return desk.pages.show(request, visitor, "gone.html", 404)
            shown = desk.pages.show(request, visitor, "start.html", names=desk.pages.languages())
            return desk.known(request, shown, visitor, CHAT)
        if visitor.renew:
            await run_in_threadpool(
                visitors.bind, desk.shell.engine, visitor.token, visitor.conversation["id"], CHAT, desk.shell.clock()
            )
        messages = await run_in_threadpool(live.messages_of, desk.shell.engine, visitor.conversation["id"], visitor.surface)
        state = live.state_with(messages, visitor.conversation)
        talk = await desk.talk(visitor)
        waiting = await desk.waiting(visitor)
        done = not waiting and await desk.back_in_chat(visitor)
        shown = desk.pages.show(
            request, visitor, "talk.html", talk=talk, waiting=waiting, state=state, done=done,
            held=bool(visitor.conversation["held_by"]), home=visitor.conversation["channel"],
        )
        return desk.known(request, shown, visitor, CHAT) if self.purpose == CHAT else shown

    @resident
    async def say(self, request: Request) -> Response:
        desk = self.desk
        now = desk.shell.clock()
        visitor = await desk.visitor(request, self.purpose)
        sender = host(request)
        slow = not desk.by_address.take(sender, now) or not desk.by_browser.take(visitor.hash, now)
        if slow and longer_than(request, MOST_IN_HASTE):
            return desk.pages.show(request, visitor, "note.html", 429, note="slow")
        strange = from_elsewhere(request, desk.shell.settings.public_url)  # another site makes nobody send us 20 MB
        try:
            posted = forms.Posted("", "") if strange else await forms.read(request)
        except forms.TooLarge:
            return desk.pages.show(request, visitor, "note.html", 413, note="too_big")
        token = visitors.cookie_of(request, desk.shell, self.purpose)
        if strange or not visitors.form_token_fits(desk.shell, token, posted.csrf):
            shown = desk.pages.show(request, visitor, "note.html", 403, note="stale")
            return desk.known(request, shown, visitor, CHAT) if self.purpose == CHAT else shown
        # Whoever is in danger may have pressed everything before, or shares an address with somebody who did.
        if slow and not (posted.urgent and desk.urgent.take(visitor.hash, now) and desk.urgent_here.take(sender, now)):
            return desk.pages.show(request, visitor, "note.html", 429, note="slow")
        if visitor.conversation is None and self.purpose == PAGE:
            return desk.pages.show(request, visitor, "gone.html", 404)
        if posted.upload is not None:
            size = len(posted.upload.content)
            if not desk.bytes_of_browser.take(visitor.hash, now, size) or not desk.bytes_of_address.take(sender, now, size):
                if not posted.urgent:
                    return desk.pages.show(request, visitor, "note.html", 429, note="slow")
                posted = replace(posted, upload=None)
        if visitor.conversation is None:
            return await self._begin(request, visitor, posted)
        return await self._go_on(request, visitor, posted)

    async def _begin(self, request: Request, visitor: Visitor, posted: forms.Posted) -> Response:
        desk = self.desk
        now = desk.shell.clock()
        if not desk.beginning.take(host(request), now):
            return desk.pages.show(request, visitor, "note.html", 429, note="slow")
        events = forms.events(posted, visitors.address_for(desk.shell, visitor.token), now, first=body_came())
        if not await desk.stored(events):
            return desk.pages.show(request, visitor, "note.html", 503, note="problem")
        begun = await desk.visitor(request, CHAT)
        if begun.conversation is not None:
            await run_in_threadpool(
                visitors.bind, desk.shell.engine, begun.token, begun.conversation["id"], CHAT, now
            )
            if posted.upload is not None:  # the first thing somebody does may be to send a photo of the roof
                attached = await run_in_threadpool(forms.keep, desk.shell.engine, posted, begun.conversation["id"], now)
                await desk.stored(forms.events(posted, begun.conversation["address"], now, attached))
        response = see("/chat#now")
        visitors.set_cookie(response, desk.shell, CHAT, visitor.token)
        return response

    async def _go_on(self, request: Request, visitor: Visitor, posted: forms.Posted) -> Response:
        desk = self.desk
        now = desk.shell.clock()
        owner = visitor.conversation
        assert owner is not None
        address = PAGE_ADDRESS + owner["id"] if self.purpose == PAGE or owner["channel"] != "web" else owner["address"]
        try:
            attached = await run_in_threadpool(forms.keep, desk.shell.engine, posted, owner["id"], now)
            events = forms.events(posted, address, now, attached)
            stored = await desk.stored(events) if events else True
        except OSError:
            stored = False
        if not stored:
            return desk.pages.show(request, visitor, "note.html", 503, note="problem")
        return see(f"{self.base}#now")

    @resident
    async def live(self, request: Request) -> Response:
        desk = self.desk
        visitor = await desk.visitor(request, self.purpose)
        if visitor.conversation is None or desk.watchers.full(visitor.hash):
            return Response(status_code=204)  # tells the browser not to try again; the page asks by itself then
        return EventSourceResponse(
            desk.watchers.changes(visitor.hash, visitor.conversation["id"], visitor.surface), ping=20
        )

    @resident
    async def size(self, request: Request) -> Response:
        """Larger or normal text. Kept in a cookie that says nothing about the person."""
        response = see(self.base)
        if request.cookies.get(BIG) == "1":
            response.delete_cookie(BIG, path="/")
        else:
            response.set_cookie(
                BIG, "1", max_age=int(visitors.KEEP.total_seconds()), path="/", httponly=True, samesite="lax",
                secure=self.desk.shell.settings.secure_cookies,
            )
        return response

    @resident
    async def leave(self, request: Request) -> Response:
        """Ask first, then make this browser a stranger: a borrowed phone, a shelter's tablet."""
        desk = self.desk
        visitor = await desk.visitor(request, CHAT)
        if request.method != "POST":
            return desk.pages.show(request, visitor, "leave.html")
        try:
            posted = await forms.read(request)
        except forms.TooLarge:
            return desk.pages.show(request, visitor, "note.html", 413, note="problem")
        token = visitors.cookie_of(request, desk.shell, CHAT)
        if from_elsewhere(request, desk.shell.settings.public_url) or not visitors.form_token_fits(desk.shell, token, posted.csrf):
            return desk.pages.show(request, visitor, "note.html", 403, note="stale")
        response = see("/chat")
        for purpose in (CHAT, PAGE):  # an open secure page holds what is most private
            if known := visitors.cookie_of(request, desk.shell, purpose):
                await run_in_threadpool(visitors.forget, desk.shell.engine, known, desk.shell.clock())
            visitors.drop_cookie(response, desk.shell, purpose)
        return response
