"""What partners do with the referrals made to them: take one on, send it back, tell how it goes, finish it.

And what a caseworker does first: put a referral before a partner, which lets them see whom it is about.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, select, update

from backend.audit import service as audit
from backend.cases import record
from backend.cases.models import case
from backend.clock import Clock
from backend.conflict import Conflict
from backend.conversations.between import between_turns, chats_of
from backend.conversations.offices import read_office
from backend.journal.batch import Batch
from backend.referrals import sharing
from backend.referrals.models import referral
from backend.referrals.rules import NotAllowed, may_move
from backend.staff.access import referred_for
from backend.staff.roles import Staff
from backend.tasks.acting import locked
from backend.tasks.raising import raise_task
from dialogs.core.words import Text

ACTS = {"accept": "accepted", "decline": "declined", "done": "done", "report": ""}
"""What a partner may do, and the state it leads to; a report leaves it as it is."""
MUST_SAY = frozenset({"decline", "report"})
"""Without a word of why, a referral that comes back helps nobody."""


class NothingSaid(ValueError):
    """A report, or a referral sent back, needs a note."""


def put_before(engine: Engine, clock: Clock, referral_id: str, staff_id: str, recipient_id: str, version: int) -> None:
    """Let a partner see an open referral. Raises `NotThere`, `Conflict`, or `NotAllowed` when nothing may be shown."""
    with engine.begin() as connection:
        now = clock()
        _between_turns(connection, referral_id)
        row = locked(connection, referral, referral_id, staff_id)
        if row["version"] != version or row["state"] not in ("open", "declined"):
            raise Conflict({"state": row["state"], "recipient": row["recipient_id"] or ""})
        about = connection.execute(select(case).where(case.c.id == row["case_id"])).mappings().one()
        verdict = sharing.verdicts(connection, dict(about), recipient_id, now)["identity"]
        if not verdict.allowed:
            raise NotAllowed(verdict.reason)
        connection.execute(update(referral).where(referral.c.id == referral_id).values(
            recipient_id=recipient_id, state="open", changed_at=now, changed_by=staff_id, version=version + 1))
        _entry(connection, row, "asked", "", staff_id, now)
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff_id, action="referral.put_before",
            object_kind="referral", object_id=referral_id, detail={"recipient": recipient_id}, at=now,
        )  # fmt: skip


def act(engine: Engine, clock: Clock, staff: Staff, referral_id: str, what: str, note: str, version: int) -> None:
    """Do one of `ACTS` for the partner. Whatever they say waits for a caseworker as a task.

    Raises `NotForYou`, `Conflict`, `NotAllowed` (the resident's yes no longer holds), `NothingSaid`, `KeyError`.
    """
    state = ACTS[what]
    said = note.replace("\x00", "").strip()[:2000]
    if what in MUST_SAY and not said:
        raise NothingSaid
    with engine.begin() as connection:
        now = clock()
        _between_turns(connection, referral_id)
        referred_for(connection, staff, referral_id, now, viewing=False)
        row = locked(connection, referral, referral_id, staff.id)
        if row["version"] != version or (state and not may_move(row["state"], state)):
            raise Conflict({"state": row["state"], "note": row["note"] or ""})
        about = connection.execute(select(case).where(case.c.id == row["case_id"])).mappings().one()
        verdict = sharing.verdicts(connection, dict(about), staff.recipient_id, now)["identity"]
        if what == "accept" and not verdict.allowed:
            raise NotAllowed(verdict.reason)
        values: dict[str, Any] = {"changed_at": now, "changed_by": staff.id, "version": version + 1}
        if state:
            values["state"] = state
        if said:
            values["note"] = said
        connection.execute(update(referral).where(referral.c.id == referral_id).values(**values))
        _entry(connection, row, state or "reported", said, staff.id, now)
        batch = Batch(connection, now)
        office = read_office(connection, staff.tenant_id, now)
        raise_task(batch, office, "refer", topic="returned" if what == "decline" else "reported",
                   case_id=row["case_id"], referral_id=referral_id)  # fmt: skip
        batch.flush()
        audit.record(
            connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=f"referral.{state or 'reported'}",
            object_kind="referral", object_id=referral_id, at=now,
        )  # fmt: skip


def _between_turns(connection: Connection, referral_id: str) -> None:
    """A yes that is being taken back in a chat is back before anybody is told of the household, or after."""
    between_turns(connection, chats_of(select(referral.c.case_id).where(referral.c.id == referral_id).scalar_subquery()))


def _entry(connection: Connection, row: dict[str, Any], state: str, said: str, by: str, now: Any) -> None:
    record.add(
        connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="referral", state=state, at=now, staff_id=by,
        args={"profession": Text(f"profession.{row['profession']}")}, text=said, about=("referral", row["id"]),
    )  # fmt: skip
