"""The progress log of a case (支援記録 4 経過記録): what is done writes itself in, and staff add what nobody else saw.

Services call `add` inside their own transaction, so that nobody writes anything down twice (福岡県手引き 資料編 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases.models import case, support_entry
from backend.clock import in_japan
from backend.conflict import Conflict
from dialogs.core.words import Arg, Text, Words

KINDS = frozenset({
    "note", "reply", "referral", "visit", "contact", "booth", "meeting", "category", "policy", "assigned", "closed",
    "reopened", "program", "consent", "household",
})  # fmt: skip
"""What an entry can be about. Its words are `console.record.<kind>`, or `console.record.<kind>.<state>` where it has one."""

LONGEST = 4000


def add(
    connection: Connection,
    *,
    tenant_id: str,
    case_id: str,
    kind: str,
    at: datetime,
    written_at: datetime | None = None,
    staff_id: str | None = None,
    state: str = "",
    args: Mapping[str, Arg] | None = None,
    text: str = "",
    about: tuple[str, str] = ("", ""),
) -> str:
    """Write one entry and return its id. The case has moved by it (`changed_at`).

    `state` chooses the words (`console.record.referral.accepted`), `args` fills them; an argument may be a `Text` itself.
    `text` is what a person wrote; `about` the kind and id of the record behind it. `at` is when it happened,
    `written_at` when it was written down. Raises `ValueError` for an unknown kind, and for a note without words.
    """
    words = text.replace("\x00", "").strip()[:LONGEST]
    if kind not in KINDS or (kind == "note" and not words):
        raise ValueError("an entry has a known kind, and a note has words")
    written = written_at or at
    id_ = ids.new()
    connection.execute(insert(support_entry).values(
        id=id_, tenant_id=tenant_id, case_id=case_id, at=at, kind=kind, text=words or None, about_kind=about[0],
        about_id=about[1], staff_id=staff_id, written_at=written,
        args={"state": state, "args": {name: _kept(value) for name, value in (args or {}).items()}}))  # fmt: skip
    _moved(connection, case_id, written)
    return id_


def replied(
    connection: Connection, *, tenant_id: str, case_id: str, conversation_id: str, channel: str, staff_id: str, at: datetime
) -> None:
    """A human has written to the household: one entry a day, colleague and conversation, counted up."""
    morning = in_japan(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = select(support_entry.c.id, support_entry.c.args).where(
        support_entry.c.case_id == case_id, support_entry.c.kind == "reply", support_entry.c.staff_id == staff_id,
        support_entry.c.about_id == conversation_id, support_entry.c.at >= morning, support_entry.c.at < morning + timedelta(days=1),
        support_entry.c.struck_at.is_(None),
    )  # fmt: skip
    there = connection.execute(today.with_for_update(key_share=True)).first()
    if there is None:
        add(connection, tenant_id=tenant_id, case_id=case_id, kind="reply", at=at, staff_id=staff_id,
            args={"channel": Text(f"console.channel.{channel}"), "count": 1}, about=("conversation", conversation_id))  # fmt: skip
        return
    kept = {**there.args, "args": {**there.args["args"], "count": there.args["args"]["count"] + 1}}
    connection.execute(update(support_entry).where(support_entry.c.id == there.id).values(args=kept))
    _moved(connection, case_id, at)


def strike(connection: Connection, *, case_id: str, entry_id: str, by: str, at: datetime) -> None:
    """Strike an entry that was wrong: it stays readable as struck. Raises `Conflict` when it is struck or not there."""
    mine = update(support_entry).where(
        support_entry.c.id == entry_id, support_entry.c.case_id == case_id, support_entry.c.struck_at.is_(None))
    row = connection.execute(mine.values(struck_at=at, struck_by=by).returning(support_entry.c.tenant_id)).first()
    if row is None:
        raise Conflict({"struck": "yes"})
    audit.record(connection, tenant_id=row.tenant_id, staff_id=by, action="entry.struck", object_kind="support_entry",
                 object_id=entry_id, at=at)  # fmt: skip


def worded(kind: str, args: Mapping[str, Any] | None) -> Text:
    """The words of an entry, for the page and for the printed record."""
    kept = args or {}
    key = f"console.record.{kind}.{kept['state']}" if kept.get("state") else f"console.record.{kind}"
    return Text(key, {name: _read(value) for name, value in kept.get("args", {}).items()})


def _moved(connection: Connection, case_id: str, at: datetime) -> None:
    connection.execute(update(case).where(case.c.id == case_id, case.c.changed_at < at).values(changed_at=at))


def _kept(value: Arg) -> Any:
    if isinstance(value, Text):
        return {"key": value.key, "args": {name: _kept(one) for name, one in value.args.items()}}
    if isinstance(value, Words):
        return {"words": dict(value.by_locale)}
    if isinstance(value, date):
        return {"day": value.isoformat()[:10]}
    if isinstance(value, str | int):
        return value
    raise TypeError(f"an entry does not keep {type(value).__name__}")


def _read(value: Any) -> Arg:
    if not isinstance(value, dict):
        return value if isinstance(value, str | int) else str(value)
    if "key" in value:
        return Text(value["key"], {name: _read(one) for name, one in value["args"].items()})
    return Words.of(value["words"]) if "words" in value else date.fromisoformat(value["day"])
