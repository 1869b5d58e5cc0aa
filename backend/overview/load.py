"""Reads the rows that the outreach tables are made of: days, channels and results, nothing about anybody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, func, select

from backend.cases.models import case
from backend.clock import in_japan
from backend.contacts.models import contact
from backend.overview.omuta import Approach, Tables, fiscal_years, tables, year_ends


def outreach(connection: Connection, tenant_id: str, until: datetime) -> Tables | None:
    """Omuta's tables of a municipality up to before a moment; None while no household is known."""
    known = {
        row.id: in_japan(row.opened_at).date()
        for row in connection.execute(select(case.c.id, case.c.opened_at).where(
            case.c.tenant_id == tenant_id, case.c.status != "merged", case.c.opened_at < until))
    }  # fmt: skip
    if not known:
        return None
    last = in_japan(until).date()
    last = date.fromordinal(last.toordinal() - 1) if in_japan(until).time() == datetime.min.time() else last
    first = min(known.values())
    chosen = (
        select(contact.c.case_id, contact.c.at, contact.c.channel, contact.c.result, contact.c.direction)
        .where(contact.c.tenant_id == tenant_id, contact.c.at < until)
        .order_by(contact.c.at, contact.c.id)
    )
    rows = (
        Approach(row.case_id, in_japan(row.at).date(), row.channel, row.result, row.direction)
        for row in connection.execute(chosen.execution_options(yield_per=5000))
    )
    return tables(known, rows, year_ends(first, last), fiscal_years(first, last))


def first_day(connection: Connection, tenant_id: str) -> date | None:
    """The day the first household became known."""
    at = connection.execute(select(func.min(case.c.opened_at)).where(case.c.tenant_id == tenant_id)).scalar_one()
    return in_japan(at).date() if at is not None else None
