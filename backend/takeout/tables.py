"""Which rows are a municipality's, table by table, and what stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, or_, select

import backend.models  # noqa: F401  every table must be known
from backend.consent.models import consent_event, notice_shown, notice_text
from backend.db import metadata
from backend.journal.models import conversation
from backend.relations import referred

STAYS: dict[str, str] = {
    "due": "what the clock does next in this system",
    "pulse": "what the clock does next in this system",
    "case_lock": "held for moments only",
    "job": "long work of this system; its results are in the records",
    "inbox": "events as the channels delivered them; what was said is in message and attachment",
    "person_token": "keyed words for searching, of no use without this system's key",
    "token_run": "keyed words for searching, on their way",
    "staff_session": "who is signed in",
    "staff_form": "forms that were sent, so that none counts twice",
    "recovery_code": "secrets of an account",
    "binding_code": "one-time codes",
    "page_link": "one-time links",
    "api_token": "secrets of other systems",
    "api_once": "calls of other systems, so that none counts twice",
}
"""Tables that are not taken along, with the reason that the description gives."""

SECRET = frozenset({"staff.password_hash", "staff.totp_secret", "staff.totp_step", "webhook.secret"})
"""Columns that open something. Keyed look-up values (`…_index`) stay too: without the key they mean nothing."""

PASSING = frozenset({"export", "export_part"})
"""Purposes of files that are gone after a day."""


def taken() -> Iterator[Table]:
    """Every table that is taken along, those first that others refer to."""
    return (table for table in metadata.sorted_tables if table.name not in STAYS)


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that are taken along."""
    return [column for column in table.columns if f"{table.name}.{column.name}" not in SECRET and not column.name.endswith("_index")]


def rows_of(table: Table, tenant_id: str) -> Select[Any]:
    """The rows of a municipality, in the order of their keys. Raises `LookupError` for a table that belongs to nobody."""
    wanted: list[Any] = columns_of(table)
    chosen: Select[Any] = select(table).with_only_columns(*wanted, maintain_column_froms=True).where(owned(table, tenant_id))
    chosen = chosen.order_by(*table.primary_key.columns)
    if table.name == "stored_file":
        chosen = chosen.where(table.c.purpose.not_in(PASSING))
    return chosen


def owned(table: Table, tenant_id: str) -> ColumnElement[bool]:
    """The condition under which a row is this municipality's."""
    if table.name == "tenant":
        return table.c.id == tenant_id
    if table is notice_text:  # one wording may serve several municipalities: those that this one has shown
        shown = select(notice_shown.c.notice_text_id).join(conversation).where(conversation.c.tenant_id == tenant_id)
        decided = select(consent_event.c.notice_text_id).where(consent_event.c.tenant_id == tenant_id)
        return or_(table.c.id.in_(shown), table.c.id.in_(decided))
    if "tenant_id" in table.c:
        return table.c.tenant_id == tenant_id
    column, above = _above(table.name)
    (key,) = above.primary_key.columns
    return table.c[column].in_(select(key).where(owned(above, tenant_id)))


@cache
def _above(name: str) -> tuple[str, Table]:
    """The column by which a table without `tenant_id` hangs on one that belongs to a municipality."""
    table = metadata.tables[name]
    for column in sorted(table.columns, key=lambda one: bool(one.nullable)):
        link = referred(column)
        if link is not None and ("tenant_id" in link.table.c or _belongs(link.table)):
            return column.name, link.table
    raise LookupError(f"{name} belongs to no municipality: name it in STAYS, or give it tenant_id")


def _belongs(table: Table) -> bool:
    try:
        _above(table.name)
    except LookupError:
        return False
    return True
