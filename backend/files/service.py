"""Keep a file encrypted, and open it again for whoever may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, select

from backend import crypto, ids
from backend.clock import Clock
from backend.files.models import stored_file

PLACE = "stored_file.content"


class File(NamedTuple):
    """A file as it was put in."""

    name: str
    media_type: str
    content: bytes


def keep(
    connection: Connection, *, tenant_id: str, purpose: str, file: File, at: datetime, staff_id: str | None = None,
    case_id: str | None = None, lasts: timedelta | None = None,
) -> str:
    """Keep a file; returns its id. With `lasts` it is deleted after that time."""
    id = ids.new()
    connection.execute(stored_file.insert().values(
        id=id, tenant_id=tenant_id, case_id=case_id, purpose=purpose, name=file.name[:200], media_type=file.media_type[:100],
        size=len(file.content), content=crypto.ring().seal(file.content, PLACE), staff_id=staff_id, at=at,
        expires_at=at + lasts if lasts else None))
    return id


def read(connection: Connection, tenant_id: str, file_id: str, purpose: str, at: datetime) -> File | None:
    """A municipality's file, or None if there is none (any more) with this purpose.

    Who may open it is the caller's to check: a file of a case goes through `staff.access.case_for`.
    """
    chosen = select(stored_file).where(
        stored_file.c.id == file_id, stored_file.c.tenant_id == tenant_id, stored_file.c.purpose == purpose)
    row = connection.execute(chosen).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return File(row.name, row.media_type, crypto.ring().open(bytes(row.content), PLACE))


def drop_expired(engine: Engine, clock: Clock) -> int:
    """Delete the files whose time is over; returns how many."""
    with engine.begin() as connection:
        return connection.execute(delete(stored_file).where(stored_file.c.expires_at <= clock())).rowcount
