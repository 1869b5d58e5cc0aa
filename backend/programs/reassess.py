"""Look again at every open case: two processes work out what the rules say now, this one reads and writes.

A case gets a new snapshot only where verdict, amount or deadline of a program changed. What is newly possible becomes a task
for the caseworker. A run that was stopped goes on where it was, as long as day, catalogue and decisions are the same.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Engine, func, select

from backend.audit import service as audit
from backend.cases.models import answer, case, suggestion
from backend.clock import Clock, in_japan
from backend.conversations.offices import Office, read_office
from backend.db import reading
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs import news, reminders, snapshot
from backend.programs.answers import looked_at, situation_of
from backend.programs.edition import Edition, current
from backend.programs.engine import assess
from backend.programs.of_case import Place
from backend.programs.service import suggest, worth_saying
from backend.programs.sheet.changes import Changes, with_changes
from backend.programs.situation import Disaster
from backend.programs.snapshot import Counts, as_kept, counted, kept

PROCESSES = 2
CHUNK = 100
"""Cases per transaction."""
AHEAD = 4
"""Chunks that are read before they are needed."""

class Household(NamedTuple):
    """One case as the other process needs it. `before`: the newest snapshot's result, None where there is none."""

    case_id: str
    answers: dict[str, Any]
    before: Counts | None


class Looked(NamedTuple):
    """A case whose result changed: what it rests on, the new snapshot, and the programs that were not possible before."""

    case_id: str
    answers: dict[str, Any]
    result: list[dict[str, Any]]
    newly: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """How far it is and what came of it."""

    cases: int = 0
    done: int = 0
    changed: int = 0
    tasks: int = 0
    skipped: list[str] = field(default_factory=list)
    """Cases that somebody changed meanwhile: their own turn has looked again."""


# --- in the other processes -----------------------------------------------------------------------------------

_here: dict[str, Any] = {}


def prepare(known: Mapping[str, Any], changes: Changes, today: date) -> None:
    """Once in each process: load the catalogue with the municipality's decisions in it."""
    _here["edition"], _here["disaster"] = with_changes(current(), Disaster(known), changes)
    _here["today"] = today
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    """A killed parent cannot tell anybody: without this its processes would wait for work for ever."""
    parent.join()
    os._exit(1)


def look(households: Sequence[Household]) -> list[Looked]:
    """Those of the households whose result is another than before."""
    found = (look_at(one, _here["edition"], _here["disaster"], _here["today"]) for one in households)
    return [one for one in found if one is not None]


def found_now(answers: Mapping[str, Any], edition: Edition, disaster: Disaster, today: date) -> Counts:
    """The result for one household's answers, as far as it counts."""
    return {
        one.entry.id: (one.verdict, one.amount.kind, one.amount.min_yen, one.amount.max_yen, one.deadline and one.deadline.isoformat())
        for one in assess(situation_of(answers, disaster, today), edition)
        if worth_saying(one)
    }


def evaluate(many: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """Look at many households in one of the other processes: how many, and the processor seconds it took."""
    began = time.process_time()
    for answers in many:
        found_now(answers, _here["edition"], _here["disaster"], _here["today"])
    return len(many), time.process_time() - began


def look_at(household: Household, edition: Edition, disaster: Disaster, today: date) -> Looked | None:
    """One household: None where nothing changed. The full words are only worked out where something did."""
    now = found_now(household.answers, edition, disaster, today)
    if now == household.before:
        return None
    newly = tuple(program for program in now if household.before is not None and program not in household.before)
    return Looked(household.case_id, household.answers, [kept(one) for one in suggest(household.answers, disaster, today, edition)], newly)


# --- here -----------------------------------------------------------------------------------------------------


def reassess(
    engine: Engine, clock: Clock, where: Place, progress_file: Path, told: Callable[[Tally], None], processes: int = PROCESSES
) -> Tally:
    """Look at every open case of a municipality; `told` hears after each chunk. What was written stays if it is stopped."""
    today = in_japan(clock()).date()
    edition, _ = where.decided(current())
    state = f"{today} {edition.version} {orjson.dumps(where.disaster.known, default=str, option=orjson.OPT_SORT_KEYS).decode()}"
    after = _resumed(progress_file, state)
    with reading(engine).connect() as connection:
        ids = list(connection.execute(
            select(case.c.id).where(case.c.tenant_id == where.id, case.c.status == "open").order_by(case.c.id)
        ).scalars())  # fmt: skip
    left = [one for one in ids if one > after]
    tally = Tally(cases=len(ids), done=len(ids) - len(left))
    told(tally)
    chunks = iter([left[at : at + CHUNK] for at in range(0, len(left), CHUNK)])
    with ProcessPoolExecutor(processes, get_context("spawn"), prepare, (where.disaster.known, where.changes, today)) as others:
        waiting: deque[tuple[list[str], dict[str, int], Future[list[Looked]]]] = deque()
        while True:
            for chunk in _some(chunks, AHEAD - len(waiting)):
                with reading(engine).connect() as connection:
                    households, newest = read_households(connection, chunk)
                waiting.append((chunk, newest, others.submit(look, households)))
            if not waiting:
                break
            chunk, newest, future = waiting.popleft()
            _write(engine, clock(), where, edition.version, today, newest, future.result(), tally)
            tally.done += len(chunk)
            _mark(progress_file, state, chunk[-1])
            told(tally)
    with engine.begin() as connection:
        audit.record(
            connection, tenant_id=where.id, staff_id=None, action="programs.reassessed", object_kind="tenant", object_id=where.id,
            detail={"cases": tally.cases, "changed": tally.changed, "tasks": tally.tasks, "catalogue": edition.version}, at=clock(),
        )  # fmt: skip
    progress_file.unlink(missing_ok=True)
    return tally


def _some(chunks: Iterator[list[str]], many: int) -> Iterator[list[str]]:
    for _ in range(many):
        chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def read_households(connection: Connection, chunk: list[str]) -> tuple[list[Household], dict[str, int]]:
    """The households of a chunk, and the newest snapshot each of them has."""
    answers: dict[str, dict[str, Any]] = {one: {} for one in chunk}
    holding = answer.c.case_id.in_(chunk), answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False), answer.c.state == "given"
    for row in connection.execute(select(answer.c.case_id, answer.c.field, answer.c.value).where(*holding).order_by(answer.c.id)):
        answers[row.case_id][row.field] = row.value
    newest = newest_of(connection, chunk)
    before = {
        row.case_id: as_kept(row.counts)
        for row in connection.execute(select(suggestion.c.case_id, suggestion.c.counts).where(suggestion.c.id.in_(newest.values())))
    }
    return [Household(one, looked_at(answers[one]), before.get(one)) for one in chunk], newest


def newest_of(connection: Connection, chunk: Sequence[str]) -> dict[str, int]:
    chosen = select(suggestion.c.case_id, func.max(suggestion.c.id)).where(suggestion.c.case_id.in_(chunk)).group_by(suggestion.c.case_id)
    return {case_id: newest for case_id, newest in connection.execute(chosen)}


def _write(
    engine: Engine, now: datetime, where: Place, version: str, today: date, newest: dict[str, int], looked: list[Looked], tally: Tally
) -> None:
    if looked:
        with engine.begin() as connection:
            batch = Batch(connection, now)
            write(batch, read_office(connection, where.id, now), version, today, newest, looked, tally)
            batch.flush()


def write(
    batch: Batch, office: Office, version: str, today: date, newest: Mapping[str, int], looked: Sequence[Looked], tally: Tally
) -> None:
    """Keep what changed, a snapshot each, with the reminders and the news that follow; not where a newer one than `newest` came meanwhile: its own turn has looked again."""
    connection, ids = batch.connection, [one.case_id for one in looked]
    newer, wishing = newest_of(connection, ids), news.wished(connection, ids)
    talks = {
        row.case_id: row.id
        for row in connection.execute(select(conversation.c.case_id, conversation.c.id).where(conversation.c.case_id.in_(ids)).order_by(conversation.c.id))
    }
    for one in looked:
        if newer.get(one.case_id) != newest.get(one.case_id):
            tally.skipped.append(one.case_id)
            continue
        tally.changed += 1
        tally.tasks += snapshot.keep(
            batch, office, case_id=one.case_id, conversation_id=talks.get(one.case_id), answers=one.answers, today=today,
            result=one.result, counts=counted(one.result), catalogue=version, newly=one.newly,
        )  # fmt: skip
        if one.newly and one.case_id in wishing:
            news.plan(connection, one.case_id, batch.now)
    reminders.follow(connection, office, {one.case_id: _deadlines(one.result) for one in looked}, batch.now)


def _deadlines(result: Sequence[Mapping[str, Any]]) -> dict[str, date | None]:
    return {program["id"]: date.fromisoformat(program["deadline"]) if program["deadline"] else None for program in result}


def _resumed(path: Path, state: str) -> str:
    """The last case of a run that was stopped; empty when there is none, or it rested on something else."""
    with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
        kept = orjson.loads(path.read_bytes())
        if kept["state"] == state:
            return str(kept["after"])
    return ""


def _mark(path: Path, state: str, after: str) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(orjson.dumps({"state": state, "after": after}))
    new.replace(path)
