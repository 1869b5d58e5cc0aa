"""What staff share among themselves: who there is, teams with their boxes, absences, templates of replies, kept selections."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.api.bodies_office import (
    Absence,
    Filter,
    FilterId,
    ReplyTemplate,
    StaffId,
    Team,
    TeamId,
    TemplateId,
)
from backend.api.call import Asked, Call
from backend.api.problems import Problem, wrong
from backend.cases import filters
from backend.cases.selection import Selection
from backend.replies import service as replies
from backend.replies.service import NoText
from backend.staff import accounts
from backend.staff.accounts import AccountError
from backend.staff.models import staff
from backend.staff.roles import APPROVES, CARRIES_CASES, OPENS_CASES, RUNS_SETTINGS
from backend.teams import service as teams
from backend.teams.service import TeamTrouble

ARRANGES = APPROVES | RUNS_SETTINGS


def people(asked: Asked) -> dict[str, Any]:
    """Open accounts: what they are called and may do. No address, no sign-in name."""
    shown = (staff.c.id, staff.c.name, staff.c.role, staff.c.on_duty, staff.c.districts)
    with asked.reading() as c:
        rows = c.execute(select(*shown).where(staff.c.tenant_id == asked.staff.tenant_id, staff.c.active).order_by(staff.c.name, staff.c.id)).all()
    return {"next": "", "items": [
        {"id": one.id, "name": one.name, "role": one.role, "on_duty": one.on_duty, "districts": list(one.districts or ())} for one in rows
    ]}  # fmt: skip


def end(asked: Asked) -> None:
    """Close an account at once, as when somebody leaves: its windows and tokens end with it."""
    body: StaffId = asked.body
    try:
        with asked.writing() as c:
            accounts.end_staff(c, tenant_id=asked.staff.tenant_id, staff_id=body.id, at=asked.now, by=asked.staff.id)
    except AccountError as refused:
        raise wrong(KeyError(refused.key), "id") from None


def read_teams(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        rows = teams.teams_of(c, asked.staff.tenant_id)
    return {"items": [{"team": one.id, "name": one.name, "version": one.version, "members": sorted(members)} for one, members in rows], "next": ""}


def keep_team(asked: Asked) -> dict[str, Any]:
    """The whole team: name and members. The cases in its box follow a new name."""
    body: Team = asked.body
    try:
        with asked.writing() as c:
            return {"team": teams.keep(c, tenant_id=asked.staff.tenant_id, team_id=body.team, name=body.name, members=body.members,
                                       by=asked.staff.id, version=body.version, at=asked.now)}  # fmt: skip
    except TeamTrouble as trouble:
        raise Problem("invalid", errors=[{"field": trouble.why, "kind": "wrong"}]) from None


def drop_team(asked: Asked) -> None:
    """What lay in its box lies in none."""
    body: TeamId = asked.body
    with asked.writing() as c:
        teams.drop(c, tenant_id=asked.staff.tenant_id, team_id=body.team, by=asked.staff.id, version=body.version, at=asked.now)


def read_absences(asked: Asked) -> dict[str, Any]:
    """Who is away, and until which day."""
    with asked.reading() as c:
        found = teams.absences(c, asked.staff.tenant_id)
    return {"items": [{"who": who, "until": day.isoformat()} for who, day in sorted(found.items())], "next": ""}


def set_absence(asked: Asked) -> None:
    """One's own, or, for those who arrange teams, anybody's."""
    body: Absence = asked.body
    who = body.who or asked.staff.id
    if who != asked.staff.id and asked.staff.role not in ARRANGES:
        raise Problem("role")
    try:
        with asked.writing() as c:
            teams.set_absence(c, tenant_id=asked.staff.tenant_id, staff_id=who, last_day=body.until, by=asked.staff.id, at=asked.now)
    except TeamTrouble:
        raise Problem("invalid", errors=[{"field": "who", "kind": "unknown"}]) from None


def read_templates(asked: Asked) -> dict[str, Any]:
    """Templates of replies in use, in every language they have."""
    with asked.reading() as c:
        rows = replies.templates_of(c, asked.staff.tenant_id)
    return {"items": [{"template": one.id, "name": one.name, "texts": one.texts, "version": one.version} for one in rows], "next": ""}


def keep_template(asked: Asked) -> dict[str, Any]:
    """A Japanese text must be there."""
    body: ReplyTemplate = asked.body
    try:
        with asked.writing() as c:
            texts = {str(locale): text for locale, text in body.texts.items()}
            return {"template": replies.keep(c, tenant_id=asked.staff.tenant_id, template_id=body.template, name=body.name, texts=texts,
                                             by=asked.staff.id, version=body.version, at=asked.now)}  # fmt: skip
    except NoText:
        raise Problem("invalid", errors=[{"field": "texts.ja", "kind": "missing"}]) from None


def retire_template(asked: Asked) -> None:
    """Offer it no more."""
    body: TemplateId = asked.body
    with asked.writing() as c:
        replies.retire(c, tenant_id=asked.staff.tenant_id, template_id=body.template, by=asked.staff.id, version=body.version, at=asked.now)


def read_filters(asked: Asked) -> dict[str, Any]:
    """One's own and the shared ones."""
    with asked.reading() as c:
        rows = filters.filters_of(c, asked.staff.tenant_id, asked.staff.id)
    return {"next": "", "items": [
        {"filter": one.id, "name": one.name, "chosen": one.chosen, "shared": one.shared, "own": one.staff_id == asked.staff.id} for one in rows
    ]}  # fmt: skip


def keep_filter(asked: Asked) -> None:
    """One's own of the same name is replaced; what is no value of the list counts as "does not matter"."""
    body: Filter = asked.body
    if unknown := sorted(set(body.chosen) - {*Selection.__slots__, "sort"}):
        raise Problem("invalid", errors=[{"field": f"chosen.{name}", "kind": "unknown"} for name in unknown[:20]])
    sort = {"sort": body.chosen["sort"]} if body.chosen.get("sort") else {}
    with asked.writing() as c:
        filters.keep(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, name=body.name,
                     chosen={**Selection.of(body.chosen).chosen(), **sort}, shared=body.shared, at=asked.now)  # fmt: skip


def drop_filter(asked: Asked) -> None:
    """One's own; a colleague's stays."""
    body: FilterId = asked.body
    with asked.writing() as c:
        filters.drop(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, filter_id=body.filter, at=asked.now)


CALLS = (
    Call("GET", "/staff", people, "staff:read", OPENS_CASES | RUNS_SETTINGS, "Who there is"),
    Call("POST", "/staff/end", end, "staff:write", RUNS_SETTINGS, "Close an account", body=StaffId, status=204),
    Call("GET", "/teams", read_teams, "staff:read", OPENS_CASES | ARRANGES, "Teams and their members"),
    Call("POST", "/teams", keep_team, "staff:write", ARRANGES, "Make or change a team", body=Team, status=201),
    Call("POST", "/teams/drop", drop_team, "staff:write", ARRANGES, "Dissolve a team", body=TeamId, status=204),
    Call("GET", "/absences", read_absences, "staff:read", OPENS_CASES | ARRANGES, "Who is away"),
    Call("PUT", "/absences", set_absence, "staff:write", OPENS_CASES | ARRANGES, "Say until when somebody is away", body=Absence, status=204),
    Call("GET", "/reply-templates", read_templates, "conversations:read", OPENS_CASES, "Templates of replies"),
    Call("POST", "/reply-templates", keep_template, "staff:write", CARRIES_CASES, "Write or change a template", body=ReplyTemplate, status=201),
    Call("POST", "/reply-templates/retire", retire_template, "staff:write", CARRIES_CASES, "Offer a template no more", body=TemplateId, status=204),
    Call("GET", "/filters", read_filters, "cases:read", OPENS_CASES, "Kept selections of cases"),
    Call("POST", "/filters", keep_filter, "cases:write", OPENS_CASES, "Keep a selection", body=Filter, status=204),
    Call("POST", "/filters/drop", drop_filter, "cases:write", OPENS_CASES, "Take a kept selection away", body=FilterId, status=204),
)  # fmt: skip
