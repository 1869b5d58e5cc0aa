"""A decision told to a member of staff, face to face or on the phone: kept in the same chain as those from the chat."""

from __future__ import annotations

from sqlalchemy import Engine, select

from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import Clock
from backend.consent import service
from backend.consent.rules import RECIPIENTS
from backend.conversations.offices import read_office
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.tasks.acting import locked
from backend.words import Catalogues
from dialogs.core.words import Text

EVENTS = ("given", "deferred", "refused", "withdrawn")


def record_oral(
    engine: Engine, clock: Clock, words: Catalogues, case_id: str, staff_id: str, recipient: str, event: str
) -> None:
    """Keep what the person said when the question was read to them in the words of the chat (PR-03).

    A withdrawal takes back what is under way, as in the chat. Raises `NotThere`, or `ValueError` for a recipient class
    or a decision that does not exist.
    """
    if recipient not in RECIPIENTS or event not in EVENTS:
        raise ValueError("no such recipient class or decision")
    with engine.begin() as connection:
        now = clock()
        row = locked(connection, case, case_id, staff_id)
        batch = Batch(connection, now)
        office = read_office(connection, row["tenant_id"], now)
        homes = select(conversation.c.id, conversation.c.locale).where(conversation.c.case_id == case_id)
        home = connection.execute(homes.order_by(conversation.c.last_heard_at.desc()).limit(1)).first()
        locale = home.locale if home else "ja"
        about = office.about
        asked = Text(
            f"field.share_{recipient}.ask",
            {
                "municipality": about.name, "phone": about.phone, "hours": about.hours, "about": "self",
                "whose": Text("common.whose.self"),
            },
        )  # fmt: skip
        text = service.keep_text(batch, "purpose", 1, locale, words.render(asked, locale))
        chain = {"id": home.id if home else None, "tenant_id": row["tenant_id"], "case_id": case_id}
        service.record(
            batch, chain, recipient=recipient, event=event, notice_text_id=text, method="staff", channel="staff",
            locale=locale, recorded_by=staff_id,
        )  # fmt: skip
        if event == "withdrawn":
            service.revoke_referrals(batch, office, chain, (recipient,))
        batch.flush()
        audit.record(
            connection, tenant_id=row["tenant_id"], staff_id=staff_id, action="consent.recorded", object_kind="case",
            object_id=case_id, detail={"recipient": recipient, "event": event}, at=now,
        )  # fmt: skip
