"""A database that was restored or asleep: silence, and nothing that the old life may have sent is sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, cast, delete, func, select, update

from backend.audit import service as audit
from backend.campaigns.calling_back import call_back, end
from backend.campaigns.ladder import MESSAGES, Ladders
from backend.campaigns.models import approach, campaign, member
from backend.campaigns.run import LADDER
from backend.campaigns.switch import ASLEEP, RESTORED, shut
from backend.followups.many import put_many
from backend.followups.models import due
from backend.journal.models import conversation, outbox
from backend.journal.park import ask_staff
from backend.programs.models import program_reminder
from backend.programs.news import NEWS
from backend.programs.reminders import DEADLINE
from backend.tenants.models import tenant
from backend.visits.appointments import APPOINTMENT
from backend.visits.models import visit


def silence(connection: Connection, why: str, until: datetime, now: datetime) -> None:
    """`pulse.Silence`: every municipality falls silent, and what the old life may have sent is not sent again.

    A demonstration is put away and taken out again all the time: only a restored one falls silent.
    """
    for row in connection.execute(select(tenant.c.id, tenant.c.demonstration)).all():
        if why == ASLEEP and row.demonstration:
            continue
        shut(connection, row.id, why, None, now)
        if why == RESTORED:
            _presume_sent(connection, row.id, until, now)
        call_back(connection, row.id, now)
        audit.record(
            connection, tenant_id=row.id, staff_id=None, action="outreach.silenced", object_kind="tenant", object_id=row.id,
            detail={"why": why}, at=now,
        )  # fmt: skip


def _presume_sent(connection: Connection, tenant_id: str, until: datetime, now: datetime) -> None:
    """What was due before `until` was done in the life that the backup does not know: it is not done again.

    Messages count as said; a reminder becomes a look at the silence by a person; deliveries are shown as unknown.
    """
    unsure = connection.execute(select(outbox.c.id, outbox.c.conversation_id).join(
        conversation, conversation.c.id == outbox.c.conversation_id).where(
        conversation.c.tenant_id == tenant_id, outbox.c.state.in_(("pending", "sending")))).all()
    end(connection, [row.id for row in unsure], "unknown", now)
    for home in {row.conversation_id for row in unsure}:
        ask_staff(connection, "undelivered", home, now, topic="unknown")
    _reminders_to_people(connection, tenant_id, until, now)
    planned = update(approach).where(approach.c.tenant_id == tenant_id, approach.c.state == "planned", approach.c.planned_at <= until)
    connection.execute(planned.values(state="unknown", reason=RESTORED, ended_at=now))
    put_many(connection, approach, [said for row in connection.execute(
        select(member.c.id, member.c.campaign_id, member.c.person_id, member.c.place, campaign.c.ladder)
        .join(campaign, campaign.c.id == member.c.campaign_id).join(due, due.c.subject == cast(member.c.id, String))
        .where(member.c.tenant_id == tenant_id, member.c.state == "going", due.c.kind == LADDER, due.c.due_at <= until))
        for said in _as_said(tenant_id, row, now)])


def _reminders_to_people(connection: Connection, tenant_id: str, until: datetime, now: datetime) -> None:
    """Reminders, deadlines, news and days of visits that may have been told: somebody looks at the conversation instead."""
    told = (
        (select(due.c.id, conversation.c.id).join(conversation, conversation.c.id == due.c.subject), "reminder"),
        (select(due.c.id, conversation.c.id).join(program_reminder, program_reminder.c.id == due.c.subject)
         .join(conversation, conversation.c.id == program_reminder.c.conversation_id), DEADLINE),
        # What became possible is a task of its own; several chats of one case are one case.
        (select(due.c.id, func.min(conversation.c.id)).join(conversation, conversation.c.case_id == due.c.subject).group_by(due.c.id), NEWS),
        (select(due.c.id, func.min(conversation.c.id)).join(visit, visit.c.id == due.c.subject)
         .join(conversation, conversation.c.case_id == visit.c.case_id).group_by(due.c.id), APPOINTMENT),
        (select(due.c.id, conversation.c.id).join(conversation, conversation.c.id == due.c.subject), APPOINTMENT),  # which times suit
    )
    for chosen, kind in told:
        mine = chosen.where(due.c.kind == kind, due.c.due_at <= until, conversation.c.tenant_id == tenant_id)
        for due_id, home in connection.execute(mine).all():
            connection.execute(delete(due).where(due.c.id == due_id))
            ask_staff(connection, "silence", home, now)


def _as_said(tenant_id: str, row: Any, now: datetime) -> list[dict[str, Any]]:
    """The messages up to the next rung that is a person's work: whichever of them it was, it does not go out again."""
    ladders, steps = Ladders.of(row.ladder), {}
    for ladder in (ladders.standard, *ladders.by_category.values()):
        for step in range(row.place, len(ladder.rungs)):
            if ladder.rungs[step].by not in MESSAGES:
                break
            steps[step] = ladder.rungs[step].by
    return [{"tenant_id": tenant_id, "campaign_id": row.campaign_id, "member_id": row.id, "person_id": row.person_id,
             "step": step, "rung": rung, "state": "unknown", "reason": RESTORED, "planned_at": now, "not_before": now,
             "ended_at": now} for step, rung in steps.items()]
