"""Make and change teams, say who is away, and read whose work somebody sees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases.models import case
from backend.conflict import Conflict
from backend.staff.models import staff
from backend.teams.models import absence, team, team_member
from backend.teams.rules import Mine, work_of


class TeamTrouble(ValueError):
    """`why` is `name` (empty, or another team has it) or `member` (no account of this municipality)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def names_of_teams(connection: Connection, tenant_id: str) -> list[str]:
    return list(connection.execute(select(team.c.name).where(team.c.tenant_id == tenant_id).order_by(team.c.name)).scalars())


def teams_of(connection: Connection, tenant_id: str) -> list[tuple[Any, frozenset[str]]]:
    """Every team with the ids of its members, by name."""
    chosen = select(team_member).join(team, team.c.id == team_member.c.team_id).where(team.c.tenant_id == tenant_id)
    members: dict[str, set[str]] = {}
    for row in connection.execute(chosen):
        members.setdefault(row.team_id, set()).add(row.staff_id)
    rows = connection.execute(select(team).where(team.c.tenant_id == tenant_id).order_by(team.c.name))
    return [(row, frozenset(members.get(row.id, ()))) for row in rows]


def keep(
    connection: Connection, *, tenant_id: str, team_id: str, name: str, members: Collection[str], by: str, version: int, at: datetime
) -> str:
    """Make a team (`team_id` empty) or change it: name and members. Raises `Conflict` or `TeamTrouble`."""
    name = name.strip()[:40]
    known = set(connection.execute(select(staff.c.id).where(staff.c.tenant_id == tenant_id, staff.c.id.in_(members))).scalars())
    if known != set(members):
        raise TeamTrouble("member")
    same = select(team.c.id).where(team.c.tenant_id == tenant_id, team.c.name == name, team.c.id != team_id)
    if not name or connection.execute(same).first():
        raise TeamTrouble("name")
    if team_id:
        row = connection.execute(select(team).where(team.c.id == team_id, team.c.tenant_id == tenant_id).with_for_update(key_share=True)).one_or_none()
        if row is None or row.version != version:
            raise Conflict({"name": row.name if row else ""})
        connection.execute(update(team).where(team.c.id == team_id).values(name=name, version=version + 1))
        # The box of a case names its team: the cases follow a new name.
        connection.execute(update(case).where(case.c.tenant_id == tenant_id, case.c.team == row.name).values(team=name))
        connection.execute(delete(team_member).where(team_member.c.team_id == team_id))
    else:
        team_id = ids.new()
        connection.execute(insert(team).values(id=team_id, tenant_id=tenant_id, name=name))
    if members:
        connection.execute(insert(team_member), [{"team_id": team_id, "staff_id": one} for one in sorted(known)])
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="team.changed", object_kind="team", object_id=team_id,
                 detail={"members": len(known)}, at=at)  # fmt: skip
    return team_id


def drop(connection: Connection, *, tenant_id: str, team_id: str, by: str, version: int, at: datetime) -> None:
    """Dissolve a team; what lay in its box lies in none. Raises `Conflict`."""
    row = connection.execute(select(team).where(team.c.id == team_id, team.c.tenant_id == tenant_id).with_for_update(key_share=True)).one_or_none()
    if row is None or row.version != version:
        raise Conflict({"name": row.name if row else ""})
    connection.execute(update(case).where(case.c.tenant_id == tenant_id, case.c.team == row.name).values(team=""))
    connection.execute(delete(team_member).where(team_member.c.team_id == team_id))
    connection.execute(delete(team).where(team.c.id == team_id))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="team.dissolved", object_kind="team", object_id=team_id, at=at)


def set_absence(
    connection: Connection, *, tenant_id: str, staff_id: str, last_day: date | None, by: str, at: datetime
) -> None:
    """Somebody is away up to and including a day; None: they are back. Raises `TeamTrouble` for a stranger."""
    theirs = select(staff.c.id).where(staff.c.id == staff_id, staff.c.tenant_id == tenant_id)
    if connection.execute(theirs).first() is None:
        raise TeamTrouble("member")
    connection.execute(delete(absence).where(absence.c.staff_id == staff_id))
    if last_day is not None:
        connection.execute(insert(absence).values(staff_id=staff_id, tenant_id=tenant_id, last_day=last_day, set_by=by, at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="staff.absent" if last_day else "staff.back", object_kind="staff",
                 object_id=staff_id, detail={"last_day": last_day.isoformat()} if last_day else None, at=at)  # fmt: skip


def absences(connection: Connection, tenant_id: str) -> dict[str, date]:
    """Account id -> the last day away; days that are over are still in it (`rules.away` decides)."""
    return {row.staff_id: row.last_day for row in connection.execute(select(absence).where(absence.c.tenant_id == tenant_id))}


def mine(connection: Connection, tenant_id: str, staff_id: str, today: date) -> Mine:
    """Whose work this account sees as its own today."""
    members = {row.name: who for row, who in teams_of(connection, tenant_id)}
    return work_of(staff_id, members, absences(connection, tenant_id), today)
