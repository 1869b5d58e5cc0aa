"""Acts on a case itself: give it to a colleague, restrict it, make a way back for the resident, look at a photo."""

from __future__ import annotations

from starlette.responses import Response

from backend.audit import service as audit
from backend.cases import carrying
from backend.cases.carrying import NotACarrier
from backend.console.desk import Desk
from backend.console.page import Page
from backend.staff.access import NotForYou, case_for
from backend.staff.attached import attachment_for
from backend.staff.codes import MINUTES, make_code
from backend.staff.roles import CARRIES_CASES, OPENS_CASES

SHOWN_AS = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "audio/mpeg", "audio/mp4", "audio/ogg", "video/mp4"})
"""What a browser may show by itself. Everything else is handed over as a download: it could hold a script."""


def assign(desk: Desk) -> Response:
    case_id = desk.path("id")
    with desk.writing() as c:
        case_for(c, desk.staff, case_id, desk.now, viewing=False)
        try:
            carrying.carry(
                c, case_id=case_id, to=desk.sent("to") or None, district=desk.sent("district", 80), by=desk.staff.id,
                version=desk.number("version"), at=desk.now, team=desk.sent("team", 40) if "team" in desk.form else None,
                note=desk.sent("note", 4000),
            )  # fmt: skip
        except NotACarrier:
            raise NotForYou from None
    return desk.to(f"/console/cases/{case_id}")


def claim(desk: Desk) -> Response:
    """Take a case that nobody carries: one tap in the list."""
    case_id = desk.path("id")
    with desk.writing() as c:
        case_for(c, desk.staff, case_id, desk.now, viewing=False)
        carrying.claim(c, case_id=case_id, by=desk.staff.id, at=desk.now)
    return desk.to(desk.came_from())


def restrict(desk: Desk) -> Response:
    case_id = desk.path("id")
    with desk.writing() as c:
        case_for(c, desk.staff, case_id, desk.now, viewing=False)
        carrying.restrict(
            c, case_id=case_id, restricted=desk.sent("restricted") == "yes", by=desk.staff.id,
            version=desk.number("version"), at=desk.now,
        )  # fmt: skip
    return desk.to(f"/console/cases/{case_id}")


def return_code(desk: Desk) -> Response:
    """A code for a resident who lost the way back. It is shown once, here; only its keyed hash is kept."""
    case_id = desk.path("id")
    with desk.writing() as c:
        case = case_for(c, desk.staff, case_id, desk.now, viewing=False)
        code = make_code(
            c, purpose="case", tenant_id=desk.staff.tenant_id, now=desk.now, staff_id=desk.staff.id, case_id=case_id,
            scope=case_id,
        )  # fmt: skip
        audit.record(
            c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="case.return_code", object_kind="case",
            object_id=case_id, at=desk.now,
        )  # fmt: skip
    address = f"{desk.shell.settings.public_url}/chat/return"
    return desk.page("return_code.html", case=case, code=code, minutes=MINUTES, address=address)


def show_attachment(desk: Desk) -> Response:
    with desk.writing() as c:
        kept = attachment_for(c, desk.staff, desk.path("id"), desk.now)
    shown = kept.media_type in SHOWN_AS
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(kept.content, media_type=kept.media_type if shown else "application/octet-stream", headers=headers)


PAGES = (
    Page("POST", "/console/cases/{id}/claim", claim, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/assign", assign, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/restrict", restrict, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/return-code", return_code, OPENS_CASES),
    Page("GET", "/console/attachments/{id}", show_attachment, OPENS_CASES),
)
