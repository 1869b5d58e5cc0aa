"""What the system itself lets a conversation hear, by way of the inbox like everything else: the channel `clock`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import crypto
from backend.db import is_postgres
from backend.journal.models import inbox
from backend.messages import Incoming
from dialogs.core.heard import (
    CameBack,
    DeadlineNear,
    Elapsed,
    FoundProgram,
    HandedBack,
    Heard,
    Learned,
    ProgramsNew,
    VisitPlanned,
)
from dialogs.core.words import Words

SYSTEM = "clock"
"""Name of the channel. Its bodies are `{"elapsed": reminder}`, `{"handed_back": true}`, `{"came_back": true}`,
`{"learned": true}`, `{"deadline": program}`, `{"news": [program, …]}`,
`{"visit": id, "what": ask | set | near}`."""


def parse(body: bytes) -> Incoming:
    data = orjson.loads(body)
    heard: Heard | None = None
    if "elapsed" in data:
        heard = Elapsed(str(data["elapsed"]))
    elif "handed_back" in data:
        heard = HandedBack()
    elif "came_back" in data:
        heard = CameBack()
    elif "learned" in data:
        heard = Learned()
    elif "deadline" in data:
        heard = DeadlineNear(_named(data["deadline"]))
    elif "news" in data:
        heard = ProgramsNew(tuple(map(_named, data["news"])))
    elif "visit" in data:
        heard = VisitPlanned(str(data["visit"]), str(data["what"]))
    return Incoming(heard)


def _named(program: str) -> FoundProgram:
    """A program by its id alone: what it says now, the turn looks up (`conversations/programs.py: told`)."""
    return FoundProgram(str(program), Words.of(""), "possible", "unknown")


def tell(connection: Connection, conversation_id: str, event_id: str, said: dict[str, Any], happened_at: datetime,
         now: datetime, lane: int = 1) -> None:
    """Put one system event into the inbox of a conversation; known by `event_id`, a second one is left alone."""
    tell_many(connection, [row(conversation_id, event_id, said, happened_at, now, lane)])


def row(conversation_id: str, event_id: str, said: dict[str, Any], happened_at: datetime, now: datetime,
        lane: int = 1) -> dict[str, Any]:
    body = crypto.ring().seal(orjson.dumps(said), "inbox.body")
    return {"conversation_id": conversation_id, "channel": SYSTEM, "event_id": event_id, "lane": lane,
            "happened_at": happened_at, "received_at": now, "body": body}


def tell_many(connection: Connection, rows: list[dict[str, Any]]) -> None:
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    if rows:
        connection.execute(build(inbox).on_conflict_do_nothing(), rows)
