"""Results of a campaign by honest state: what the platforms took is not what was read, and silence is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, select

from backend.campaigns.models import approach, campaign, letter, member
from backend.contacts import rules
from backend.contacts.models import contact
from backend.db import Row
from backend.journal.models import conversation
from backend.tasks.models import task

MESSAGES = ("planned", "posted", "accepted", "unknown", "blocked", "failed", "expired", "skipped")
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Households: `members` by state, `rungs` by the last rung of those still going, `reasons` of those that ended.

    `answered` counts a sign of life as soon as it is there, also before the ladder has looked.
    """

    members: Mapping[str, int]
    rungs: Mapping[str, int]
    reasons: Mapping[str, int]
    messages: Mapping[str, int]
    skipped: Mapping[str, int]
    tasks: Mapping[str, int]
    answered: int
    waiting: int
    total: int
    letters: Mapping[str, int]
    """By state: printed | posted | returned."""


def figures(connection: Connection, campaign_id: str) -> Figures:
    mine = member.c.campaign_id == campaign_id
    members = _count(connection, select(member.c.state, func.count()).where(mine).group_by(member.c.state))
    rungs = _count(connection, select(member.c.rung, func.count()).where(mine, member.c.state == "going").group_by(member.c.rung))
    reasons = _count(connection, select(member.c.reason, func.count()).where(mine, member.c.state != "going").group_by(member.c.reason))
    sent = approach.c.campaign_id == campaign_id
    messages = _count(connection, select(approach.c.state, func.count()).where(sent).group_by(approach.c.state))
    skipped = _count(connection, select(approach.c.reason, func.count()).where(sent, approach.c.state == "skipped").group_by(approach.c.reason))
    # Work of the ladder's own: a call that somebody else asked for is not counted as this campaign's.
    waits = (
        select(task.c.kind, func.count()).join(member, member.c.case_id == task.c.case_id)
        .where(mine, task.c.topic.in_(("ladder", "alone")), task.c.made_at >= member.c.since, task.c.done_at.is_(None)).group_by(task.c.kind)
    )  # fmt: skip
    paper = letter.c.campaign_id == campaign_id
    letters = _count(connection, select(letter.c.state, func.count()).where(paper, letter.c.state != "dropped").group_by(letter.c.state))
    heard = exists().where(conversation.c.case_id == member.c.case_id, conversation.c.last_heard_at >= member.c.since)
    told = exists().where(contact.c.case_id == member.c.case_id, contact.c.at >= member.c.since,
                          contact.c.result.in_(rules.LIFE) | ((contact.c.direction == rules.IN) & contact.c.result.not_in(rules.NO_LIFE)))
    alive = connection.scalar(select(func.count()).select_from(member).where(mine, member.c.state == "going", heard | told)) or 0
    return Figures(members, rungs, reasons, messages, skipped, _count(connection, waits), members.get("answered", 0) + alive,
                   members.get("going", 0) - alive, sum(members.values()), letters)


def of_tenant(connection: Connection, tenant_id: str, most: int = 100) -> list[Row]:
    """The municipality's campaigns, newest first, each with how many households it has."""
    counted = select(func.count()).where(member.c.campaign_id == campaign.c.id).scalar_subquery()
    chosen = select(campaign, counted.label("households")).where(campaign.c.tenant_id == tenant_id)
    return [dict(row) for row in connection.execute(chosen.order_by(campaign.c.made_at.desc(), campaign.c.id).limit(most)).mappings()]


def _count(connection: Connection, asked: object) -> dict[str, int]:
    return {str(name): int(number) for name, number in connection.execute(asked)}  # type: ignore[call-overload]
