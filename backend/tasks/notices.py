"""Tell staff that something waits: by mail, LINE or Telegram; a link and counts, never anything about a person (PR-10).

Work that can wait is put together for ten minutes; danger goes out at once and on every way the member has bound.
Without a mail server and without a bound chat (the demonstration) the notice is written to `<data dir>/mail`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, select, update

from backend.clock import Clock
from backend.db import reading
from backend.messages import Channel
from backend.settings import Settings
from backend.staff.models import notice, notice_route, staff
from backend.tasks.models import task
from backend.tasks.routes import Note, Ways, send
from backend.tasks.rules import DANGER
from backend.tasks.second_person import PLACES
from backend.words import Catalogues
from dialogs.core.words import Joined, Text

log = logging.getLogger(__name__)

TRIES = 5
"""After so many failures a notice is `failed`; the console shows it, and the task is there in any case."""

HOLD = timedelta(minutes=2)
"""How long a worker may take to send what it claimed before another one does."""

MOST = 200


class Deployment(Protocol):
    """What is needed of `backend.app.Shell`."""

    @property
    def settings(self) -> Settings: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def words(self) -> Catalogues: ...


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that one member of staff is told in one notice."""

    staff_id: str
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    tries: int
    locale: str
    login: str
    place: str
    """Where in the console it is: one case or conversation, or empty when it is several."""
    ways: tuple[tuple[str, str], ...]
    """(kind, address) of each bound way."""

    @property
    def danger(self) -> bool:
        return not DANGER.isdisjoint(self.kinds)


async def send_due(shell: Deployment, channels: Mapping[str, Channel], clock: Clock) -> int:
    """Send every notice that is due; returns how many members of staff were told."""
    told = 0
    ways = Ways(shell.settings, channels)
    for bundle in await asyncio.to_thread(_claim, shell.engine, clock()):
        way = await send(ways, bundle.ways, _worded(shell, bundle), everywhere=bundle.danger)
        await asyncio.to_thread(_mark, shell.engine, bundle, way, clock())
        told += bool(way)
    return told


def _worded(shell: Deployment, bundle: Bundle) -> Note:
    words, locale = shell.words, bundle.locale
    url = f"{shell.settings.public_url}/console{bundle.place}"
    if bundle.danger:
        count = sum(kind in DANGER for kind in bundle.kinds)
        body = Text("notify.danger", {"n": count, "url": url})
    else:
        counted = Counter(bundle.kinds)
        lines = tuple(
            Text("notify.line", {"what": Text(f"console.task.{kind}"), "n": n}) for kind, n in sorted(counted.items())
        )
        body = Text("notify.work", {"n": len(bundle.kinds), "lines": Joined(lines, "lines"), "url": url})
    # The newest notice of the bundle names it: a repeated try is the same message to LINE.
    return Note(bundle.ids[-1], words.render(Text("notify.subject"), locale), words.render(body, locale), locale, bundle.login)


def _claim(engine: Engine, now: datetime) -> list[Bundle]:
    """Take everything that waits for whoever has something due, and hold it against other workers."""
    due = select(notice.c.staff_id).where(notice.c.state == "pending", notice.c.due_at <= now).distinct().limit(MOST)
    with reading(engine).connect() as connection:  # a look that does not take SQLite's one write lock
        people = connection.execute(due).scalars().all()
    if not people:
        return []
    with engine.begin() as connection:
        chosen = select(notice).where(notice.c.state == "pending", notice.c.staff_id.in_(people)).order_by(notice.c.id)
        rows = connection.execute(chosen.with_for_update(skip_locked=True, key_share=True)).mappings().all()
        bundles: dict[str, list[Mapping[str, Any]]] = {}
        for who in people:
            if mine := _together([dict(row) for row in rows if row["staff_id"] == who], now):
                bundles[who] = mine
        stale = _over(connection, [row for some in bundles.values() for row in some])
        if stale:
            done = update(notice).where(notice.c.id.in_(stale))
            connection.execute(done.values(state="sent", sent_at=now, route="none"))
        found = [
            _bundle(connection, who, fresh) for who, some in bundles.items()
            if (fresh := [row for row in some if row["id"] not in stale])
        ]  # fmt: skip
        taken = [one for bundle in found for one in bundle.ids]
        if taken:
            held = update(notice).where(notice.c.id.in_(taken))
            connection.execute(held.values(due_at=now + HOLD, tries=notice.c.tries + 1))
        return found


def _together(rows: list[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """What goes into one notice: danger by itself; else, when the oldest is due, everything that waits."""
    danger = [row for row in rows if row["urgency"] in DANGER and row["due_at"] <= now]
    if danger or not any(row["due_at"] <= now for row in rows):
        return danger
    # One being sent by another worker was put off by HOLD and counted: it is not part of this bundle.
    return [row for row in rows if row["urgency"] not in DANGER and (row["due_at"] <= now or row["tries"] == 0)]


def _over(connection: Connection, rows: list[Mapping[str, Any]]) -> set[str]:
    """Notices about work that somebody has finished, or seen after the notice was made."""
    about = {row["task_id"] for row in rows if row["task_id"]}
    columns = (task.c.id, task.c.done_at, task.c.acked_at)
    state = {row.id: row for row in connection.execute(select(*columns).where(task.c.id.in_(about)))}
    return {
        row["id"] for row in rows
        if (one := state.get(row["task_id"])) and (one.done_at or (one.acked_at and one.acked_at >= row["created_at"]))
    }  # fmt: skip


def _bundle(connection: Connection, staff_id: str, rows: list[Mapping[str, Any]]) -> Bundle:
    who = connection.execute(
        select(staff.c.login, staff.c.locale).where(staff.c.id == staff_id)
    ).one()
    bound = connection.execute(
        select(notice_route.c.kind, notice_route.c.address).where(notice_route.c.staff_id == staff_id)
        .order_by(notice_route.c.bound_at, notice_route.c.id)
    ).all()  # fmt: skip
    about = {row["task_id"] for row in rows}
    kinds = {row["urgency"] for row in rows}
    place = PLACES.get(kinds.pop(), "") if len(kinds) == 1 else ""
    return Bundle(
        staff_id, tuple(row["id"] for row in rows), tuple(row["urgency"] for row in rows),
        max(row["tries"] for row in rows), who.locale, who.login,
        place or (_place(connection, about.pop()) if len(about) == 1 else ""), tuple((row.kind, row.address) for row in bound),
    )  # fmt: skip


def _place(connection: Connection, task_id: str | None) -> str:
    found = connection.execute(select(task.c.case_id, task.c.conversation_id).where(task.c.id == task_id)).first()
    if found is None:
        return ""
    return f"/cases/{found.case_id}" if found.case_id else f"/conversations/{found.conversation_id}" if found.conversation_id else ""


def _mark(engine: Engine, bundle: Bundle, way: str, now: datetime) -> None:
    if way:
        values: dict[str, Any] = {"state": "sent", "sent_at": now, "route": way}
    elif bundle.tries + 1 >= TRIES:
        log.error("a notice to staff could not be sent after %d tries", TRIES)
        values = {"state": "failed"}
    else:
        values = {"due_at": now + timedelta(seconds=20 * 2**bundle.tries)}
    with engine.begin() as connection:
        connection.execute(update(notice).where(notice.c.id.in_(bundle.ids)).values(**values))
