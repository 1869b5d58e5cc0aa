"""The dry run of a list: every row read and compared with what is there; nothing is taken in.

First the file becomes chunks of rows (`list_chunk`), then each slice of the job checks one of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Engine, LargeBinary, delete, func, select, type_coerce, update

from backend import crypto
from backend.audit import service as audit
from backend.clock import in_japan
from backend.db import reading
from backend.files import service as files
from backend.files.service import File
from backend.jobs.run import Refused, Work
from backend.journal.statements import insertion, run
from backend.lists import ahead
from backend.lists.cells import Trouble
from backend.lists.models import list_chunk, list_import, list_row
from backend.lists.own import adopt
from backend.lists.preparing import Checked, check_rows
from backend.lists.reading import Row, Unreadable, read
from backend.lists.rows import CHANGED, NEW, REFUSED, SAME, TWICE

CHECK = "list_check"
CHUNK = 400
"""Rows that one slice checks, and another takes in."""
TOGETHER = 10
"""Chunks of a file that are written at once."""

# The keys of the rows above, by import: a file is checked by one process as a rule. Another that goes on with it reads
# them again.
_above: dict[str, tuple[int, dict[str, tuple[int, str]]]] = {}


def check_some(work: Work) -> None:
    """A slice of the job `CHECK`; its detail is {"import": id, "next": chunk, -1 for the file itself, "counts": …}."""
    import_id, number = work.detail["import"], work.detail["next"]
    with reading(work.shell.engine).connect() as connection:
        chosen = select(list_import).where(list_import.c.id == import_id, list_import.c.tenant_id == work.tenant_id)
        home = connection.execute(chosen).mappings().one()
    if number < 0:
        _divide(work, dict(home))
        return

    def given(one: int) -> tuple[Any, ...] | None:
        stored = chunk_as_stored(work, import_id, one, list_chunk.c.rows)
        return None if stored is None else (stored, work.tenant_id, home["kind"], home["mapping"], today_of(work))

    read_ = [Checked(*one) for one in ahead.made(work, number, check_rows, given)]
    with reading(work.shell.engine).connect() as connection:
        above = _keys_above(connection, import_id, number)
        found, counted = _check(connection, work, dict(home), read_, above)
    counts = Counter(work.detail["counts"])
    counts.update(counted)
    # Every chunk but the last is full; what is in it that holds nobody was read as well.
    done = min(work.done + CHUNK, work.total)
    last = done >= work.total
    # Sealed before anybody has to wait for it.
    sealed = crypto.ring().seal(orjson.dumps(found), "list_chunk.found")
    with work.saving() as connection:
        mine = (list_chunk.c.import_id == import_id, list_chunk.c.number == number)
        connection.execute(update(list_chunk).where(*mine).values(found=type_coerce(sealed, LargeBinary)))
        work.done = done
        work.detail |= {"next": number + 1, "counts": dict(counts)}
        if last:
            ahead.close(work.id)
            _above.pop(import_id, None)
            work.result = {"counts": dict(counts)}
            state = update(list_import).where(list_import.c.id == import_id)
            connection.execute(state.values(state="checked", counts=dict(counts), version=list_import.c.version + 1))
            audit.record(connection, tenant_id=work.tenant_id, staff_id=work.staff_id, action="list.checked", object_kind="list_import",
                         object_id=import_id, detail=dict(counts), at=work.shell.clock())


def today_of(work: Work) -> date:
    return in_japan(work.shell.clock()).date()


def _divide(work: Work, home: dict[str, Any]) -> None:
    """The file as chunks, unless it was divided when it came (`service.bring`). Written before the slice is saved: writing them
    again does no harm."""
    there = select(func.count()).where(list_chunk.c.import_id == home["id"])
    with reading(work.shell.engine).connect() as connection:
        divided = connection.execute(there).scalar_one() == -(-home["rows"] // CHUNK) > 0
        file = None if divided else files.read(connection, work.tenant_id, home["file_id"] or "", "import", work.shell.clock())
    if not divided:
        home["rows"] = _read_again(work, home, file)
    with work.saving() as connection:
        work.total = home["rows"]
        work.detail |= {"next": 0, "counts": {}}
        connection.execute(update(list_chunk).where(list_chunk.c.import_id == home["id"], list_chunk.c.found.is_not(None)).values(found=None))
        connection.execute(update(list_import).where(list_import.c.id == home["id"]).values(rows=home["rows"]))


def _read_again(work: Work, home: dict[str, Any], file: File | None) -> int:
    if file is None:
        raise Refused("console.lists.unreadable.gone")
    try:
        rows = read(file.content, home["sheet"]).rows[home["header_row"] :]
    except Unreadable as wrong:
        raise Refused(str(wrong.args[0])) from wrong
    with work.shell.engine.begin() as connection:
        connection.execute(delete(list_chunk).where(list_chunk.c.import_id == home["id"]))
    divide(work.shell.engine, home["id"], home["header_row"], rows)
    return len(rows)


def divide(engine: Engine, import_id: str, header_row: int, rows: list[Row]) -> None:
    """Keep the rows below the header as chunks, some at a time, so that nobody waits long for the database."""
    numbered = [[header_row + at, row] for at, row in enumerate(rows, 1)]
    chunks = [numbered[at : at + CHUNK] for at in range(0, len(numbered), CHUNK)] or [[]]
    made = [{"import_id": import_id, "number": number, "rows": chunk} for number, chunk in enumerate(chunks)]
    for first in range(0, len(made), TOGETHER):
        writing = insertion(engine.dialect, list_chunk, ("import_id", "number", "rows"), made[first : first + TOGETHER])
        with engine.begin() as connection:
            run(connection, writing)


def chunk_as_stored(work: Work, import_id: str, number: int, column: Column[Any]) -> bytes | None:
    """A chunk's rows, or what was found in them, still sealed; None where there is no such chunk."""
    chosen = select(type_coerce(column, LargeBinary)).where(list_chunk.c.import_id == import_id, list_chunk.c.number == number)
    with reading(work.shell.engine).connect() as connection:
        stored: bytes | None = connection.execute(chosen).scalar_one_or_none()
    return stored


def _check(
    connection: Connection, work: Work, home: dict[str, Any], read_: list[Checked], above: dict[str, tuple[int, str]]
) -> tuple[dict[str, Any], Counter[str]]:
    kind = home["kind"]
    known = digests_of(connection, work.tenant_id, kind, [one.key for one in read_])
    known |= adopt(work, home, [(one.key, one.number) for one in read_ if one.key not in known])
    trouble: list[Any] = []
    verdicts: list[Any] = []
    counts = Counter(protected=0, notes=0)
    for one in read_:
        verdict, twice = _verdict(one, above, known)
        above.setdefault(one.key, (one.place, one.digest))
        mine = [*one.trouble, *twice]
        trouble += [[one.place, *what] for what in mine]
        kept = orjson.Fragment(one.kept) if verdict in (NEW, CHANGED, SAME) else None
        verdicts.append([one.place, verdict, one.key, one.digest, kept, one.household])
        counts.update((verdict, *("notes" for what, *_ in mine if not Trouble(what).error), *(("protected",) if kept and one.restricted else ())))
    return {"rows": verdicts, "trouble": trouble}, counts


def _verdict(one: Checked, above: dict[str, tuple[int, str]], known: dict[str, str]) -> tuple[str, list[tuple[str, str, str]]]:
    """What the row will be, and the trouble it has with a row above."""
    if one.refused:
        return REFUSED, []
    if one.key in above:
        place, digest = above[one.key]
        return (TWICE, []) if digest == one.digest else (REFUSED, [("twice", "number" if one.number else "", str(place))])
    if one.key not in known:
        return NEW, []
    return (SAME if known[one.key] == one.digest else CHANGED), []


def digests_of(connection: Connection, tenant_id: str, kind: str, keys: list[str]) -> dict[str, str]:
    """Key -> digest of the rows that were brought in before."""
    chosen = select(list_row.c.key, list_row.c.digest).where(
        list_row.c.tenant_id == tenant_id, list_row.c.kind == kind, list_row.c.key.in_(keys))
    return {row.key: row.digest for row in connection.execute(chosen)}


def _keys_above(connection: Connection, import_id: str, number: int) -> dict[str, tuple[int, str]]:
    kept = _above.pop(import_id, (0, {}))
    keys = kept[1] if kept[0] == number else {}
    if kept[0] != number:
        chosen = select(list_chunk.c.found).where(list_chunk.c.import_id == import_id, list_chunk.c.number < number)
        for found in connection.execute(chosen.order_by(list_chunk.c.number)).scalars():
            for place, _, key, digest, *_ in found["rows"]:
                keys.setdefault(key, (place, digest))
    _above[import_id] = (number + 1, keys)
    return keys
