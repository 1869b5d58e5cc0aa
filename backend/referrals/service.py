"""Mark what became of a referral. The caseworker acts; the software keeps who, what and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select, update

from backend.audit import service as audit
from backend.cases import record
from backend.clock import Clock
from backend.conflict import Conflict
from backend.consent.rules import may_refer, standing
from backend.consent.service import decisions_of
from backend.conversations.between import between_turns, chats_of
from backend.referrals.models import referral
from backend.referrals.rules import NotAllowed, may_move
from backend.tasks.acting import locked
from backend.tasks.models import task
from backend.tasks.service import done_by, seen_by
from dialogs.core.words import Text


def mark(
    engine: Engine,
    clock: Clock,
    referral_id: str,
    staff_id: str,
    state: str,
    note: str,
    version: int,
    recipient_id: str | None = None,
) -> None:
    """Mark a referral `accepted`, `declined` or `done`; `recipient_id` says which professional it is.

    Accepted means that a professional was told who it is about, so it needs the resident's yes as it stands now.
    Raises `NotThere`, `Conflict` (somebody was faster, or it is over), `NotAllowed` (no consent).
    """
    with engine.begin() as connection:
        now = clock()
        between_turns(connection, chats_of(select(referral.c.case_id).where(referral.c.id == referral_id).scalar_subquery()))
        row = locked(connection, referral, referral_id, staff_id)
        if row["version"] != version or not may_move(row["state"], state):
            raise Conflict({"state": row["state"], "note": row["note"] or ""})
        if state == "accepted":
            made = decisions_of(connection, case_id=row["case_id"])
            verdict = may_refer(standing(made, now).get("professional", row["consent"]))
            if not verdict.allowed:
                raise NotAllowed(verdict.reason)
        values: dict[str, Any] = {
            "state": state, "note": note.strip() or row["note"], "changed_at": now, "changed_by": staff_id,
            "version": version + 1,
        }  # fmt: skip
        if recipient_id is not None:
            values["recipient_id"] = recipient_id
        connection.execute(update(referral).where(referral.c.id == referral_id).values(**values))
        open_ = select(task.c.id, task.c.acked_at).where(task.c.referral_id == referral_id, task.c.done_at.is_(None))
        for waiting in connection.execute(open_).all():
            if waiting.acked_at is None:
                seen_by(connection, waiting.id, staff_id, now)
            if state == "done":
                done_by(connection, waiting.id, staff_id, now)
        record.add(
            connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="referral", state=state, at=now,
            staff_id=staff_id, args={"profession": Text(f"profession.{row['profession']}")}, text=note,
            about=("referral", referral_id),
        )  # fmt: skip
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff_id, action=f"referral.{state}",
            object_kind="referral", object_id=referral_id, at=now,
        )  # fmt: skip
