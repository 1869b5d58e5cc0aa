"""Numbers and addresses beside the chat, as somebody gave them: kept, shown, and set aside when they turn out wrong."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import ids
from backend.audit import service as audit
from backend.clock import Clock
from backend.contacts.models import other_way
from backend.contacts.phones import mobile
from backend.contacts.service import WrongContact
from backend.db import Row, is_postgres
from backend.journal.ingest import address_index
from backend.staff.access import case_for
from backend.staff.roles import Staff

KINDS = ("sms", "email")
_MAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")
LONGEST = 200


def add(engine: Engine, clock: Clock, staff: Staff, case_id: str, kind: str, address: str) -> None:
    """Keep an address of a household; one that was set aside is good again. Raises `WrongContact`, `NotForYou`, `Restricted`."""
    right = _right(kind, address)
    with engine.begin() as connection:
        now = clock()
        found = case_for(connection, staff, case_id, now, viewing=False)
        build: Any = pg_insert if is_postgres(connection) else sqlite_insert
        row = {"id": ids.new(), "tenant_id": found["tenant_id"], "case_id": case_id, "kind": kind, "address": right,
               "address_index": address_index(right), "good": True, "made_at": now, "made_by": staff.id}
        connection.execute(build(other_way).values(row).on_conflict_do_update(
            index_elements=["case_id", "kind", "address_index"], set_={"good": True}))
        audit.record(connection, tenant_id=found["tenant_id"], staff_id=staff.id, action="way.added", object_kind="case",
                     object_id=case_id, detail={"kind": kind}, at=now)


def set_aside(engine: Engine, clock: Clock, staff: Staff, case_id: str, way_id: str) -> None:
    """It is not theirs, or does not exist: nothing is sent there any more."""
    with engine.begin() as connection:
        now = clock()
        found = case_for(connection, staff, case_id, now, viewing=False)
        mine = update(other_way).where(other_way.c.id == way_id, other_way.c.case_id == case_id, other_way.c.good)
        if connection.execute(mine.values(good=False)).rowcount:
            audit.record(connection, tenant_id=found["tenant_id"], staff_id=staff.id, action="way.set_aside", object_kind="case",
                         object_id=case_id, at=now)


def of_case(connection: Connection, case_id: str) -> list[Row]:
    """The ways that are good, newest first."""
    chosen = select(other_way).where(other_way.c.case_id == case_id, other_way.c.good).order_by(other_way.c.made_at.desc(), other_way.c.id)
    return [dict(row) for row in connection.execute(chosen).mappings()]


def _right(kind: str, address: str) -> str:
    given = address.strip()[:LONGEST]
    if kind == "sms" and (number := mobile(given)):
        return number
    if kind == "email" and _MAIL.fullmatch(given):
        return given.lower()
    raise WrongContact("console.contact.wrong_way")
