"""Which cases a form is wanted of: a filter of the columns that are kept in clear, within what an account may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from backend.cases.models import case
from backend.staff.access import reach, visible
from backend.staff.roles import Staff

NOBODY = "nobody"
UNDECIDED = "0"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter; an empty part lets everything through. `category` is 1–4 or `UNDECIDED`, `assigned` an account or `NOBODY`."""

    status: str = "open"
    district: str = ""
    category: str = ""
    team: str = ""
    assigned: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Chosen:
        return cls(**{name: str(data.get(name, ""))[:80] for name in cls.__slots__})

    def to_json(self) -> dict[str, str]:
        """What is set; it says nothing about anybody."""
        return {name: value for name, value in asdict(self).items() if value}

    def condition(self) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = [case.c.id.is_not(None)]
        if self.status:
            parts.append(case.c.status == self.status)
        if self.district:
            parts.append(case.c.district == self.district)
        if self.team:
            parts.append(case.c.team == self.team)
        if self.category.isascii() and self.category.isdigit():
            number = int(self.category)
            parts.append(case.c.category == number if number else case.c.category.is_(None))
        if self.assigned:
            parts.append(case.c.assigned_to.is_(None) if self.assigned == NOBODY else case.c.assigned_to == self.assigned)
        return and_(*parts)


def count(connection: Connection, staff: Staff, chosen: Chosen) -> tuple[int, int]:
    """How many cases the account may have on paper, and how many more there are that only their handlers see."""
    mine = select(func.count()).select_from(case).where(chosen.condition())
    shown = int(connection.execute(mine.where(visible(staff))).scalar_one())
    return shown, int(connection.execute(mine.where(reach(staff))).scalar_one()) - shown


def next_cases(connection: Connection, staff: Staff, chosen: Chosen, after: str, many: int) -> list[Any]:
    """(id, number) of the next cases by number; protected people only for who handles them."""
    mine = select(case.c.id, case.c.number).where(chosen.condition(), visible(staff), case.c.number > after)
    return list(connection.execute(mine.order_by(case.c.number).limit(many)))
