"""Open a case for a conversation, and keep answers in it with their history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, select, update

from backend import ids
from backend.cases.models import answer as answers
from backend.cases.models import case, suggestion
from backend.cases.numbers import next_number
from backend.cases.rules import case_number
from backend.clock import in_japan
from backend.consent.models import consent_event
from backend.conversations.offices import Office
from backend.journal.batch import Batch
from backend.people.service import person_from
from backend.tasks.models import task
from dialogs.core.answers import Answer, Facts


def open_case(batch: Batch, office: Office, conversation: dict[str, Any], facts: Facts) -> str:
    """Open a case for this conversation and return its number; what was kept before it is adopted by it."""
    year = in_japan(batch.now).year
    number = case_number(year, next_number(batch, office.id))
    case_id = ids.new()
    person_id = person_from(batch, office.id, facts)
    damage = facts.get("damage_level")
    batch.add(
        case,
        {
            "id": case_id, "tenant_id": office.id, "number": number, "person_id": person_id,
            "damage_level": str(damage.value) if damage and damage.given else "",
            "demonstration": office.demonstration, "opened_at": batch.now, "changed_at": batch.now,
            "waiting_since": conversation["waiting_since"], "language": conversation["locale"],
            "first_contact_at": batch.now,
        },
    )  # fmt: skip
    for adopt in _ADOPT:
        batch.do(adopt, {"_here": conversation["id"], "_case": case_id})
    conversation["case_id"] = case_id
    return number


_ADOPT = [
    update(table).where(table.c.conversation_id == bindparam("_here"), table.c.case_id.is_(None)).values(case_id=bindparam("_case"))
    for table in (answers, consent_event, suggestion, task)
]


def number_of(batch: Batch, case_id: str) -> str:
    return str(batch.connection.execute(select(case.c.number).where(case.c.id == case_id)).scalar_one())


def facts_of(connection: Connection, *, case_id: str | None, conversation_id: str) -> dict[str, Answer]:
    """What holds now, whoever asked: of the case, or of the conversation while there is none."""
    chosen, owner = (_OF_CASE, case_id) if case_id else (_OF_CONVERSATION, conversation_id)
    return {row[0]: Answer.from_json([*row]) for row in connection.execute(chosen, {"owner": owner})}


def facts_of_case(connection: Connection, case_id: str) -> dict[str, Answer]:
    """What holds now in a case."""
    return facts_of(connection, case_id=case_id, conversation_id="")


def _facts(owner: ColumnElement[str | None]) -> Select[Any]:
    return (
        select(answers.c.field, answers.c.value, answers.c.state, answers.c.by, answers.c.about)
        .where(owner == bindparam("owner"), answers.c.superseded_at.is_(None), answers.c.withdrawn.is_(False))
        .order_by(answers.c.id)
    )


# Built once: every new conversation asks.
_OF_CASE, _OF_CONVERSATION = _facts(answers.c.case_id), _facts(answers.c.conversation_id)


def keep_answers(
    batch: Batch, conversation: dict[str, Any], given: Iterable[Answer], source: str, *, replacing: Iterable[str]
) -> None:
    """Append answers; those in `replacing` were answered before and are superseded, not overwritten."""
    before = set(replacing)
    if before:
        _close(batch, conversation, before, "superseded_at")
    for one in given:
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        batch.add(
            answers,
            {
                "tenant_id": conversation["tenant_id"], "conversation_id": conversation["id"],
                "case_id": conversation["case_id"], "field": one.field, "state": one.state, "value": value,
                "by": one.by, "about": one.about, "source": source, "at": batch.now,
            },
        )  # fmt: skip


def withdraw_answers(batch: Batch, conversation: dict[str, Any], fields: Iterable[str]) -> None:
    """A changed answer closed their branch: out of rules and case, kept in the history."""
    _close(batch, conversation, set(fields), "withdrawn")


def wait_for_human(batch: Batch, conversation: dict[str, Any]) -> None:
    """From now on a person waits for a human; an earlier beginning stays. Automatic replies do not end it."""
    if conversation["waiting_since"] is None:
        conversation["waiting_since"] = batch.now
    if conversation["case_id"]:
        batch.do(_WAITS, {"_id": conversation["case_id"], "_since": conversation["waiting_since"]})


_WAITS = (
    update(case).where(case.c.id == bindparam("_id"), case.c.waiting_since.is_(None)).values(waiting_since=bindparam("_since"))
)


def answered_by_human(connection: Connection, conversation: dict[str, Any], now: datetime) -> None:
    """A human has written: nobody waits any more."""
    conversation["waiting_since"] = None
    if conversation["case_id"]:
        mine = update(case).where(case.c.id == conversation["case_id"])
        connection.execute(mine.values(waiting_since=None, changed_at=now))


def _close(batch: Batch, conversation: dict[str, Any], fields: set[str], closing: Literal["superseded_at", "withdrawn"]) -> None:
    in_case = conversation["case_id"] is not None
    for field in sorted(fields):
        batch.do(_CLOSING[closing, in_case], {
            "_owner": conversation["case_id" if in_case else "id"], "_field": field,
            "_value": batch.now if closing == "superseded_at" else True})


def _closing(column: str, owner: ColumnElement[str | None]) -> Update:
    mine = (owner == bindparam("_owner"), answers.c.field == bindparam("_field"), answers.c.superseded_at.is_(None))
    return update(answers).where(*mine).values({column: bindparam("_value", type_=answers.c[column].type)})


_CLOSING = {
    (column, in_case): _closing(column, answers.c.case_id if in_case else answers.c.conversation_id)
    for column in ("superseded_at", "withdrawn") for in_case in (True, False)
}
