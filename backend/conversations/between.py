"""What staff do to something that a chat also changes happens between two of its turns, never in the middle of one.

A turn reads first and writes at the end: whether a danger is still open, the last decision of a chain, which case it belongs to.
On PostgreSQL it holds its conversation's lock meanwhile; on SQLite it may have been taken ahead, and is taken again where the
conversation's `version` has moved.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, update

from backend.journal.models import conversation


def between_turns(connection: Connection, chats: ColumnElement[bool]) -> None:
    """Hold these conversations until commit. Call it before anything else is locked: a turn, too, takes its conversation first."""
    held = select(conversation.c.id).where(chats).order_by(conversation.c.id).with_for_update(key_share=True)
    ids = connection.execute(held).scalars().all()
    if ids:
        connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(version=conversation.c.version + 1))


def chats_of(case_id: object) -> ColumnElement[bool]:
    """The chats of a case; `case_id` is one, or a subquery that finds it."""
    return conversation.c.case_id == case_id
