"""Codes that bind a chat to a case later: made at the booth, scanned at home, opened by a birth date or six spoken digits.

Who has only the code (a photo of the paper, a lucky guess) gets nothing, not even a name. Wrong tries are counted for the case,
whoever makes them and from where: a shelter behind one address never locks its own people out.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import crypto, ids
from backend.audit import service as audit
from backend.booth.models import case_binding, case_link, case_lock
from backend.cases.models import answer, case
from backend.db import Row, is_postgres
from backend.journal.models import conversation
from backend.staff.roles import Staff
from dialogs.core import understand

LASTS = timedelta(days=14)
"""How long a paper from the booth can be scanned."""
MOST_WRONG = 10
WITHIN = timedelta(days=1)
"""Wrong tries for one case, and from the first of them on how long they count."""
MOST_IN_ALL = 20
"""Wrong tries over all days: then every code that waits ends. Without it 14 days of ten tries are 140 guesses at a birth date."""
DIGITS = 6

TOKEN = re.compile(r"(?<![0-9a-z])[0-9a-v]{20}(?![0-9a-z])")
"""What a code holds (`ids.link`): no answer of a resident looks like it."""

SPEAKERS = ("self", "proxy")


class Link(NamedTuple):
    """A fresh code: what the QR holds, and the six digits that are only said. Neither can be shown again."""

    token: str
    code: str
    expires_at: datetime


class Guessed(NamedTuple):
    """The try that was one too many: the codes of the case have ended, and staff must know (`joining` tells them)."""

    case_id: str


class Opened(NamedTuple):
    """What a right answer opened."""

    case_id: str
    link_id: str
    speaker: str
    relation: str


# --- staff ------------------------------------------------------------------------------------------------------


def issue(connection: Connection, staff: Staff, case_id: str, *, speaker: str, relation: str, locale: str, at: datetime,
          lasts: timedelta = LASTS, traced: bool = True) -> Link:
    """Make a code for one phone of a case. `speaker`: whoever answers there, `self` or a `proxy` with their `relation`.

    Who may reach the case was checked. Whoever makes several (`traced=False`) calls `trace_issued` at the end.
    """
    link = Link(ids.link(), ids.code(DIGITS), at + lasts)
    name = ids.hashed(link.token)
    _counted(connection, case_id, at)
    if not waiting(connection, case_id, at):  # what was guessed at other papers is no guess at this one
        connection.execute(update(case_lock).where(case_lock.c.case_id == case_id).values(wrong=0))
    connection.execute(insert(case_link).values(
        id=name, tenant_id=staff.tenant_id, case_id=case_id, staff_id=staff.id, code_index=_code_index(name, link.code),
        speaker=speaker if speaker in SPEAKERS else "self", relation=relation if speaker == "proxy" else "", locale=locale, made_at=at,
        expires_at=link.expires_at))  # fmt: skip
    if traced:
        trace_issued(connection, staff, (case_id,), at)
    return link


def trace_issued(connection: Connection, staff: Staff, case_ids: Iterable[str], at: datetime) -> None:
    """Write down that codes were made: last of all, because on PostgreSQL the trail is held from then on."""
    for case_id in case_ids:
        _trace(connection, staff, "case.link_made", case_id, at)


def call_back(connection: Connection, staff: Staff, case_id: str, at: datetime) -> int:
    """End every code of the case that waits to be scanned; returns how many."""
    waiting = update(case_link).where(case_link.c.case_id == case_id, case_link.c.ended_at.is_(None))
    ended = connection.execute(waiting.values(ended_at=at)).rowcount
    _trace(connection, staff, "case.links_ended", case_id, at)
    return ended


def reset(connection: Connection, staff: Staff, case_id: str, at: datetime) -> None:
    """Let people try again after too many wrong answers: somebody of the staff has looked at it."""
    connection.execute(update(case_lock).where(case_lock.c.case_id == case_id).values(tries=0, wrong=0, since=at))
    _trace(connection, staff, "case.link_unlocked", case_id, at)


def waiting(connection: Connection, case_id: str, at: datetime) -> list[Row]:
    """The codes of a case that can still be scanned, newest first."""
    chosen = select(case_link).where(case_link.c.case_id == case_id, case_link.c.ended_at.is_(None), case_link.c.expires_at > at)
    return [dict(row) for row in connection.execute(chosen.order_by(case_link.c.made_at.desc())).mappings()]


def bound(connection: Connection, case_id: str) -> list[Row]:
    """The chats that were bound to a case by a code: channel, who speaks there, since when."""
    chosen = (
        select(case_binding.c.id, case_binding.c.speaker, case_binding.c.relation, case_binding.c.bound_at, conversation.c.channel)
        .join(conversation, conversation.c.id == case_binding.c.conversation_id)
        .where(case_binding.c.case_id == case_id)
        .order_by(case_binding.c.bound_at)
    )
    return [dict(row) for row in connection.execute(chosen).mappings()]


def unbind(connection: Connection, staff: Staff, case_id: str, binding_id: str, at: datetime) -> bool:
    """Part a chat from the case: the wrong phone, or one that must not hear of it any more. False where it is not bound.

    What was said there stays with the case. The chat turns to another case that it is bound to, or begins anew as a stranger's.
    """
    mine = select(case_binding).where(case_binding.c.id == binding_id, case_binding.c.case_id == case_id).with_for_update(key_share=True)
    row = connection.execute(mine).mappings().one_or_none()
    if row is None:
        return False
    home = connection.execute(
        select(conversation.c.case_id, conversation.c.version).where(conversation.c.id == row["conversation_id"]).with_for_update(key_share=True)).one()
    connection.execute(delete(case_binding).where(case_binding.c.id == binding_id))
    if home.case_id == case_id:
        other = select(case_binding.c.case_id, case_binding.c.session).where(case_binding.c.conversation_id == row["conversation_id"])
        turned = connection.execute(other.order_by(case_binding.c.bound_at).limit(1)).first()
        connection.execute(update(conversation).where(conversation.c.id == row["conversation_id"]).values(
            case_id=turned.case_id if turned else None, session=turned.session if turned else None, version=home.version + 1))  # fmt: skip
    _trace(connection, staff, "case.chat_parted", case_id, at)
    return True


def is_locked(connection: Connection, case_id: str, at: datetime) -> bool:
    """Whether wrong tries have stopped every code of the case for now."""
    row = connection.execute(select(case_lock).where(case_lock.c.case_id == case_id)).one_or_none()
    return row is not None and row.tries >= MOST_WRONG and at - row.since < WITHIN


# --- whoever scanned it --------------------------------------------------------------------------------------------


def find(connection: Connection, token: str, at: datetime) -> Row | None:
    """The code that is behind a token and can still be used."""
    chosen = select(case_link).where(
        case_link.c.id == ids.hashed(token), case_link.c.ended_at.is_(None), case_link.c.expires_at > at)  # fmt: skip
    row = connection.execute(chosen).mappings().one_or_none()
    return dict(row) if row is not None else None


def proof_in(text: str, today: date) -> tuple[str, str] | None:
    """What was typed as proof: ("code", six digits) or ("birth", ISO day); None where it is neither, and means something else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"[\s-]", "", plain)
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
        return "code", digits
    day = understand.read_date(text, today)
    return ("birth", day.isoformat()) if day else None


def attempt(
    connection: Connection, link_id: str, proof: tuple[str, str], at: datetime, later: Callable[[Callable[[], None]], None] = lambda act: act(),
) -> Opened | Guessed | None:
    """Use the code up if the proof is right; None for a wrong one, which is counted, and for any while the case is locked.
    `Guessed` for the wrong one that ended all codes of the case. `later` writes the trail, last of all (`Batch.last`).

    A protected person's code opens by the spoken digits alone: those whom they must be safe from may know the birth date.
    """
    row = connection.execute(
        select(case_link).where(case_link.c.id == link_id, case_link.c.ended_at.is_(None), case_link.c.expires_at > at).with_for_update(key_share=True)
    ).mappings().one_or_none()  # fmt: skip
    if row is None:
        return None
    _counted(connection, row["case_id"], at)  # a merged case may have none yet
    lock = connection.execute(select(case_lock).where(case_lock.c.case_id == row["case_id"]).with_for_update(key_share=True)).one()
    tries = lock.tries if at - lock.since < WITHIN else 0
    if tries >= MOST_WRONG:
        return None
    kind, said = proof
    right = hmac.compare_digest(_code_index(link_id, said), row["code_index"]) if kind == "code" else _born(connection, row["case_id"], said)
    mine = update(case_lock).where(case_lock.c.case_id == row["case_id"])
    if not right:
        ends = lock.wrong + 1 >= MOST_IN_ALL
        connection.execute(mine.values(tries=tries + 1, wrong=0 if ends else lock.wrong + 1, since=lock.since if tries else at))
        if not ends:
            return None
        dead = update(case_link).where(case_link.c.case_id == row["case_id"], case_link.c.ended_at.is_(None))
        connection.execute(dead.values(ended_at=at))
        later(partial(audit.record, connection, tenant_id=row["tenant_id"], staff_id=None, action="case.links_guessed", object_kind="case",
                      object_id=row["case_id"], at=at))  # fmt: skip
        return Guessed(row["case_id"])
    connection.execute(update(case_link).where(case_link.c.id == link_id).values(ended_at=at))
    later(partial(audit.record, connection, tenant_id=row["tenant_id"], staff_id=None, action="case.chat_bound", object_kind="case",
                  object_id=row["case_id"], at=at))  # fmt: skip
    return Opened(row["case_id"], link_id, row["speaker"], row["relation"])


def _counted(connection: Connection, case_id: str, at: datetime) -> None:
    """Let there be a row that counts the wrong tries of a case."""
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    connection.execute(build(case_lock).values(case_id=case_id, tries=0, since=at).on_conflict_do_nothing())


def _born(connection: Connection, case_id: str, said: str) -> bool:
    if connection.execute(select(case.c.restricted).where(case.c.id == case_id)).scalar_one():
        return False
    known = select(answer.c.value).where(
        answer.c.case_id == case_id, answer.c.field == "birth_date", answer.c.state == "given", answer.c.superseded_at.is_(None),
        answer.c.withdrawn.is_(False))  # fmt: skip
    return said in connection.execute(known).scalars().all()


def knows_birth(connection: Connection, case_id: str) -> bool:
    """Whether a birth date would open a code of this case."""
    protected = connection.execute(select(case.c.restricted).where(case.c.id == case_id)).scalar_one()
    known = select(answer.c.id).where(
        answer.c.case_id == case_id, answer.c.field == "birth_date", answer.c.state == "given", answer.c.superseded_at.is_(None),
        answer.c.withdrawn.is_(False))  # fmt: skip
    return not protected and connection.execute(known.limit(1)).first() is not None




def _code_index(link_id: str, code: str) -> str:
    return crypto.ring().index(f"{link_id}\0{code}", "case_link.code")


def _trace(connection: Connection, staff: Staff, action: str, case_id: str, at: datetime) -> None:
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind="case", object_id=case_id, at=at)
