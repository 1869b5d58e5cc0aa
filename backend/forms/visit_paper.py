"""The sheets of a visiting day on paper (訪問予定表): a page for each pair, the homes in walking order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from backend.audit import service as audit
from backend.files.service import File
from backend.forms.data import households
from backend.forms.day_sheet import Stop, day_sheet
from backend.forms.exports import setting_of
from backend.forms.pdf import Foot, pdf, printed_at
from backend.staff.models import staff as accounts
from backend.staff.roles import Staff
from backend.visits import planning
from dialogs.core.words import Arg, Text
from dialogs.fields import LOCALES

if TYPE_CHECKING:
    from backend.app import Shell

CAUTION = "console.visits.sheet.caution"


def day_paper(connection: Connection, shell: Shell, staff: Staff, on: date) -> File | None:
    """The day as one PDF, of the visits that this account may know of; None where there is none. That it was printed is in the trail.

    Raises `CannotPrint`.
    """
    rows = [row for row in planning.of_day(connection, staff, on) if row.state == planning.PLANNED]
    if not rows:
        return None
    known = {one.case_id: one for one in households(connection, shell.words, [row.case_id for row in rows], on)}
    pairs: dict[tuple[str, str], list[Stop]] = {}
    for row in rows:
        pairs.setdefault((row.first_worker, row.second_worker), []).append(Stop(known[row.case_id], _time(row), _care(shell, row)))
    going = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_({one for pair in pairs for one in pair}))
    names = {row.id: row.name for row in connection.execute(going)}
    setting = setting_of(connection, staff, shell)
    sheets = [day_sheet(setting.municipality, on, [names.get(one, "") for one in pair], stops) for pair, stops in pairs.items()]
    foot = Foot(setting.municipality, printed_at(setting.at), staff.name, str(shell.words.render(Text(CAUTION), "ja")))
    made = pdf(sheets, foot)
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="visit.sheet_printed", object_kind="day",
                 object_id=on.isoformat(), detail={"visits": len(rows)}, at=setting.at)  # fmt: skip
    return File(f"visits-{on.isoformat()}.pdf", "application/pdf", made)


def _time(row: Any) -> str:
    return f"{row.from_time}–{row.until_time}" if row.until_time else str(row.from_time)


def _care(shell: Shell, row: Any) -> str:
    language: Arg = Text(f"field.language.option.{row.interpreter}") if row.interpreter in LOCALES else row.interpreter
    speaks = str(shell.words.render(Text("console.visits.sheet.interpreter", {"language": language}), "ja")) if row.interpreter else ""
    return "　".join(part for part in (speaks, row.safety or "") if part)
