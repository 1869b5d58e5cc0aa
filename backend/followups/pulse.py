"""Notice that this database was restored, or was asleep: then nothing goes out by itself until a person releases it.

A backup knows nothing of what was sent after it was made. So the database counts up while a worker works, and the data
folder keeps the count beside it: a count that fell behind was restored. On PostgreSQL the row also names the server and
the table that hold it: a dump that was read in elsewhere, or anew, has others. What stood still for a day was put away
and brought back, whatever else looks right.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import ids
from backend.clock import Clock
from backend.db import is_postgres
from backend.followups.models import pulse

ASLEEP = timedelta(hours=24)
EVERY = timedelta(minutes=1)
FILE = "pulse.json"

RESTORED, SLEPT = "restored", "asleep"

Silence = Callable[[Connection, str, datetime, datetime], None]
"""What is done when one of them is noticed: (connection, why, until when the old life went on at most, now)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the data folder knows."""

    mark: str
    count: int
    at: datetime


def beat(engine: Engine, clock: Clock, folder: Path, silence: Silence) -> str:
    """Count up once; returns why everything was silenced, or "". Called when a worker starts and every minute."""
    with engine.begin() as connection:
        now, home = clock(), _home(connection)
        first = {"id": 1, "mark": ids.token(), "home": home, "count": 1, "at": now}
        build: Any = pg_insert if is_postgres(connection) else sqlite_insert
        begun = connection.execute(build(pulse).values(first).on_conflict_do_nothing().returning(pulse.c.id)).first()
        row = connection.execute(select(pulse).where(pulse.c.id == 1).with_for_update(key_share=True)).mappings().one()
        if begun is not None:
            # Before the commit: whoever starts at the same moment must find both.
            found, why = Kept(row["mark"], 1, now), ""
            _write(folder, found)
        else:
            kept = _read(folder)
            why = _why(dict(row), kept, home, now)
            if why:
                # A folder that knows more says how long the old life went on; else it may have gone on until now.
                silence(connection, why, kept.at if kept and why == RESTORED else now, now)
            found = Kept(row["mark"], max(row["count"], kept.count if kept else 0) + 1, now)
            connection.execute(update(pulse).where(pulse.c.id == 1).values(count=found.count, home=home, at=now))
    # After the commit: the folder may know less than the database, never more.
    _write(folder, found)
    return why


def _why(row: dict[str, Any], kept: Kept | None, home: str, now: datetime) -> str:
    if home != row["home"] or (kept is None and not home):
        return RESTORED
    if kept is not None and (kept.mark != row["mark"] or kept.count > row["count"]):
        return RESTORED
    return SLEPT if now - row["at"] > ASLEEP else ""


def _home(connection: Connection) -> str:
    """Which server, and which table in it; empty on SQLite, where the folder is the home."""
    if not is_postgres(connection):
        return ""
    asked = text("SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || 'pulse'::regclass::oid")
    return str(connection.execute(asked).scalar_one())


def _read(folder: Path) -> Kept | None:
    try:
        data = orjson.loads((folder / FILE).read_bytes())
        return Kept(str(data["mark"]), int(data["count"]), datetime.fromtimestamp(data["at"], UTC))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(folder: Path, kept: Kept) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.{os.getpid()}-{threading.get_ident()}"
    fresh.write_bytes(orjson.dumps({"mark": kept.mark, "count": kept.count, "at": kept.at.timestamp()}))
    fresh.replace(folder / FILE)
