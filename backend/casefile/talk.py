"""A conversation exactly as the person saw it, with its Japanese rendering and what became of each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.conversations.history import chosen
from backend.db import Row
from backend.journal.models import conversation, message, outbox
from backend.messages import OutMessage
from backend.staff.names import names_of_staff
from backend.words import Catalogues
from dialogs.core.heard import Chose

MOST = 200
MOST_OF_ALL = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `text` in the person's language, `japanese` where that is another one, `state` of its delivery."""

    id: int
    side: str  # in | out
    author: str  # person | dialog | staff | system
    by: str
    at: datetime
    text: str
    shown_key: str = ""
    japanese: str = ""
    offered: tuple[str, ...] = ()
    offered_japanese: tuple[str, ...] = ()
    kind: str = ""
    page: bool = False
    hidden: bool = False
    state: str = ""
    again: bool = False
    locale: str = "ja"


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation. `cut` says that earlier messages are left out."""

    row: Row
    lines: tuple[Line, ...]
    held_name: str
    cut: bool


def talk_of(connection: Connection, catalogues: Catalogues, found: Row, everything: bool = False) -> Talk:
    """The newest messages of a conversation, oldest first (all of them on request)."""
    most = MOST_OF_ALL if everything else MOST
    newest = (
        select(message, outbox.c.state.label("sent_state"), outbox.c.again)
        .join(outbox, (outbox.c.key == message.c.outbox_key) & (message.c.outbox_key != ""), isouter=True)
        .where(message.c.conversation_id == found["id"])
        .order_by(message.c.id.desc())
        .limit(most + 1)
    )
    rows = list(connection.execute(newest))
    names = names_of_staff(connection, found["tenant_id"])
    lines = tuple(_line(row, catalogues, str(found["locale"]), names) for row in reversed(rows[:most]))
    return Talk(found, lines, names.get(found["held_by"], ""), len(rows) > most)


def talks_of_case(connection: Connection, case_id: str) -> list[Row]:
    """The conversations of a case, the one that was active last first."""
    mine = select(conversation).where(conversation.c.case_id == case_id)
    rows = [dict(row) for row in connection.execute(mine).mappings()]
    return sorted(rows, key=lambda row: (row["last_heard_at"] or row["created_at"], row["id"]), reverse=True)


def _line(row: Any, catalogues: Catalogues, locale: str, names: dict[str, str]) -> Line:
    about = {
        "id": row.id, "side": row.direction, "author": row.author, "by": names.get(row.staff_id, ""), "at": row.at,
        "page": row.surface == "page", "hidden": row.hidden_at is not None, "state": row.sent_state or "",
        "again": bool(row.again),
    }  # fmt: skip
    content = row.content or {}
    if row.direction == "in":
        shown = str(content.get("shown") or "")
        japanese = _answer_in_japanese(catalogues, content) if not locale.startswith("ja") else ""
        return Line(
            text=shown, shown_key=str(content.get("shown_key") or ""), kind=str(content.get("kind") or ""),
            japanese="" if japanese == shown else japanese, locale=locale, **about,
        )  # fmt: skip
    if not content:
        return Line(text="", **about)
    said = OutMessage.from_json(content)
    original = OutMessage.from_json(row.original) if row.original else None
    return Line(
        text=said.text, japanese=original.text if original else "", kind=said.kind, locale=said.locale,
        offered=tuple(button.label for button in said.numbered),
        offered_japanese=tuple(button.label for button in original.numbered) if original else (), **about,
    )  # fmt: skip


def _answer_in_japanese(catalogues: Catalogues, content: dict[str, Any]) -> str:
    step, option = (content.get("chose") or ("", ""))[:2]
    return chosen(catalogues, Chose("", str(step), str(option)), "ja") if step else ""
