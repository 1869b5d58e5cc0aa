"""What was decided on sharing, recipient class by recipient class, with the exact words of the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from backend.consent.models import consent_event, notice_shown, notice_text
from backend.consent.rules import RECIPIENTS


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds for one class (`now` is None: never asked) and the decisions before it, newest first."""

    recipient: str
    now: Any
    before: tuple[Any, ...]


def consents_of(connection: Connection, *, case_id: str | None, conversation_id: str | None) -> list[Decided]:
    mine = consent_event.c.case_id == case_id if case_id else consent_event.c.conversation_id == conversation_id
    chosen = (
        select(
            consent_event, notice_text.c.body, notice_text.c.sha256, notice_text.c.notice, notice_text.c.version,
            notice_text.c.locale.label("text_locale"),
        )
        .join(notice_text, notice_text.c.id == consent_event.c.notice_text_id, isouter=True)
        .where(mine)
        .order_by(consent_event.c.id.desc())
    )  # fmt: skip
    by_class: dict[str, list[Any]] = {name: [] for name in RECIPIENTS}
    for row in connection.execute(chosen):
        by_class.setdefault(row.recipient, []).append(row)
    return [Decided(name, rows[0] if rows else None, tuple(rows[1:])) for name, rows in by_class.items()]


def notices_of(connection: Connection, conversation_ids: list[str]) -> list[Any]:
    """The notices this person was shown before anything was asked, each once, with their exact words."""
    chosen = (
        select(
            notice_text.c.id, notice_text.c.notice, notice_text.c.version, notice_text.c.locale, notice_text.c.body,
            notice_text.c.sha256, notice_shown.c.at, notice_shown.c.channel,
        )
        .join(notice_text, notice_text.c.id == notice_shown.c.notice_text_id)
        .where(notice_shown.c.conversation_id.in_(conversation_ids))
        .order_by(notice_shown.c.id)
    )  # fmt: skip
    first: dict[Any, Any] = {}
    for row in connection.execute(chosen):
        first.setdefault(row.id, row)
    return list(first.values())
