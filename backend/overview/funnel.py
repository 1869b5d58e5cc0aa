"""known → reached → assessed → consented → plan → supported → closed: how far the households of a span have come.

Each stage is a fact of its own and is counted by itself: somebody who was helped at once may have no plan. The counts are
made in the database; people's names are not read, and protected people stand in no district, language or category.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select
from sqlalchemy import case as when

from backend.cases.models import case, policy_version
from backend.consent.models import consent_event
from backend.overview.small import hidden_alone, hide
from backend.referrals.models import referral
from backend.visits.models import visit_request

STAGES = ("known", "reached", "assessed", "consented", "plan", "supported", "closed")
GROUPS: Mapping[str, ColumnElement[Any]] = {
    "district": case.c.district, "category": case.c.category, "language": case.c.language,
}  # fmt: skip
_CAME = ("chat", "booth", "phone")
"""Origins of a case that are a contact by themselves."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """`whole` and each row: stage -> households, None where hidden. `rows` by group value, "" for none (or protected)."""

    whole: Mapping[str, int | None]
    rows: Mapping[str, Mapping[str, int | None]]


def counted(
    connection: Connection, tenant_id: str, since: datetime | None, until: datetime, by: str = ""
) -> dict[str, dict[str, int]]:
    """Stage counts of the households that became known from `since` to before `until`, as they stood then, by group."""
    group: ColumnElement[Any] = when((case.c.restricted, None), else_=GROUPS[by]) if by else case.c.tenant_id
    chosen = select(group.label("named"), *_stages(until)).where(
        case.c.tenant_id == tenant_id, case.c.opened_at < until, case.c.status != "merged"
    )
    if since is not None:
        chosen = chosen.where(case.c.opened_at >= since)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(chosen.group_by(group)).mappings():
        name = "" if row["named"] is None else str(row["named"])
        there = found.setdefault(name, dict.fromkeys(STAGES, 0))
        for stage in STAGES:
            there[stage] += int(row[stage] or 0)
    return found


def printed(counts: Mapping[str, Mapping[str, int]], order: Sequence[str] = ()) -> Funnel:
    """What may be shown: every stage is a line over the groups, with its total. Groups of `order` come first."""
    names = [*(name for name in order if name in counts), *sorted(set(counts) - set(order))]
    rows: dict[str, dict[str, int | None]] = {name: {} for name in names}
    whole: dict[str, int | None] = {}
    for stage in STAGES:
        line = hide({name: counts[name][stage] for name in names})
        # The whole is shown with other groupings too: whether it may be seen rests on nothing but itself.
        whole[stage] = hidden_alone(sum(counts[name][stage] for name in names))
        for name in names:
            rows[name][stage] = line[name]
    return Funnel(whole, rows)


def _stages(until: datetime) -> list[ColumnElement[Any]]:
    came = or_(case.c.first_contact_at < until, case.c.origin.in_(_CAME))
    later = consent_event.alias("later")
    agreed = exists().where(
        consent_event.c.case_id == case.c.id, consent_event.c.event == "given", consent_event.c.at < until,
        ~exists().where(
            later.c.case_id == consent_event.c.case_id, later.c.recipient == consent_event.c.recipient,
            later.c.id > consent_event.c.id, later.c.at < until,
        ),
    )  # fmt: skip
    planned = exists().where(policy_version.c.case_id == case.c.id, policy_version.c.at < until)
    helped = or_(
        exists().where(referral.c.case_id == case.c.id, referral.c.state.in_(("accepted", "done")), referral.c.changed_at < until),
        exists().where(visit_request.c.case_id == case.c.id, visit_request.c.state == "done", visit_request.c.changed_at < until),
    )
    facts = {
        # On a list of certificates the damage is known before anybody was asked: assessed is who was reached as well.
        "reached": came, "assessed": and_(came, case.c.damage_level != ""), "consented": agreed, "plan": planned,
        "supported": helped, "closed": and_(case.c.status == "closed", case.c.closed_at < until),
    }  # fmt: skip
    return [func.count().label("known"), *(func.sum(when((fact, 1), else_=0)).label(name) for name, fact in facts.items())]
