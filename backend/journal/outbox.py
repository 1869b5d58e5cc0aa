"""Delivery of what was committed: entries are leased to a sender and marked with how it ended.

States only move forward, `pending → sending → accepted | unknown | failed | expired`, and every end but `accepted`
is shown to the staff as a task (architecture.md, Delivery contract).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
    update,
)

from backend import ids
from backend.clock import Clock
from backend.db import is_postgres
from backend.journal.look import Look
from backend.journal.models import conversation, message, outbox
from backend.journal.park import ask_staff
from backend.journal.statements import update_rows
from backend.messages import (
    Accepted,
    Blocked,
    Capabilities,
    Delivery,
    OutMessage,
    Refused,
    SendResult,
    Temporary,
    Throttled,
    Unknown,
)

LEASE = timedelta(seconds=60)
"""How long a sender may hold an entry: longer than any time-out of a send, so that it only runs out on a crash."""
GIVE_UP = timedelta(hours=24)
"""LINE forgets a retry key after 24 h and would send again; a day-old answer helps nobody in any case."""
KEY_MARGIN = timedelta(minutes=30)
SLOWEST = timedelta(minutes=5)
"""Longest pause between two tries."""
URGENT = frozenset({"crisis", "case_number", "appointment"})
"""Sent once more, marked （再送）, when it is not known whether they arrived."""

# Written out, not bound: a partial index is only used where the database can see its condition.
_UNFINISHED: tuple[ColumnElement[str], ...] = (literal_column("'pending'"), literal_column("'sending'"))
_CRISIS: ColumnElement[str] = literal_column("'crisis'")

Results = Sequence[tuple[Delivery, SendResult]]


def lease(engine: Engine, clock: Clock, limit: int, *, channels: Mapping[str, Capabilities] | None = None,
          hold: timedelta = LEASE, resent: Callable[[str], str] = lambda locale: "") -> list[Delivery]:
    """Hand out up to `limit` entries to send, at most one per conversation: its lowest unfinished one.

    An entry whose lease ran out (its sender died) is handed out again only where a repeat is harmless: a push with a
    retry key. Otherwise it becomes `unknown`. `channels` are those this worker can send on (`None`: any, and no
    repeat is harmless); `resent(locale)` gives the mark of a second sending.
    """
    began = clock()
    if not _LOOK(engine, round(began.timestamp() * 1000), now=began):
        return []
    with engine.begin() as connection:
        now = clock()
        rows = _due(connection, now, limit, channels)
        if not rows:
            return []
        ends: list[tuple[Row[Any], str, str]] = []
        taken: list[tuple[Row[Any], bool]] = []
        for row in rows:
            harmless = channels is not None and channels[row.channel].idempotent_push
            why = _too_late(row, now, harmless)
            if why:
                ends.append((row, "unknown", why))
            else:
                alive = bool(row.reply) and row.reply_until is not None and row.reply_until > now
                taken.append((row, alive))
        if taken:
            update_rows(connection, outbox, _TAKEN, [
                {"id": row.id, "state": "sending", "attempts": row.attempts + 1, "next_at": now + hold,
                 "leased_until": now + hold, "first_tried_at": row.first_tried_at or now,
                 # Written before it is tried: after a crash nobody could say whether the handle was used.
                 "reply_tried": row.reply_tried or alive}
                for row, alive in taken])
        for row, state, why in ends:
            _finish(connection, row, state, why, now, resent)
        found = _deliveries(connection, taken)
        gone = [{"id": one.id, "state": "failed", "error": "taken back before it was sent", "finished_at": now}
                for one in found if not one.messages]
        update_rows(connection, outbox, _GONE, gone)
        return [one for one in found if one.messages]


def mark(engine: Engine, clock: Clock, results: Results, *, resent: Callable[[str], str] = lambda locale: "") -> None:
    """Write down how sends ended. A result that comes after the entry was finished otherwise changes nothing."""
    if not results:
        return
    with engine.begin() as connection:
        now = clock()
        asked = _MARKED_LOCKED if is_postgres(connection) else _MARKED
        rows = {row.id: row for row in connection.execute(asked, {"ids": [delivery.id for delivery, _ in results]})}
        accepted = []
        for delivery, result in results:
            row = rows.get(delivery.id)
            if row is None or row.state != "sending":
                continue
            if isinstance(result, Accepted):
                accepted.append({"id": row.id, "state": "accepted", "request_id": result.request_id[:80],
                                 "error": "", "finished_at": now, "leased_until": None})
            elif row.attempts == delivery.attempts:  # somebody else holds it by now: only a success still counts
                _not_accepted(connection, row, delivery, result, now, resent)
        update_rows(connection, outbox, _ACCEPTED, accepted)


def sweep(engine: Engine, clock: Clock, *, limit: int = 500) -> int:
    """End what nobody could send for a day, on a channel that is gone for instance: `expired`, with a task."""
    with engine.begin() as connection:
        now = clock()
        asked = select(outbox).where(
            outbox.c.state == "pending", outbox.c.created_at < now - GIVE_UP).order_by(outbox.c.id).limit(limit)
        if is_postgres(connection):
            asked = asked.with_for_update(skip_locked=True, key_share=True)
        rows = connection.execute(asked).all()
        for row in rows:
            _finish(connection, row, "expired", "not sent within a day", now, lambda locale: "")
        return len(rows)


# --- leasing ------------------------------------------------------------------------------------------------


def _due(connection: Connection, now: datetime, limit: int, channels: Mapping[str, Capabilities] | None,
         ) -> list[Row[Any]]:
    """Danger first, then by time."""
    rows: list[Row[Any]] = []
    for urgent in (True, False):
        if len(rows) < limit:
            asked = _LEASABLE[urgent, channels is None, is_postgres(connection)]
            rows += connection.execute(asked, {"now": now, "limit": limit - len(rows), **(
                {} if channels is None else {"channels": list(channels)})}).all()
    return rows


def _too_late(row: Row[Any], now: datetime, harmless: bool) -> str:
    """Why an entry may not be tried again, or ""."""
    reply_open = bool(row.reply) and row.reply_tried
    if row.state == "sending" and (reply_open or not harmless):
        return "the sender ended while sending"
    if reply_open and row.reply_until is not None and row.reply_until <= now:
        return "the reply handle ran out after a try without an answer"
    if row.first_tried_at is not None and row.first_tried_at + GIVE_UP - KEY_MARGIN <= now:
        return "no answer for a day"
    return ""


def _deliveries(connection: Connection, taken: list[tuple[Row[Any], bool]]) -> list[Delivery]:
    words: dict[str, list[OutMessage]] = {}
    keys = [row.key for row, _ in taken]
    if keys:
        for key, content in connection.execute(_MESSAGES, {"keys": keys}):
            words.setdefault(key, []).append(OutMessage.from_json(content))
    return [
        Delivery(
            id=row.id, channel=row.channel, address=row.address, messages=tuple(words.get(row.key, ())), key=row.key,
            reply=row.reply if alive else "", reply_until=row.reply_until if alive else None,
            reply_tried=row.reply_tried, first_tried_at=row.first_tried_at, attempts=row.attempts + 1,
            extra={"conversation_id": row.conversation_id, "kind": row.kind, "again": row.again})
        for row, alive in taken]


def _leasable(urgent: bool, anywhere: bool, postgres: bool) -> Any:
    earlier = outbox.alias("earlier")
    asked = (
        select(outbox, conversation.c.address)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(
            outbox.c.state.in_(_UNFINISHED), outbox.c.next_at <= bindparam("now"),
            outbox.c.kind == _CRISIS if urgent else outbox.c.kind != _CRISIS,
            ~exists().where(earlier.c.conversation_id == outbox.c.conversation_id, earlier.c.id < outbox.c.id,
                            earlier.c.state.in_(_UNFINISHED)))
        .order_by(outbox.c.next_at, outbox.c.id).limit(bindparam("limit")))
    if not anywhere:
        asked = asked.where(outbox.c.channel.in_(bindparam("channels", expanding=True)))
    return asked.with_for_update(of=outbox, skip_locked=True, key_share=True) if postgres else asked


_LEASABLE = {(u, a, p): _leasable(u, a, p) for u in (True, False) for a in (True, False) for p in (True, False)}
_LOOK = Look(select(outbox.c.id).where(outbox.c.state.in_(_UNFINISHED), outbox.c.next_at <= bindparam("now")).limit(1),
             "SELECT 1 FROM outbox WHERE state IN ('pending','sending') AND next_at <= ? LIMIT 1")
_TAKEN = ("state", "attempts", "next_at", "leased_until", "first_tried_at", "reply_tried")
_ACCEPTED = ("state", "request_id", "error", "finished_at", "leased_until")
_GONE = ("state", "error", "finished_at")
_MESSAGES = (select(message.c.outbox_key, message.c.content)
             .where(message.c.outbox_key.in_(bindparam("keys", expanding=True)), message.c.hidden_at.is_(None))
             .order_by(message.c.id))


_MARKED = (
    select(outbox.c.id, outbox.c.conversation_id, outbox.c.channel, outbox.c.key, outbox.c.kind, outbox.c.state,
           outbox.c.attempts, outbox.c.again)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(outbox.c.id))
_MARKED_LOCKED = _MARKED.with_for_update(key_share=True)


# --- marking ------------------------------------------------------------------------------------------------


def _not_accepted(connection: Connection, row: Any, delivery: Delivery, result: SendResult, now: datetime,
                  resent: Callable[[str], str]) -> None:
    match result:
        case Temporary(why=why, reply_tried=tried):
            _again_later(connection, row, _pause(row), why, now, delivery.reply_tried or tried)
        case Throttled(after=after):
            _again_later(connection, row, timedelta(seconds=max(after, 0.0)), "throttled", now, delivery.reply_tried)
        case Blocked():
            _finish(connection, row, "failed", "blocked", now, resent)
            _leave_alone(connection, row.conversation_id, now)
        case Refused(why=why):
            _finish(connection, row, "failed", why, now, resent)
        case Unknown(why=why):
            _finish(connection, row, "unknown", why, now, resent)


def _again_later(connection: Connection, row: Row[Any], pause: timedelta, why: str, now: datetime, tried: bool,
                 ) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(
        state="pending", next_at=now + pause, leased_until=None, error=why[:200], reply_tried=tried))


def _pause(row: Row[Any]) -> timedelta:
    """1, 2, 4 … seconds up to five minutes, spread a little by id so that a storm does not come back as one."""
    seconds: float = min(2.0 ** min(row.attempts - 1, 12), SLOWEST.total_seconds()) * (1 + (row.id % 16) / 64)
    return timedelta(seconds=seconds)


def _finish(connection: Connection, row: Row[Any], state: str, why: str, now: datetime,
            resent: Callable[[str], str]) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row.id, outbox.c.state.in_(_UNFINISHED)).values(
        state=state, error=why[:200], finished_at=now, leased_until=None))
    if why != "blocked":
        ask_staff(connection, "undelivered", row.conversation_id, now, topic=state)
    if state == "unknown" and row.kind in URGENT and not row.again:
        _send_again(connection, row, now, resent)


def _send_again(connection: Connection, row: Row[Any], now: datetime, resent: Callable[[str], str]) -> None:
    """One more delivery by push: new history rows, so that the staff see exactly what the person may see twice."""
    key = ids.new()
    said = connection.execute(select(message).where(
        message.c.outbox_key == row.key, message.c.hidden_at.is_(None)).order_by(message.c.id)).mappings().all()
    copies = []
    for old in said:
        copy = {name: value for name, value in old.items() if name != "id"}
        for part in ("content", "original"):
            if copy[part]:
                locale = copy[part].get("locale", "ja")
                copy[part] = {**copy[part], "text": resent(locale) + copy[part].get("text", "")}
        copies.append({**copy, "outbox_key": key, "at": now})
    if copies:
        connection.execute(insert(message), copies)
        connection.execute(insert(outbox).values(
            conversation_id=row.conversation_id, channel=row.channel, kind=row.kind, key=key, state="pending",
            next_at=now, again=True, created_at=now))


def _leave_alone(connection: Connection, conversation_id: str, now: datetime) -> None:
    """The person blocked the account: a phone task, and nothing more is tried on this channel."""
    connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(contact="blocked", version=conversation.c.version + 1))
    connection.execute(update(outbox).where(
        outbox.c.conversation_id == conversation_id, outbox.c.state == "pending").values(
        state="failed", error="blocked", finished_at=now))
    ask_staff(connection, "blocked", conversation_id, now)
