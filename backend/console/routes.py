"""All addresses of the console. Each page stands in its own module under `pages/` and lists itself in `PAGES`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.console.page import Page
from backend.console.pages import (
    accounts,
    acts,
    api,
    booth,
    booth_days,
    booth_seeded,
    campaigns,
    carrying,
    case,
    cases,
    contacts,
    disaster_acts,
    exports,
    home,
    household,
    imports,
    letters,
    live,
    login,
    matching,
    me,
    meetings,
    notes,
    oversight,
    overview,
    own,
    programs,
    programs_case,
    programs_drafts,
    programs_edit,
    referred,
    replies,
    search,
    second_step,
    settings,
    sheet,
    support,
    teams,
    timeline,
    visits,
    visits_field,
)
from backend.console.paper import Paper
from backend.staff.policy import public

if TYPE_CHECKING:
    from backend.app import Shell

STATIC = Path(__file__).parent / "static"

PAGES: tuple[Page, ...] = (
    *own.PAGES,
    *second_step.PAGES,
    *home.PAGES,
    *live.PAGES,
    *cases.PAGES,
    *teams.PAGES,
    *replies.PAGES,
    *household.PAGES,
    *meetings.PAGES,
    *case.PAGES,
    *search.PAGES,
    *imports.PAGES,
    *matching.PAGES,
    *support.PAGES,
    *notes.PAGES,
    *timeline.PAGES,
    *contacts.PAGES,
    *campaigns.PAGES,
    *letters.PAGES,
    *visits.PAGES,
    *visits_field.PAGES,
    *programs_case.PAGES,
    *programs_edit.PAGES,
    *programs.PAGES,
    *programs_drafts.PAGES,
    *sheet.PAGES,
    *disaster_acts.PAGES,
    *exports.PAGES,
    *carrying.PAGES,
    *acts.PAGES,
    *referred.PAGES,
    *booth.PAGES,
    *booth_seeded.PAGES,
    *booth_days.PAGES,
    *me.PAGES,
    *settings.PAGES,
    *accounts.PAGES,
    *api.PAGES,
    *oversight.PAGES,
    *overview.PAGES,
)


_FILES = {path.name: path for path in STATIC.iterdir()}


@public
async def static(request: Request) -> Response:
    """The console's own style sheet and script: a closed list, nothing else is served."""
    path = _FILES.get(request.path_params["name"])
    if path is None:
        return Response(status_code=404)
    # The one script that works behind a page: for the page for the field, and no further.
    scope = {"Service-Worker-Allowed": "/console/visits/field"} if path.name == "field-worker.js" else {}
    return FileResponse(path, headers={"Cache-Control": "max-age=300", **scope})


@public
async def slash(_request: Request) -> Response:
    """Typed with a slash at its end."""
    return RedirectResponse("/console", 307)


def router(shell: Shell) -> APIRouter:
    paper = Paper(shell.words, shell.clock)
    routes: list[BaseRoute] = [Route("/console/static/{name}", static, methods=["GET"], name="console.static")]
    routes.append(Route("/console/", slash, methods=["GET"], name="console.slash"))
    routes += login.routes(shell, paper)
    routes += live.routes(shell)
    routes += [page.route(shell, paper) for page in PAGES]
    return APIRouter(routes=routes)
