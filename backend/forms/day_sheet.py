"""The day sheet of a pair who visits (訪問予定表): the homes in walking order, with boxes for what was met at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.forms.filling import Sheet, paper_of
from backend.forms.household import Household, Value
from backend.forms.layout import form


@dataclass(frozen=True, slots=True)
class Stop:
    """One home of the day. `at` is the agreed time, `care` what to mind there (a dog, an interpreter, two people only)."""

    household: Household
    at: str = ""
    care: str = ""


def day_sheet(municipality: str, day: date, visitors: Sequence[str], stops: Sequence[Stop]) -> Sheet:
    """The sheet; empty lines for the pen follow where there are few stops."""
    lines = [_line(stop) for stop in stops]
    return paper_of(
        form("visit_day"), {"municipality": municipality, "visit_on": day, "visitors": "・".join(visitors)}, {"visits": lines})


def _line(stop: Stop) -> dict[str, Value]:
    values = dict(stop.household.values)
    # Where they are now is where one goes.
    where = values.get("current_address") or values.get("disaster_address") or ""
    return {**values, "number": stop.household.number, "current_address": where, "at": stop.at, "care": stop.care}
