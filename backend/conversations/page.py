"""OpenSecurePage, ReturnToChat: sensitive questions are answered on the project's own page (PR-20)."""

from __future__ import annotations

from datetime import timedelta

from backend import ids
from backend.conversations.hearing import CHAT, Hearing
from backend.journal.models import page_link
from dialogs.core.effects import OpenSecurePage, ReturnToChat
from dialogs.core.heard import CameBack, PageOpened

MINUTES = 30
"""How long a one-time link waits to be opened."""


def open_page(hearing: Hearing, _effect: OpenSecurePage) -> PageOpened:
    """A one-time link, of which only the hash is stored (PR-20)."""
    token = ids.token()
    hearing.batch.add(
        page_link,
        {
            "id": ids.hashed(token), "conversation_id": hearing.conversation["id"], "purpose": "secure",
            "made_at": hearing.now, "expires_at": hearing.now + timedelta(minutes=MINUTES),
        },
    )  # fmt: skip
    return PageOpened(f"{hearing.public_url}/p/{token}", MINUTES)


def return_to_chat(hearing: Hearing, _effect: ReturnToChat) -> CameBack:
    """What is said from here on goes to the chat that the person came from."""
    hearing.surface = CHAT
    return CameBack()
