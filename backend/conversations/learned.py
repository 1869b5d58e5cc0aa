"""What others kept in a case becomes known to its conversations: by way of the inbox, as a turn that says nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from backend import ids
from backend.cases.models import answer
from backend.cases.service import facts_of
from backend.conversations.hearing import Hearing
from backend.followups.system import row, tell_many
from backend.journal.models import conversation
from dialogs.core.answers import Facts
from dialogs.core.heard import Learned
from dialogs.core.model import LANGUAGE
from dialogs.fields import FIELDS, field_of


def tell_all(connection: Connection, case_id: str, now: datetime) -> None:
    """Let every conversation of a case that has begun look at its answers again, where somebody else has given or taken back some."""
    begun = connection.execute(_BEGUN, {"case": case_id}).scalars().all()
    tell_many(connection, [row(one, f"learned:{ids.new()}", {"learned": True}, now, now) for one in begun])


_elsewhere = select(answer.c.id).where(
    answer.c.case_id == bindparam("case"), or_(answer.c.conversation_id.is_distinct_from(conversation.c.id), answer.c.withdrawn)
)
_BEGUN = select(conversation.c.id).where(
    conversation.c.case_id == bindparam("case"), conversation.c.session.is_not(None), _elsewhere.exists()
)


def news(hearing: Hearing) -> tuple[Learned, Facts]:
    """What the case holds that this conversation's session does not, and what is gone from it."""
    here = hearing.conversation
    facts = facts_of(hearing.batch.connection, case_id=here["case_id"], conversation_id=here["id"])
    mine = hearing.facts()
    new = {key: one for key, one in facts.items() if _kept(key) and mine.get(key) != one}
    gone = tuple(key for key in mine if key not in facts and _kept(key))
    saved = hearing.notes.setdefault("saved", [])
    saved.extend(key for key in new if key not in saved)
    return Learned(gone), new


def _kept(key: str) -> bool:
    """Whether an answer is kept as a fact of the case: consent and the language have places of their own."""
    if key.rsplit(".", 1)[-1] not in FIELDS:
        return False  # a field of a form that no chat asks
    field = field_of(key)
    return not field.consent and field.kind != LANGUAGE
