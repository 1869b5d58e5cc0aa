"""What came in, kept as the person sent it; and taken out again when they take it back (UX-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select, update

from backend import crypto
from backend.conversations.hearing import Hearing
from backend.journal.models import attachment, inbox, message
from backend.messages import Incoming
from backend.words import Catalogues
from dialogs.core.heard import Chose
from dialogs.core.words import Text
from dialogs.fields import FIELDS

GONE = b"{}"
"""Stands in the inbox for a body whose content may no longer be kept."""


def keep(hearing: Hearing, incoming: Incoming, event: Mapping[str, Any], shown: str) -> None:
    """One row for what came in; `shown` are the person's words, masked where they must be."""
    heard = incoming.heard
    content: dict[str, Any] = {"shown": shown, "shown_key": incoming.shown_key, "kind": type(heard).__name__.lower()}
    if isinstance(heard, Chose):
        step, labels = cast("tuple[str, Mapping[str, str]]", hearing.notes.get("labels") or ("", {}))
        label = labels.get(heard.option) if step == heard.step else None
        content["shown"] = label or chosen(hearing.words, heard, hearing.locale) or shown
        content["chose"] = [heard.step, heard.option]
    hearing.batch.add(
        message,
        {
            "conversation_id": hearing.conversation["id"], "direction": "in", "author": "person",
            "surface": hearing.surface, "content": content, "event_ref": incoming.message_ref,
            "inbox_id": event["id"], "at": hearing.now,
        },
    )  # fmt: skip


def chosen(words: Catalogues, chose: Chose, locale: str) -> str:
    """The words on the button that was pressed; several ticked answers are joined."""
    labels = [words.render(Text(key), locale) for option in dict.fromkeys(chose.option.split(",")) if (key := _key(words, chose, option))]
    return " / ".join(labels)


def _key(words: Catalogues, chose: Chose, option: str) -> str:
    field = chose.step.rsplit(".", 1)[-1]
    if option.startswith("-"):
        tries = [f"common.button.{option[1:]}", f"common.{option[1:]}", f"{chose.step}.{option[1:]}"]
    elif field in FIELDS:
        tries = [f"field.{field}.option.{option}"]
    else:
        tries = [f"{chose.step}.{option}", f"field.{option}.label", f"common.{option}"]
    return next((key for key in tries if words.has(key)), "")


def take_back(hearing: Hearing, ref: str) -> None:
    """Hide an unsent message: its content leaves history, inbox and attachments; an empty stub stays."""
    if not ref:
        return
    connection, home = hearing.batch.connection, hearing.conversation["id"]
    mine = (message.c.conversation_id == home) & (message.c.event_ref == ref) & (message.c.direction == "in")
    for row in connection.execute(select(message.c.id, message.c.inbox_id).where(mine)).all():
        hide = update(message).where(message.c.id == row.id)
        connection.execute(hide.values(content=None, original=None, hidden_at=hearing.now))
        if row.inbox_id is not None:
            forget_body(hearing, row.inbox_id)
    for row in connection.execute(
        select(attachment.c.id, attachment.c.ref).where(attachment.c.conversation_id == home)
    ).all():
        if row.ref == ref:
            gone = update(attachment).where(attachment.c.id == row.id)
            connection.execute(gone.values(content=None, name=None, state="gone"))


def forget_body(hearing: Hearing, inbox_id: int) -> None:
    """Replace the raw event in the inbox by nothing."""
    sealed = crypto.ring().seal(GONE, "inbox.body")
    hearing.batch.connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(body=sealed))
