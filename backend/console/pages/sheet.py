"""The quick-reference sheet (早見表): seen in every language, taken out as PDF, workbook or page, and brought back edited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from backend.audit import service as audit
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.files import service as files
from backend.programs.editing import drafts
from backend.programs.editing.drafts import NotAllowed
from backend.programs.editing.mistakes import of_sheet
from backend.programs.of_case import Place, place_of
from backend.programs.sheet.command import FORMATS, asked_for, compared, in_words, rendered
from backend.programs.sheet.html import kinds, starting_at
from backend.staff.roles import EDITS_PROGRAMS, EVERYBODY

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from backend.programs.sheet.importing import Edited, Origin

HOME = "/console/sheet"
TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "html": "text/html"}
PURPOSE = "sheet"
LASTS = timedelta(minutes=20)
"""How long an edited workbook waits for its draft to be made."""
MOST_BYTES = 6_000_000


def show(desk: Desk, wrong: tuple[object, ...] = (), status: int = 200) -> Response:
    locale = _locale(desk, desk.request.query_params.get("locale", ""))
    with desk.reading() as c:
        where = place_of(c, desk.staff.tenant_id)
    sheet = in_words(desk.shell, where, where.changes, in_japan(desk.now).date(), locale)
    return desk.page(
        "programs/sheet.html", status, back=HOME, sheet=sheet, lang=locale.partition("@")[0], chosen=locale, locales=desk.shell.words.locales,
        formats=FORMATS, edits=desk.staff.role in EDITS_PROGRAMS, wrong=wrong, kinds=kinds, starting_at=starting_at,
        disaster_known=bool(where.disaster.known.get("date")),
    )  # fmt: skip


def _locale(desk: Desk, asked: str) -> str:
    return asked if asked in desk.shell.words.locales else "ja"


def take(desk: Desk) -> Response:
    """The sheet as a file. It holds no personal data."""
    asked = desk.request.query_params
    kind, locale = asked.get("format", "html"), _locale(desk, asked.get("locale", ""))
    if kind not in FORMATS:
        return desk.page("trouble.html", 404, what="not_found")
    today = in_japan(desk.now).date()
    with desk.reading() as c:
        where = place_of(c, desk.staff.tenant_id)
    made = rendered(desk.shell, where, where.changes, today, kind, locale)
    with desk.writing() as c:
        audit.record(
            c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="programs.sheet_taken", object_kind="sheet",
            object_id=f"{kind} {locale}", at=desk.now,
        )  # fmt: skip
    name = f"programs-{where.slug}-{today}-{locale.replace('@', '-')}.{kind}"
    return Response(made, media_type=TYPES[kind], headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"})  # fmt: skip


def bring(desk: Desk) -> Response:
    """An edited workbook: every difference to what holds, and nothing is written yet."""
    file = desk.upload("sheet")
    if file is None:
        return desk.to(HOME)
    tab = _open(desk, file.content)  # before the database is asked to wait
    if isinstance(tab, Response):
        return tab
    with desk.writing() as c:
        where = place_of(c, desk.staff.tenant_id)
        found = _compared(desk, where, tab)
        if not isinstance(found, Response) and found.differences:
            # The name that somebody gave it is of no use.
            kept = files.keep(
                c, tenant_id=desk.staff.tenant_id, purpose=PURPOSE, file=file._replace(name="sheet.xlsx"), at=desk.now,
                staff_id=desk.staff.id, lasts=LASTS,
            )  # fmt: skip
        else:
            kept = ""
    return found if isinstance(found, Response) else desk.page("programs/dry_run.html", back=HOME, found=found, kept=kept)


def _open(desk: Desk, content: bytes) -> tuple[Worksheet, Origin] | Response:
    # openpyxl takes half a second to load, and only a workbook needs it.
    from backend.programs.sheet import importing

    try:
        return importing.opened(content)
    except importing.BadSheet as wrong:
        return show(desk, tuple(of_sheet(wrong.sentences)), 422)


def _compared(desk: Desk, where: Place, tab: tuple[Worksheet, Origin]) -> Edited | Response:
    from backend.programs.sheet import importing

    try:
        return compared(desk.shell, where, *tab)
    except importing.BadSheet as wrong:
        return show(desk, tuple(of_sheet(wrong.sentences)), 422)


def draft(desk: Desk) -> Response:
    """What was read becomes a draft like any other."""
    with desk.reading() as c:
        file = files.read(c, desk.staff.tenant_id, desk.sent("file", 26), PURPOSE, desk.now)
    tab = _open(desk, file.content) if file else desk.page("trouble.html", 409, what="stale_form")
    if isinstance(tab, Response):
        return tab
    with desk.writing() as c:
        found = _compared(desk, place_of(c, desk.staff.tenant_id), tab)
        if isinstance(found, Response):
            return found
        try:
            made = drafts.begin(c, desk.staff.tenant_id, desk.staff.id, asked_for(found), origin="sheet", at=desk.now)
        except NotAllowed:
            return desk.to(HOME)
    return desk.to(f"/console/program-drafts/{made}")


PAGES = (
    Page("GET", HOME, show, EVERYBODY),
    Page("GET", f"{HOME}/file", take, EVERYBODY),
    Page("POST", f"{HOME}/bring", bring, EDITS_PROGRAMS, files=1, max_bytes=MOST_BYTES),
    Page("POST", f"{HOME}/draft", draft, EDITS_PROGRAMS),
)
