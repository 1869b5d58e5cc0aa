"""Keep notices and decisions, carry out a withdrawal, and prove that no decision was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend.consent import rules
from backend.consent.models import consent_event, notice_shown, notice_text
from backend.consent.rules import Decision
from backend.conversations.offices import Office
from backend.db import is_postgres
from backend.journal.batch import Batch
from backend.referrals.models import referral
from backend.tasks.models import task
from backend.tasks.raising import raise_task
from backend.tenants.models import recipient as recipients
from dialogs.core.words import Words


def keep_text(batch: Batch, notice: str, version: int, locale: str, body: str) -> str:
    """Keep the exact words of a notice once, and return the id under which they are."""
    text_id = rules.text_id(notice, version, locale, body)
    row = {
        "id": text_id, "notice": notice, "version": version, "locale": locale, "body": body,
        "sha256": rules.sha256(body), "first_shown_at": batch.now,
    }  # fmt: skip
    batch.do(_KEEP_TEXT[is_postgres(batch.connection)], row, once=text_id)
    return text_id


_KEEP_TEXT: dict[bool, Any] = {
    postgres: build(notice_text).on_conflict_do_nothing() for postgres, build in ((True, pg_insert), (False, sqlite_insert))
}


def shown(batch: Batch, conversation_id: str, text_id: str, channel: str) -> None:
    """Log that a notice was shown (個情法62条: before anything is asked)."""
    row = {"conversation_id": conversation_id, "notice_text_id": text_id, "channel": channel, "at": batch.now}
    batch.add(notice_shown, row)


def record(
    batch: Batch,
    conversation: Mapping[str, Any],
    *,
    recipient: str,
    event: str,
    notice_text_id: str | None,
    method: str,
    channel: str,
    locale: str,
    actor: str = "self",
    recorded_by: str | None = None,
    explained_by: str | None = None,
) -> None:
    """Append one decision to the conversation's chain. Nothing is ever changed in it."""
    row: dict[str, Any] = {
        "tenant_id": conversation["tenant_id"], "conversation_id": conversation["id"],
        "case_id": conversation["case_id"], "recipient": recipient, "event": event, "purpose": "survivor_support",
        "notice_text_id": notice_text_id, "method": method, "channel": channel, "locale": locale,
        "actor": "self" if actor == "self" else "proxy", "recorded_by": recorded_by,
        "explained_by": explained_by, "at": batch.now,
    }  # fmt: skip
    row["prev_hash"] = _last_hash(batch, conversation)
    row["hash"] = rules.link(row["prev_hash"], row)
    batch.add(consent_event, row)


def decisions_of(connection: Connection, *, case_id: str | None, conversation_id: str | None = None) -> list[Decision]:
    """Every decision of a case (or of a conversation that has none yet), oldest first."""
    mine = consent_event.c.case_id == case_id if case_id else consent_event.c.conversation_id == conversation_id
    columns = (consent_event.c.recipient, consent_event.c.event, consent_event.c.at, consent_event.c.purpose)
    return [Decision(*row) for row in connection.execute(select(*columns).where(mine).order_by(consent_event.c.id))]


def verify(connection: Connection, tenant_id: str) -> tuple[int, int | None]:
    """How many decisions a municipality keeps, and the first one that was changed or whose forerunner is gone (None: all hold).

    Each conversation is a chain. Decisions told at a booth or by telephone belong to a case; two cases may have become one, so there
    each follows any before it.
    """
    chosen = select(consent_event).where(consent_event.c.tenant_id == tenant_id).order_by(consent_event.c.id)
    last: dict[str, str] = {}
    told = {rules.FIRST}
    count = 0
    for row in connection.execute(chosen.execution_options(yield_per=1000)).mappings():
        count += 1
        home = row["conversation_id"]
        follows = row["prev_hash"] in told if home is None else row["prev_hash"] == last.get(home, rules.FIRST)
        if not follows or row["hash"] != rules.link(row["prev_hash"], dict(row)):
            return count, int(row["id"])
        if home is None:
            told.add(row["hash"])
        else:
            last[home] = row["hash"]
    return count, None


def given_by(connection: Connection, conversation: Mapping[str, Any]) -> tuple[str, ...]:
    """The recipient classes that consent stands for now."""
    made = decisions_of(connection, case_id=conversation["case_id"], conversation_id=conversation["id"])
    if not made:
        return ()
    standing = rules.standing(made, max(decision.at for decision in made))
    return tuple(who for who, event in standing.items() if event == "given")


def revoke_referrals(
    batch: Batch, office: Office, conversation: Mapping[str, Any], classes: Sequence[str]
) -> tuple[Words, ...]:
    """Take back what is under way to these recipient classes; returns who had seen something already.

    In this release every referral goes to a professional. One that a professional has accepted becomes a task:
    a human tells them to hand back or delete what they hold.
    """
    if "professional" not in classes or not conversation["case_id"]:
        return ()
    rows = batch.connection.execute(
        select(referral.c.id, referral.c.profession, referral.c.state, referral.c.version, recipients.c.name)
        .join(recipients, recipients.c.id == referral.c.recipient_id, isouter=True)
        .where(referral.c.case_id == conversation["case_id"], referral.c.state.in_(("open", "accepted", "done")))
        .order_by(referral.c.id)
        .with_for_update(of=referral, key_share=True)  # whether it was accepted meanwhile decides whether somebody has to be told
    ).all()
    for row in rows:
        if row.state == "done":
            continue
        values = {"state": "withdrawn", "changed_at": batch.now, "changed_by": None, "version": row.version + 1}
        batch.connection.execute(update(referral).where(referral.c.id == row.id).values(**values))
        mine = update(task).where(task.c.referral_id == row.id, task.c.done_at.is_(None))
        batch.connection.execute(mine.values(done_at=batch.now))
        if row.state == "accepted":
            raise_task(
                batch, office, "refer", topic="withdrawn", case_id=conversation["case_id"],
                conversation_id=conversation["id"], referral_id=row.id,
            )  # fmt: skip
    seen = (row.name for row in rows if row.state in ("accepted", "done") and row.name)
    return tuple(Words.of(name) for name in seen)


def _last_hash(batch: Batch, conversation: Mapping[str, Any]) -> str:
    """The end of the chain of a conversation, or of a case that has none."""
    home, case_id = conversation["id"], conversation["case_id"]
    for row in reversed(batch.added(consent_event)):
        if row["conversation_id"] == home and (home is not None or row["case_id"] == case_id):
            return str(row["hash"])
    last = batch.connection.scalar(*((_LAST_OF_CASE, {"owner": case_id}) if home is None else (_LAST, {"owner": home})))
    return str(last or rules.FIRST)


_ends = select(consent_event.c.hash).order_by(consent_event.c.id.desc()).limit(1)
_LAST = _ends.where(consent_event.c.conversation_id == bindparam("owner"))
_LAST_OF_CASE = _ends.where(consent_event.c.conversation_id.is_(None), consent_event.c.case_id == bindparam("owner"))
