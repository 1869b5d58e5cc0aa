"""A staff member types their one-time code to the bot: from then on this chat is where they are told about work."""

from __future__ import annotations

import re
import unicodedata
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select

from backend import crypto, ids
from backend.audit import service as audit
from backend.conversations.limits import READ_BY_THE_PERSON
from backend.journal.batch import Batch
from backend.staff.codes import DIGITS, count_wrong, take_code
from backend.staff.models import binding_code, notice_route

TRIES = 10
SPAN = timedelta(hours=1)
"""Numbers of six digits are ordinary answers too (an income), so many are allowed, but not enough to guess a code."""

_CODE = re.compile(rf"\d{{{DIGITS}}}")
_MOST_KEPT = 10_000


class Binding:
    """Recognises binding codes; remembers, per process, how many wrong ones a conversation has tried."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()

    def bound(self, batch: Batch, conversation: dict[str, object], text: str) -> bool:
        """Whether `text` was a code that holds; the chat is then bound to the staff member who got it."""
        code = unicodedata.normalize("NFKC", text).strip()
        channel = str(conversation["channel"])
        if not _CODE.fullmatch(code) or channel in READ_BY_THE_PERSON or not _any(batch.connection, batch.now):
            return False
        if self._too_many(str(conversation["id"]), batch.now):
            return False
        row = take_code(batch.connection, code, purpose="notice", now=batch.now)
        if row is None:
            count_wrong(batch.connection, purpose="notice", now=batch.now)
            return False
        if row["staff_id"] is None or row["kind"] not in ("", channel):
            return False
        bind(batch.connection, row["staff_id"], channel, str(conversation["address"]), batch.now)
        batch.last(partial(
            audit.record, batch.connection, tenant_id=row["tenant_id"], staff_id=row["staff_id"], action="staff.notice_bound",
            object_kind="staff", object_id=row["staff_id"], detail={"kind": channel}, at=batch.now,
        ))  # fmt: skip
        return True

    def _too_many(self, conversation_id: str, now: datetime) -> bool:
        tries = [at for at in self._tries.pop(conversation_id, []) if at > now - SPAN]
        self._tries[conversation_id] = [*tries, now]
        while len(self._tries) > _MOST_KEPT:
            self._tries.popitem(last=False)
        return len(tries) >= TRIES


def bind(connection: Connection, staff_id: str, kind: str, address: str, now: datetime) -> None:
    """Make an address the one way of its kind in which a staff member is told."""
    old = delete(notice_route).where(notice_route.c.staff_id == staff_id, notice_route.c.kind == kind)
    connection.execute(old)
    row = {
        "id": ids.new(), "staff_id": staff_id, "kind": kind, "address": address,
        "address_index": crypto.ring().index(address, f"notice_route.{kind}"), "bound_at": now,
    }  # fmt: skip
    connection.execute(notice_route.insert(), row)


def _any(connection: Connection, now: datetime) -> bool:
    open_ = select(binding_code.c.id).where(
        binding_code.c.purpose == "notice", binding_code.c.used_at.is_(None), binding_code.c.expires_at > now
    )
    return connection.execute(open_.limit(1)).first() is not None
