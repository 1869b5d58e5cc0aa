"""Turning stored events into turns: claim, lock the conversation, hear each event in order, one commit.

SQLite has one write lock for everybody, and to hear takes ten times as long as to write down. There turns are taken
*ahead* first, over a connection that only reads; the transaction then checks that nobody touched these conversations
meanwhile and writes. What cannot be taken ahead (a turn that reads back what it writes, a second event of the same
conversation, one that fails) is heard inside the transaction, as everything is on PostgreSQL, whose locks are one row wide.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.exc import OperationalError

from backend import crypto
from backend.clock import Clock
from backend.db import is_postgres, reading
from backend.errors import where
from backend.followups.system import SYSTEM
from backend.followups.system import parse as parse_system
from backend.journal.batch import Batch, prepared, write
from backend.journal.look import Look
from backend.journal.models import conversation, inbox
from backend.journal.park import failed_once
from backend.journal.statements import update_rows, updating
from backend.messages import Channel, Incoming
from dialogs.core.heard import FROM_PERSON

log = logging.getLogger(__name__)

Hear: TypeAlias = Callable[[Batch, dict[str, Any], Incoming, Mapping[str, Any]], None]
"""What a turn does: given the batch, the conversation (a dict whose changes are kept), what came in and its event."""

BATCH = 64
"""Conversations per transaction: 12-20 times the throughput of one by one (stack.md §1)."""
AHEAD = 256
"""The same on SQLite, where they are heard before it begins: a surge is written in fewer, larger pieces."""
MOST_OF_ONE = 32
"""Events of one conversation per transaction: somebody who sends a thousand does not hold up the others."""
INSIDE = 8
"""Conversations heard per transaction on SQLite: so long nobody else can write."""

_KEPT = tuple(column.name for column in conversation.columns
              if column.name not in ("id", "tenant_id", "channel", "address", "address_index", "created_at"))

_pending = and_(inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None))


class Share(NamedTuple):
    """Which conversations one of several processes on the same SQLite file hears: those of part `number` of `of`.

    Only so that they do not hear the same ones at the same time; that each turn is taken once does not depend on it.
    PostgreSQL's row locks give the work out by themselves.
    """

    number: int = 0
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Share:
        """`"1/2"` is the first half. Raises `ValueError`."""
        number, of = map(int, text.split("/"))
        if not 1 <= number <= of:
            raise ValueError(text)
        return cls(number - 1, of)


ALL = Share()


class _Poison(Exception):
    """`hear` raised for this event: the transaction is undone and tried again without it."""

    def __init__(self, event_id: int, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.event_id = event_id
        self.error = error


def waiting(engine: Engine) -> bool:
    """Whether there may be something to do: a look that does not take SQLite's one write lock."""
    return _LOOK(engine)


def process(engine: Engine, channels: Mapping[str, Channel], hear: Hear, clock: Clock, batch: int = BATCH, share: Share = ALL) -> int:
    """Do one batch of pending events, on SQLite of this `share`; returns how many were heard or failed (0: nothing to do).

    Several workers may run this at once on PostgreSQL: a conversation belongs to whoever holds its row lock, and its
    events are read again after the lock is held, so each becomes exactly one turn. Events of a conversation are heard
    by (happened_at, event id). An event that arrives after a later one was already heard is heard then, marked
    `late`: what was answered is not taken back.

    `hear` that raises, or writes what the database refuses, undoes the transaction; the event is counted (parked at
    the fifth time, with a task for the staff) and the rest is done again without it. Events of channels that are not configured here wait. Raises
    `OperationalError` when the database is away.
    """
    if batch == 1 or is_postgres(engine):
        return _inside(engine, channels, hear, clock, deque([()]), batch)
    taken, left = _take_ahead(engine, channels, hear, clock, batch, share)
    again = _write(engine, taken)
    return len(taken) - len(again) + _inside(engine, channels, hear, clock, _some_at_once(again + left), batch)


def _some_at_once(left: Sequence[str]) -> deque[Sequence[str]]:
    return deque(left[at:at + INSIDE] for at in range(0, len(left), INSIDE))


def _inside(engine: Engine, channels: Mapping[str, Channel], hear: Hear, clock: Clock, waiting: deque[Sequence[str]],
            batch: int) -> int:
    """Hear conversations inside the transactions that keep it, some at once; `()` stands for those that wait longest."""
    done, failed = 0, set[int]()
    while waiting:
        heads = waiting.popleft()
        try:
            with engine.begin() as connection:
                done += _one_batch(connection, channels, hear, clock, failed, limit=batch, heads=heads)
        except _Poison as poison:
            if _away(poison.error):
                raise poison.error from None
            log.error("event %d could not be heard: %s", poison.event_id, where(poison.error))
            failed.add(poison.event_id)
            failed_once(engine, clock, poison.event_id, type(poison.error).__name__)
            waiting.appendleft(heads)
        except Exception as error:
            # What a turn collected may be refused only when it is written, together with everybody else's turns.
            if batch == 1 or len(heads) == 1 or _away(error):
                raise
            log.warning("a batch could not be written, conversations are done one by one: %s", where(error))
            if heads:
                waiting.extendleft([one] for one in reversed(heads))
            else:
                batch = 1
                waiting.appendleft(())
    return done + len(failed)


class _Taken(NamedTuple):
    """A turn that was taken ahead: the conversation as it will be, the version it was taken on, and its event."""

    home: dict[str, Any]
    version: int
    event_id: int
    turn: Batch


def _write(engine: Engine, taken: Sequence[_Taken]) -> list[str]:
    """Write turns that were taken ahead; the conversations whose turns could not be kept."""
    if not taken:
        return []
    first, *others = taken
    with engine.connect() as connection:
        steps = prepared(first.turn.taken_with(one.turn for one in others), connection)
        steps.append(updating(connection.dialect, conversation, _KEPT, [one.home for one in taken]))
        steps.append(updating(connection.dialect, inbox, ("done_at",), [
            {"id": one.event_id, "done_at": first.turn.now} for one in taken]))
        try:
            with connection.begin():
                if _untouched(connection, taken):
                    write(connection, steps)
                    return []
        except Exception as error:
            if _away(error):
                raise
            log.warning("turns could not be written together: %s", where(error))
    # Staff wrote meanwhile, or one of them is refused: inside the transaction that is seen, and by whom.
    return [one.home["id"] for one in taken]


def _take_ahead(engine: Engine, channels: Mapping[str, Channel], hear: Hear, clock: Clock, limit: int, share: Share,
                ) -> tuple[list[_Taken], list[str]]:
    """Turns taken without the write lock, and the conversations that have to be heard inside a transaction."""
    taken: list[_Taken] = []
    left: list[str] = []
    with reading(engine).connect() as connection, _only_reading(connection):
        now = clock()
        names = [*channels, SYSTEM]
        asked = {"channels": names, "limit": limit, "share": share.number, "of": share.of}
        heads = connection.execute(_HEADS_OF_SHARE, asked).scalars().all()
        if not heads:
            return [], []
        queues: dict[str, list[Row[Any]]] = {}
        for event in connection.execute(_EVENTS, {"ids": heads, "channels": names}):
            queues.setdefault(event.conversation_id, []).append(event)
        owned = {row["id"]: row for row in connection.execute(_OWNED, {"ids": heads}).mappings()}
        # Whoever has said equally much stands at the same question as a rule: neighbours find code and words at hand.
        for id in sorted(heads, key=lambda id: owned[id]["version"]):
            home, queue = dict(owned[id]), queues.get(id, [])
            turn = Batch(connection, now, ahead=engine)
            try:
                (event,) = queue
                _hear_one(turn, home, event, [], channels, hear)
            except (ValueError, _Poison):
                left.append(id)
            else:
                taken.append(_Taken(home, owned[id]["version"], event.id, turn))
    return taken, left


@contextmanager
def _only_reading(connection: Connection) -> Iterator[None]:
    """A turn that writes by itself fails here, instead of waiting for the write lock in the middle of a read."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA query_only=OFF")


def _untouched(connection: Connection, taken: Sequence[_Taken]) -> bool:
    now = dict(connection.execute(_VERSIONS, {"ids": [one.home["id"] for one in taken]}).all())
    return all(now.get(one.home["id"]) == one.version for one in taken)


def _one_batch(connection: Connection, channels: Mapping[str, Channel], hear: Hear, clock: Clock, failed: set[int], *,
               limit: int = 0, heads: Sequence[str] = ()) -> int:
    """Hear what waits in the conversations `heads`, or in the `limit` that have waited longest."""
    turn = Batch(connection, clock())
    names = [*channels, SYSTEM]
    if not heads:
        asked = {"channels": names, "limit": limit, "failed": list(failed) or [0]}
        heads = connection.execute(_heads(connection), asked).scalars().all()
    if not heads:
        return 0
    owned = {row["id"]: dict(row) for row in connection.execute(_owned(connection), {"ids": heads}).mappings()}
    if not owned:
        return 0
    events: dict[str, list[Row[Any]]] = {}
    for event in connection.execute(_EVENTS, {"ids": list(owned), "channels": names}):
        events.setdefault(event.conversation_id, []).append(event)
    done = 0
    heard: list[int] = []
    queues = [_until_failed(sorted(some, key=_order), failed) for some in events.values()]
    # Round by round, written in between: an event reads what the one before it in its conversation did.
    for place in range(max(map(len, queues), default=0)):
        for queue in queues:
            if place < len(queue):
                event = queue[place]
                _hear_one(turn, owned[event.conversation_id], event, queue[place + 1:], channels, hear)
                heard.append(event.id)
                done += 1
        with _blaming(heard, queues):
            turn.flush()
    if heard:
        changed = {event.conversation_id for queue in queues for event in queue}
        with _blaming(heard, queues):
            update_rows(connection, conversation, _KEPT, [owned[id] for id in sorted(changed)])
        update_rows(connection, inbox, ("done_at",), [{"id": id, "done_at": turn.now} for id in heard])
    turn.end()
    return done


@contextmanager
def _blaming(heard: list[int], queues: list[list[Row[Any]]]) -> Iterator[None]:
    """What cannot be written is the fault of the event heard last, where one conversation alone is at work."""
    try:
        yield
    except Exception as error:
        if len(queues) == 1 and heard:
            raise _Poison(heard[-1], error) from error
        raise


def _hear_one(turn: Batch, home: dict[str, Any], event: Row[Any], later: list[Row[Any]],
              channels: Mapping[str, Channel], hear: Hear) -> None:
    try:
        body = crypto.ring().open(bytes(event.body), "inbox.body")
        if event.channel == SYSTEM:
            if _overtaken(home, event, later):
                return
            incoming = parse_system(body)
        else:
            incoming = channels[event.channel].parse(body)
        moment = round(event.happened_at.timestamp() * 1000)
        facts = {"id": event.id, "channel": event.channel, "event_id": event.event_id, "tries": event.tries,
                 "happened_at": event.happened_at, "received_at": event.received_at,
                 "late": moment < home["last_event_at"]}
        hear(turn, home, incoming, facts)
        home["last_event_at"] = max(home["last_event_at"], moment)
        home["version"] += 1
        if isinstance(incoming.heard, FROM_PERSON):
            before = home["last_heard_at"]
            home["last_heard_at"] = max(before, event.happened_at) if before else event.happened_at
    except Exception as error:
        raise _Poison(event.id, error) from error


def _overtaken(home: Mapping[str, Any], event: Row[Any], later: list[Row[Any]]) -> bool:
    """Whether a sign of life came after the clock struck: the person is here, so nobody needs reminding.

    Decided here, at the last moment before the dialog would hear it: the person's own events may have been stored
    after the reminder was claimed, or wait behind it in the same batch.
    """
    if not event.event_id.startswith("due:"):
        return False
    heard_at = home["last_heard_at"]
    return (heard_at is not None and heard_at >= event.happened_at) or any(e.channel != SYSTEM for e in later)


def _order(event: Row[Any]) -> tuple[Any, ...]:
    """By time, then by the channel's own id: LINE's are ULIDs, Telegram's count up (a longer number is later)."""
    return event.happened_at, len(event.event_id), event.event_id


def _until_failed(queue: list[Row[Any]], failed: set[int]) -> list[Row[Any]]:
    """An event that just failed blocks those after it in its own conversation until it is heard or parked."""
    for place, event in enumerate(queue):
        if event.id in failed:
            return queue[:place]
    return queue


def _away(error: Exception) -> bool:
    """Whether it is the database that failed, not the event. SQLite says "no such table" in the same class."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or code & 0xFF != sqlite3.SQLITE_ERROR


_before = inbox.alias("before")
_first_of_its_conversation = ~exists().where(
    _before.c.conversation_id == inbox.c.conversation_id, _before.c.done_at.is_(None), _before.c.parked_at.is_(None),
    or_(_before.c.lane < inbox.c.lane, and_(_before.c.lane == inbox.c.lane, _before.c.id < inbox.c.id)))

# Wrapped, or SQLite walks the unique index that begins with the channel: everything ever received.
_here = func.coalesce(inbox.c.channel, literal_column("''")).in_(bindparam("channels", expanding=True))

_waiting_longest = (
    select(inbox.c.conversation_id).where(_pending, _first_of_its_conversation, _here)
    .order_by(inbox.c.lane, inbox.c.id).limit(bindparam("limit")))
_HEADS = _waiting_longest.where(inbox.c.id.not_in(bindparam("failed", expanding=True)))
# The last letter but one of an id: five random bits.
_HEADS_OF_SHARE = _waiting_longest.where(
    func.coalesce(func.unicode(func.substr(inbox.c.conversation_id, -2, 1)), 0) % bindparam("of") == bindparam("share"))
_LOOK = Look(select(inbox.c.id).where(_pending).limit(1), "SELECT 1 FROM inbox WHERE done_at IS NULL AND parked_at IS NULL LIMIT 1")
_VERSIONS = select(conversation.c.id, conversation.c.version).where(conversation.c.id.in_(bindparam("ids", expanding=True)))
_OWNED = select(conversation).where(conversation.c.id.in_(bindparam("ids", expanding=True)))
_ranked = (
    # Row by row, not by rank: a thousand messages of one second would all be the first.
    select(inbox, func.row_number().over(
        partition_by=inbox.c.conversation_id, order_by=(inbox.c.happened_at, func.length(inbox.c.event_id), inbox.c.event_id)).label("place"))
    .where(_pending, inbox.c.conversation_id.in_(bindparam("ids", expanding=True)), _here)
    .subquery())
_EVENTS = select(_ranked).where(_ranked.c.place <= MOST_OF_ONE)

# NO KEY UPDATE: storing a new event refers to the conversation (foreign key) and must not wait for the turn.
_HEADS_LOCKED = _HEADS.with_for_update(skip_locked=True, key_share=True)
_OWNED_LOCKED = _OWNED.with_for_update(skip_locked=True, key_share=True)


def _heads(connection: Connection) -> Any:
    return _HEADS_LOCKED if is_postgres(connection) else _HEADS


def _owned(connection: Connection) -> Any:
    return _OWNED_LOCKED if is_postgres(connection) else _OWNED
