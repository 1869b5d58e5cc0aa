"""Fetch what people sent along from their channel, before the channel forgets it, and keep it encrypted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from backend import crypto
from backend.clock import Clock
from backend.db import reading
from backend.files.bare import bare
from backend.journal.models import attachment, conversation
from backend.messages import Attachments, Fetched, Gone

log = logging.getLogger(__name__)

PLACE = "attachment.content"
TRIES = 12
"""With pauses that double from one second: more than an hour, far beyond what a channel needs to prepare a video."""
MOST_BYTES = 20 * 1024 * 1024
AT_ONCE = 20


async def fetch_waiting(engine: Engine, channels: Mapping[str, Any], clock: Clock) -> int:
    """Fetch every attachment that waits and whose pause is over; returns how many were kept.

    Two workers may fetch the same one: the content is the same, and the second write changes nothing.
    """
    kept = 0
    for row in await asyncio.to_thread(_waiting, engine, clock(), [n for n in channels if hasattr(channels[n], "fetch_attachment")]):
        channel: Attachments = channels[row.channel]
        try:
            found = await channel.fetch_attachment(row.ref)
        except Exception as error:
            log.warning("an attachment could not be fetched: %s", type(error).__name__)
            found = None
        await asyncio.to_thread(_write, engine, row.id, row.tries, found)
        kept += isinstance(found, Fetched)
    return kept


def _waiting(engine: Engine, now: datetime, channels: list[str]) -> list[Any]:
    chosen = (
        select(attachment.c.id, attachment.c.ref, attachment.c.tries, attachment.c.at, conversation.c.channel)
        .join(conversation, conversation.c.id == attachment.c.conversation_id)
        .where(attachment.c.state == "waiting", conversation.c.channel.in_(channels))
        # New ones first: many that their channel does not give out must not stand in front of them.
        .order_by(attachment.c.tries, attachment.c.id).limit(AT_ONCE * 10)
    )  # fmt: skip
    with reading(engine).connect() as connection:
        rows = connection.execute(chosen).all()
    ready = [row for row in rows if row.tries == 0 or row.at + timedelta(seconds=2**row.tries) <= now]
    return ready[:AT_ONCE]


def _write(engine: Engine, id: str, tries: int, found: Any) -> None:
    values: dict[str, Any] = {"tries": tries + 1}
    if isinstance(found, Fetched) and len(found.content) <= MOST_BYTES:
        sealed = crypto.ring().seal(bare(found.content), PLACE)
        values |= {"state": "kept", "media_type": found.media_type[:100], "content": sealed}
    elif isinstance(found, Fetched | Gone) or tries + 1 >= TRIES:
        values["state"] = "gone"
    with engine.begin() as connection:
        mine = update(attachment).where(attachment.c.id == id, attachment.c.state == "waiting")
        connection.execute(mine.values(**values))
