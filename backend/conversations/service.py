"""What staff do in a conversation: take it over, answer as a human, give it back. Each owns its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.service import answered_by_human
from backend.clock import Clock
from backend.conflict import Conflict
from backend.conversations.post import post
from backend.followups.system import tell
from backend.journal.batch import Batch
from backend.journal.models import conversation, message
from backend.messages import OutMessage
from backend.tasks.acting import locked
from backend.tasks.models import task
from backend.tasks.raising import HELD
from backend.tasks.service import done_by, seen_by

LONGEST = 5000
"""Characters of one reply: what LINE carries in one message."""


def hold(engine: Engine, clock: Clock, conversation_id: str, staff_id: str) -> None:
    """Take the conversation over: the dialog is silent from now on. Raises `NotThere`, or `Conflict` (`held_by`)."""
    with engine.begin() as connection:
        home = locked(connection, conversation, conversation_id, staff_id)
        if _take(connection, home, staff_id):
            _see_tasks(connection, home, staff_id, clock())
            _trace(connection, home, staff_id, "conversation.taken", clock())


def reply(engine: Engine, clock: Clock, conversation_id: str, staff_id: str, text: str) -> None:
    """Answer as a human, in exactly these words; takes the conversation over if nobody has.

    Raises `NotThere`; `Conflict` with `held_by` when a colleague holds it, with `contact` when the person blocked the
    account; `ValueError` for an empty text.
    """
    words = text.replace("\x00", "").strip()[:LONGEST]
    if not words:
        raise ValueError("a reply needs words")
    with engine.begin() as connection:
        now = clock()
        home = locked(connection, conversation, conversation_id, staff_id)
        if home["contact"] == "blocked":
            raise Conflict({"contact": "blocked"})
        _take(connection, home, staff_id)
        batch = Batch(connection, now)
        alive = home["reply"] and home["reply_until"] is not None and home["reply_until"] > now
        used = post(
            batch, home, [(OutMessage(words, home["locale"]), None)], key=f"staff-{ids.new()}", author="staff",
            staff_id=staff_id, reply=home["reply"] if alive else "", reply_until=home["reply_until"],
        )  # fmt: skip
        batch.flush()
        answered_by_human(connection, home, now)
        kept: dict[str, Any] = {"waiting_since": None, "version": home["version"] + 1}
        if used:
            kept |= {"reply": None, "reply_until": None}
        connection.execute(update(conversation).where(conversation.c.id == home["id"]).values(**kept))
        _see_tasks(connection, home, staff_id, now)
        for row in _open_tasks(connection, home["id"]):
            if row["topic"] == HELD:
                done_by(connection, row["id"], staff_id, now)
        if home["case_id"]:
            record.replied(
                connection, tenant_id=home["tenant_id"], case_id=home["case_id"], conversation_id=home["id"],
                channel=home["channel"], staff_id=staff_id, at=now,
            )  # fmt: skip
        _trace(connection, home, staff_id, "conversation.answered", now)


def hand_back(engine: Engine, clock: Clock, conversation_id: str, staff_id: str) -> None:
    """Give it back to the dialog, which repeats its open question. Nothing happens if nobody holds it.

    The wish to talk is finished by it, if a human has answered since. A supervisor may give back what a colleague
    holds. Raises `NotThere`.
    """
    with engine.begin() as connection:
        now = clock()
        home = locked(connection, conversation, conversation_id, staff_id)
        if home["held_by"] is None:
            return
        mine = update(conversation).where(conversation.c.id == home["id"])
        connection.execute(mine.values(held_by=None, version=home["version"] + 1))
        tell(connection, home["id"], f"handed-back:{ids.new()}", {"handed_back": True}, now, now)
        for row in _open_tasks(connection, home["id"]):
            if row["kind"] == "talk" and _answered_since(connection, home["id"], row["made_at"]):
                done_by(connection, row["id"], staff_id, now)
        _trace(connection, home, staff_id, "conversation.handed_back", now)


def _take(connection: Connection, home: dict[str, Any], staff_id: str) -> bool:
    if home["held_by"] == staff_id:
        return False
    if home["held_by"] is not None:
        raise Conflict({"held_by": home["held_by"]})
    connection.execute(
        update(conversation).where(conversation.c.id == home["id"])
        .values(held_by=staff_id, version=home["version"] + 1)
    )  # fmt: skip
    home["held_by"], home["version"] = staff_id, home["version"] + 1
    return True


def _see_tasks(connection: Connection, home: dict[str, Any], staff_id: str, now: datetime) -> None:
    """Whoever talks with the person has seen what waits about them."""
    for row in _open_tasks(connection, home["id"]):
        if row["acked_at"] is None:
            seen_by(connection, row["id"], staff_id, now)


def _open_tasks(connection: Connection, conversation_id: str) -> list[dict[str, Any]]:
    chosen = select(task).where(task.c.conversation_id == conversation_id, task.c.done_at.is_(None))
    return [dict(row) for row in connection.execute(chosen.order_by(task.c.id)).mappings()]


def _answered_since(connection: Connection, conversation_id: str, since: datetime) -> bool:
    chosen = select(message.c.id).where(
        message.c.conversation_id == conversation_id, message.c.author == "staff", message.c.at >= since
    )
    return connection.execute(chosen.limit(1)).first() is not None


def _trace(connection: Connection, home: dict[str, Any], staff_id: str, action: str, now: datetime) -> None:
    audit.record(
        connection, tenant_id=home["tenant_id"], staff_id=staff_id, action=action, object_kind="conversation",
        object_id=home["id"], at=now,
    )  # fmt: skip
