"""A decision told to a member of staff, face to face or on the phone: kept in the same chain as those from the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import Clock
from backend.conflict import Conflict
from backend.consent import service
from backend.consent.rules import RECIPIENTS, sha256
from backend.conversations.between import between_turns, chats_of
from backend.conversations.offices import Office, read_office
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.tasks.acting import locked
from backend.words import Catalogues
from dialogs.core.words import Text

EVENTS = ("given", "deferred", "refused", "withdrawn")

PURPOSE = ("purpose", 1)
"""The notice, and its version, whose question is read out."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is read to the person: the chat's own words, in their language. `original` is the Japanese of it."""

    locale: str
    text: str
    original: str

    @property
    def sha256(self) -> str:
        return sha256(self.text)


def questions(connection: Connection, words: Catalogues, case_id: str, office: Office) -> dict[str, Question]:
    """Recipient class -> the question to read out, in the language the person used last."""
    home = _home(connection, case_id)
    return {recipient: question(words, recipient, office, home.locale if home else "ja") for recipient in RECIPIENTS}


def record_oral(
    engine: Engine,
    clock: Clock,
    words: Catalogues,
    case_id: str,
    staff_id: str,
    recipient: str,
    event: str,
    read: str | None = None,
) -> None:
    """Keep what the person said when the question was read to them in the words of the chat (PR-03).

    `read` is the SHA-256 of the words that were on the screen. A withdrawal takes back what is under way, as in the
    chat. Raises `NotThere`, `Conflict` (the words are others by now), or `ValueError` for a recipient class or a
    decision that does not exist.
    """
    if recipient not in RECIPIENTS or event not in EVENTS:
        raise ValueError("no such recipient class or decision")
    with engine.begin() as connection:
        now = clock()
        between_turns(connection, chats_of(case_id))
        row = locked(connection, case, case_id, staff_id)
        batch = Batch(connection, now)
        office = read_office(connection, row["tenant_id"], now)
        home = _home(connection, case_id)
        asked = question(words, recipient, office, home.locale if home else "ja")
        if read is not None and read != asked.sha256:
            raise Conflict
        text = service.keep_text(batch, *PURPOSE, asked.locale, asked.text)
        chain = {"id": home.id if home else None, "tenant_id": row["tenant_id"], "case_id": case_id}
        service.record(
            batch, chain, recipient=recipient, event=event, notice_text_id=text, method="staff", channel="staff",
            locale=asked.locale, recorded_by=staff_id,
        )  # fmt: skip
        if event == "withdrawn":
            service.revoke_referrals(batch, office, chain, (recipient,))
        batch.flush()
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff_id, action="consent.recorded", object_kind="case",
            object_id=case_id, detail={"recipient": recipient, "event": event}, at=now,
        )  # fmt: skip


def _home(connection: Connection, case_id: str) -> Any:
    """The conversation the person was heard in last; None for a case that has none."""
    homes = select(conversation.c.id, conversation.c.locale).where(conversation.c.case_id == case_id)
    return connection.execute(homes.order_by(conversation.c.last_heard_at.desc().nulls_last(), conversation.c.id).limit(1)).first()


def question(words: Catalogues, recipient: str, office: Office, locale: str, whom: str = "self") -> Question:
    """The question for one recipient class, as the chat words it; `whom` is `self` or `other` (asked of a proxy)."""
    about = office.about
    asked = Text(
        f"field.share_{recipient}.ask",
        {
            "municipality": about.name, "phone": about.phone, "hours": about.hours, "about": whom,
            "whose": Text(f"common.whose.{whom}"),
        },
    )  # fmt: skip
    return Question(locale, words.render(asked, locale), words.render(asked, "ja"))
