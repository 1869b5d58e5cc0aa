"""The sweep: a million households whose turn has come, claimed and advanced, with the message or task of each written.

Ninety in a hundred have a chat, the others a telephone or nothing: their step is a planned message, a call or a letter.
One clock on SQLite (it has one write lock), two on PostgreSQL; two cores. Rendering and sending follow at the channel's pace.
Meanwhile somebody writes twenty times a second: how long storing it takes is how long their webhook waits for the sweep.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, String, Table, cast, func, insert, literal, select, text
from sqlalchemy import case as case_when

import backend.models  # noqa: F401  every table must be known
from backend import crypto
from backend.campaigns.ladder import USUAL
from backend.campaigns.models import approach, campaign, member
from backend.campaigns.run import LADDER, LadderClock
from backend.cases.models import case
from backend.crypto import Keyring
from backend.db import Moment, is_postgres, metadata, open_engine
from backend.embedded import MISSING, postgres
from backend.followups.models import due
from backend.followups.run import run_due
from backend.journal.ingest import Ingest
from backend.journal.models import conversation
from backend.messages import RawEvent
from backend.people.models import person
from backend.staff.models import staff
from backend.tasks.models import task
from backend.tenants.models import tenant

HOUSEHOLDS = 1_000_000
SEED_BATCH = 20_000
SECRET = "the sweep's own secret, of no use anywhere else"  # noqa: S105
APART = 0.05
"""Seconds between two events of whoever writes during the sweep."""
MONDAY = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
"""10:00 in Japan: messages may go out."""


def measure(households: int = HOUSEHOLDS, say: Callable[[str], None] = lambda _: None) -> Iterator[dict[str, Any]]:
    """Seconds on either database, and what was written. `say` hears how far it is."""
    crypto.use(Keyring(SECRET))
    goal = {"households": households, "goal": "seconds <= 60 for 1,000,000"}
    with tempfile.TemporaryDirectory() as folder:
        yield {"database": "sqlite", **_one(f"sqlite:///{Path(folder) / 'sweep.db'}", households, 1, say), **goal}
    with postgres() as url:
        if url:
            yield {"database": "postgres", **_one(url, households, 2, say), **goal}
        else:
            say(MISSING)


def _one(url: str, households: int, clocks: int, say: Callable[[str], None]) -> dict[str, Any]:
    engine = open_engine(url)
    metadata.create_all(engine)
    began = time.perf_counter()
    seed(engine, households, say)
    if is_postgres(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    quiet = _writes(engine, iter([True] * 100))
    engine.dispose()
    began, worked = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    context = multiprocessing.get_context("spawn")
    parts = [context.Process(target=_sweep, args=(url,)) for _ in range(clocks)]
    for part in parts:
        part.start()
    meanwhile = _writes(engine, iter(lambda: any(part.is_alive() for part in parts), False))
    for part in parts:
        part.join()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - worked.ru_utime - worked.ru_stime
    with engine.connect() as connection:
        counted = {
            "messages": _count(connection, approach), "tasks": _count(connection, task),
            "advanced": connection.scalar(select(func.count()).select_from(member).where(member.c.place > 0)),
            "left": connection.scalar(select(func.count()).select_from(due).where(due.c.due_at <= MONDAY)),
        }
    engine.dispose()
    return {"seconds": round(seconds, 1), "per_s": round(households / seconds), "clocks": clocks,
            "cpu_us_each": round(spent / households * 1e6, 1), **counted, "webhook_ms": meanwhile, "webhook_quiet_ms": quiet}


def _writes(engine: Engine, goes_on: Iterator[bool]) -> dict[str, float]:
    """Somebody writes as long as it goes on; milliseconds until what they wrote is stored, and how many events."""
    ingest, took = Ingest(engine, lambda: MONDAY), []
    for number, _ in enumerate(goes_on):
        event = RawEvent("line", "U-writes", f"sweep-{time.time_ns()}-{number}", MONDAY, b"{}")
        began = time.perf_counter()
        ingest.put_now([event])
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(APART)
    took.sort()
    some = {"p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100], "longest": took[-1]} if took else {}
    return {**{name: round(value, 1) for name, value in some.items()}, "events": len(took)}


def _sweep(url: str) -> None:
    crypto.use(Keyring(SECRET))
    engine, handlers = open_engine(url), {LADDER: LadderClock()}
    while run_due(engine, lambda: MONDAY, handlers):
        pass
    engine.dispose()


def seed(engine: Engine, households: int, say: Callable[[str], None] = lambda _: None) -> None:
    """A campaign with this many households, all due now; the database makes the rows itself."""
    with engine.begin() as connection:
        connection.execute(insert(tenant).values(id="sweep", slug="sweep", name={"ja": "つなぎ市"}, created_at=MONDAY))
        connection.execute(insert(staff).values(
            id="staff", tenant_id="sweep", login="s", name="s", password_hash="", role="caseworker", created_at=MONDAY, on_duty=1))
        connection.execute(insert(campaign).values(
            id="c", tenant_id="sweep", name="全世帯", state="running", ladder=USUAL.to_json(), made_by="staff", made_at=MONDAY,
            changed_at=MONDAY))
    for first in range(0, households, SEED_BATCH):
        last = min(first + SEED_BATCH, households)
        with engine.begin() as connection:
            for table, columns, chosen in _homes():
                numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
                numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last - 1))
                rows = select(*columns(numbers.c.n)).where(chosen(numbers.c.n))
                connection.execute(insert(table).from_select([column.key for column in columns(numbers.c.n)], rows))
        say(f"{engine.dialect.name}: {last:,} of {households:,} households filled in")


def _homes() -> Iterator[tuple[Table, Callable[[Any], list[Any]], Callable[[Any], Any]]]:
    """Each table, its columns of the n-th household, and which households have a row in it."""
    before = literal(MONDAY - timedelta(days=30), Moment)
    monday, sweep = literal(MONDAY, Moment), literal("sweep").label("tenant_id")

    def id(n: Any) -> Any:
        """26 characters, as ids have."""
        written = cast(n, String)
        return func.substr(literal("0" * 26) + written, func.length(written) + 1, 26)

    def everybody(n: Any) -> Any:
        return n >= 0

    def reachable(n: Any) -> Any:
        return n % 10 != 0

    yield person, lambda n: [id(n).label("id"), sweep, case_when((n % 10 != 0, id(n))).label("phone_index"),
                             before.label("created_at")], everybody
    yield case, lambda n: [
        id(n).label("id"), sweep, func.substr(id(n), 19, 8).label("number"), id(n).label("person_id"),
        func.nullif(n % 5, 0).label("category"), before.label("opened_at"), before.label("changed_at")], everybody
    yield conversation, lambda n: [
        id(n).label("id"), sweep, literal("line").label("channel"), id(n).label("address_index"),
        literal("U", conversation.c.address.type).label("address"), id(n).label("case_id"), before.label("created_at"),
        before.label("last_heard_at")], reachable
    yield member, lambda n: [
        (n + 1).label("id"), sweep, literal("c").label("campaign_id"), id(n).label("case_id"), id(n).label("person_id"),
        monday.label("since")], everybody
    yield due, lambda n: [literal(LADDER).label("kind"), cast(n + 1, String).label("subject"), monday.label("due_at")], everybody


def _count(connection: Connection, table: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


if __name__ == "__main__":
    print(measure(int(os.environ.get("HOUSEHOLDS", HOUSEHOLDS))))
