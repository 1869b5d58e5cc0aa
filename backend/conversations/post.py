"""Write what is said to a person: every message into the history, and one delivery where the channel sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.conversations.hearing import CHAT
from backend.conversations.limits import READ_BY_THE_PERSON
from backend.journal.batch import Batch
from backend.journal.models import message, outbox
from backend.messages import OutMessage

URGENCY = ("crisis", "case_number", "appointment", "notice", "plain")
"""What a delivery of several messages counts as: the first of these among them."""


def post(
    batch: Batch,
    conversation: Mapping[str, Any],
    messages: Sequence[tuple[OutMessage, Mapping[str, Any] | None]],
    *,
    key: str,
    author: str = "dialog",
    surface: str = CHAT,
    staff_id: str | None = None,
    reply: str = "",
    reply_until: datetime | None = None,
) -> bool:
    """Keep `messages` (each with its Japanese rendering, if it is in another language) and queue them under `key`.

    Returns whether the reply handle was used. The secure page and channels that people read by themselves need no
    delivery: there the history is the mailbox.
    """
    if not messages:
        return False
    sends = surface == CHAT and conversation["channel"] not in READ_BY_THE_PERSON
    for out, original in messages:
        batch.add(
            message,
            {
                "conversation_id": conversation["id"], "direction": "out", "author": author, "staff_id": staff_id,
                "surface": surface, "content": out.to_json(), "original": original,
                "outbox_key": key if sends else "", "at": batch.now,
            },
        )  # fmt: skip
    if not sends:
        return False
    kinds = {out.kind for out, _ in messages}
    batch.add(
        outbox,
        {
            "conversation_id": conversation["id"], "channel": conversation["channel"],
            "kind": next((kind for kind in URGENCY if kind in kinds), "plain"), "key": key, "next_at": batch.now,
            "reply": reply or None, "reply_until": reply_until if reply else None, "created_at": batch.now,
        },
    )  # fmt: skip
    return bool(reply)
