"""Sent again, done once: the answer to a POST that carried `Idempotency-Key` is kept for a day and given again.

The key is the token's own (draft-ietf-httpapi-idempotency-key-header). A call that failed may be sent again with the same key; the
same key with another call or body is refused, and so is one whose first call is still under way. Where no answer was kept after
minutes, its process died: whether it was done nobody knows, and the caller is told so, with since when to look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.api.models import api_once
from backend.api.problems import Problem
from backend.clock import in_japan
from dialogs.core.words import Text

LASTS = timedelta(days=1)
LONGEST = 200
UNDER_WAY = timedelta(minutes=5)
"""No call takes so long; after it the first one has ended without an answer."""


def key_of(given: str) -> str:
    """The key of the header; empty: none was sent. Raises `Problem`."""
    key = given.strip().strip('"')
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Problem("invalid", errors=[{"field": "Idempotency-Key", "kind": f"1..{LONGEST} printable ASCII characters"}])
    return key


def begin(engine: Engine, token_id: str, key: str, sent: bytes, at: datetime) -> tuple[str, Any]:
    """The name under which this call is kept, and the answer it was given before (None: it is to be done). Raises `Problem`."""
    name, print_ = sha256(f"{token_id}\n{key}".encode()).hexdigest(), sha256(sent).hexdigest()
    try:
        with engine.begin() as c:
            c.execute(delete(api_once).where(api_once.c.at <= at - LASTS))
            c.execute(insert(api_once).values(id=name, token_id=token_id, sent=print_, at=at))
        return name, None
    except IntegrityError:
        with engine.begin() as c:
            there = c.execute(select(api_once).where(api_once.c.id == name)).one_or_none()
    if there is None:
        raise Problem("conflict", why="under_way")
    if there.sent != print_:
        raise Problem("invalid", errors=[{"field": "Idempotency-Key", "kind": "used_for_something_else"}])
    if there.answer is None and there.at > at - UNDER_WAY:
        raise Problem("conflict", why="under_way")
    if there.answer is None:
        # Never done again by itself: a household would be told twice. Its record says whether it was.
        raise Problem("conflict", why="unknown", began=in_japan(there.at).isoformat(), detail=Text("console.api.outcome_unknown"))
    return name, orjson.loads(there.answer)


def keep(engine: Engine, name: str, made: Any) -> None:
    """It is done: this is what it answered."""
    with engine.begin() as c:
        c.execute(update(api_once).where(api_once.c.id == name).values(answer=orjson.dumps(made).decode()))


def forget(engine: Engine, name: str) -> None:
    """Nothing was done: it may be sent again."""
    with engine.begin() as c:
        c.execute(delete(api_once).where(api_once.c.id == name, api_once.c.answer.is_(None)))
