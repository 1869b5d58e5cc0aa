"""The sheets of a case meeting as PDF or workbook: a page per household, cut to what one participant may see.

Who may see what is decided by `backend.meetings.sheet`; here it is only laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from backend.audit import service as audit
from backend.files.service import File
from backend.forms.catalogue import FORMS
from backend.forms.exports import setting_of
from backend.forms.filling import Sheet, filled
from backend.forms.household import Household, Line, Value
from backend.forms.layout import form
from backend.forms.making import MEDIA, Setting, file_of
from backend.forms.plain import decade
from backend.forms.wording import combined, era_day, words_of
from backend.meetings.sheet import Household as OnTable
from backend.meetings.sheet import Sheet as Table
from backend.meetings.sheet import sheet_through
from backend.staff.roles import Staff
from dialogs.core.model import DATE
from dialogs.fields import FIELDS

if TYPE_CHECKING:
    from backend.app import Shell

FORMATS = FORMS["meeting"].formats


class NobodyOnIt(ValueError):
    """No household is on the agenda for this reader."""


def meeting_paper(
    connection: Connection, shell: Shell, staff: Staff, meeting_id: str, participant_id: str | None, format: str = "pdf"
) -> File:
    """The sheets for one participant, or without names for None, in one of `FORMATS`; that they were taken out is in the trail.

    Raises `NoSuchMeeting`, `NobodyOnIt`, `CannotPrint`.
    """
    now = shell.clock()
    table = sheet_through(connection, staff, meeting_id, participant_id, now)
    if not table.households:
        raise NobodyOnIt
    setting = setting_of(connection, staff, shell)
    content = file_of(meeting_sheets(table, setting), format, setting)
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="export.made", object_kind="meeting",
                 object_id=meeting_id, detail={"form": "meeting", "format": format, "for": participant_id or "",
                 "count": len(table.households)}, at=now)  # fmt: skip
    ending, media_type = MEDIA[format]
    return File(f"{words_of('file')['meeting']}_{table.meeting['held_on']:%Y%m%d}.{ending}", media_type, content)


def meeting_sheets(table: Table, setting: Setting) -> list[Sheet]:
    """One sheet per household, in the order of the agenda."""
    said, words = words_of("meeting"), words_of("left_out")
    sentences = [f"{said['held']}{era_day(table.meeting['held_on'])}　{said['for']}{table.participant.name if table.participant else said['everybody']}"]
    if table.left_out:
        sentences.append(f"{words['hidden']}{table.left_out}{words['cases']}")
    return [_sheet(one, setting, sentences) for one in table.households]


def _sheet(one: OnTable, setting: Setting, sentences: list[str]) -> Sheet:
    plain = one.view.mode == "plain"
    called = f"{words_of('called')['household']}{one.called}"
    cut = words_of("cut")
    withheld = cut["join"].join(cut[category] for category, _ in one.view.withheld if category in cut)
    remarks = [*sentences, *([cut["head"] + withheld] if withheld and not plain else [])]
    assignments: tuple[Line, ...] = tuple({"what": what, "owner": owner, "due_on": due or ""} for what, owner, due in one.assignments)
    household = Household(one.case_id, called if plain else str(one.number), combined(_values(one)), {}, {"assignments": assignments})
    return filled(form("meeting_plain" if plain else "meeting"), household, setting.municipality, remarks=remarks)


def _values(one: OnTable) -> Mapping[str, Value]:
    found: dict[str, Value | None] = {name: _value(name, value) for name, value in one.answers}
    found |= {
        "name": one.name, "district": one.district, "category": str(one.category or ""), "policy": one.policy,
        "question": one.question, "decision": one.decision, "review_on": one.review_on,
        "age": decade(one.decade) if one.decade is not None else None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "")}


def _value(name: str, value: object) -> Value:
    if FIELDS[name].kind == DATE:
        return date.fromisoformat(str(value))
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return value if isinstance(value, int) else str(value)
