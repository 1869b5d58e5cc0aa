"""Chats with residents: read what was said, take one over, answer as a human, give it back to the dialog."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select
from starlette.responses import Response

from backend.api import paging
from backend.api.bodies import Reply
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.casefile import talk
from backend.casefile.work import attachments_of
from backend.cases.models import case
from backend.conflict import Conflict
from backend.conversations import service
from backend.db import Row
from backend.journal.models import conversation
from backend.staff.access import conversation_for, visible
from backend.staff.attached import attachment_for
from backend.staff.roles import CARRIES_CASES, OPENS_CASES

_SHOWN = ("id", "channel", "locale", "case_id", "held_by", "contact", "version")


def listed(asked: Asked) -> dict[str, Any]:
    """Newest first: those of cases that may be seen, and of people who have no case yet. `state`: waiting (for an answer) or held;
    `case_id`: of one case."""
    state = asked.query("state")
    if state not in ("", "waiting", "held"):
        raise Problem("invalid", errors=[{"field": "state", "kind": "waiting|held"}])
    seen = visible(asked.staff)
    if asked.staff.role in CARRIES_CASES:
        seen = or_(seen, and_(conversation.c.case_id.is_(None), conversation.c.tenant_id == asked.staff.tenant_id))
    chosen = select(*(conversation.c[name] for name in (*_SHOWN, "waiting_since", "last_heard_at", "created_at"))).outerjoin(
        case, case.c.id == conversation.c.case_id).where(conversation.c.tenant_id == asked.staff.tenant_id, seen)  # fmt: skip
    if state:
        chosen = chosen.where((conversation.c.waiting_since if state == "waiting" else conversation.c.held_by).is_not(None))
    if said := asked.query("case_id"):
        chosen = chosen.where(conversation.c.case_id == said)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, conversation.c.created_at, conversation.c.id, after=asked.query("after"), limit=asked.limit, newest=True)
    return {"items": [_brief(dict(row._mapping)) for row in rows], "next": after}


def read(asked: Asked) -> dict[str, Any]:
    """The newest two hundred messages, oldest first, exactly as the person saw them; `japanese` where that is another language,
    `state` what became of a message that was sent. `earlier`: there are more (`all=yes`). With what was sent besides words."""
    with asked.writing() as c:
        row = conversation_for(c, asked.staff, asked.path("id"), asked.now)
    with asked.reading() as c:
        found = talk.talk_of(c, asked.shell.words, row, everything=asked.query("all") == "yes")
        kept = attachments_of(c, [row["id"]])
    return {
        **_brief(row), "earlier": found.cut,
        "messages": [
            {"id": one.id, "side": one.side, "author": one.author, "by": one.by, "at": moment(one.at), "hidden": one.hidden,
             "text": one.text, "japanese": one.japanese, "offered": list(one.offered), "state": one.state} for one in found.lines
        ],
        "attachments": [
            {"id": one.id, "kind": one.kind, "media_type": one.media_type, "state": one.state, "at": moment(one.at)} for one in kept
        ],
    }  # fmt: skip


def hold(asked: Asked) -> dict[str, Any]:
    """The dialog is silent from now on. 409 with `why` held: a colleague has it."""
    row = _own(asked)
    try:
        service.hold(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id)
    except Conflict:
        raise Problem("refused", why="held") from None
    return _again(asked)


def reply(asked: Asked) -> dict[str, Any]:
    """In exactly these words, in the name of the token's account; takes the chat over if nobody has. 409 with `why` held or blocked:
    nothing went out. Use an `Idempotency-Key`, so that nobody is told twice."""
    body: Reply = asked.body
    row = _own(asked)
    try:
        service.reply(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id, body.text)
    except Conflict as conflict:
        raise Problem("refused", why="blocked" if "contact" in conflict.now else "held") from None
    return _again(asked)


def hand_back(asked: Asked) -> dict[str, Any]:
    """The dialog repeats its open question. Nothing happens where nobody holds it."""
    row = _own(asked)
    service.hand_back(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id)
    return _again(asked)


def fetch(asked: Asked) -> Response:
    """A photo or file that somebody sent, as it was kept: without place, time and device."""
    with asked.writing() as c:
        kept = attachment_for(c, asked.staff, asked.path("id"), asked.now)
    return attached(kept.content, kept.media_type)


def _own(asked: Asked) -> Row:
    with asked.writing() as c:
        return conversation_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)


def _again(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        return _brief(dict(c.execute(select(conversation).where(conversation.c.id == asked.path("id"))).mappings().one()))


def _brief(row: Row) -> dict[str, Any]:
    return {**{name: row[name] for name in _SHOWN}, **{name: moment(row[name]) for name in ("waiting_since", "last_heard_at", "created_at")}}


CALLS = (
    Call("GET", "/conversations", listed, "conversations:read", OPENS_CASES, "Chats, newest first", pages=True, queries=("state", "case_id")),
    Call("GET", "/conversations/{id}", read, "conversations:read", OPENS_CASES, "One chat and what was said", queries=("all",)),
    Call("POST", "/conversations/{id}/hold", hold, "conversations:write", OPENS_CASES, "Take a chat over"),
    Call("POST", "/conversations/{id}/replies", reply, "conversations:write", OPENS_CASES, "Answer as a human", body=Reply, status=201),
    Call("POST", "/conversations/{id}/hand-back", hand_back, "conversations:write", OPENS_CASES, "Give a chat back to the dialog"),
    Call("GET", "/attachments/{id}", fetch, "conversations:read", OPENS_CASES, "A photo or file that somebody sent"),
)  # fmt: skip
