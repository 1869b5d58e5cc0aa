"""Teams with their boxes, and who is away: a supervisor arranges them, everybody sets their own absence."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.support import day_of
from backend.staff.models import staff
from backend.staff.roles import APPROVES, OPENS_CASES, RUNS_SETTINGS
from backend.teams import service
from backend.teams.rules import away
from backend.teams.service import TeamTrouble

ARRANGES = APPROVES | RUNS_SETTINGS
TEAMS = "/console/teams"


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    today = in_japan(desk.now).date()
    with desk.reading() as c:
        theirs = select(staff.c.id, staff.c.name).where(
            staff.c.tenant_id == desk.staff.tenant_id, staff.c.active, staff.c.role.in_(OPENS_CASES)).order_by(staff.c.name, staff.c.id)
        people = list(c.execute(theirs))
        gone = {who: day for who, day in service.absences(c, desk.staff.tenant_id).items() if away(day, today)}
        return desk.page(
            "teams/teams.html", status, wrong=wrong, teams=service.teams_of(c, desk.staff.tenant_id), people=people, gone=gone,
            names={one.id: one.name for one in people}, arranges=desk.staff.role in ARRANGES, today=today,
        )  # fmt: skip


def keep(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            service.keep(
                c, tenant_id=desk.staff.tenant_id, team_id=desk.sent("team", 26), name=desk.sent("name", 40),
                members=desk.sent_all("member"), by=desk.staff.id, version=desk.number("version"), at=desk.now,
            )  # fmt: skip
    except TeamTrouble as trouble:
        return show(desk, trouble.why, 422)
    return desk.to(TEAMS)


def drop(desk: Desk) -> Response:
    with desk.writing() as c:
        service.drop(
            c, tenant_id=desk.staff.tenant_id, team_id=desk.sent("team", 26), by=desk.staff.id, version=desk.number("version"),
            at=desk.now,
        )  # fmt: skip
    return desk.to(TEAMS)


def set_absence(desk: Desk) -> Response:
    """One's own, or, for those who arrange teams, anybody's."""
    who = desk.sent("who", 26) if desk.staff.role in ARRANGES else desk.staff.id
    try:
        with desk.writing() as c:
            service.set_absence(
                c, tenant_id=desk.staff.tenant_id, staff_id=who, last_day=day_of(desk.sent("until")), by=desk.staff.id, at=desk.now)
    except TeamTrouble as trouble:
        return show(desk, trouble.why, 422)
    return desk.to(TEAMS)


PAGES = (
    Page("GET", TEAMS, show, OPENS_CASES | ARRANGES),
    Page("POST", TEAMS, keep, ARRANGES),
    Page("POST", f"{TEAMS}/drop", drop, ARRANGES),
    Page("POST", f"{TEAMS}/absence", set_absence, OPENS_CASES | ARRANGES),
)
