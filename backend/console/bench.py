"""`./run bench console`: the console's pages over a million invented households, on SQLite and on PostgreSQL.

Whole pages are timed, as a browser asks for them: session, audit, queries, template; `cpu_ms` is this process's own processor
time per page (on PostgreSQL without the server's). The databases are made in a temporary folder and thrown away. `--households N`
makes them smaller; `--database URL` fills one that is kept and is only measured the next time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from starlette.testclient import TestClient

from backend.app import Shell, make_backend, make_shell
from backend.cases.models import case
from backend.cases.selection import Selection
from backend.console.bench_town import DISTRICTS, LENT, LIMITED, PASSWORD, TOWN, fill, filled, missing_indexes
from backend.console.cookies import STAFF
from backend.console.pages.cases import address
from backend.console.register import COLUMNS, Order, place_of
from backend.embedded import MISSING, postgres
from backend.jobs.models import job
from backend.jobs.run import run_slice
from backend.overview import figures
from backend.settings import Settings
from backend.staff.sessions import SignedIn, sign_in

CASES = 1_000_000
ROUNDS, FEWEST, LONGEST = 40, 10, 10.0
"""Requests per page; of a page that is slow fewer, once that many seconds are over. p95 is the 38th of 40."""
CHIEF, ONE = "staff-0", "staff-7"
LIST = "/console/cases"
HERE = f"{LIST}?district={DISTRICTS[7]}"
PAGES = {
    "home": (CHIEF, "/console"), "home, mine": (ONE, "/console?whose=mine"), "home, two districts": (LIMITED, "/console"),
    "home, operator": (LENT, "/console"), "list, first page": (CHIEF, LIST), "list by district": (CHIEF, f"{LIST}?sort=district"),
    "list by who waits": (CHIEF, f"{LIST}?sort=waiting"), "list, one district": (CHIEF, HERE),
    "list, one district, by district": (CHIEF, f"{HERE}&sort=district"), "list, category 4 of one district": (CHIEF, f"{HERE}&category=4"),
    "list, one colleague, by kana": (CHIEF, f"{LIST}?assigned={ONE}&sort=kana"),
    "list, Vietnamese who wait": (CHIEF, f"{LIST}?language=vi&waiting=yes"), "list, nothing happens": (CHIEF, f"{LIST}?stalled=yes"),
    "list, nobody fits": (CHIEF, f"{LIST}?category=4&team=none&language=xx"), "list, rare damage": (CHIEF, f"{LIST}?damage=total"),
    "list, open or closed, no category": (CHIEF, f"{LIST}?status=all&category=none"),
    "list, three that are common": (CHIEF, f"{LIST}?category=none&review=none&assigned=nobody"),
    "list, two districts": (LIMITED, LIST), "list, two districts, by who waits": (LIMITED, f"{LIST}?sort=waiting"),
    "list, two districts, by district": (LIMITED, f"{LIST}?sort=-district"), "list, operator": (LENT, LIST),
    "overview": (CHIEF, "/console/overview"), "overview by language": (CHIEF, "/console/overview?by=language"),
    "visits": (CHIEF, "/console/visits"), "visits of one district": (ONE, f"/console/visits?district={DISTRICTS[7]}"),
}  # fmt: skip
"""Who opens what."""
DEEP = ("changed", "district", "category", "review")


def measure(many: int = 0, database: str = "") -> Iterator[dict[str, Any]]:
    """p50 and p95 in milliseconds, page by page, one database after the other (or the one given)."""
    many = many or CASES
    if database:
        yield _measured(database, many)
        return
    for opened in (_sqlite, postgres):
        with opened() as url:
            if url is None:
                print(MISSING, file=sys.stderr)
            else:
                yield _measured(url, many)


@contextmanager
def _sqlite() -> Iterator[str | None]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


def _measured(url: str, many: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        shell = make_shell(Settings(database_url=url, secret_key="b" * 40, public_url="http://testserver", data_dir=Path(folder)))
        if filled(shell.engine):
            missing_indexes(shell.engine)
        else:
            fill(shell, many)
        with shell.engine.connect() as c:
            many = int(c.execute(select(func.count()).select_from(case).where(case.c.tenant_id == TOWN)).scalar_one())
        app, doors = make_backend(shell), dict[str, TestClient]()
        asked = PAGES | {f"list by {sort}, at {part:.0%}": (CHIEF, _deep(shell, sort, part, many)) for sort in DEEP for part in (0.5, 0.99)}
        key = f"{many // 2 - 1:026d}"
        asked |= {"a case": (CHIEF, f"{LIST}/{key}"), "contacts of a case": (CHIEF, f"{LIST}/{key}/contacts")}
        for login in {login for login, _ in asked.values()}:
            doors[login] = _signed_in(shell, app, login)
        counted = _figures(shell, doors[CHIEF])
        pages = {}
        for name, (login, path) in asked.items():
            pages[name] = _timed(doors[login], path)
        shell.engine.dispose()
    worst = max(pages, key=lambda name: pages[name]["p95_ms"])
    return {"households": many, "database": shell.engine.dialect.name, "p95_worst_ms": pages[worst]["p95_ms"], "worst": worst,
            "cpu_worst_ms": max(one["cpu_ms"] for one in pages.values()), "goal": "p95_worst_ms <= 300", **counted, "pages": pages}


def _figures(shell: Shell, chief: TestClient) -> dict[str, Any]:
    """What the worker needs to count everything for the page of figures, and how long another part of it waits at most."""
    with shell.engine.begin() as c:
        c.execute(delete(job).where(job.c.tenant_id == TOWN))
    chief.get("/console/overview")
    before, slices = time.process_time(), [time.perf_counter()]
    while run_slice(shell, {figures.KIND: figures.count_some}):
        slices.append(time.perf_counter())
    longest = max((later - one for one, later in pairwise(slices)), default=0.0)
    return {"figures_cpu_s": round(time.process_time() - before, 1), "figures_s": round(slices[-1] - slices[0], 1),
            "figures_longest_slice_ms": round(longest * 1000)}  # fmt: skip


def _signed_in(shell: Shell, app: Any, login: str) -> TestClient:
    signed = sign_in(shell.engine, login, PASSWORD, shell.clock())
    assert isinstance(signed, SignedIn)
    client = TestClient(app)
    client.cookies.set(STAFF.name, signed.token)
    return client


def _timed(client: TestClient, path: str) -> dict[str, float]:
    times: list[float] = []
    before = time.process_time()
    while len(times) < (ROUNDS if sum(times) < LONGEST * 1000 else FEWEST):
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    worked = (time.process_time() - before) * 1000 / len(times)
    times.sort()
    print(f"  {times[len(times) // 2]:8.1f} ms  {worked:8.1f} ms cpu  {path}", file=sys.stderr, flush=True)
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(times[int(len(times) * 0.95) - 1], 1), "cpu_ms": round(worked, 1)}


def _deep(shell: Shell, sort: str, part: float, many: int) -> str:
    """The address of a page that far down, as turning pages would have led to it."""
    column = COLUMNS[sort]
    with shell.engine.connect() as connection:
        row = connection.execute(
            select(column, case.c.id).where(case.c.tenant_id == TOWN, case.c.status == "open", column.is_not(None))
            .order_by(column, case.c.id).offset(int(many * part * (0.2 if sort == "review" else 0.6))).limit(1)
        ).one()  # fmt: skip
    order = Order(sort, False)
    return address(Selection(), order, after=place_of(order, row))
