"""The dry run of a list: every row read and compared with what is there; nothing is taken in.

First the file becomes chunks of rows (`list_chunk`), then each slice of the job checks one of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from backend.audit import service as audit
from backend.clock import in_japan
from backend.db import reading
from backend.files import service as files
from backend.files.service import File
from backend.jobs.run import Refused, Work
from backend.journal.statements import insertion, run
from backend.lists.cells import Draft, Trouble, plan, read_row
from backend.lists.models import list_chunk, list_import, list_row
from backend.lists.own import adopt
from backend.lists.reading import Row, Unreadable, read
from backend.lists.rows import CHANGED, NEW, REFUSED, SAME, TWICE, digest_of, household_of, key_of, packed

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
    with reading(work.shell.engine).connect() as connection:
        rows = connection.execute(
            select(list_chunk.c.rows).where(list_chunk.c.import_id == import_id, list_chunk.c.number == number)
        ).scalar_one()
        above = _keys_above(connection, import_id, number)
        found = _check(connection, work, dict(home), rows, above)
    counts = Counter(work.detail["counts"])
    counts.update(one[1] for one in found["rows"])
    counts.update({"protected": sum(1 for one in found["rows"] if one[4] and one[4]["restricted"])})
    counts.update({"notes": sum(1 for one in found["trouble"] if not Trouble(one[1]).error)})
    last = work.done + len(rows) >= work.total
    with work.saving() as connection:
        mine = (list_chunk.c.import_id == import_id, list_chunk.c.number == number)
        connection.execute(update(list_chunk).where(*mine).values(found=found))
        work.done += len(rows)
        work.detail |= {"next": number + 1, "counts": dict(counts)}
        if last:
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


def _check(connection: Connection, work: Work, home: dict[str, Any], rows: list[Any], above: dict[str, tuple[int, str]]) -> dict[str, Any]:
    kind, mapping, today = home["kind"], plan(home["mapping"]), today_of(work)
    read_: list[tuple[int, Draft, str, str]] = []
    for place, cells in rows:
        draft = read_row(cells, mapping, today)
        if draft is not None:
            read_.append((place, draft, key_of(work.tenant_id, kind, draft), digest_of(draft)))
    known = digests_of(connection, work.tenant_id, kind, [key for _, _, key, _ in read_])
    known |= adopt(work, home, [(key, draft) for _, draft, key, _ in read_ if key not in known])
    trouble: list[Any] = []
    verdicts: list[Any] = []
    for place, draft, key, digest in read_:
        verdict = _verdict(draft, key, digest, above, known)
        above.setdefault(key, (place, digest))
        trouble += [[place, *asdict(one).values()] for one in draft.trouble]
        kept = packed(draft) if verdict in (NEW, CHANGED, SAME) else None
        verdicts.append([place, verdict, key, digest, kept, household_of(work.tenant_id, kind, draft)])
    return {"rows": verdicts, "trouble": trouble}


def _verdict(draft: Draft, key: str, digest: str, above: dict[str, tuple[int, str]], known: dict[str, str]) -> str:
    if key in above and not draft.refused:
        if above[key][1] == digest:
            return TWICE
        draft.trouble.append(Trouble("twice", "number" if draft.number else "", str(above[key][0])))
    if draft.refused:
        return REFUSED
    if key not in known:
        return NEW
    return SAME if known[key] == digest else CHANGED


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
