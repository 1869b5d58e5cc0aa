"""Look again soon: after an answer, a decision or the catalogue changed. One call in the transaction of the change.

`soon` is for one case, `all_soon` for every open case of a municipality. Calls that come together are one look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from backend.cases.models import case
from backend.clock import in_japan
from backend.conversations.learned import tell_all
from backend.conversations.offices import Office, read_office
from backend.followups.plan import plan_due, put_due
from backend.followups.run import Due
from backend.jobs import service as jobs
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs import reminders, snapshot
from backend.programs.looking import look
from backend.programs.news import NEWS, plan
from backend.programs.of_case import answers_of

RECOMPUTE, REASSESS = "recompute", "reassess"
"""Kinds of the due rows: their subject is a case, a municipality. `REASSESS` is the kind of the job as well."""

SOON = timedelta(seconds=2)
AT_ONCE = 8
"""Cases looked at in one transaction: residents wait for SQLite's one write lock meanwhile."""


def soon(connection: Connection, case_id: str, now: datetime) -> None:
    """An answer of this case has changed, wherever: look at its programs again, and let its chats know the answer."""
    put_due(connection, RECOMPUTE, case_id, now + SOON, {})


def soon_with(batch: Batch, case_id: str) -> None:
    """`soon`, written with the rest of a turn."""
    plan_due(batch, RECOMPUTE, case_id, batch.now + SOON, {})


def all_soon(connection: Connection, tenant_id: str, now: datetime) -> None:
    """The catalogue, an Act or a deadline of this municipality has changed: look at every open case again."""
    put_due(connection, REASSESS, tenant_id, now + SOON, {})


# --- what the clock does ---------------------------------------------------------------------------------------


def recompute(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `RECOMPUTE`; what is more than a transaction should hold comes next."""
    offices: dict[str, Office] = {}

    def office(tenant_id: str) -> Office:
        if tenant_id not in offices:
            offices[tenant_id] = read_office(batch.connection, tenant_id, batch.now)
        return offices[tenant_id]

    for row in rows[:AT_ONCE]:
        look_again(batch, row.subject, office)
    return {row.id: batch.now for row in rows[AT_ONCE:]}  # of several kinds there may be more than was asked for


recompute.at_once = AT_ONCE  # type: ignore[attr-defined]  # what `run_due` asks a handler


def reassess(batch: Batch, rows: Sequence[Due]) -> None:
    """The handler of `REASSESS`: begins the long work of that name, which goes on in slices."""
    for row in rows:
        jobs.start(batch.connection, tenant_id=row.subject, kind=REASSESS, staff_id=None, detail={"after": ""}, at=batch.now)


def look_again(batch: Batch, case_id: str, office: Callable[[str], Office]) -> tuple[str, ...]:
    """Look at one open case as it stands; a snapshot where something changed. Returns what became newly possible."""
    connection = batch.connection
    one = connection.execute(_CASE, {"case": case_id}).mappings().first()
    if one is None or one["status"] != "open":
        return ()
    tell_all(connection, case_id, batch.now)
    here, today = office(one["tenant_id"]), in_japan(batch.now).date()
    answers: dict[str, Any] = answers_of(connection, case_id)
    found = look(answers, here, today)
    before = snapshot.newest(connection, case_id)
    now = found.counts
    if before is not None and before[1] == now:
        return ()
    newly = tuple(name for name in now if before is not None and name not in before[1])
    reminders.follow(connection, here, {case_id: {program.id: program.deadline for program in found.programs}}, batch.now)
    if newly and answers.get(NEWS) == "yes":
        plan(connection, case_id, batch.now)
    snapshot.keep(
        batch, here, case_id=case_id, conversation_id=connection.execute(_CHAT, {"case": case_id}).scalars().first(),
        answers=answers, today=today, result=found.result, counts=now, catalogue=found.catalogue,
        newly=newly,
    )  # fmt: skip
    return newly


_CASE = select(case.c.tenant_id, case.c.status).where(case.c.id == bindparam("case"))
_CHAT = (
    select(conversation.c.id).where(conversation.c.case_id == bindparam("case"))
    .order_by(conversation.c.last_heard_at.desc().nulls_last(), conversation.c.id).limit(1)
)  # fmt: skip
