"""A campaign's letters: which are due, printed as one PDF, put in the post, and those that came back."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.api.bodies_field import Cases, LetterId, Posted, Printing
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem, wrong
from backend.campaigns import letters, service
from backend.campaigns.letter_words import print_letters
from backend.campaigns.letters import CannotSend
from backend.forms.glyphs import CannotPrint
from backend.staff.access import NotForYou
from backend.staff.roles import PLANS_OUTREACH


def listed(asked: Asked) -> dict[str, Any]:
    """Homes whose letter is due (`state` print: it can be printed), printings that wait for the post, letters that may come back."""
    with asked.reading() as c:
        row = service.find(c, asked.staff, asked.path("id"))
        homes = letters.homes(c, asked.staff, row["id"], asked.now)
        printed, out = letters.printings(c, asked.staff, row["id"]), letters.out_there(c, asked.staff, row["id"], asked.now)
    return {
        "due": [{"case": one.case_id, "number": one.number, "district": one.district, "state": one.state, "why": one.why} for one in homes],
        "printings": [{"run": one["run"], "at": moment(one["at"]), "by": one["by"], "ready": one["ready"],
                       "letters": [{"id": each["id"], "case": each["case_id"], "number": each["number"]} for each in one["letters"]]}
                      for one in printed],
        "posted": [{"id": one["id"], "case": one["case_id"], "number": one["number"], "posted_at": moment(one["posted_at"])} for one in out],
    }  # fmt: skip


def print_some(asked: Asked) -> dict[str, Any]:
    """Each with a fresh code, in Japanese and the language the household reads. The file is fetched with `run`."""
    body: Cases = asked.body
    try:
        return {"run": print_letters(asked.shell, asked.staff, asked.path("id"), set(body.cases))}
    except CannotSend as refused:
        raise wrong(refused, kind="refused") from None
    except CannotPrint:
        raise Problem("refused", why="cannot_print") from None


def fetch(asked: Asked) -> Response:
    """The PDF of one printing, while it is kept."""
    with asked.writing() as c:
        row = service.find(c, asked.staff, asked.path("id"))
        file = letters.paper(c, asked.staff, row["id"], asked.query("run"), asked.now) if asked.query("run") else None
    if file is None:
        raise NotForYou
    return attached(file.content, file.media_type)


def post(asked: Asked) -> dict[str, Any]:
    """From now on counts the time to answer."""
    body: Posted = asked.body
    try:
        return {"posted": letters.posted(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.run, set(body.letters))}
    except CannotSend as refused:
        raise wrong(refused, kind="refused") from None


def drop(asked: Asked) -> dict[str, Any]:
    """They do not go out: their codes open nothing, and the homes are due again."""
    body: Printing = asked.body
    return {"dropped": letters.drop(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.run)}


def came_back(asked: Asked) -> None:
    """The address is wrong, its code opens nothing, and the next step is taken now."""
    body: LetterId = asked.body
    letters.returned(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.letter)


def take_off(asked: Asked) -> dict[str, Any]:
    """Close the tasks of those who need no letter any more, or to whom none can be written."""
    return {"closed": letters.take_off(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"))}


CALLS = (
    Call("GET", "/campaigns/{id}/letters", listed, "campaigns:read", PLANS_OUTREACH, "Letters of a campaign"),
    Call("POST", "/campaigns/{id}/letters", print_some, "campaigns:write", PLANS_OUTREACH, "Print letters", body=Cases, status=201),
    Call("GET", "/campaigns/{id}/letters/file", fetch, "campaigns:read", PLANS_OUTREACH, "The PDF of a printing", queries=("run",)),
    Call("POST", "/campaigns/{id}/letters/posted", post, "campaigns:write", PLANS_OUTREACH, "Letters are in the post", body=Posted),
    Call("POST", "/campaigns/{id}/letters/drop", drop, "campaigns:write", PLANS_OUTREACH, "Letters do not go out", body=Printing),
    Call("POST", "/campaigns/{id}/letters/back", came_back, "campaigns:write", PLANS_OUTREACH, "A letter came back", body=LetterId, status=204),
    Call("POST", "/campaigns/{id}/letters/off", take_off, "campaigns:write", PLANS_OUTREACH, "Letters that nobody needs any more"),
)  # fmt: skip
