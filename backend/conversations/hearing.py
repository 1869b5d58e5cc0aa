"""One event being heard: what the handlers of effects work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.conversations.offices import Office
from backend.journal.batch import Batch
from backend.messages import OutMessage
from backend.words import Catalogues
from dialogs.core.answers import Answer
from dialogs.core.session import Session
from dialogs.core.words import Text

CHAT, PAGE = "chat", "page"


@dataclass(slots=True)
class Hearing:
    """Collects what one event leads to. Lives for one call of `Conversations.hear`.

    `surface` is where the person is (`chat` or the secure `page`); `out` holds (surface, message, the same in
    Japanese) in order. `notes` is the shell's own small memory of a conversation, kept inside the encrypted session.
    """

    batch: Batch
    conversation: dict[str, Any]
    office: Office
    words: Catalogues
    public_url: str
    session: Session
    locale: str
    surface: str = CHAT
    notes: dict[str, Any] = field(default_factory=dict)
    out: list[tuple[str, OutMessage, dict[str, Any] | None]] = field(default_factory=list)
    reminded: bool = False

    @property
    def now(self) -> datetime:
        return self.batch.now

    @property
    def channel(self) -> str:
        """The channel the person is using at this moment."""
        return "web" if self.surface == PAGE else str(self.conversation["channel"])

    def render(self, text: Text) -> str:
        return self.words.render(text, self.locale)

    def put(self, make: Callable[[str], OutMessage]) -> OutMessage:
        """Say what `make` words in the person's language; for staff it is kept in Japanese too."""
        message = make(self.locale)
        original = None if self.locale.startswith("ja") else make("ja").to_json()
        self.out.append((self.surface, message, original))
        return message

    def facts(self) -> dict[str, Answer]:
        """Everything answered, in this session or before it."""
        return {**self.session.known, **self.session.answers}
