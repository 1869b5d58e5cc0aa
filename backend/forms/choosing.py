"""Which cases a form is wanted of: the list's own selection, within what an account may have on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from backend.cases.models import case
from backend.cases.review import stalled_after
from backend.cases.selection import Selection
from backend.clock import in_japan
from backend.staff.access import reach, visible
from backend.staff.roles import Staff


def count(connection: Connection, staff: Staff, chosen: Selection, at: datetime) -> tuple[int, int]:
    """How many cases the account may have on paper, and how many more there are that only their handlers see."""
    mine = select(func.count()).select_from(case).where(*_conditions(connection, staff, chosen, at))
    shown = int(connection.execute(mine.where(visible(staff))).scalar_one())
    return shown, int(connection.execute(mine.where(reach(staff))).scalar_one()) - shown


def next_cases(connection: Connection, staff: Staff, chosen: Selection, after: str, many: int, at: datetime) -> list[Any]:
    """(id, number) of the next cases by number; protected people only for who handles them."""
    mine = select(case.c.id, case.c.number).where(*_conditions(connection, staff, chosen, at), visible(staff), case.c.number > after)
    return list(connection.execute(mine.order_by(case.c.number).limit(many)))


def _conditions(connection: Connection, staff: Staff, chosen: Selection, at: datetime) -> list[ColumnElement[bool]]:
    return chosen.conditions(at, in_japan(at).date(), stalled_after(connection, staff.tenant_id))
