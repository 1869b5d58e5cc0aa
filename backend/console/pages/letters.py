"""A campaign's letters: which are due, printing them as one PDF, putting them in the post, and those that came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from backend.campaigns import letters, service
from backend.campaigns.letters import Addressed, CannotSend
from backend.campaigns.saying import letter_said
from backend.clock import in_japan
from backend.console.booth import drawn
from backend.console.desk import Desk
from backend.console.lists import names_of_staff
from backend.console.page import Page
from backend.conversations.offices import Office, read_office
from backend.db import Row
from backend.forms.glyphs import CannotPrint
from backend.forms.letter import Letter
from backend.forms.letter import letters as set_letters
from backend.forms.wording import era_day
from backend.people.postal import split_postal
from backend.staff.roles import PLANS_OUTREACH
from backend.words import Catalogues
from dialogs.core.words import PERSONAL, Arg, Text

if TYPE_CHECKING:
    from backend.app import Shell

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
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        office = read_office(c, desk.staff.tenant_id, desk.now)
    try:
        letters.print_some(desk.engine, desk.shell.clock, desk.staff, row["id"], set(desk.sent_all("case")),
                           lambda some: set_letters([written(desk.shell, office, row, one) for one in some]))
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


def written(shell: Shell, office: Office, row: Row, one: Addressed) -> Letter:
    """The letter to one household: Japanese, and below it the language that they read."""
    words, home = shell.words, one.home
    reads = home.locale if home.locale in words.locales else "ja"
    subject, said = letter_said(words, office, row["words"], "ja")
    beside = (*letter_said(words, office, row["words"], reads), _how(words, one, reads)) if reads != "ja" else None
    place: dict[str, Arg] = {"municipality": office.about.name, "phone": office.about.phone, "hours": office.about.hours}
    code, address = split_postal(home.address, office.about.name.in_locale("ja"))
    return Letter(
        address, home.name, subject, said, str(words.render(Text("letter.from", place), "ja")),
        office.about.phone, str(words.render(Text("letter.hours", place), "ja")), era_day(in_japan(shell.clock()).date()),
        codes=_codes(shell, office, one.token, reads), code_words=_how(words, one, "ja"), beside=beside, beside_lang=reads, postal_code=code, mark=home.number)  # fmt: skip


def _how(words: Catalogues, one: Addressed, locale: str) -> str:
    """What the code does; one that opens their own case asks for the birth date, and only for so long."""
    if not one.token:
        return str(words.render(Text("letter.code"), locale))
    return str(words.render(Text("letter.code.own", {"until": in_japan(one.until).date()}), locale))


def _codes(shell: Shell, office: Office, token: str, locale: str) -> Sequence[tuple[str, str]]:
    """(label, address) for each chat of this deployment; without a token they open an empty chat.

    With one, only chats that may carry a birth date: nobody has told these readers any digits.
    """
    settings, words = shell.settings, shell.words
    if token:
        found = [(code.channel, code.address) for code in drawn.codes(settings, words, token, locale)
                 if office.limits(code.channel).max_in >= PERSONAL]
    else:
        line = [("line", f"https://line.me/R/ti/p/{quote(settings.line_basic_id)}")] if settings.line and settings.line_basic_id else []
        found = [*line, ("web", f"{settings.public_url}/chat/")]
    return [(str(words.render(Text(f"console.booth.paper.{channel}"), "ja")), address) for channel, address in found]


PAGES = (
    Page("GET", LETTERS, show, PLANS_OUTREACH, shows="campaign"),
    Page("POST", LETTERS, print_some, PLANS_OUTREACH),
    Page("GET", f"{LETTERS}/file", fetch, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/posted", post, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/drop", drop, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/back", came_back, PLANS_OUTREACH),
    Page("POST", f"{LETTERS}/off", take_off, PLANS_OUTREACH),
)
