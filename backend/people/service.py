"""The one place where a person is written: the row, its history and the tokens that find it, together."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import crypto, ids
from backend.cases.models import case
from backend.conflict import Conflict
from backend.db import is_postgres
from backend.followups.plan import plan_due, put_due
from backend.journal.batch import Batch
from backend.people.models import person, person_change, person_token
from backend.people.spelling import fold_phone
from backend.people.tokens import TOKENED, number_token, tokens_of
from dialogs.core.answers import Facts

FROM_ANSWERS = {
    "name": "name", "name_kana": "kana", "phone": "phone", "landline": "landline", "birth_date": "birth_date", "sex": "sex",
    "disaster_address": "address", "current_address": "current_address",
}  # fmt: skip
"""Field of the vocabulary -> column of a person."""

MATCH = "match"
"""Kind of the due rows that have a new or changed person compared with everybody else (`backend/matching`)."""
MATCH_AFTER = timedelta(minutes=1)

COLUMNS = frozenset(FROM_ANSWERS.values())


def person_from(batch: Batch, tenant_id: str, facts: Facts) -> str:
    """Write a new person and return the id. A person who gave no name is a person all the same."""
    row = new_person(tenant_id, changes(facts), batch.now)
    batch.add(person, row)
    for token in sorted(tokens_of(tenant_id, row)):
        batch.add(person_token, {"token": token, "person_id": row["id"]})
    plan_due(batch, MATCH, str(row["id"]), batch.now + MATCH_AFTER, {})
    return str(row["id"])


def add(connection: Connection, tenant_id: str, columns: Mapping[str, Any], at: datetime) -> str:
    """Write a new person and return the id. `columns` are some of `COLUMNS`."""
    row = new_person(tenant_id, columns, at)
    connection.execute(person.insert().values(row))
    _tokens(connection, row["id"], set(), tokens_of(tenant_id, row))
    put_due(connection, MATCH, str(row["id"]), at + MATCH_AFTER, {})
    return str(row["id"])


def new_person(tenant_id: str, columns: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The row of a new person; whoever inserts it by itself inserts `tokens_of` it too."""
    row = {name: columns.get(name) or ("" if name == "sex" else None) for name in sorted(COLUMNS)}
    row["phone"] = row["phone"] or row["landline"]
    return {"id": ids.new(), "tenant_id": tenant_id, **row, "phone_index": phone_index(row["phone"]), "created_at": at}


def write(
    connection: Connection, person_id: str, columns: Mapping[str, Any], *, source: str, by: str | None, at: datetime,
    version: int | None = None,
) -> bool:
    """Change some of a person's `COLUMNS`; what was there before is kept. True if anything changed.

    `source`: console, list, merge, or the name of a channel. Raises `Conflict` when `version` is no longer the newest.
    """
    now = _locked(connection, person_id)
    if version is not None and now["version"] != version:
        raise Conflict({name: now[name] for name in columns})
    changed = _changed(now, columns)
    if not changed:
        return False
    connection.execute(update(person).where(person.c.id == person_id).values(**_row_after(now, changed)))
    connection.execute(person_change.insert().values(_history_row(now, changed, source, by, at)))
    if not changed.keys().isdisjoint(TOKENED):
        _tokens(connection, person_id, tokens_of(now["tenant_id"], {**now}), tokens_of(now["tenant_id"], {**now, **changed}))
        put_due(connection, MATCH, person_id, at + MATCH_AFTER, {})
    return True


def write_with(batch: Batch, case_id: str, columns: Mapping[str, Any], *, source: str) -> None:
    """`write` of what the person of a case said about themselves, with the rest of a turn."""
    now = dict(batch.connection.execute(_OF_CASE, {"case": case_id}).mappings().one())
    person_id = now["id"]
    changed = _changed(now, columns)
    if not changed:
        return
    batch.set(person, person_id, _row_after(now, changed))
    batch.add(person_change, _history_row(now, changed, source, None, batch.now))
    if changed.keys().isdisjoint(TOKENED):
        return
    before, after = tokens_of(now["tenant_id"], {**now}), tokens_of(now["tenant_id"], {**now, **changed})
    for token in sorted(before - after):
        batch.do(_DROP_TOKEN, {"_person": person_id, "_token": token})
    for token in sorted(after - before):
        batch.do(_PUT_TOKEN[is_postgres(batch.connection)], {"token": token, "person_id": person_id})
    plan_due(batch, MATCH, person_id, batch.now + MATCH_AFTER, {})


_OF_CASE = select(person).join(case, case.c.person_id == person.c.id).where(case.c.id == bindparam("case")).with_for_update(of=person, key_share=True)
# Two answers of one turn may bring the same token, and a list may have brought it before.
_PUT_TOKEN: dict[bool, Any] = {postgres: build(person_token).on_conflict_do_nothing() for postgres, build in ((True, pg_insert), (False, sqlite_insert))}
_DROP_TOKEN = delete(person_token).where(person_token.c.person_id == bindparam("_person"), person_token.c.token == bindparam("_token"))


def _locked(connection: Connection, person_id: str) -> dict[str, Any]:
    return dict(connection.execute(select(person).where(person.c.id == person_id).with_for_update(key_share=True)).mappings().one())


def _changed(now: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    after = {name: value or ("" if name == "sex" else None) for name, value in columns.items() if name in COLUMNS}
    if "landline" in after and not after.get("phone") and now["phone"] in (None, now["landline"]):
        after["phone"] = after["landline"]  # it stands in where there is no other number
    return {name: value for name, value in after.items() if now[name] != value}


def _row_after(now: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    index = {"phone_index": phone_index(changed["phone"])} if "phone" in changed else {}
    return {**changed, **index, "version": now["version"] + 1}


def _history_row(now: Mapping[str, Any], changed: Mapping[str, Any], source: str, by: str | None, at: datetime) -> dict[str, Any]:
    return {"tenant_id": now["tenant_id"], "person_id": now["id"], "before": {name: now[name] for name in changed},
            "after": dict(changed), "source": source, "staff_id": by, "at": at}  # fmt: skip


def history(connection: Connection, person_id: str) -> list[dict[str, Any]]:
    """What changed in a person's row, newest first: before, after, source, staff_id, at."""
    chosen = select(person_change).where(person_change.c.person_id == person_id).order_by(person_change.c.id.desc())
    return [dict(row) for row in connection.execute(chosen).mappings()]


def add_number(connection: Connection, tenant_id: str, person_id: str, number: str) -> None:
    """From now on the person is found by this number too (管理番号 of a list)."""
    _tokens(connection, person_id, set(), {number_token(tenant_id, number)})


def changes(facts: Facts) -> dict[str, str | None]:
    """What new answers change in the person's row, column by column."""
    columns: dict[str, str | None] = {}
    for field, column in FROM_ANSWERS.items():
        said = _said(facts, field)
        if said or (field in facts and column in ("name", "kana")):
            columns[column] = said
    return columns


def without(gone: Container[str], facts: Facts) -> dict[str, str | None]:
    """What withdrawn answers take out of the person's row; `facts` are those that still hold."""
    columns: dict[str, str | None] = {
        column: None for field, column in FROM_ANSWERS.items() if field in gone and field != "name"
    }
    if "phone" in columns:
        columns["phone"] = _said(facts, "landline")
    return columns


def phone_index(phone: str | None) -> str | None:
    """The look-up value of a phone number: the number itself cannot be read back from it."""
    return crypto.ring().index(fold_phone(phone), "person.phone") if phone else None


def _tokens(connection: Connection, person_id: str, before: set[int], after: set[int]) -> None:
    drop_tokens(connection, person_id, before - after)
    put_tokens(connection, person_id, after)


def put_tokens(connection: Connection, person_id: str, tokens: Collection[int]) -> None:
    """From now on the person is found by these, too."""
    if tokens:
        connection.execute(_PUT_TOKEN[is_postgres(connection)], [{"token": token, "person_id": person_id} for token in sorted(tokens)])


def drop_tokens(connection: Connection, person_id: str, tokens: Collection[int]) -> None:
    if tokens:
        connection.execute(delete(person_token).where(person_token.c.person_id == person_id, person_token.c.token.in_(sorted(tokens))))


def _said(facts: Facts, field: str) -> str | None:
    answer = facts.get(field)
    return str(answer.value) if answer is not None and answer.given else None
