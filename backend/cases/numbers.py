"""The running number of a municipality's cases: never given twice, and without gaps while nobody is in a hurry."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, update

from backend.journal.batch import Batch
from backend.tenants.models import tenant

HURRY = timedelta(seconds=1)
"""Two cases within this time: the next numbers are taken several at once."""
MOST = 32


@dataclass
class _Held:
    """Numbers a process has taken and not given yet; the rest is lost when it ends."""

    numbers: deque[int] = field(default_factory=deque)
    size: int = 1
    taken_at: datetime | None = None


_held: WeakKeyDictionary[Engine, dict[str, _Held]] = WeakKeyDictionary()
_lock = threading.Lock()


def next_number(batch: Batch, tenant_id: str) -> int:
    """The next number. Inside a transaction the row of the municipality stays locked until commit.

    A turn taken ahead cannot write: it gets one of those that were taken in a transaction of their own.
    """
    engine = batch.ahead
    if engine is None:
        return _take(batch.connection, tenant_id, 1)
    with _lock:
        held = _held.setdefault(engine, {}).setdefault(tenant_id, _Held())
        if not held.numbers:
            hurry = held.taken_at is not None and batch.now - held.taken_at < HURRY
            held.size, held.taken_at = min(MOST, held.size * 2) if hurry else 1, batch.now
            with engine.begin() as connection:
                first = _take(connection, tenant_id, held.size)
            held.numbers.extend(range(first, first + held.size))
        return held.numbers.popleft()


def _take(connection: Connection, tenant_id: str, many: int) -> int:
    return int(connection.execute(_COUNTED, {"_id": tenant_id, "_many": many}).scalar_one()) - many


_COUNTED = (
    update(tenant).where(tenant.c.id == bindparam("_id")).values(next_case=tenant.c.next_case + bindparam("_many"))
    .returning(tenant.c.next_case)
)
