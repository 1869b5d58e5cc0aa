"""The web chat as a channel: nothing is sent, since the person's page reads the history itself."""

from __future__ import annotations

from sqlalchemy import Engine, select

from backend import crypto
from backend.db import reading
from backend.journal.models import attachment
from backend.messages import Accepted, Capabilities, Delivery, Fetched, Gone, Incoming, NotYet, SendResult
from bots.web.parse import KEPT, parse

CAPABILITIES = Capabilities(
    name="web",
    max_text=20_000,
    unit="chars",
    max_buttons=50,
    max_label=200,
    label_unit="chars",
    max_messages_per_send=50,
    idempotent_push=True,
    sends=False,
)


class WebChannel:
    """What the worker needs of the web chat."""

    name = "web"
    capabilities = CAPABILITIES

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    def parse(self, body: bytes) -> Incoming:
        return parse(body)

    async def send(self, delivery: Delivery) -> SendResult:
        """There is no outbox entry for pages; should one appear, the history already holds its words."""
        return Accepted()

    async def fetch_attachment(self, ref: str) -> Fetched | Gone | NotYet:
        """What was uploaded lies in its row already; `ref` is `kept:<attachment id>`."""
        if self._engine is None or not ref.startswith(KEPT):
            return Gone("not an upload")
        with reading(self._engine).connect() as connection:
            row = connection.execute(
                select(attachment.c.media_type, attachment.c.content).where(
                    attachment.c.id == ref.removeprefix(KEPT)
                )
            ).first()
        if row is None or row.content is None:
            return Gone("no such upload")
        return Fetched(row.media_type, crypto.ring().open(bytes(row.content), "attachment.content"))

    async def close(self) -> None:
        return None
