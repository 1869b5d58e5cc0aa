"""A call of the API and its guard: nobody gets to a handler without a token, its scope, the role, and a body that fits.

Order: token → pace → role → scope → body → handler. Rights are those of the token's account, taken through the same
accessors as in the console; what handlers raise becomes a problem that says what happened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.api import once, paging
from backend.api.pace import Pace
from backend.api.problems import Problem, answer
from backend.conflict import Conflict
from backend.db import reading
from backend.referrals.rules import NotAllowed
from backend.staff import tokens
from backend.staff.access import NotForYou, Restricted
from backend.staff.policy import Policy, declare
from backend.staff.roles import Staff
from backend.staff.tokens import Bearer
from backend.tasks.acting import NotThere

if TYPE_CHECKING:
    from backend.app import Shell

BASE = "/api/v1"
MOST_BYTES = 256 * 1024
MOST_NUMBER = 2**31 - 1
"""What an integer column of PostgreSQL holds."""


@dataclass
class Asked:
    """What a handler gets. `body` is the call's own model, already checked; None for calls without one."""

    shell: Shell
    request: Request
    bearer: Bearer
    body: Any = field(default=None)

    @property
    def staff(self) -> Staff:
        return self.bearer.staff

    @property
    def now(self) -> datetime:
        return self.shell.clock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.shell.engine).begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.shell.engine.begin() as connection:
            yield connection

    def path(self, name: str) -> str:
        return plain(str(self.request.path_params[name]))

    def query(self, name: str) -> str:
        return plain(self.request.query_params.get(name, "")).strip()[:400]

    @property
    def limit(self) -> int:
        return paging.limit_of(self.query("limit"))

    def day(self, name: str) -> date | None:
        """A day of the query. Raises `Problem`."""
        written = self.query(name)
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            raise Problem("invalid", errors=[{"field": name, "kind": "date"}]) from None

    def moment(self, name: str) -> datetime | None:
        """A moment of the query, ISO 8601 with its offset. Raises `Problem`."""
        written = self.query(name).replace(" ", "+")  # a plus sign that was not written as %2B
        try:
            found = datetime.fromisoformat(written) if written else None
        except ValueError:
            raise Problem("invalid", errors=[{"field": name, "kind": "datetime"}]) from None
        if found is not None and found.tzinfo is None:
            raise Problem("invalid", errors=[{"field": name, "kind": "timezone_missing"}])
        return found

    def version(self) -> int:
        """The version that was worked on, from `If-Match: "7"` (RFC 9110 13.1.1). Raises `Problem` when none came."""
        said = self.request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
        if not (said.isascii() and said.isdigit() and len(said) < 10):
            raise Problem("no_version")
        return int(said)


Handler: TypeAlias = Callable[[Asked], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One address and method below `/api/v1`."""

    method: str
    path: str
    handler: Handler
    scope: str
    roles: frozenset[str]
    summary: str
    body: type[BaseModel] | None = None
    status: int = 200
    pages: bool = False
    """It answers a page: takes `limit` and `after`, gives `items` and `next`."""
    queries: tuple[str, ...] = ()
    upload: int = 0
    """Its body is a file of at most so many bytes, as it is; the handler gets the bytes."""
    versioned: bool = False
    """It wants the version in `If-Match`, and answers 409 when somebody was faster."""

    @property
    def name(self) -> str:
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    def route(self, shell: Shell, pace: Pace) -> Route:
        async def endpoint(request: Request) -> Response:
            return await serve(self, shell, pace, request)

        marked = declare(Policy("token", self.roles))(endpoint)
        return Route(f"{BASE}{self.path}", marked, methods=[self.method], name=f"api.{self.name}")


async def serve(call: Call, shell: Shell, pace: Pace, request: Request) -> Response:
    """Check, run and answer one call."""
    locale = "en"
    try:
        bearer = await run_in_threadpool(bearer_of, shell, request)
        locale = bearer.staff.locale
        if seconds := pace.wait(bearer.token_id):
            raise Problem("too_many", {"Retry-After": str(seconds)})
        if bearer.staff.role not in call.roles:
            raise Problem("role")
        if call.scope and call.scope not in bearer.scopes:
            raise Problem("scope", scope=call.scope)
        asked = Asked(shell, request, bearer, await _body(call, request))
        made = await run_in_threadpool(_once, call, asked)
    except Problem as problem:
        return answer(problem, lambda said: str(shell.words.render(said, locale)))
    if call.status == 204:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    if isinstance(made, Response):
        return made
    headers = {"Cache-Control": "no-store"}
    if isinstance(made, dict) and "version" in made:
        headers["ETag"] = f'"{made["version"]}"'
    return JSONResponse(made, call.status, headers=headers)


def attached(content: bytes, media_type: str, name: str = "") -> Response:
    """A file as an answer: kept by nobody on its way, and never shown by a browser as a page."""
    told = f"attachment; filename*=UTF-8''{quote(name)}" if name else "attachment"
    headers = {"Cache-Control": "no-store", "Content-Disposition": told, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


def plain(words: str) -> str:
    """Without what no database keeps: NUL and lone surrogates."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode()


def bearer_of(shell: Shell, request: Request) -> Bearer:
    """Whose token the request carries. Raises `Problem`."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = tokens.find(shell.engine, token.strip()[:200], shell.clock()) if kind.casefold() == "bearer" else None
    if found is None:
        raise Problem("unauthorized", {"WWW-Authenticate": 'Bearer realm="tsunagi"'})
    return found


def _once(call: Call, asked: Asked) -> Any:
    """Run it; with an `Idempotency-Key`, once."""
    key = once.key_of(asked.request.headers.get("idempotency-key", "")) if call.method == "POST" else ""
    if not key:
        return _run(call, asked)
    body = asked.body if isinstance(asked.body, bytes) else asked.body.model_dump_json().encode() if asked.body is not None else b""
    engine, sent = asked.shell.engine, f"{asked.request.url.path}?{asked.request.url.query}\n".encode() + body
    name, before = once.begin(engine, asked.bearer.token_id, key, sent, asked.now)
    if before is not None:
        return before["made"]
    made, done = None, False
    try:
        made = _run(call, asked)
        done = not isinstance(made, Response)
    finally:
        if done:
            once.keep(engine, name, {"made": made})
        else:
            once.forget(engine, name)
    return made


def _run(call: Call, asked: Asked) -> Any:
    try:
        return call.handler(asked)
    except (NotForYou, NotThere):
        raise Problem("not_found") from None
    except Restricted:
        raise Problem("restricted") from None
    except NotAllowed as refused:
        raise Problem("no_consent", consent=refused.now.get("consent", "")) from None
    except Conflict:
        # What is there now is not told here: it may hold a note. The caller reads the record again.
        raise Problem("conflict") from None


async def _body(call: Call, request: Request) -> BaseModel | bytes | None:
    if call.body is None and not call.upload:
        return None
    length, most = request.headers.get("content-length", ""), call.upload or MOST_BYTES
    if not length.isdecimal() or len(length) > 12 or int(length) > most:
        raise Problem("too_large", most=most)
    whole = bytearray()
    async for piece in request.stream():
        whole += piece
        if len(whole) > most:  # whatever length was promised
            raise Problem("too_large", most=most)
    if call.body is None:
        return bytes(whole)
    try:
        sent = _storable(json.loads(whole), ())
    except (ValueError, RecursionError):
        raise Problem("not_json") from None
    try:
        return call.body.model_validate(sent)
    except ValidationError as wrong:
        # Which field and what rule; never what was sent.
        found = [{"field": ".".join(str(part) for part in one["loc"]), "kind": one["type"]} for one in wrong.errors()]
        raise Problem("invalid", errors=found[:20]) from None


def _storable(sent: Any, at: tuple[str, ...]) -> Any:
    """What was sent without what no database keeps. Raises `Problem` for a number that no column holds."""
    if isinstance(sent, str):
        return plain(sent)
    if isinstance(sent, list):
        return [_storable(one, (*at, str(place))) for place, one in enumerate(sent)]
    if isinstance(sent, dict):
        return {plain(name): _storable(one, (*at, name)) for name, one in sent.items()}
    if isinstance(sent, int) and abs(sent) > MOST_NUMBER:
        raise Problem("invalid", errors=[{"field": plain(".".join(at)), "kind": "less_than_equal"}])
    return sent
