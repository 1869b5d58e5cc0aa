"""News of programs that became possible, for residents who wished for it: once, in the day, and not while they look themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from backend.campaigns.facts import cap_free
from backend.campaigns.models import WEEKLY_CAP, outreach
from backend.cases.models import answer, case, suggestion
from backend.conversations.offices import read_office
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.followups.silence import LOOK_AGAIN, silent
from backend.followups.system import row as event
from backend.followups.system import tell_many
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs.logged import watch
from backend.programs.when import next_open

NEWS = "program_news"
"""Kind of the due rows, their subject a case; and the answer that says whether somebody wishes for it."""

PAUSE = timedelta(minutes=10)
"""Whoever is in the chat sees for themselves; and staff who mistyped have mended it by then."""


def wished(connection: Connection, case_ids: Sequence[str]) -> set[str]:
    """Those of the cases whose resident wishes to hear of new programs."""
    return {row.case_id for row in connection.execute(_WISHED, {"ids": list(case_ids)}) if row.value == "yes"}


_WISHED = select(answer.c.case_id, answer.c.value).where(
    answer.c.case_id.in_(bindparam("ids", expanding=True)), answer.c.field == NEWS, answer.c.state == "given",
    answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False),
)  # fmt: skip


def plan(connection: Connection, case_id: str, now: datetime) -> None:
    """Something has become possible at `now`: let the resident hear of it a little later."""
    waiting = connection.execute(select(due.c.detail).where(due.c.kind == NEWS, due.c.subject == case_id)).scalar()
    since = (waiting or {}).get("since") or now.isoformat()
    put_due(connection, NEWS, case_id, now + PAUSE, {"since": since})


def seen(connection: Connection, case_id: str) -> None:
    """The person has just been shown everything: there is no news."""
    connection.execute(delete(due).where(due.c.kind == NEWS, due.c.subject == case_id))


def tell_due(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `NEWS`: by way of the inbox of the chat that was used last."""
    connection, now = batch.connection, batch.now
    again: dict[int, datetime] = {}
    for one in rows:
        tenant_id = connection.execute(_OPEN, {"case": one.subject}).scalar()
        if tenant_id is None:
            continue
        if silent(connection, [tenant_id]):
            again[one.id] = now + LOOK_AGAIN
            continue
        later = next_open(connection, read_office(connection, tenant_id, now), now)
        if later > now:
            again[one.id] = later
            continue
        chat = connection.execute(_CHAT, {"case": one.subject}).scalars().first()
        since = datetime.fromisoformat(one.detail["since"])
        kept = connection.execute(_SINCE, {"case": one.subject, "since": since}).scalars()
        newly = dict.fromkeys(name for inputs in kept for name in inputs.get("newly", ()))
        if chat is not None and newly:
            if (free := _week_is_full_until(connection, tenant_id, one.subject, now)) is not None:
                again[one.id] = free
                continue
            event_id = f"news:{one.id}:{one.turn}"
            tell_many(connection, [event(chat, event_id, {"news": list(newly)}, now, now)])
            watch(connection, event_id, "news", now)
    return again


def _week_is_full_until(connection: Connection, tenant_id: str, case_id: str, now: datetime) -> datetime | None:
    """News can wait until the person's week has room for another automatic message; None where it has."""
    cap = connection.execute(select(outreach.c.weekly_cap).where(outreach.c.tenant_id == tenant_id)).scalar()
    who = str(connection.execute(select(case.c.person_id).where(case.c.id == case_id)).scalar_one())
    return cap_free(connection, {case_id: who}, now, WEEKLY_CAP if cap is None else cap).get(case_id)


_OPEN = select(case.c.tenant_id).where(case.c.id == bindparam("case"), case.c.status == "open")
_CHAT = (
    select(conversation.c.id)
    .where(conversation.c.case_id == bindparam("case"), conversation.c.session.is_not(None), conversation.c.quiet.is_(False),
           conversation.c.contact == "ok", conversation.c.held_by.is_(None))
    .order_by(conversation.c.last_heard_at.desc().nulls_last(), conversation.c.id).limit(1)
)  # fmt: skip
_SINCE = (
    select(suggestion.c.inputs).where(suggestion.c.case_id == bindparam("case"), suggestion.c.at >= bindparam("since"))
    .order_by(suggestion.c.id)
)  # fmt: skip
