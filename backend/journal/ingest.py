"""Storing what comes in before the webhook answers: many requests share one commit, each event is kept once."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import OperationalError

from backend import crypto, ids
from backend.clock import Clock
from backend.db import is_postgres
from backend.journal.models import conversation, inbox
from backend.messages import RawEvent
from backend.tenants.models import tenant

log = logging.getLogger(__name__)

PAGE = "page:"
"""An address `page:<conversation id>` is the secure page of a conversation that exists."""
MOST_AT_ONCE = 256
"""Requests per commit: at LINE's 2,000 events/s a commit still stays far under the 2 s a webhook may take."""
APART = 0.005
"""Seconds between the beginnings of two commits under load; the first after a pause does not wait. On SQLite a commit
for every event would keep the one write lock from the turns."""
TRIES = 3
"""A deadlock between two web processes, or a busy database, is tried again before the platform is asked to."""


class NoTenant(Exception):
    """There is no municipality to receive anything: `tsunagi tenant create` comes first."""


class NoSuchConversation(Exception):
    """A page posted for a conversation that does not exist."""


def address_index(address: str) -> str:
    """What `conversation.address_index` holds for an address; unique together with the channel."""
    return crypto.ring().index(address, "conversation.address")


def store(connection: Connection, events: Iterable[RawEvent], now: Any) -> set[str]:
    """Insert `events` into the inbox, with their conversations; one known by (channel, event id) is left alone.

    Returns the page addresses whose conversation does not exist; their events are not stored.
    """
    wanted = list(events)
    pages = _pages(connection, {event.address for event in wanted if _of_page(event)})
    at_home = _conversations(connection, [event for event in wanted if not _of_page(event)], now)
    ring = crypto.ring()
    rows = []
    # The same order in every process, so that two that hold the same redelivered events cannot block each other.
    for event in sorted(wanted, key=lambda e: (e.happened_at, e.channel, e.event_id)):
        owner = pages.get(event.address) if _of_page(event) else at_home.get((event.channel, event.address))
        if owner is not None:
            rows.append({
                "conversation_id": owner, "channel": event.channel, "event_id": event.event_id, "lane": event.lane,
                "happened_at": event.happened_at, "received_at": now, "body": ring.seal(event.body, "inbox.body"),
            })
    if rows:
        connection.execute(_insert(connection, inbox), rows)
    return {event.address for event in wanted if _of_page(event)} - set(pages)


def _of_page(event: RawEvent) -> bool:
    """Only our own pages speak for a conversation by its id; on a platform such an address would be a forgery."""
    return event.channel == "web" and event.address.startswith(PAGE)


def _insert(connection: Connection, table: Any) -> Any:
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    return build(table).on_conflict_do_nothing()


def _pages(connection: Connection, addresses: set[str]) -> dict[str, str]:
    if not addresses:
        return {}
    named = [address.removeprefix(PAGE) for address in addresses]
    found = connection.execute(select(conversation.c.id).where(conversation.c.id.in_(named)))
    return {PAGE + id: id for id in found.scalars()}


def _conversations(connection: Connection, events: list[RawEvent], now: Any) -> dict[tuple[str, str], str]:
    """The conversation of each (channel, address), made where it is new."""
    if not events:
        return {}
    firsts = {(event.channel, event.address): event for event in reversed(events)}
    indexed = {(channel, address_index(address)): (channel, address) for channel, address in firsts}
    known = _find(connection, indexed)
    new = sorted(key for key in indexed if key not in known)
    if new:
        homes = _tenants(connection)
        connection.execute(_insert(connection, conversation), [
            {"id": ids.new(), "tenant_id": _home(homes, firsts[indexed[key]].destination), "channel": key[0],
             "address_index": key[1], "address": indexed[key][1], "created_at": now}
            for key in new])
        # Another process may have made it first: what counts is what is there.
        known |= _find(connection, new)
    return {indexed[key]: id for key, id in known.items()}


def _find(connection: Connection, indexed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    by_channel: dict[str, list[str]] = {}
    for channel, index in indexed:
        by_channel.setdefault(channel, []).append(index)
    known = {}
    for channel, some in by_channel.items():  # the unique key begins with the channel: one look-up for each
        for row in connection.execute(_KNOWN, {"channel": channel, "indexes": some}):
            known[channel, row[0]] = row[1]
    return known


_KNOWN = select(conversation.c.address_index, conversation.c.id).where(
    conversation.c.channel == bindparam("channel"),
    conversation.c.address_index.in_(bindparam("indexes", expanding=True)))


def _tenants(connection: Connection) -> dict[str, str]:
    """Id and slug → id, and "" → the municipality that is live; before one is, the demonstration."""
    rows = connection.execute(
        select(tenant.c.id, tenant.c.slug, tenant.c.demonstration, tenant.c.live_at, tenant.c.created_at)).all()
    homes = {name: row.id for row in rows for name in (row.id, row.slug)}
    default = min(rows, default=None, key=lambda row: (
        row.live_at is None or row.demonstration, not row.demonstration, row.created_at, row.id))
    if default is not None:
        homes[""] = default.id
    return homes


def _home(homes: dict[str, str], destination: str) -> str:
    try:
        return homes.get(destination) or homes[""]
    except KeyError:
        raise NoTenant("there is no municipality yet: create one with `tsunagi tenant create`") from None


@dataclass(slots=True)
class _Waiting:
    events: Sequence[RawEvent]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


class Ingest:
    """The one writer of the web process. `put` returns when its events are committed.

    The writer is a thread of its own, started by the first `put`: everybody who waits while a commit runs shares the
    next one. `close` writes what is waiting and ends it.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._there = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def put(self, events: Sequence[RawEvent]) -> None:
        """Store `events` durably. Raises what the database raised: the webhook must then not answer 200."""
        if not events:
            return
        loop = asyncio.get_running_loop()
        waiting = _Waiting(events, loop, loop.create_future())
        with self._there:
            if self._closed:
                raise RuntimeError("the ingest is closed")
            self._queue.append(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
                self._thread.start()
            self._there.notify()
        await waiting.future

    def put_now(self, events: Sequence[RawEvent]) -> None:
        """`put` for callers without an event loop (terminal, tests, tools)."""
        refused = self._write(events)
        if refused:
            raise NoSuchConversation

    def close(self) -> None:
        with self._there:
            self._closed = True
            self._there.notify()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        began = 0.0
        while True:
            with self._there:
                while not self._queue and not self._closed:
                    self._there.wait()
                if not self._queue:
                    return
            time.sleep(max(0.0, began + APART - time.monotonic()))
            began = time.monotonic()
            with self._there:
                together = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
            self._settle(together)

    def _settle(self, together: list[_Waiting]) -> None:
        ends: list[tuple[_Waiting, Exception | None]]
        try:
            refused = self._write([event for waiting in together for event in waiting.events])
        except Exception as error:
            log.warning("inbox: a commit of %d requests failed: %s", len(together), type(error).__name__)
            if len(together) > 1:
                for waiting in together:  # one request that cannot be stored must not fail its neighbours
                    self._settle([waiting])
                return
            ends = [(waiting, error) for waiting in together]
        else:
            ends = [(waiting, NoSuchConversation() if any(e.address in refused for e in waiting.events) else None)
                    for waiting in together]
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, Exception | None]]] = {}
        for end in ends:
            by_loop.setdefault(end[0].loop, []).append(end)
        for loop, some in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_tell, some)

    def _write(self, events: Sequence[RawEvent]) -> set[str]:
        for left in reversed(range(TRIES)):
            try:
                with self._engine.begin() as connection:
                    return store(connection, events, self._clock())
            except OperationalError:
                if not left:
                    raise
        raise AssertionError("unreachable")


def _tell(ends: list[tuple[_Waiting, Exception | None]]) -> None:
    for waiting, error in ends:
        if waiting.future.done():
            continue
        if error is None:
            waiting.future.set_result(None)
        else:
            waiting.future.set_exception(error)
