"""Who has which form of whom: small ones at once, large ones as a job, each kept for a day for its maker alone.

Every export is audited with form, format, filter, recipient and count, never with a name (PR-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection, delete, select

from backend.audit import service as audit
from backend.db import Row, reading
from backend.files import service as files
from backend.files.models import stored_file
from backend.files.service import File
from backend.forms.catalogue import CSV, CSV_CP932
from backend.forms.choosing import count, next_cases
from backend.forms.glyphs import CannotPrint
from backend.forms.making import MEDIA, Order, Setting, as_file, make, named
from backend.forms.sharing import recipient_of
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.jobs.run import Refused, Work
from backend.staff.access import NotForYou, case_for
from backend.staff.models import staff as accounts
from backend.staff.roles import TAKES_DATA_OUT, Staff
from backend.tenants.models import tenant
from dialogs.core.words import Words

if TYPE_CHECKING:
    from backend.app import Shell

KIND, PURPOSE, PART = "export", "export", "export_part"
LASTS = timedelta(hours=24)
AT_ONCE = 60
"""Households up to which whoever asks waits for the file (a second or two)."""
MOST = 20_000
"""Sheets of one order; lists have no bound."""
MOST_TOLD = 200
"""Characters that could not be written, named one by one; the rest is counted."""


def begin(shell: Shell, staff: Staff, order: Order) -> str:
    """Make the form, or begin to; returns the id under which it is kept. The guard of a case holds.

    Raises `NotForYou` and `Restricted` (a case), `Refused` (nothing to print, or too much), `CannotPrint`.
    """
    now = shell.clock()
    if staff.role not in TAKES_DATA_OUT or not order.valid:
        raise NotForYou
    with reading(shell.engine).begin() as c:
        setting = setting_of(c, staff, shell, order.recipient_id)
        shown, hidden = _count(c, staff, order, shell)
    if not shown and not order.offered.blank:
        raise Refused("console.forms.nobody")
    if shown > MOST and not order.offered.is_list:
        raise Refused("console.forms.too_many")
    at_once = shown <= min(AT_ONCE, order.piece)
    made = None
    if at_once:
        with reading(shell.engine).begin() as c:
            ids = [order.case_id] if order.case_id else [row.id for row in next_cases(c, staff, order.chosen, "", AT_ONCE, now)]
            made = make(c, shell, order, setting, [] if order.offered.blank else ids, hidden=hidden)
    with shell.engine.begin() as c:
        detail = {"order": order.to_json(), "after": "", "parts": [], "hidden": hidden, "refused": 0, "lost": []}
        id = jobs.start(c, tenant_id=staff.tenant_id, kind=KIND, staff_id=staff.id, detail=detail, at=now, total=shown)
        if made is not None:
            lost = [[one.number, one.column, one.character] for one in made.lost]
            file = files.keep(c, tenant_id=staff.tenant_id, purpose=PURPOSE, file=as_file(order, now, made.content), at=now,
                              staff_id=staff.id, lasts=LASTS)  # fmt: skip
            jobs.finish(c, id, result=_result(file, made.count, hidden, made.refused, lost), done=made.count, at=now)
        _trace(c, staff, "export.made" if made else "export.begun", id, order, made.count if made else shown, hidden)
    return id


def export_some(work: Work) -> None:
    """One slice of a large export: the next households become a part; the last slice puts the parts together."""
    shell, order = work.shell, Order.from_json(work.detail["order"])
    with reading(shell.engine).begin() as c:
        staff = _account(c, work)
        setting = setting_of(c, staff, shell, order.recipient_id)
        rows = next_cases(c, staff, order.chosen, work.detail["after"], order.piece, shell.clock())
        made = None
        if rows:
            last = len(rows) < order.piece
            first = not work.detail["parts"]
            try:
                made = make(c, shell, order, setting, [row.id for row in rows], hidden=work.detail["hidden"] if last else 0,
                            first=first, start=work.done + 1)  # fmt: skip
            except CannotPrint:
                raise Refused("console.forms.cannot_print") from None
    now = shell.clock()
    whole = None if made else _together(shell, work, order)
    with work.saving() as c:
        if made:
            part = files.keep(c, tenant_id=work.tenant_id, purpose=PART, file=as_file(order, now, made.content), at=now, lasts=LASTS)
            lost = [[one.number, one.column, one.character] for one in made.lost]
            work.detail = {
                **work.detail, "after": rows[-1].number, "parts": [*work.detail["parts"], part],
                "refused": work.detail["refused"] + made.refused, "lost": [*work.detail["lost"], *lost][: MOST_TOLD + 1],
            }  # fmt: skip
            work.done += len(rows)
        elif whole:
            file = files.keep(c, tenant_id=work.tenant_id, purpose=PURPOSE, file=whole, at=now, staff_id=work.staff_id, lasts=LASTS)
            c.execute(delete(stored_file).where(stored_file.c.id.in_(work.detail["parts"])))
            detail = work.detail
            work.result = _result(file, work.done - detail["refused"], detail["hidden"], detail["refused"], detail["lost"])
            _trace(c, staff, "export.made", work.id, order, work.result["count"], detail["hidden"])


def found(connection: Connection, staff: Staff, job_id: str, at: Any) -> Row:
    """An export of the municipality. One about a case is guarded like the case. Raises `NotForYou` or `Restricted`."""
    row = jobs.find(connection, staff.tenant_id, job_id)
    if row is None or row["kind"] != KIND:
        raise NotForYou
    if case_id := row["detail"]["order"]["case"]:
        case_for(connection, staff, case_id, at, viewing=False)
    return row


def fetch(connection: Connection, staff: Staff, row: Row, at: Any) -> File | None:
    """The file, for its maker alone; None when it is somebody else's, not ready, or its day is over. The fetching is audited."""
    if row["staff_id"] != staff.id or row["state"] != "done":
        return None
    file = files.read(connection, staff.tenant_id, row["result"]["file"], PURPOSE, at)
    if file:
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="export.fetched", object_kind="export",
                     object_id=row["id"], at=at)  # fmt: skip
    return file


def mine(connection: Connection, staff: Staff, since: Any) -> list[Row]:
    """The exports of an account that are still there, newest first."""
    chosen = select(job).where(job.c.tenant_id == staff.tenant_id, job.c.kind == KIND, job.c.staff_id == staff.id, job.c.made_at > since)
    return [dict(row) for row in connection.execute(chosen.order_by(job.c.made_at.desc(), job.c.id.desc()).limit(30)).mappings()]


def setting_of(connection: Connection, staff: Staff, shell: Shell, recipient_id: str = "") -> Setting:
    """Whose paper it is and who prints it, for a recipient outside where one is named. Raises `NotForYou`."""
    name = connection.execute(select(tenant.c.name).where(tenant.c.id == staff.tenant_id)).scalar_one()
    to = recipient_of(connection, staff.tenant_id, recipient_id) if recipient_id else None
    if recipient_id and to is None:
        raise NotForYou
    return Setting(Words.of(name).in_locale("ja"), staff.name, shell.clock(), to)


def _count(connection: Connection, staff: Staff, order: Order, shell: Shell) -> tuple[int, int]:
    if order.offered.blank:
        return 0, 0
    if order.case_id:
        case_for(connection, staff, order.case_id, shell.clock(), viewing=False)
        return 1, 0
    return count(connection, staff, order.chosen, shell.clock())


def _account(connection: Connection, work: Work) -> Staff:
    """Whoever ordered it, as they are now: an account that was closed or lost the role gets nothing."""
    row = connection.execute(select(accounts).where(accounts.c.id == work.staff_id, accounts.c.active)).one_or_none()
    if row is None or row.role not in TAKES_DATA_OUT:
        raise Refused("console.forms.not_yours")
    return Staff.of(row)


def _together(shell: Shell, work: Work, order: Order) -> File:
    """The parts as one file: lines after one another, or a zip."""
    now, parts = shell.clock(), []
    with reading(shell.engine).begin() as c:
        for id in work.detail["parts"]:
            part = files.read(c, work.tenant_id, id, PART, now)
            if part is None:
                raise Refused("console.forms.expired")
            parts.append(part.content)
    if len(parts) == 1:
        return as_file(order, now, parts[0])
    if order.format in (CSV, CSV_CP932):
        return as_file(order, now, b"".join(parts))
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as bundle:
        for number, content in enumerate(parts, 1):
            bundle.writestr(named(order, now, part=number), content)
    return File(named(order, now, "zip"), "application/zip", held.getvalue())


def _result(file: str, many: int, hidden: int, refused: int, lost: list[list[str]]) -> dict[str, Any]:
    return {"file": file, "count": many, "hidden": hidden, "refused": refused, "lost": lost[:MOST_TOLD], "more_lost": len(lost) > MOST_TOLD}


def _trace(connection: Connection, staff: Staff, action: str, id: str, order: Order, many: int, hidden: int) -> None:
    detail: Mapping[str, Any] = {
        "form": order.form, "format": order.format, "filter": {} if order.case_id else order.chosen.chosen(), "case": order.case_id,
        "recipient": order.recipient_id, "count": many, "hidden": hidden,
    }  # fmt: skip
    at = connection.execute(select(job.c.changed_at).where(job.c.id == id)).scalar_one()
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind="export", object_id=id,
                 detail=detail, at=at)  # fmt: skip


__all__ = ["AT_ONCE", "KIND", "LASTS", "MEDIA", "begin", "export_some", "fetch", "found", "mine", "setting_of"]
