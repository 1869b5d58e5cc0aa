"""The booth: begin a form, fill it in (saved by itself every few seconds), read it aloud, finish it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import JSONResponse, Response

from backend.booth import days, drafts, intake, merge, photos
from backend.booth.drafts import Clash, Finished
from backend.booth.intake import HOW, Explained, Wrong
from backend.booth.reading import Raw
from backend.clock import in_japan
from backend.consent import oral
from backend.console.booth import aloud, form
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.offices import read_office
from backend.db import Row
from backend.files.service import File
from backend.staff.models import staff as accounts
from backend.staff.roles import SEEDS_CASES
from backend.staff.seeded import draft_for
from dialogs.core.words import Arg, Text

PHOTO_FORM = photos.MOST_BYTES + 512 * 1024


def start(desk: Desk) -> Response:
    """Where the booth begins: a new form, those that wait, the cases made today, the days that are on."""
    with desk.reading() as c:
        values: dict[str, Any] = {
            "unfinished": drafts.unfinished(c, desk.staff), "seeded": drafts.seeded_today(c, desk.staff, desk.now),
            "days": days.open_days(c, desk.staff.tenant_id), "names": _names(c, desk.staff.tenant_id),
        }  # fmt: skip
    return desk.page("booth/start.html", **values, locales=desk.shell.words.locales)


def begin(desk: Desk) -> Response:
    locale, origin = desk.sent("locale"), desk.sent("origin")
    with desk.writing() as c:
        draft_id = drafts.begin(
            c, desk.staff, locale=locale if locale in desk.shell.words.locales else "ja",
            origin=origin if origin in drafts.ORIGINS else drafts.ORIGINS[0], at=desk.now,
        )  # fmt: skip
    return desk.to(f"/console/drafts/{draft_id}" + ("/ask" if desk.sent("aloud") else ""))


def show(desk: Desk) -> Response:
    return _form(desk, _draft(desk))


def autosave(desk: Desk) -> Response:
    """What the script sends every few seconds: only what was touched. 409 tells both values of each clash."""
    try:
        version = _save(desk)
    except Clash as clash:
        return JSONResponse({"version": clash.version, "fields": _told(desk, clash)}, 409)
    except Finished as done:
        return JSONResponse({"to": f"/console/seeded/{done.case_id}"}, 410)
    return JSONResponse({"version": version, "at": in_japan(desk.now).strftime("%H:%M")})


def save(desk: Desk) -> Response:
    """The button beside the script: saves, and shows the questions that the answers opened."""
    try:
        _save(desk)
    except Clash as clash:
        return _clashed(desk, clash, f"/console/drafts/{desk.path('id')}/save")
    except Finished as done:
        return desk.to(f"/console/seeded/{done.case_id}")
    return desk.to(f"/console/drafts/{desk.path('id')}")


def finish(desk: Desk) -> Response:
    draft_id = desk.path("id")
    row = _draft(desk)
    photo = desk.upload("photo")
    try:
        picture = photos.picture(photo) if photo is not None else None
    except photos.NotAPicture:
        _try_to_save(desk)
        return _form(desk, _draft(desk), status=422, photo_wrong=True)
    try:
        case_id = intake.finish(
            desk.engine, desk.shell.clock, desk.shell.words, desk.staff, draft_id, desk.number("version"), _sent(desk),
            Explained(_explained_by(desk), desk.sent("how") if desk.sent("how") in HOW else HOW[0]),
            form.seen_of(desk),
        )  # fmt: skip
    except Clash as clash:
        return _clashed(desk, clash, f"/console/drafts/{draft_id}/finish")
    except Finished as done:
        return desk.to(f"/console/seeded/{done.case_id}")
    except Wrong as wrong:
        return _form(desk, _draft(desk), wrong=wrong.fields, status=422)
    _keep_photo(desk, case_id, picture)
    return desk.to(f"/console/tickets/{row['ticket_id']}" if row["ticket_id"] else f"/console/seeded/{case_id}")


def throw_away(desk: Desk) -> Response:
    drafts.throw_away(desk.engine, desk.shell.clock, desk.staff, desk.path("id"))
    return desk.to("/console/booth")


def read_aloud(desk: Desk) -> Response:
    """Caller mode: one question, large."""
    row = _draft(desk)
    wanted = desk.request.query_params.get("at", "")[:80]
    with desk.reading() as c:
        office = read_office(c, desk.staff.tenant_id, desk.now)
        colleagues = _colleagues(c, desk.staff.tenant_id)
    spoken = aloud.at(row, wanted, in_japan(desk.now).date(), office, desk.shell.words)
    return desk.page(
        "booth/aloud.html", draft=row, spoken=spoken, keys=form.form_of(row, in_japan(desk.now).date()).keys,
        locales=desk.shell.words.locales, colleagues=colleagues,
        said=lambda label: desk.shell.words.word(label, row["locale"]), said_ja=lambda label: desk.shell.words.word(label, "ja"),
    )  # fmt: skip


def answer_aloud(desk: Desk) -> Response:
    """Keep one answer and go on; or change the language in which the questions are read."""
    draft_id, key, after = desk.path("id"), desk.sent("key", 80), desk.sent("after", 80)
    locale = desk.sent("locale")
    if locale in desk.shell.words.locales:
        drafts.save(desk.engine, desk.shell.clock, desk.staff, draft_id, 1, {}, locale)
        return desk.to(f"/console/drafts/{draft_id}/ask?at={key}")
    try:
        sent = {name: value for name, value in _sent(desk).items() if name == key}
        drafts.save(desk.engine, desk.shell.clock, desk.staff, draft_id, desk.number("version"), sent)
    except Clash as clash:
        return _clashed(desk, clash, f"/console/drafts/{draft_id}/save")
    except Finished as done:
        return desk.to(f"/console/seeded/{done.case_id}")
    # What follows is worked out anew: the answer may have opened or closed questions.
    now = _draft(desk)
    order = [name for name, _ in aloud.order_of(merge.now(now["fields"]), in_japan(desk.now).date())]
    follows = order[order.index(key) + 1] if key in order[:-1] else after if after in order else aloud.END
    return desk.to(f"/console/drafts/{draft_id}/ask?at={follows}")


# --- what they share ------------------------------------------------------------------------------------------


def _draft(desk: Desk) -> Row:
    with desk.reading() as c:
        return draft_for(c, desk.staff, desk.path("id"), desk.now)


def _sent(desk: Desk) -> dict[str, Raw]:
    """What was sent; after a page of differences, the other value where that was chosen."""
    sent = form.sent_of(desk)
    return {key: form.theirs_of(desk, key, value) if desk.sent(f"keep.{key}") == "theirs" else value for key, value in sent.items()}


def _save(desk: Desk) -> int:
    return drafts.save(desk.engine, desk.shell.clock, desk.staff, desk.path("id"), desk.number("version"), _sent(desk), lately=form.seen_of(desk))


def _try_to_save(desk: Desk) -> None:
    try:
        _save(desk)
    except (Clash, Finished):
        return  # the page that is shown next says how the form stands


def _form(desk: Desk, row: Row, wrong: list[str] | None = None, status: int = 200, photo_wrong: bool = False) -> Response:
    if row["finished_at"] is not None:
        return desk.to(f"/console/seeded/{row['case_id']}")
    with desk.reading() as c:
        office = read_office(c, desk.staff.tenant_id, desk.now)
        colleagues = _colleagues(c, desk.staff.tenant_id)
    words = desk.shell.words
    filled = form.form_of(row, in_japan(desk.now).date(), wrong or ())
    whom = "other" if filled.proxy else "self"
    return desk.page(
        "booth/form.html", status, draft=row, form=filled, wrong=wrong, photo_wrong=photo_wrong, colleagues=colleagues,
        how=desk.sent("how") or HOW[0], said=lambda key, locale: words.render(aloud.notice_text(key, office), locale),
        said_of=lambda item: oral.question(words, item.consent, office, row["locale"], whom).text,
    )  # fmt: skip


def _clashed(desk: Desk, clash: Clash, to: str) -> Response:
    """Both values of each field, and a choice; everything else that was sent goes along."""
    rows = []
    for key, (mine, theirs) in clash.fields.items():
        raw = theirs if isinstance(theirs, list) else [theirs]
        rows.append((key, Text(f"field.{key.rsplit('.', 1)[-1]}.label"), _worded(desk, key, mine), _worded(desk, key, theirs), raw))
    carried = [
        (name, value) for name, value in desk.form.multi_items()
        if isinstance(value, str) and name not in ("csrf", "form", "back")
        and not name.startswith(("keep.", "theirs.")) and name.removeprefix("seen.") not in clash.fields
    ]  # fmt: skip
    # The page's own version goes along: of the other fields it has seen nothing newer.
    return desk.page("booth/clash.html", 409, rows=rows, carried=carried, to=to, version=clash.version)


def _told(desk: Desk, clash: Clash) -> list[dict[str, Any]]:
    return [
        {"key": key, "label": desk.shell.words.render(Text(f"field.{key.rsplit('.', 1)[-1]}.label"), desk.staff.locale),
         "mine": _worded(desk, key, mine), "theirs": _worded(desk, key, theirs), "value": theirs}
        for key, (mine, theirs) in clash.fields.items()
    ]  # fmt: skip


def _worded(desk: Desk, key: str, value: Raw) -> str:
    shown: Arg | tuple[Arg, ...] = form.shown(key, value)
    parts = shown if isinstance(shown, tuple) else (shown,)
    return " / ".join(desk.shell.words.word(part, desk.staff.locale) for part in parts)


def _explained_by(desk: Desk) -> str:
    """The colleague who was named, if it is one; else whoever sends the form."""
    with desk.reading() as c:
        known = {one.id for one in _colleagues(c, desk.staff.tenant_id)}
    chosen = desk.sent("explained_by", 26)
    return chosen if chosen in known else desk.staff.id


def _keep_photo(desk: Desk, case_id: str, picture: File | None) -> None:
    if picture is not None:
        with desk.writing() as c:
            photos.keep(c, desk.staff, case_id, picture, desk.now)


def _colleagues(c: Connection, tenant_id: str) -> list[Any]:
    """Who may have explained it: everybody who seeds cases here."""
    able = select(accounts.c.id, accounts.c.name).where(
        accounts.c.tenant_id == tenant_id, accounts.c.active, accounts.c.role.in_(SEEDS_CASES))
    return list(c.execute(able.order_by(accounts.c.name)).all())


def _names(c: Connection, tenant_id: str) -> dict[str, str]:
    return {one.id: one.name for one in c.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.tenant_id == tenant_id))}


PAGES = (
    Page("GET", "/console/booth", start, SEEDS_CASES),
    Page("POST", "/console/booth", begin, SEEDS_CASES),
    Page("GET", "/console/drafts/{id}", show, SEEDS_CASES, shows="booth_draft"),
    Page("POST", "/console/drafts/{id}/autosave", autosave, SEEDS_CASES),
    Page("POST", "/console/drafts/{id}/save", save, SEEDS_CASES, files=1, max_bytes=PHOTO_FORM),
    Page("POST", "/console/drafts/{id}/finish", finish, SEEDS_CASES, files=1, max_bytes=PHOTO_FORM),
    Page("POST", "/console/drafts/{id}/throw-away", throw_away, SEEDS_CASES),
    Page("GET", "/console/drafts/{id}/ask", read_aloud, SEEDS_CASES, shows="booth_draft"),
    Page("POST", "/console/drafts/{id}/ask", answer_aloud, SEEDS_CASES),
)
