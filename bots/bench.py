"""`./run bench [MEASURE …]`: figures, never tests. One JSON object per measure on standard output.

`step` one turn of the dialog, pure · `turns` durable turns of one process, nothing sent · `webhook` time to 200 at 500
events/s · `line` signed LINE webhooks in, answers out to the LINE fake: most turns/s · `steady` event → answer at
1,000 events/s. Web, worker and platform are processes of their own, as in life; SQLite has synchronous=FULL.
`programs` looks again at 100,000 households in two processes; `console` opens the staff's lists over 1,000,000 households. `sweep` lets a million households take their step of outreach,
on SQLite and on PostgreSQL; filling the databases takes minutes before. Processor time per turn says more than turns per second
on a machine that others use too.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from sqlalchemy import insert

from backend import clock as clocks
from backend import migrations
from backend.app import Shell, make_shell
from backend.embedded import MISSING, postgres
from backend.settings import Settings
from backend.tenants.models import disaster, tenant

INTAKE = (
    "こんにちは", "1", "1", "1", "1", "2", "山田 花子", "やまだ はなこ", "2", "090-1234-5678", "大牟田市新栄町1-1", "4", "1",
    "2", "3", "1", "2", "1", "どれもない", "昭和30年5月3日", "2", "1",
)
"""What an invented resident types from the first word to the list of programs and why one of them may help."""

SECRET = "x" * 32
TOKEN = "line-access-token"  # noqa: S105  of the stand-in


def run(what: Sequence[str], households: int = 0, database: str = "") -> int:
    """Run the named measures (default: all) and print each as one line of JSON. Unknown names: status 2.

    `households` is for the measures that depend on how many there are (`BY_SIZE`); 0: as many as the goal names. `database` is
    one that `console` fills once and keeps.
    """
    there = (*MEASURES, *BY_SIZE)
    unknown = [name for name in what if name not in there]
    if unknown:
        print(f"There is no measure {unknown[0]}; there are: {', '.join(there)}.", file=sys.stderr)
        return 2
    for name in what or there:
        print(f"{name} …", file=sys.stderr, flush=True)
        sized = BY_SIZE.get(name)
        for figures in sized(households, database) if sized else [MEASURES[name]()]:
            print(orjson.dumps({"measure": name, **figures}).decode(), flush=True)
    return 0


def percentile(values: Iterable[float], part: float) -> float:
    """The value below which `part` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def settings_for(folder: Path, **more: str) -> dict[str, str]:
    return {"TSUNAGI_DATA_DIR": str(folder), "TSUNAGI_SECRET_KEY": SECRET * 2, "TSUNAGI_LINE_CHANNEL_SECRET": SECRET,
            "TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN": TOKEN, **more}


def deployment(env: dict[str, str]) -> Shell:
    """A migrated database with one live municipality of the invented kind."""
    shell = make_shell(Settings.from_env(env))
    migrations.upgrade(shell.engine)
    now = clocks.now()
    with shell.engine.begin() as connection:
        connection.execute(insert(tenant).values(
            id="bench", slug="bench", name={"ja": "つなぎ市"}, hours={"ja": "平日 8時30分〜17時15分"}, phone="000-000-0000",
            live_at=now, created_at=now))
        connection.execute(insert(disaster).values(
            id="bench", tenant_id="bench", name={"ja": "豪雨"}, happened_on=date(2026, 6, 28), prefecture="40",
            municipality="40202", acts={}))
    return shell


def _step() -> dict[str, Any]:
    """Median and p99 of one `step` of the intake, in microseconds."""
    from backend.words import Catalogues
    from dialogs.core.engine import start, step
    from dialogs.core.heard import (
        CaseOpened,
        HumanTold,
        Municipality,
        ProgramsFound,
        QuestionsFound,
        Said,
        Setting,
    )
    from dialogs.core.words import Words
    from dialogs.registry import BOOK

    words = Catalogues.load()
    setting = Setting(clocks.now(), "ja", Municipality(Words.of("つなぎ市"), "000", Words.of("平日")), hear=words.hear("ja"),
                      labels={key: words.labels(key) for key in words.keys()})  # noqa: SIM118
    told = HumanTold(Words.of("つなぎ市"), clocks.now() + timedelta(days=1))
    back: dict[str, Any] = {"OpenCase": CaseOpened("T-1"), "FindPrograms": ProgramsFound(()), "FindQuestions": QuestionsFound((), 0), "CallHuman": told,
                            "RequestVisit": told, "Refer": told}
    took: list[float] = []
    for _ in range(100):
        session = start(BOOK, "bench", "ja")
        for said in INTAKE:
            waiting: list[Any] = [Said(said)]
            while waiting:
                heard = waiting.pop(0)
                began = time.perf_counter()
                turn = step(BOOK, session, heard, {}, setting)
                took.append((time.perf_counter() - began) * 1e6)
                session = turn.session
                waiting += [back[name] for e in turn.effects if (name := type(e).__name__) in back]
    return {"median_us": round(statistics.median(took), 1), "p99_us": round(percentile(took, 0.99), 1), "steps": len(took),
            "goal": "median <= 100"}


def _turns() -> dict[str, Any]:
    """Durable turns of the real intake in one worker process, from the inbox to the outbox."""
    from backend.journal.ingest import Ingest
    from backend.journal.process import process
    from bots.line.client import Line
    from bots.line.parse import raw_event
    from bots.memory import settled
    from bots.worker import hearer
    from tests.fakes import line_events

    people = 300
    with tempfile.TemporaryDirectory() as folder:
        shell = deployment(settings_for(Path(folder)))
        ingest, hear = Ingest(shell.engine, shell.clock), hearer(shell)
        channels = {"line": Line(TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9")}
        settled()
        done, spent, stored, worked = 0, 0.0, 0.0, 0.0
        for place, said in enumerate(INTAKE):
            now = clocks.now()
            events = [raw_event(line_events.event("message", f"U{n:032x}", now, f"r{n}-{place}", **line_events.text(said)),
                                "bench", now) for n in range(people)]
            began = time.perf_counter()
            for first in range(0, people, 50):
                ingest.put_now(events[first:first + 50])
            stored += time.perf_counter() - began
            began, before = time.perf_counter(), time.process_time()
            while some := process(shell.engine, channels, hear, shell.clock):
                done += some
            spent += time.perf_counter() - began
            worked += time.process_time() - before
        shell.engine.dispose()
    return {"turns_per_s": round(done / spent), "us_per_turn": round(spent / done * 1e6),
            "cpu_us_per_turn": round(worked / done * 1e6), "turns": done,
            "ingest_us_per_event": round(stored / done * 1e6)}


def _webhook() -> dict[str, Any]:
    return {**_alone(lambda load: load.at_rate(500, seconds=10)), "goal": "webhook_p99_ms <= 50"}


def _line() -> dict[str, Any]:
    """What the machine does, not what LINE lets through: at its limit the sender waits, and what it waited is lost."""
    most = _alone(lambda load: load.flat_out(people=1000, seconds=15), TSUNAGI_LINE_PER_SECOND="20000")
    return {**most, "line_per_second": 20000, "bottleneck": _bottleneck(most), "goal": "turns_per_s >= 2000"}


def _steady() -> dict[str, Any]:
    return {**_alone(lambda load: load.at_rate(1000, seconds=15, together=5)), "goal": "answer_p99_ms <= 1000"}


def _bottleneck(figures: dict[str, Any]) -> str:
    """What held it up, read from how busy the processes were: one of them, all cores together, or none (waiting)."""
    busy: dict[str, float] = figures["busy"]
    name, most = max(busy.items(), key=lambda part: part[1])
    cores, used = os.cpu_count() or 1, sum(busy.values())
    if most > 0.85:
        return f"{name}: one process, {most:.2f} of a core ({round(most / figures['turns_per_s'] * 1e6)} us of it per turn)"
    each = ", ".join(f"{part} {round(share / figures['turns_per_s'] * 1e6)}" for part, share in busy.items())
    if used > 0.85 * cores:
        return f"the {cores} cores, all taken; us per turn: {each}"
    return f"{used:.2f} of {cores} cores used, the rest went to others or to waiting for the disk; us per turn: {each}"


def _alone(drive: Callable[[Any], Any], **more: str) -> dict[str, Any]:
    """Run one load against a deployment of its own, on the event loop that the web server has too."""
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        return dict(runner.run(_driven(drive, more)))


async def _driven(drive: Callable[[Any], Any], more: dict[str, str]) -> dict[str, Any]:
    from bots.bench_line import Load, parts

    with tempfile.TemporaryDirectory() as folder:
        async with Load(SECRET, TOKEN, INTAKE) as load:
            env = settings_for(Path(folder), TSUNAGI_LINE_API_BASE=load.url, TSUNAGI_PORT=str(load.free_port()), **more)
            deployment(env).engine.dispose()
            async with parts(load, {**os.environ, **env}, int(env["TSUNAGI_PORT"])):
                result: dict[str, Any] = await drive(load)
                return result


def _programs() -> dict[str, Any]:
    from backend.programs.bench import measure

    return measure()


MEASURES: dict[str, Callable[[], dict[str, Any]]] = {
    "step": _step, "turns": _turns, "webhook": _webhook, "line": _line, "steady": _steady, "programs": _programs,
}  # fmt: skip


def _import(households: int, _database: str) -> Iterator[dict[str, Any]]:
    """On SQLite, then on the embedded PostgreSQL where it is installed."""
    from backend.lists.bench import ROWS, measure

    return _on_both(lambda shell: measure(shell, "bench", households or ROWS))


def _search(households: int, _database: str) -> Iterator[dict[str, Any]]:
    """On SQLite, then on the embedded PostgreSQL where it is installed."""
    from backend.search.bench import HOUSEHOLDS, measure

    return _on_both(lambda shell: measure(shell, "bench", households or HOUSEHOLDS))


def _on_both(measure: Callable[[Shell], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for start in (nullcontext, postgres):
        with start() as url, tempfile.TemporaryDirectory() as folder:
            if start is postgres and not url:
                print(MISSING, file=sys.stderr)
                continue
            shell = deployment(settings_for(Path(folder), **({"TSUNAGI_DATABASE_URL": url} if url else {})))
            yield measure(shell)
            shell.engine.dispose()


def _console(households: int, database: str) -> Iterator[dict[str, Any]]:
    from backend.console.bench import measure

    return measure(households, database)


def _sweep(households: int, _database: str) -> Iterator[dict[str, Any]]:
    """On SQLite, then on PostgreSQL; on standard error how far it is."""
    from backend.campaigns.bench import HOUSEHOLDS, measure

    return measure(households or HOUSEHOLDS, lambda line: print(line, file=sys.stderr, flush=True))


BY_SIZE: dict[str, Callable[[int, str], Iterator[dict[str, Any]]]] = {
    "import": _import, "search": _search, "console": _console, "sweep": _sweep,
}  # fmt: skip
"""Measures that depend on how many households there are; each may give several lines."""
