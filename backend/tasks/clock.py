"""Danger that nobody acknowledged: everybody is paged, and the person is told the truth and a number (SF-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from backend.conversations.offices import Office, read_office
from backend.conversations.post import post
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.messages import OutMessage
from backend.tasks.models import task
from backend.tasks.raising import tell
from backend.tasks.rules import RING_AGAIN
from backend.words import Catalogues
from dialogs.core.words import Text

CLOCK = "task_clock"
"""Kind of the due rows; their subject is the task."""

LONG = timedelta(hours=3)
RING_SELDOM = timedelta(hours=1)
"""After three hours of ringing every ten minutes it rings every hour: it never stops by itself."""


class TaskClock:
    """The handler of due rows of kind `task_clock`."""

    def __init__(self, words: Catalogues) -> None:
        self._words = words

    def __call__(self, batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
        """Ring for every task that is still not acknowledged; returns when each rings again."""
        again: dict[int, datetime] = {}
        for row in rows:
            found = _unseen(batch.connection, row.subject)
            if found is None:
                continue
            office = read_office(batch.connection, found["tenant_id"], batch.now)
            for member in office.members:
                tell(batch, office, member, found["kind"], found["id"])
            values: dict[str, Any] = {"paged_all_at": batch.now}
            if found["truth_told_at"] is None and self._tell_truth(batch, office, found):
                values["truth_told_at"] = batch.now
            batch.set(task, found["id"], values)
            pace = RING_AGAIN if batch.now - found["made_at"] < LONG else RING_SELDOM
            again[row.id] = batch.now + pace
        return again

    def _tell_truth(self, batch: Batch, office: Office, about: Mapping[str, Any]) -> bool:
        """Say on the person's own channel that nobody has answered yet, and whom to call."""
        home = _home(batch.connection, about["conversation_id"])
        if home is None or home["contact"] == "blocked":
            return False
        place = office.about
        text = Text("crisis.nobody_answered", {"municipality": place.name, "phone": place.phone, "hours": place.hours})
        said = self._in(text, home["locale"])
        original = None if home["locale"].startswith("ja") else self._in(text, "ja").to_json()
        post(batch, home, [(said, original)], key=f"truth-{about['id']}", author="system")
        return True

    def _in(self, text: Text, locale: str) -> OutMessage:
        return OutMessage(self._words.render(text, locale), locale, "crisis", key=text.key)


def _unseen(connection: Connection, task_id: str) -> dict[str, Any] | None:
    """The task, if nobody has acknowledged or finished it."""
    chosen = select(task).where(task.c.id == task_id, task.c.acked_at.is_(None), task.c.done_at.is_(None))
    found = connection.execute(chosen).mappings().first()
    return dict(found) if found else None


def _home(connection: Connection, conversation_id: str | None) -> dict[str, Any] | None:
    columns = (conversation.c.id, conversation.c.channel, conversation.c.locale, conversation.c.contact)
    found = connection.execute(select(*columns).where(conversation.c.id == conversation_id)).mappings().first()
    return dict(found) if found else None
