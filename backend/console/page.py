"""A page of the console and its guard: nobody gets to a handler without the policy, the token and the form id.

Order for a page: signed in → role → (POST: whose page sent it, how long it is; only then its body is read → token → form
id not used yet) → handler. What handlers raise becomes a page that says what happened in words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from backend.conflict import Conflict
from backend.console.cookies import STAFF
from backend.console.desk import Desk, Handler, same
from backend.console.paper import Paper
from backend.elsewhere import from_elsewhere, longer_than
from backend.staff import sessions
from backend.staff.access import NotForYou, Restricted, viewed
from backend.staff.models import staff_form
from backend.staff.policy import declare, staff_only
from backend.staff.sessions import Session
from backend.staff.totp import must_enrol

if TYPE_CHECKING:
    from backend.app import Shell

LOGIN = "/console/login"
PASSWORD = "/console/password"  # noqa: S105  (an address)
SECOND_STEP = "/console/second-step"
FORM_MAX_FIELDS = 300
FORM_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """One address and method. `live` marks what pages fetch by themselves: it keeps no session alive."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[str]
    live: bool = False
    before_password: bool = False
    """Reachable while the first password has not been changed yet."""
    before_codes: bool = False
    """Reachable while one-time codes, which the role must use, are not set up yet."""
    files: int = 0
    """How many files its form may carry (`Desk.upload`)."""
    max_bytes: int = FORM_MAX_BYTES
    shows: str = ""
    """The kind of thing (`{id}`) whose people can be read here: who looked is in the trail (PR-34). Empty where the
    accessor of the case writes it, or where nobody is named."""

    def route(self, shell: Shell, paper: Paper) -> Route:
        async def endpoint(request: Request) -> Response:
            return await serve(self, shell, paper, request)

        name = f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"
        marked: Callable[[Request], Awaitable[Response]] = declare(staff_only(self.roles))(endpoint)
        return Route(self.path, marked, methods=[self.method], name=name)


async def serve(page: Page, shell: Shell, paper: Paper, request: Request) -> Response:
    session = await run_in_threadpool(signed_in, shell, request, not page.live)
    if session is None:
        return _sign_in_first(page)
    desk = Desk(shell, paper, request, session, FormData())
    if page.method != "POST":
        return await run_in_threadpool(_answer, page, desk)
    # What follows reads up to `max_bytes`: nobody who may not use the page makes us.
    if from_elsewhere(request, shell.settings.public_url):
        return await run_in_threadpool(desk.page, "trouble.html", 403, what="stale_form")
    if refused := await run_in_threadpool(_refused, page, desk):
        return refused
    if longer_than(request, page.max_bytes):
        return Response(status_code=413)
    bounded_request = Request(request.scope, bounded(request.receive, page.max_bytes))
    async with bounded_request.form(max_files=page.files, max_fields=FORM_MAX_FIELDS) as form:
        return await run_in_threadpool(_answer, page, Desk(shell, paper, request, session, form))


def signed_in(shell: Shell, request: Request, touch: bool) -> Session | None:
    return sessions.find(shell.engine, STAFF.of(request, shell.settings), shell.clock(), touch)


def bounded(receive: Receive, most: int) -> Receive:
    """`receive`, which breaks off when more than `most` bytes came, whatever length was promised."""
    came = 0

    async def read() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise HTTPException(413)
        return message

    return read


def _refused(page: Page, desk: Desk) -> Response | None:
    """What somebody gets who may not use the page, or not yet."""
    if desk.staff.role not in page.roles:
        return desk.page("trouble.html", 403, what="forbidden")
    if desk.staff.must_change and not page.before_password:
        return desk.to(PASSWORD)
    waits = must_enrol(desk.staff, desk.session.totp_roles, desk.shell.settings.production)
    if waits and not (page.before_codes or page.before_password):
        return desk.to(SECOND_STEP)
    return None


def _answer(page: Page, desk: Desk) -> Response:
    if refused := _refused(page, desk):
        return refused
    try:
        if page.method != "POST":
            return _traced(page, desk, page.handler(desk))
        if not same(desk.sent("csrf"), desk.session.csrf):
            return desk.page("trouble.html", 403, what="stale_form")
        return _once(page, desk)
    except NotForYou:
        return desk.page("trouble.html", 404, what="not_found")
    except Restricted as guarded:
        return desk.page("restricted.html", 403, handler=guarded.handler)
    except Conflict as conflict:
        return desk.page("conflict.html", 409, rows=differences(desk, conflict), back=desk.came_from())


def _traced(page: Page, desk: Desk, response: Response) -> Response:
    if page.shows and response.status_code == 200:
        with desk.writing() as c:
            viewed(c, desk.staff, page.shows, desk.path("id"), desk.now)
    return response


def _once(page: Page, desk: Desk) -> Response:
    """Run the handler for a form that was not sent before. One that fails may be sent again."""
    form_id = desk.sent("form", 40)
    if not form_id:
        return desk.page("trouble.html", 400, what="stale_form")
    try:
        with desk.writing() as c:
            c.execute(insert(staff_form).values(id=form_id, staff_id=desk.staff.id, at=desk.now))
    except IntegrityError:
        with desk.reading() as c:
            went = c.execute(
                select(staff_form.c.went).where(staff_form.c.id == form_id, staff_form.c.staff_id == desk.staff.id)
            ).scalar_one_or_none()
        return desk.to(went or desk.came_from())
    finished = False
    try:
        response = page.handler(desk)
        finished = response.status_code < 400
    finally:
        with desk.writing() as c:
            chosen = staff_form.c.id == form_id
            if finished:
                c.execute(update(staff_form).where(chosen).values(went=response.headers.get("location", "")[:200]))
            else:
                c.execute(delete(staff_form).where(chosen))
    return response


def differences(desk: Desk, conflict: Conflict) -> list[tuple[str, str, str]]:
    """(field, what I sent, what is there now) for the fields where these differ."""
    rows = []
    for name, now in conflict.now.items():
        mine = desk.sent(name, 2000)
        if name in desk.form and mine != str(now if now is not None else ""):
            rows.append((name, mine, str(now if now is not None else "")))
    return rows


def _sign_in_first(page: Page) -> Response:
    return Response(status_code=401) if page.live else RedirectResponse(LOGIN, 303)


