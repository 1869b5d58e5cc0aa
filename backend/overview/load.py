"""Reads the rows that the outreach tables are made of: days, channels and results, nothing about anybody."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import BigInteger, Connection, select, type_coerce

from backend.cases.models import case
from backend.clock import in_japan
from backend.contacts.models import contact
from backend.overview.omuta import Approach, Tables, fiscal_years, tables, year_ends


def outreach(connection: Connection, tenant_id: str, until: datetime) -> Tables | None:
    """Omuta's tables of a municipality up to before a moment; None while no household is known."""
    listed = select(case.c.id, type_coerce(case.c.opened_at, BigInteger)).where(
        case.c.tenant_id == tenant_id, case.c.status != "merged", case.c.opened_at < until)  # fmt: skip
    known = {id_: _day(at) for id_, at in connection.execute(listed)}
    if not known:
        return None
    last = in_japan(until).date()
    last = date.fromordinal(last.toordinal() - 1) if in_japan(until).time() == datetime.min.time() else last
    first = min(known.values())
    chosen = (
        select(contact.c.case_id, type_coerce(contact.c.at, BigInteger), contact.c.channel, contact.c.result, contact.c.direction)
        .where(contact.c.tenant_id == tenant_id, contact.c.at < until)
        .order_by(contact.c.at, contact.c.id)
    )
    found = connection.execute(chosen.execution_options(yield_per=5000))
    rows = (Approach(home, _day(at), channel, result, direction) for home, at, channel, result, direction in found)
    return tables(known, rows, year_ends(first, last), fiscal_years(first, last))


_JAPAN = 9 * 3600
_EPOCH = date(1970, 1, 1).toordinal()


def _day(milliseconds: int) -> date:
    """The day in Japan of a stored moment: millions of rows, few days."""
    return _of_days((milliseconds // 1000 + _JAPAN) // 86400)


@lru_cache(maxsize=20_000)
def _of_days(days: int) -> date:
    return date.fromordinal(_EPOCH + days)
