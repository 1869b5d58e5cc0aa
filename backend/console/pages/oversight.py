"""The go-live check, and the audit trail with its proof."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from backend.audit import service as audit
from backend.audit.models import audit as trail
from backend.consent import service as consent
from backend.console.desk import Desk
from backend.console.page import Page
from backend.staff.names import names_of_staff
from backend.staff.roles import READS_AUDIT, RUNS_SETTINGS, SEES_READINESS
from backend.tenants import golive, service
from backend.tenants.service import By

READINESS, AUDIT = "/console/readiness", "/console/audit"
PER_PAGE = 100


def readiness(desk: Desk) -> Response:
    with desk.reading() as c:
        found = golive.findings(c, desk.shell.settings, desk.shell.words, desk.staff.tenant_id)
    blocks, notes = [one for one in found if one.blocks], [one for one in found if not one.blocks]
    return desk.page("readiness.html", blocks=blocks, notes=notes, back=READINESS)


def go_live(desk: Desk) -> Response:
    live = desk.sent("live") == "yes"
    with desk.writing() as c:
        if not live or not golive.missing(c, desk.shell.settings, desk.shell.words, desk.staff.tenant_id):
            service.go_live(c, desk.staff.tenant_id, By(desk.staff.id, desk.now), live)
    return desk.to(READINESS)


def show_trail(desk: Desk) -> Response:
    before = desk.request.query_params.get("before", "")
    with desk.reading() as c:
        shown = (trail.c.id, trail.c.at, trail.c.staff_id, trail.c.action, trail.c.object_kind, trail.c.object_id)
        chosen = select(*shown).where(trail.c.tenant_id == desk.staff.tenant_id)
        if before.isascii() and before.isdigit():
            chosen = chosen.where(trail.c.id < int(before[:18]))
        rows = list(c.execute(chosen.order_by(trail.c.id.desc()).limit(PER_PAGE + 1)))
        names = names_of_staff(c, desk.staff.tenant_id)
    return desk.page("audit.html", rows=rows[:PER_PAGE], more=len(rows) > PER_PAGE, names=names, proof=None, back=AUDIT)


def prove(desk: Desk) -> Response:
    """Walk the whole trail, and every decision on sharing, and say whether they hold."""
    with desk.reading() as c:
        broken = audit.verify(c, desk.staff.tenant_id)
        count = audit.entries(c, desk.staff.tenant_id)
        decided, wrong = consent.verify(c, desk.staff.tenant_id)
    return desk.page("audit_proof.html", broken=broken, count=count, decided=decided, wrong=wrong)


PAGES = (
    Page("GET", READINESS, readiness, SEES_READINESS),
    Page("POST", READINESS, go_live, RUNS_SETTINGS),
    Page("GET", AUDIT, show_trail, READS_AUDIT),
    Page("POST", f"{AUDIT}/prove", prove, READS_AUDIT),
)
