"""Bring a list in: put it in, say which column is which, look at the dry run, take it in, stop. Pages and commands call these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.conflict import Conflict
from backend.db import Row, reading
from backend.files import service as files
from backend.files.service import File
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.lists import finding
from backend.lists.applying import APPLY, CLEARING
from backend.lists.checking import CHECK, divide
from backend.lists.columns import KINDS, columns, fold_header
from backend.lists.header import Header, find_header, propose
from backend.lists.models import list_chunk, list_import, list_mapping
from backend.lists.reading import Sheet, Unreadable, read
from backend.lists.rows import CHANGED, NEW, SAME

FILE_LASTS = timedelta(days=30)
"""The file itself is kept no longer than it is needed to bring it in again or to look something up."""
EXAMPLES = 3


class NotNow(ValueError):
    """What was asked does not fit where the import is. `args[0]` is the key of a sentence."""


def bring(engine: Engine, *, tenant_id: str, kind: str, file: File, by: str | None, at: datetime, sheet: str = "") -> str:
    """`put_in` for a file of any size: it is read before the database is asked to wait, and its rows are written some at a time.

    `sheet`: its name, else the fullest one.
    """
    opened = open_list(file, sheet)
    with engine.begin() as connection:
        import_id = put_in(connection, tenant_id=tenant_id, kind=kind, file=file, by=by, at=at, opened=opened)
    divide(engine, import_id, opened.header.row, opened.sheet.rows[opened.header.row :])
    return import_id


def bring_another(engine: Engine, *, tenant_id: str, import_id: str, sheet: str, by: str | None, at: datetime) -> str:
    """Another sheet of a workbook that was put in, as a list of its own; returns its id. Raises `Unreadable`, also when the file is gone."""
    with reading(engine).connect() as connection:
        home = look(connection, tenant_id, import_id)
        file = files.read(connection, tenant_id, home["file_id"] or "", "import", at) if home else None
    if home is None or file is None:
        raise Unreadable("console.lists.unreadable.gone")
    return bring(engine, tenant_id=tenant_id, kind=home["kind"], file=file, by=by, at=at, sheet=sheet)


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as it was read, before anything of it is kept."""

    sheet: Sheet
    header: Header


def open_list(file: File, name: str = "") -> Opened:
    """Read a list and find its header, without a database. Raises `Unreadable`."""
    sheet = read(file.content, name)
    header = find_header(sheet.rows)
    if not header.row:
        raise Unreadable("console.lists.unreadable.no_header")
    if header.row == len(sheet.rows):
        raise Unreadable("console.lists.unreadable.no_rows")
    return Opened(sheet, header)


def put_in(connection: Connection, *, tenant_id: str, kind: str, file: File, by: str | None, at: datetime, opened: Opened | None = None) -> str:
    """Keep a list and propose which column is which; returns the import's id. Raises `Unreadable`."""
    if kind not in KINDS:
        raise ValueError(kind)
    opened = opened or open_list(file)
    return _keep(connection, tenant_id, kind, file, opened.sheet, opened.header, by, at)


def _keep(connection: Connection, tenant_id: str, kind: str, file: File, sheet: Sheet, header: Header, by: str | None, at: datetime) -> str:
    rows = sheet.rows
    kept = files.keep(connection, tenant_id=tenant_id, purpose="import", file=file, at=at, staff_id=by, lasts=FILE_LASTS)
    import_id = ids.new()
    first = rows[header.row : header.row + 50]
    examples = [list(dict.fromkeys(row[place] for row in first if row[place]))[:EXAMPLES] for place in range(len(header.names))]
    connection.execute(insert(list_import).values(
        id=import_id, tenant_id=tenant_id, kind=kind, file_id=kept, file_name=file.name[:200], sheet=sheet.name, header_row=header.row,
        beside={"sheets": sheet.others, "hidden": sheet.hidden} if sheet.others or sheet.hidden else None,
        headers=[{"name": name[:200], "examples": [one[:60] for one in some]} for name, some in zip(header.names, examples, strict=True)],
        mapping=propose(header.names, remembered(connection, tenant_id, kind)), rows=len(rows) - header.row, staff_id=by, at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="list.put_in", object_kind="list_import", object_id=import_id,
                 detail={"kind": kind, "rows": len(rows) - header.row}, at=at)
    return import_id


def check(connection: Connection, *, tenant_id: str, import_id: str, mapping: Mapping[str, str], by: str | None, at: datetime,
          version: int) -> str:
    """Remember which column is which, and begin the dry run; returns the job's id. Raises `Conflict`, `NotNow`."""
    home = _newest(connection, tenant_id, import_id, version)
    chosen = {place: id_ for place, id_ in mapping.items() if id_ in columns() and place.isdigit() and int(place) < len(home["headers"])}
    if len(set(chosen.values())) != len(chosen):
        raise NotNow("console.lists.twice_chosen")
    if not {"name", "kana"} & set(chosen.values()):
        raise NotNow("console.lists.no_name_chosen")
    if home["state"] in ("checking", "applying"):
        raise NotNow("console.lists.busy")
    _remember(connection, home, chosen, by, at)
    started = jobs.start(connection, tenant_id=tenant_id, kind=CHECK, staff_id=by, at=at, total=home["rows"],
                         detail={"import": import_id, "next": -1, "counts": {}})
    _set(connection, home, state="checking", mapping=chosen, counts={}, job_id=started)
    return started


def take_in(connection: Connection, *, tenant_id: str, import_id: str, by: str | None, at: datetime, version: int) -> str:
    """Begin to take a checked list in; returns the job's id. Raises `Conflict`, `NotNow`."""
    home = _newest(connection, tenant_id, import_id, version)
    if home["state"] not in ("checked", "stopped"):
        raise NotNow("console.lists.not_checked")
    busy = select(job.c.id).where(job.c.tenant_id == tenant_id, job.c.kind == APPLY, job.c.state.in_(jobs.OPEN))
    if connection.execute(busy.limit(1)).first() is not None:
        raise NotNow("console.lists.busy")
    # Stopped while its chunks went, it goes on with those that are left: all of them were taken in.
    first = connection.execute(select(func.min(list_chunk.c.number)).where(list_chunk.c.import_id == import_id)).scalar_one()
    started = jobs.start(connection, tenant_id=tenant_id, kind=APPLY, staff_id=by, at=at, total=home["rows"], detail={
        "import": import_id, "next": CLEARING if first is None else first, "counts": {NEW: 0, CHANGED: 0, SAME: 0, "cases": 0},
        **({"finding": {}} if finding.waits(connection, import_id) else {})})
    _set(connection, home, state="applying", job_id=started)
    return started


def stop(connection: Connection, *, tenant_id: str, import_id: str, by: str | None, at: datetime) -> bool:
    """Stop after the slice that is under way. What was taken in stays; taking it in again goes on from there."""
    home = _of(connection, tenant_id, import_id)
    if home["job_id"] is None or not jobs.stop(connection, tenant_id, home["job_id"], at):
        return False
    _set(connection, home, state="read" if home["state"] == "checking" else "stopped")
    finding.see_to(connection, tenant_id=tenant_id, import_id=import_id, staff_id=by, at=at)
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="list.stopped", object_kind="list_import", object_id=import_id, at=at)
    return True


def find_again(connection: Connection, *, tenant_id: str, import_id: str, by: str | None, at: datetime) -> bool:
    """Whoever came and cannot be found yet, because that work failed: take it up. False where nothing waits, or it is under way."""
    home = _of(connection, tenant_id, import_id)
    if not finding.stuck(connection, tenant_id, [home["id"]]):
        return False
    finding.see_to(connection, tenant_id=tenant_id, import_id=import_id, staff_id=by, at=at)
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="list.find_again", object_kind="list_import", object_id=import_id, at=at)
    return True


def look(connection: Connection, tenant_id: str, import_id: str) -> Row | None:
    """The import with its job under `job` (None before the first); a job that failed puts the import back where it was.

    `unfound`: some who came are not found by a search yet, and nothing is at it.
    """
    chosen = select(list_import).where(list_import.c.id == import_id, list_import.c.tenant_id == tenant_id)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        return None
    work = jobs.find(connection, tenant_id, row["job_id"]) if row["job_id"] else None
    home = dict(row) | {"job": work, "error": "", "unfound": bool(finding.stuck(connection, tenant_id, [import_id]))}
    if work and work["state"] == "failed" and row["state"] in ("checking", "applying"):
        home |= {"state": "read" if row["state"] == "checking" else "stopped", "error": work["error"]}
    return home


def imports_of(connection: Connection, tenant_id: str, limit: int = 50) -> list[Row]:
    """The newest imports of a municipality; `unfound` as in `look`."""
    shown = [column for column in list_import.c if column.name not in ("headers", "mapping", "beside")]
    chosen = select(*shown).where(list_import.c.tenant_id == tenant_id).order_by(list_import.c.at.desc()).limit(limit)
    rows = connection.execute(chosen).mappings().all()
    stuck = finding.stuck(connection, tenant_id, [row["id"] for row in rows])
    return [{**row, "unfound": row["id"] in stuck} for row in rows]


def findings(connection: Connection, import_id: str, limit: int = 200, most: int = 0) -> tuple[list[list[Any]], list[list[Any]]]:
    """Of a checked list: the first troubles [row, what, column, said] with errors first, and the first rows as read; `limit` of each, or `most` troubles."""
    most = most or limit
    trouble: list[list[Any]] = []
    rows: list[list[Any]] = []
    chosen = select(list_chunk.c.found).where(list_chunk.c.import_id == import_id, list_chunk.c.found.is_not(None))
    for found in connection.execute(chosen.order_by(list_chunk.c.number)).scalars():
        trouble += found["trouble"]
        if len(rows) < limit:
            rows += [one for one in found["rows"] if one[4]]
        if len(trouble) > max(most, limit * 20):
            break
    return sorted(trouble, key=lambda one: (one[1] not in ("no_name", "twice"), one[0]))[:most], rows[:limit]


def remembered(connection: Connection, tenant_id: str, kind: str) -> dict[str, str]:
    """Folded words of a header -> id of the column ("" where it was left out on purpose)."""
    chosen = select(list_mapping.c.headers).where(list_mapping.c.tenant_id == tenant_id, list_mapping.c.kind == kind)
    return dict(connection.execute(chosen).scalar_one_or_none() or {})


def _remember(connection: Connection, home: Row, chosen: Mapping[str, str], by: str | None, at: datetime) -> None:
    known = remembered(connection, home["tenant_id"], home["kind"])
    known |= {fold_header(one["name"]): chosen.get(str(place), "") for place, one in enumerate(home["headers"]) if one["name"]}
    mine = (list_mapping.c.tenant_id == home["tenant_id"], list_mapping.c.kind == home["kind"])
    connection.execute(delete(list_mapping).where(*mine))
    connection.execute(insert(list_mapping).values(
        tenant_id=home["tenant_id"], kind=home["kind"], headers=known, staff_id=by, at=at))


def _newest(connection: Connection, tenant_id: str, import_id: str, version: int) -> Row:
    home = _of(connection, tenant_id, import_id)
    if home["version"] != version:
        raise Conflict({})
    return home


def _of(connection: Connection, tenant_id: str, import_id: str) -> Row:
    chosen = select(list_import).where(list_import.c.id == import_id, list_import.c.tenant_id == tenant_id).with_for_update(key_share=True)
    return dict(connection.execute(chosen).mappings().one())


def _set(connection: Connection, home: Row, **values: Any) -> None:
    mine = update(list_import).where(list_import.c.id == home["id"])
    connection.execute(mine.values(**values, version=home["version"] + 1))
