"""All addresses of `/api/v1`, and their description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backend.api.call import BASE, Call, serve
from backend.api.calls import (
    agreeing,
    booth,
    campaigns,
    cases,
    exports,
    figures,
    letters,
    lists,
    matching,
    meetings,
    office,
    programs,
    reading,
    record,
    searching,
    seeding,
    settings,
    talking,
    visiting,
    webhooks,
    work,
)
from backend.api.openapi import description
from backend.api.pace import Pace
from backend.staff.policy import Policy, declare
from backend.staff.roles import USES_PROGRAMS
from backend.staff.tokens import CHOICES

if TYPE_CHECKING:
    from backend.app import Shell

CALLS: tuple[Call, ...] = (
    reading.ME, *cases.CALLS, *record.CALLS, *seeding.CALLS, *agreeing.CALLS, *talking.CALLS, *work.CALLS, *visiting.CALLS, *meetings.CALLS, *exports.CALLS,
    *lists.CALLS, *searching.CALLS, *matching.CALLS, *campaigns.CALLS, *letters.CALLS, *booth.CALLS, *reading.CALLS, *programs.CALLS, *figures.CALLS,
    *office.CALLS, *settings.CALLS, *webhooks.CALLS, reading.END,
)  # fmt: skip


def routes(shell: Shell) -> list[BaseRoute]:
    """What the application adds. One pace for all calls of a process."""
    pace = Pace()
    told = Call("GET", "/openapi.json", lambda asked: description(CALLS), "", USES_PROGRAMS, "This description")

    @declare(Policy("token", USES_PROGRAMS))
    async def openapi(request: Request) -> Response:
        return await serve(told, shell, pace, request)

    return [Route(f"{BASE}/openapi.json", openapi, methods=["GET"], name="api.openapi"), *(call.route(shell, pace) for call in CALLS)]


def scopes_of(role: str) -> list[str]:
    """The scopes that are of any use to an account with this role."""
    useful = {call.scope for call in CALLS if role in call.roles}
    return [scope for scope in CHOICES if scope in useful]


def described() -> Response:
    """The description, for staff who are signed in to the console."""
    return JSONResponse(description(CALLS), headers={"Cache-Control": "no-store"})
