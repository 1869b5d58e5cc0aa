"""Whoever a long list brings in becomes findable: the tokens of many people go into their tree together.

Tokens are random numbers: those of 400 rows touch nearly every page of a large tree, and those of 20,000 rows touch each
once. So they are kept beside the rows as runs, in the same transaction, and put into the tree piece by piece in its own order. A run goes when
all of it is there; what was begun and not ended is simply done again. Until then nobody of a run is found by name: for seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from backend import ids
from backend.db import Row, is_postgres, reading
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.jobs.run import Work
from backend.journal.statements import Writing
from backend.lists.models import list_row, token_run
from backend.lists.pouring import pour
from backend.lists.runs import Run
from backend.people import service as people
from backend.people.models import person
from backend.people.tokens import number_token, tokens_of

APPLY, FIND = "list_apply", "list_find"
LONG = 4_000
"""Rows of a list from which on tokens wait for each other; those of a shorter one go in with its rows."""
TOGETHER = 50
"""Runs that go in together."""
PIECE = 8_000
"""Tokens of one transaction, about: residents wait for it on SQLite."""
ROOMY = 5
"""Times as many on PostgreSQL, where nobody waits."""
_SOME = 400


# What is being put in, by job: opened once by the process that does it as a rule.
_opened: dict[str, list[Run]] = {}


def keep(connection: Connection, import_id: str, run: bytes) -> None:
    """Keep the tokens of people who are written in this transaction, a packed `Run`, until they are put in."""
    connection.execute(insert(token_run).values(id=ids.new(), import_id=import_id, content=run))


def waits(connection: Connection, import_id: str) -> bool:
    return connection.execute(select(token_run.c.id).where(token_run.c.import_id == import_id).limit(1)).first() is not None


def stuck(connection: Connection, tenant_id: str, import_ids: Collection[str]) -> set[str]:
    """Those of the lists of which somebody waits to be found while nothing is at it: the work failed."""
    waiting = set(connection.execute(select(token_run.c.import_id).where(token_run.c.import_id.in_(sorted(import_ids))).distinct()).scalars())
    busy = select(job.c.id).where(job.c.tenant_id == tenant_id, job.c.kind.in_((FIND, APPLY)), job.c.state.in_(jobs.OPEN))
    return waiting if waiting and connection.execute(busy.limit(1)).first() is None else set()


def see_to(connection: Connection, *, tenant_id: str, import_id: str, staff_id: str | None, at: datetime) -> None:
    """A list does not go on: whoever it brought so far is to be found all the same."""
    if waits(connection, import_id):
        jobs.start(connection, tenant_id=tenant_id, kind=FIND, staff_id=staff_id, at=at, detail={"import": import_id, "finding": {}})


def find_some(work: Work) -> None:
    """A slice of the job `FIND`; its detail is {"import": id, "finding": …}."""
    put_some(work, ends=True)


def put_some(work: Work, *, ends: bool = False) -> None:
    """The next piece of the runs that wait. `work.detail["finding"]` is {} at the beginning, {"runs": ids, "piece": next, "of": many} on the
    way, and gone when all are in; with the last piece the work `ends`."""
    with reading(work.shell.engine).connect() as connection:
        at, runs = _under_way(connection, work)
    piece, of = at["piece"], at["of"]
    pairs = sorted(pair for run in runs for pair in run.between(_bound(piece, of), _bound(piece + 1, of)))
    changed = [] if piece < of else _changed(work, runs)
    with work.saving() as connection:
        put(connection, pairs)
        if piece < of:
            work.detail = work.detail | {"finding": at | {"piece": piece + 1}}
            return
        for person_id in changed:
            _forget_old(connection, person_id, runs)
        connection.execute(delete(token_run).where(token_run.c.id.in_(at["runs"])))
        work.detail = {name: said for name, said in work.detail.items() if name != "finding"}
        work.result = {} if ends else None
    _opened.pop(work.id, None)


def put(connection: Connection, pairs: Sequence[tuple[int, str]]) -> None:
    """Put (token, person) into the tree, in order; who is there already stays."""
    writing = Writing("", list(pairs), "person_token (token, person_id)")
    if is_postgres(connection):
        _put_on_postgres(connection, writing)
    else:
        pour(connection, writing, there="OR IGNORE")


def _put_on_postgres(connection: Connection, writing: Writing) -> None:
    """As a stream, which costs it half, but breaks off at the first that is there: somebody was changed meanwhile, or it is done again."""
    from psycopg.errors import UniqueViolation

    try:
        with connection.begin_nested():
            pour(connection, writing)
    except UniqueViolation:
        tokens, whose = (f"{{{','.join(map(str, some))}}}" for some in zip(*writing.values, strict=True))
        connection.exec_driver_sql(
            "INSERT INTO person_token (token, person_id) SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING", (tokens, whose))


def found_by(connection: Connection, who: Row) -> set[int]:
    """Every token of a person's row: of what it says, and of the numbers that lists have given them, now or before."""
    chosen = select(list_row.c.number, list_row.c.cells, list_row.c.before).where(list_row.c.person_id == who["id"])
    numbers: set[Any] = set()
    for row in connection.execute(chosen):
        numbers |= {row.number, row.cells.get("number"), *(one["cells"].get("number") for one in row.before or ())}
    return tokens_of(who["tenant_id"], who) | {number_token(who["tenant_id"], number) for number in numbers if number}


def _under_way(connection: Connection, work: Work) -> tuple[dict[str, Any], list[Run]]:
    at = work.detail["finding"]
    if not at or work.id not in _opened:
        chosen = select(token_run.c.id, token_run.c.content).order_by(token_run.c.id)
        mine = token_run.c.id.in_(at["runs"]) if at else token_run.c.import_id == work.detail["import"]
        rows = connection.execute(chosen.where(mine)).all()
        _opened.clear()
        _opened[work.id] = [Run.unpacked(row.content) for row in rows]
        if not at:
            many = sum(len(run.tokens) for run in _opened[work.id])
            at = {"runs": [row.id for row in rows], "piece": 0, "of": -(-many // (PIECE * (ROOMY if is_postgres(connection) else 1)))}
    return at, _opened[work.id]


def _bound(piece: int, of: int) -> int:
    """Where a piece begins, if the tree is cut into `of` equal ones."""
    return -(1 << 63) + (piece << 64) // max(of, 1)


def _changed(work: Work, runs: Iterable[Run]) -> list[str]:
    """Who was changed since they were taken in. Looked at when all tokens are in: from then on a change takes out what it must by itself."""
    everybody = [id_ for run in runs for id_ in run.everybody()]
    with reading(work.shell.engine).connect() as connection:
        return [
            id_ for at in range(0, len(everybody), _SOME) for id_ in connection.execute(
                select(person.c.id).where(person.c.id.in_(everybody[at : at + _SOME]), person.c.version > 1)).scalars()
        ]  # fmt: skip


def _forget_old(connection: Connection, person_id: str, runs: Iterable[Run]) -> None:
    """Take out what a person was found by when they came and no longer is: it went into the tree after the change."""
    now = dict(connection.execute(select(person).where(person.c.id == person_id).with_for_update(key_share=True)).mappings().one())
    old = next(run.of_person(person_id) for run in runs if person_id in run.everybody())
    people.drop_tokens(connection, person_id, old - found_by(connection, now))
