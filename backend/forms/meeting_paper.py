"""The sheets of a case meeting on paper: a page per household, cut to what one participant may see.

Who may see what is decided by `backend.meetings.sheet`; here it is only laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from backend.forms.filling import Sheet, filled
from backend.forms.household import Household, Line, Value
from backend.forms.layout import form
from backend.forms.making import Setting
from backend.forms.pdf import pdf
from backend.forms.plain import decade
from backend.forms.wording import combined, era_day, words_of
from backend.meetings.sheet import Household as OnTable
from backend.meetings.sheet import Sheet as Table
from dialogs.core.model import DATE
from dialogs.fields import FIELDS


def meeting_pdf(table: Table, setting: Setting, own: frozenset[str]) -> bytes:
    """The sheet as a PDF. `own` are the cases that whoever prints may open: others stand there without names or not at all.

    Raises `CannotPrint`, and `ValueError` when no household is on the agenda for this reader.
    """
    return pdf(meeting_sheets(table, setting, own), setting.foot)


def meeting_sheets(table: Table, setting: Setting, own: frozenset[str]) -> list[Sheet]:
    """One sheet per household, in the order of the agenda."""
    shown = [one for one in table.households if one.view.mode == "plain" or one.case_id in own]
    left = table.left_out + len(table.households) - len(shown)
    said, words = words_of("meeting"), words_of("left_out")
    sentences = [f"{said['held']}{era_day(table.meeting['held_on'])}　{said['for']}{table.participant.name if table.participant else said['everybody']}"]
    if left:
        sentences.append(f"{words['hidden']}{left}{words['cases']}")
    return [_sheet(one, setting, sentences) for one in shown]


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
