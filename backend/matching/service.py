"""What a person decides about two records that may be one household: the same, not the same, later; and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, update
from sqlalchemy.sql.util import ClauseAdapter

from backend.audit import service as audit
from backend.cases.models import case
from backend.conflict import Conflict
from backend.db import Row
from backend.followups.plan import put_due
from backend.journal.models import conversation
from backend.matching import merging
from backend.matching.models import match_proposal, merge
from backend.matching.score import FAMILY, SURE
from backend.people.models import person
from backend.people.service import MATCH
from backend.staff.access import NotForYou, case_for, visible
from backend.staff.roles import Staff

SAME, DIFFERENT, LATER = "same", "different", "later"
DECISIONS = (SAME, DIFFERENT, LATER)
A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Two:
    """A proposal with both cases and both households. `kept` is the case into which a merge would go."""

    proposal: Row
    kept: Row
    gone: Row
    kept_people: list[Row]
    gone_people: list[Row]


def waiting(connection: Connection, staff: Staff, *, state: str = "open", after: tuple[int, str] | None = None) -> list[Row]:
    """A page of proposals, the surest first, with the names of both; never one that holds somebody protected from `staff`."""
    chosen = _seen_by(staff, match_proposal).where(match_proposal.c.state == state)
    if after:
        score, id_ = after
        chosen = chosen.where(or_(match_proposal.c.score < score, and_(match_proposal.c.score == score, match_proposal.c.id > id_)))
    rows = connection.execute(chosen.order_by(match_proposal.c.score.desc(), match_proposal.c.id).limit(A_PAGE + 1)).mappings()
    return [dict(row) for row in rows]


def sides(connection: Connection, staff: Staff, proposal: Row) -> list[Row]:
    """Both cases of a proposal in a line each: number, origin, and the name that was compared."""
    shown = (case.c.id, case.c.number, case.c.origin, case.c.district, person.c.name, person.c.kana)
    lines: list[Row] = []
    for home, who in (("one_case", "one_person"), ("other_case", "other_person")):
        chosen = select(*shown).select_from(case.join(person, person.c.id == proposal[who])).where(case.c.id == proposal[home], visible(staff))
        lines.append(dict(connection.execute(chosen).mappings().one()))
    return lines


def how_many(connection: Connection, staff: Staff) -> dict[str, int]:
    """How many wait, by state (open, later), and how many of the open ones agree in everything (`sure`)."""
    held = _seen_by(staff, match_proposal.c.state, match_proposal.c.score).subquery()
    counts = {row.state: row.many for row in connection.execute(select(held.c.state, func.count().label("many")).group_by(held.c.state))}
    sure = connection.execute(select(func.count()).select_from(held).where(held.c.state == "open", held.c.score >= SURE)).scalar_one()
    return {"open": counts.get("open", 0), "later": counts.get("later", 0), "sure": int(sure)}


def look(connection: Connection, staff: Staff, proposal_id: str, at: datetime) -> Two:
    """Both sides of a proposal; looking at them is looking at both cases. Raises `NotForYou`, `Restricted`."""
    row = _proposal(connection, staff, proposal_id)
    one, other = (case_for(connection, staff, row[side], at) for side in ("one_case", "other_case"))
    kept, gone = _order(connection, dict(one), dict(other))
    # A protected member of an open household is not compared by those who do not handle them.
    shown = [[who for who in merging.people_of(connection, home["id"]) if not who["restricted"] or home["restricted"] or staff.role == "supervisor"]
             for home in (kept, gone)]
    return Two(row, kept, gone, *shown)


def decide(connection: Connection, staff: Staff, proposal_id: str, decision: str, *, version: int, at: datetime) -> str | None:
    """Write a decision down and carry it out; the merge's id for `SAME`. Raises `Conflict`, `CannotMerge` and what `look` raises."""
    row = _proposal(connection, staff, proposal_id)
    if row["version"] != version or row["state"] not in ("open", "later"):
        raise Conflict({"state": row["state"]})
    one, other = (case_for(connection, staff, row[side], at, viewing=False) for side in ("one_case", "other_case"))
    made = None
    if decision == SAME:
        kept, gone = _order(connection, dict(one), dict(other))
        both = (row["one_person"], row["other_person"])
        same = [both if kept["id"] == row["one_case"] else both[::-1]] if is_one_person(row) else []
        made = merging.unite(connection, tenant_id=staff.tenant_id, kept=kept["id"], gone=gone["id"], same=same, by=staff.id, at=at,
                             proposal_id=proposal_id)
        _others_gone(connection, gone["id"], proposal_id)
        _compared_anew(connection, kept["id"], at)
    elif decision not in DECISIONS:
        raise ValueError(decision)
    connection.execute(update(match_proposal).where(match_proposal.c.id == proposal_id).values(
        state=decision, decided_by=staff.id, decided_at=at, version=version + 1))
    if decision != SAME:
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=f"match.{decision}", object_kind="match_proposal",
                     object_id=proposal_id, at=at)
    return made


def undo(connection: Connection, staff: Staff, merge_id: str, at: datetime) -> Row:
    """Take a merge back. Raises `NotForYou`, `Restricted`, `CannotMerge`."""
    chosen = select(merge.c.kept_case, merge.c.gone_case).where(merge.c.id == merge_id, merge.c.tenant_id == staff.tenant_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise NotForYou
    case_for(connection, staff, row.kept_case, at, viewing=False)
    undone = merging.part(connection, tenant_id=staff.tenant_id, merge_id=merge_id, by=staff.id, at=at)
    _compared_anew(connection, row.gone_case, at)
    return undone


def merged_lately(connection: Connection, staff: Staff, limit: int = 20) -> list[Row]:
    """The newest merges that stand, with the numbers of both cases."""
    kept, gone = case.alias("kept"), case.alias("gone")
    chosen = (
        select(merge.c.id, merge.c.at, merge.c.by, kept.c.id.label("kept_id"), kept.c.number.label("kept_number"), gone.c.number.label("gone_number"))
        .join(kept, kept.c.id == merge.c.kept_case).join(gone, gone.c.id == merge.c.gone_case)
        .where(merge.c.tenant_id == staff.tenant_id, merge.c.undone_at.is_(None), _may(staff, merge.c.kept_case))
        .order_by(merge.c.at.desc()).limit(limit)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(chosen).mappings()]


def is_one_person(proposal: Row) -> bool:
    """Whether the two people are proposed as one human being, and not as two of one household."""
    return not any(what == "family" for what, _ in proposal["reasons"])


def _seen_by(staff: Staff, *shown: Any) -> Select[Any]:
    return select(*shown).where(
        match_proposal.c.tenant_id == staff.tenant_id, _may(staff, match_proposal.c.one_case), _may(staff, match_proposal.c.other_case))


def _may(staff: Staff, case_id: Any) -> Any:
    """Asked of each case by its id: a list of all that one may see would be as long as the municipality."""
    home = case.alias()
    return select(literal(1)).where(home.c.id == case_id, ClauseAdapter(home).traverse(visible(staff))).exists()


def _proposal(connection: Connection, staff: Staff, proposal_id: str) -> Row:
    chosen = select(match_proposal).where(match_proposal.c.id == proposal_id, match_proposal.c.tenant_id == staff.tenant_id)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        raise NotForYou
    return dict(row)


def _order(connection: Connection, one: Row, other: Row) -> tuple[Row, Row]:
    """The case that is kept comes first: the one whose number a resident was told, else the older."""
    talks = set(connection.execute(select(conversation.c.case_id).where(conversation.c.case_id.in_((one["id"], other["id"])))).scalars())
    first, second = sorted((one, other), key=lambda row: (row["id"] not in talks, row["opened_at"], row["id"]))
    return first, second


def _compared_anew(connection: Connection, case_id: str, at: datetime) -> None:
    for one in merging.people_of(connection, case_id):
        put_due(connection, MATCH, one["id"], at, {})


def _others_gone(connection: Connection, gone: str, but: str) -> None:
    """What was proposed about the case that went; the kept one is compared anew."""
    held = (match_proposal.c.one_case == gone) | (match_proposal.c.other_case == gone)
    connection.execute(update(match_proposal).where(held, match_proposal.c.id != but, match_proposal.c.state.in_(("open", "later"))).values(
        state="gone", version=match_proposal.c.version + 1))


__all__ = ["DECISIONS", "DIFFERENT", "FAMILY", "LATER", "SAME", "Two", "decide", "how_many", "is_one_person", "look", "merged_lately", "sides", "undo", "waiting"]
