"""Forms on paper and lists in files: choose, wait for the large ones, fetch what was made (its maker alone)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.cases.models import case
from backend.cases.selection import NOBODY, NONE, Selection
from backend.console.desk import Desk
from backend.console.page import Page
from backend.files.service import File
from backend.forms import exports
from backend.forms import meeting_paper as meetings
from backend.forms.catalogue import FORMS
from backend.forms.glyphs import CannotPrint
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.jobs.run import Refused
from backend.jobs.service import OPEN
from backend.meetings.service import NoSuchMeeting
from backend.staff.access import NotForYou, case_for
from backend.staff.names import names_of_staff
from backend.staff.roles import TAKES_DATA_OUT
from backend.tenants.districts import districts_in
from backend.tenants.models import recipient as recipients
from dialogs.core.words import Words

EXPORTS = "/console/exports"


def choose(desk: Desk) -> Response:
    """Which form, of which cases (those of the list, when one comes from there), in which format, for whom."""
    return _chooser(desk, Order("supported_list", "xlsx", chosen=Selection.of(desk.request.query_params)))


def choose_for_case(desk: Desk) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now)
    return _chooser(desk, Order("survey", "pdf", case_id=found["id"]), number=found["number"])


def order(desk: Desk) -> Response:
    return _begin(desk, Order(desk.sent("what"), desk.sent("format"), "", Selection.of(desk.form), desk.sent("recipient")))


def order_for_case(desk: Desk) -> Response:
    with desk.reading() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
    wanted = Order(desk.sent("what"), desk.sent("format"), found["id"], recipient_id=desk.sent("recipient"))
    return _begin(desk, wanted, number=found["number"])


def show(desk: Desk) -> Response:
    return desk.page("exports/one.html", **_one(desk))


def part(desk: Desk) -> Response:
    return desk.fragment("exports/progress.html", **_one(desk))


def fetch(desk: Desk) -> Response:
    with desk.writing() as c:
        row = exports.found(c, desk.staff, desk.path("id"), desk.now)
        file = exports.fetch(c, desk.staff, row, desk.now)
    if file is None:
        return desk.to(f"{EXPORTS}/{row['id']}")
    return _file(file)


def stop(desk: Desk) -> Response:
    with desk.writing() as c:
        row = exports.found(c, desk.staff, desk.path("id"), desk.now)
        if row["staff_id"] == desk.staff.id:
            jobs.stop(c, desk.staff.tenant_id, row["id"], desk.now)
    return desk.to(f"{EXPORTS}/{row['id']}")


def meeting_paper(desk: Desk) -> Response:
    """The sheets of a case meeting for one participant (`?for=`), or without names, as a PDF or workbook."""
    meeting_id, reader = desk.path("id"), desk.request.query_params.get("for") or None
    format = "xlsx" if desk.request.query_params.get("format") == "xlsx" else "pdf"
    with desk.writing() as c:
        try:
            return _file(meetings.meeting_paper(c, desk.shell, desk.staff, meeting_id, reader, format))
        except NoSuchMeeting:
            raise NotForYou from None
        except (meetings.NobodyOnIt, CannotPrint):
            return desk.to(f"/console/meetings/{meeting_id}")


def _file(file: File) -> Response:
    headers = {
        "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
    }  # fmt: skip
    return Response(file.content, media_type=file.media_type, headers=headers)


def _begin(desk: Desk, wanted: Order, number: str = "") -> Response:
    if not wanted.valid:
        return _chooser(desk, wanted, number=number, wrong="console.forms.no_such", status=422)
    try:
        return desk.to(f"{EXPORTS}/{exports.begin(desk.shell, desk.staff, wanted)}")
    except Refused as refused:
        return _chooser(desk, wanted, number=number, wrong=str(refused.args[0]), status=422)
    except CannotPrint:
        return _chooser(desk, wanted, number=number, wrong="console.forms.cannot_print", status=500)


def _chooser(desk: Desk, wanted: Order, *, number: str = "", wrong: str = "", status: int = 200) -> Response:
    offered = [one for one in FORMS.values() if one.of_a_case or not wanted.case_id]
    with desk.reading() as c:
        values = _choices(c, desk)
        made = [] if wanted.case_id else exports.mine(c, desk.staff, desk.now - exports.LASTS)
    return desk.page(
        "exports/choose.html", status, wanted=wanted, number=number, wrong=wrong, offered=offered, made=made,
        formats=("pdf", "xlsx", "csv", "csv_cp932"), nobody=NOBODY, undecided=NONE,
        back=f"/console/cases/{wanted.case_id}/forms" if wanted.case_id else EXPORTS, **values,
    )  # fmt: skip


def _choices(connection: Connection, desk: Desk) -> dict[str, Any]:
    tenant_id = desk.staff.tenant_id
    teams = select(case.c.team).where(case.c.tenant_id == tenant_id, case.c.team != "").distinct()
    outside = select(recipients).where(recipients.c.tenant_id == tenant_id, recipients.c.active).order_by(recipients.c.kind, recipients.c.id)
    own = desk.staff.districts
    return {
        "districts": [name for name in districts_in(connection, tenant_id) if not own or name in own],
        "teams": sorted(connection.execute(teams).scalars()),
        "names": names_of_staff(connection, tenant_id),
        "recipients": [(row.id, row.kind, Words.of(row.name).in_locale(desk.staff.locale)) for row in connection.execute(outside)],
    }  # fmt: skip


def _one(desk: Desk) -> dict[str, Any]:
    with desk.reading() as c:
        row = exports.found(c, desk.staff, desk.path("id"), desk.now)
        names = names_of_staff(c, desk.staff.tenant_id)
    wanted = Order.from_json(row["detail"]["order"])
    if wanted.form not in FORMS:
        raise NotForYou
    return {
        "row": row, "wanted": wanted, "own": row["staff_id"] == desk.staff.id, "maker": names.get(row["staff_id"], ""),
        "running": row["state"] in OPEN, "over": row["changed_at"] + exports.LASTS <= desk.now, "until": row["changed_at"] + exports.LASTS,
        "back": f"{EXPORTS}/{row['id']}",
    }  # fmt: skip


PAGES = (
    Page("GET", EXPORTS, choose, TAKES_DATA_OUT),
    Page("POST", EXPORTS, order, TAKES_DATA_OUT),
    Page("GET", f"{EXPORTS}/{{id}}", show, TAKES_DATA_OUT),
    Page("GET", "/console/live/exports/{id}", part, TAKES_DATA_OUT, live=True),
    Page("GET", f"{EXPORTS}/{{id}}/file", fetch, TAKES_DATA_OUT),
    Page("POST", f"{EXPORTS}/{{id}}/stop", stop, TAKES_DATA_OUT),
    Page("GET", "/console/cases/{id}/forms", choose_for_case, TAKES_DATA_OUT),
    Page("POST", "/console/cases/{id}/forms", order_for_case, TAKES_DATA_OUT),
    Page("GET", "/console/meetings/{id}/paper", meeting_paper, TAKES_DATA_OUT),
)
