"""A case as the booth sees it after the form: its number, what may help, what to put in motion, the paper to take home."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.booth import drafts, links, photos, raising
from backend.casefile import consents, programs, work
from backend.cases.service import facts_of_case
from backend.clock import in_japan
from backend.console.booth import drawn
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.booth import PHOTO_FORM
from backend.conversations.offices import read_office
from backend.db import Row
from backend.files import service as files
from backend.people.models import person
from backend.programs import looking
from backend.programs.of_case import answers_of
from backend.staff.access import NotForYou
from backend.staff.roles import OPENS_CASES, SEEDS_CASES
from backend.staff.seeded import seeded_for
from backend.words import Catalogues
from dialogs.core.words import Text
from dialogs.fields import FIELDS, PROFESSIONS


def show(desk: Desk, status: int = 200, photo_wrong: bool = False) -> Response:
    case = _case(desk, viewing=True)
    with desk.reading() as c:
        who = c.execute(select(person).where(person.c.id == case["person_id"])).one()
        facts = facts_of_case(c, case["id"])
        values: dict[str, Any] = {
            **_programs(desk, c, case["id"]),
            "decided": consents.consents_of(c, case_id=case["id"], conversation_id=None),
            "referrals": work.referrals_of(c, case["id"]), "visits": work.visits_of(c, case["id"]),
            "waiting": links.waiting(c, case["id"], desk.now), "bound": links.bound(c, case["id"]),
            "locked": links.is_locked(c, case["id"], desk.now), "sheets": photos.of_case(c, case["id"]),
            "knows_birth": links.knows_birth(c, case["id"]),
        }  # fmt: skip
    whom = facts.get("for_whom")
    values["proxy"] = whom is not None and whom.by == "proxy"
    relation = facts.get("relation")
    values["relation"] = str(relation.value) if relation is not None and relation.given else ""
    return desk.page(
        "booth/seeded.html", status, case=case, who=who, professions=PROFESSIONS, relations=FIELDS["relation"].options,
        locales=desk.shell.words.locales, locale_of=case["language"] or "ja", photo_wrong=photo_wrong,
        carries=desk.staff.role in OPENS_CASES, **values,
    )  # fmt: skip


def edit(desk: Desk) -> Response:
    """The same form with the case's answers in it."""
    with desk.writing() as c:
        draft_id = drafts.begin_from_case(c, desk.staff, desk.path("id"), at=desk.now)
    return desk.to(f"/console/drafts/{draft_id}")


def ask(desk: Desk) -> Response:
    case = _case(desk)
    kind = desk.sent("kind")
    try:
        raising.ask_for(desk.engine, desk.shell.clock, desk.staff, case["id"], kind, desk.sent("profession") if kind == "refer" else "")
    except ValueError:
        return desk.page("trouble.html", 400, what="stale_form")
    return desk.to(f"/console/seeded/{case['id']}")


def make_link(desk: Desk) -> Response:
    """A paper with QR codes; the six digits stand on this screen alone, once."""
    case = _case(desk)
    locale = desk.sent("locale") if desk.sent("locale") in desk.shell.words.locales else "ja"
    relation = desk.sent("relation") if desk.sent("relation") in FIELDS["relation"].options else ""
    speaker = "proxy" if desk.sent("speaker") == "proxy" else "self"
    with desk.writing() as c:
        link = links.issue(c, desk.staff, case["id"], speaker=speaker, relation=relation, locale=locale, at=desk.now)
        knows_birth = links.knows_birth(c, case["id"])
    shell = desk.shell
    return desk.page(
        "booth/link.html", case=case, link=link, codes=drawn.codes(shell.settings, shell.words, link.token, locale), paper=locale,
        knows_birth=knows_birth, on_paper=lambda key: _printed(desk, key, locale, link), on_paper_ja=lambda key: _printed(desk, key, "ja", link),
        missing=[name for name in ("line", "telegram") if _unnamed(desk, name)],
    )  # fmt: skip


def call_back(desk: Desk) -> Response:
    """End the papers that wait, and let people try again: staff reset and reissue."""
    case = _case(desk)
    with desk.writing() as c:
        links.call_back(c, desk.staff, case["id"], desk.now)
        links.reset(c, desk.staff, case["id"], desk.now)
    return desk.to(f"/console/seeded/{case['id']}")


def unbind(desk: Desk) -> Response:
    """Part a phone from the case: the wrong one, or one that must not hear of it any more."""
    case = _case(desk)
    with desk.writing() as c:
        links.unbind(c, desk.staff, case["id"], desk.sent("binding", 26), desk.now)
    return desk.to(f"/console/seeded/{case['id']}")


def protect(desk: Desk) -> Response:
    """PR-30: the person says that somebody must not learn where they are. That is enough; from here on only handlers see it."""
    raising.protect(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.number("version"))
    return desk.page("booth/protected.html")


def add_sheet(desk: Desk) -> Response:
    case = _case(desk)
    photo = desk.upload("photo")
    if photo is None:
        return desk.to(f"/console/seeded/{case['id']}")
    try:
        picture = photos.picture(photo)
    except photos.NotAPicture:
        return show(desk, 422, photo_wrong=True)
    with desk.writing() as c:
        photos.keep(c, desk.staff, case["id"], picture, desk.now)
    return desk.to(f"/console/seeded/{case['id']}")


def show_sheet(desk: Desk) -> Response:
    """A signed sheet, for whoever reaches its case."""
    with desk.writing() as c:
        case_id = photos.case_of(c, desk.staff.tenant_id, desk.path("id"))
        if not case_id:
            raise NotForYou
        seeded_for(c, desk.staff, case_id, desk.now)
        kept = files.read(c, desk.staff.tenant_id, desk.path("id"), photos.PURPOSE, desk.now)
        if kept is None:
            raise NotForYou
    headers = {
        "Cache-Control": "no-store", "Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Response(kept.content, media_type=kept.media_type, headers=headers)


def _programs(desk: Desk, c: Connection, case_id: str) -> dict[str, Any]:
    """What to speak about at the table: the likely programs in the order of the chat, the others a tap away."""
    today = in_japan(desk.now).date()
    panel = programs.panel_of(c, desk.staff.tenant_id, today, case_id=case_id, conversation_id=None)
    known = {one.id: one for one in panel.programs}
    found = looking.look(answers_of(c, case_id), read_office(c, desk.staff.tenant_id, desk.now), today).programs
    first = [known[one.id] for one in found if one.likely and one.id in known]
    return {"panel": panel, "first": first, "others": [known[one.id] for one in found if not one.likely and one.id in known]}


def _case(desk: Desk, *, viewing: bool = False) -> Row:
    with desk.writing() as c:
        return seeded_for(c, desk.staff, desk.path("id"), desk.now, viewing=viewing)


def _printed(desk: Desk, key: str, locale: str, link: links.Link) -> str:
    """What stands on the paper, in the resident's language."""
    with desk.reading() as c:
        place = read_office(c, desk.staff.tenant_id, desk.now).about
    until = in_japan(link.expires_at).date()
    words: Catalogues = desk.shell.words
    return words.render(Text(key, {"municipality": place.name, "phone": place.phone, "until": until}), locale)


def _unnamed(desk: Desk, channel: str) -> bool:
    """Whether a chat is connected whose name for the QR nobody has set."""
    settings = desk.shell.settings
    if channel == "line":
        return settings.line and not settings.line_basic_id
    return settings.telegram and not settings.telegram_bot_name


PAGES = (
    Page("GET", "/console/seeded/{id}", show, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/edit", edit, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/ask", ask, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/link", make_link, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/call-back", call_back, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/unbind", unbind, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/protect", protect, SEEDS_CASES),
    Page("POST", "/console/seeded/{id}/sheet", add_sheet, SEEDS_CASES, files=1, max_bytes=PHOTO_FORM),
    Page("GET", "/console/sheets/{id}", show_sheet, SEEDS_CASES),
)
