"""A campaign's letters: which are due, printing them as one PDF, putting them in the post, and those that came back."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from backend.campaigns import letters, service
from backend.campaigns.letter_words import print_letters
from backend.campaigns.letters import CannotSend
from backend.console.desk import Desk
from backend.console.page import Page
from backend.forms.glyphs import CannotPrint
from backend.staff.names import names_of_staff
from backend.staff.roles import PLANS_OUTREACH

LETTERS = "/console/campaigns/{id}/letters"


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        homes = letters.homes(c, desk.staff, row["id"], desk.now)
        values = {
            "printings": letters.printings(c, desk.staff, row["id"]), "posted": letters.out_there(c, desk.staff, row["id"], desk.now),
            "names": names_of_staff(c, desk.staff.tenant_id),
        }  # fmt: skip
    ready = [home for home in homes if home.state == letters.PRINT]
    return desk.page(
        "campaigns/letters.html", status, campaign=row, ready=ready[: letters.MOST], more=max(len(ready) - letters.MOST, 0), wrong=wrong,
        others=[home for home in homes if home.state != letters.PRINT], kept_days=letters.KEPT.days, back=_here(desk), **values)  # fmt: skip


def print_some(desk: Desk) -> Response:
    try:
        print_letters(desk.shell, desk.staff, desk.path("id"), set(desk.sent_all("case")))
    except CannotSend as wrong:
        return show(desk, str(wrong.args[0]), 422)
    except CannotPrint:
        return show(desk, "console.forms.cannot_print", 500)
    return desk.to(_here(desk))


def fetch(desk: Desk) -> Response:
    """The PDF of one printing (`?run=`)."""
    with desk.writing() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        run = desk.request.query_params.get("run", "")
        file = letters.paper(c, desk.staff, row["id"], run, desk.now) if run else None
    if file is None:
        return desk.to(_here(desk))
    return Response(file.content, media_type=file.media_type, headers={
        "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"})


def post(desk: Desk) -> Response:
    """The ticked letters of a printing are in the post."""
    try:
        letters.posted(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.sent("run", 26), set(desk.sent_all("letter")))
    except CannotSend as wrong:
        return show(desk, str(wrong.args[0]), 422)
    return desk.to(_here(desk))


def drop(desk: Desk) -> Response:
    letters.drop(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.sent("run", 26))
    return desk.to(_here(desk))


def came_back(desk: Desk) -> Response:
    letters.returned(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.sent("letter", 26))
    return desk.to(_here(desk))


def take_off(desk: Desk) -> Response:
    letters.take_off(desk.engine, desk.shell.clock, desk.staff, desk.path("id"))
    return desk.to(_here(desk))


def _here(desk: Desk) -> str:
    return LETTERS.replace("{id}", desk.path("id"))


PAGES = (
    Page("GET", LETTERS, show, PLANS_OUTREACH, shows="campaign"),
    Page("POST", LETTERS, print_some, PLANS_OUTREACH),
    Page("GET", f"{LETTERS}/file", fetch, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/posted", post, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/drop", drop, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/back", came_back, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/off", take_off, PLANS_OUTREACH),
)
