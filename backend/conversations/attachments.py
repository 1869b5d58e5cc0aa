"""KeepAttachment: photos, voice and files are kept, encrypted, for a human to look at (UX-10)."""

from __future__ import annotations

from backend import ids
from backend.conversations.hearing import Hearing
from backend.journal.models import attachment
from dialogs.core.effects import KeepAttachment

KEPT = "kept:"
"""A ref that begins so names an attachment that the web page has stored already."""


def keep(hearing: Hearing, effect: KeepAttachment) -> None:
    """What waits at the channel is fetched by the worker; a sticker has nothing to fetch."""
    if effect.ref.startswith(KEPT):
        return
    hearing.batch.add(
        attachment,
        {
            "id": ids.new(), "conversation_id": hearing.conversation["id"], "kind": effect.kind[:12],
            "ref": effect.ref, "name": effect.name or None, "state": "waiting" if effect.ref else "gone",
            "at": hearing.now,
        },
    )  # fmt: skip
