"""What can be made ready of a chunk of rows without looking anything up: cells read for the dry run, rows of tables for taking in.

Pure but for keys, ids and random numbers, so that another process may do it ahead of time (`ahead.py`). What comes back is
made of plain tuples, text and bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Table
from sqlalchemy.engine import Dialect, make_url

from backend import crypto, ids
from backend.cases.models import answer, case, category_decision
from backend.journal.statements import Writing, insertion
from backend.lists.cells import Draft, plan, read_row
from backend.lists.models import list_chunk, list_row
from backend.lists.rows import NEW, digest_of, household_of, key_of, packed, unpacked
from backend.lists.runs import Run
from backend.people import service as people
from backend.people.models import household_member, person
from backend.people.tokens import number_token, tokens_of

SOURCE = "list"

Sealed: TypeAlias = bytes
"""A chunk's column as it is stored."""


class Checked(NamedTuple):
    """A row that was read. `kept` is the packed draft as JSON."""

    place: int
    key: str
    digest: str
    household: str
    number: str
    refused: bool
    restricted: bool
    kept: bytes
    trouble: list[tuple[str, str, str]]


class Made(NamedTuple):
    """The values of a new row in each table, in the order of `columns_of`; what they have in `FILLED` is put before them."""

    person_id: str
    person: tuple[Any, ...]
    member: tuple[Any, ...]
    relation: str
    head: bool
    row: tuple[Any, ...]
    case_id: str
    case: tuple[Any, ...]
    decision: tuple[Any, ...] | None
    answers: list[tuple[str, bytes]]


class Wanted(NamedTuple):
    """A row that is to be taken in. `kept` as in `Checked`; `made` only if it was new at the dry run."""

    place: int
    key: str
    digest: str
    household: str
    restricted: bool
    kept: bytes
    made: Any


class Into(NamedTuple):
    """Into what the rows are made: whose they are, from which list, who brings them in, when, and for which kind of database."""

    tenant_id: str
    kind: str
    import_id: str
    by: str | None
    now: datetime
    dialect: str

    @classmethod
    def of(cls, tenant_id: str, home: Mapping[str, Any], by: str | None, now: datetime, dialect: Dialect) -> Into:
        return cls(tenant_id, home["kind"], home["id"], by, now, f"{dialect.name}+{dialect.driver}")


FILLED: dict[Table, tuple[str, ...]] = {
    household_member: ("case_id", "head"), list_row: ("case_id",), case: ("number", "demonstration"),
    answer: ("case_id", "field", "value"),
}  # fmt: skip
"""Columns that are known only when a row is taken in: its household may be there already."""


@cache
def columns_of(table: Table) -> tuple[str, ...]:
    """The columns that a new row of a list fills, those of `FILLED` first."""
    first = FILLED.get(table, ())
    rest = [column.name for column in table.columns if column is not table.autoincrement_column and column.name not in first]
    return (*first, *rest)


def check_rows(stored: Sealed, tenant_id: str, kind: str, mapping: dict[str, str], today: date) -> list[Any]:
    """`Checked` for each row of a chunk that holds somebody."""
    columns, read = plan(mapping), []
    for place, cells in _opened(list_chunk.c.rows, stored):
        draft = read_row(cells, columns, today)
        if draft is not None:
            trouble = [astuple(one) for one in draft.trouble]
            read.append((place, key_of(tenant_id, kind, draft), digest_of(draft), household_of(tenant_id, kind, draft), draft.number,
                         draft.refused, draft.restricted, orjson.dumps(packed(draft)), trouble))
    return read


def make_rows(stored: Sealed, into: Into) -> list[Any]:
    """[`Wanted` for each row of a checked chunk that is to be taken in, the tokens of the new ones (a packed `Run`)]."""
    found = [one for one in _opened(list_chunk.c.found, stored)["rows"] if one[4] is not None]
    drafts = [unpacked(one[4]) for one in found]
    new = [at for at, one in enumerate(found) if one[1] == NEW]
    made: list[Any] = [None] * len(found)
    fresh, tokens = make(into, [(drafts[at], *found[at][:1], *found[at][2:4], found[at][5]) for at in new])
    for at, one in zip(new, fresh, strict=True):
        made[at] = one
    return [[
        (place, key, digest, household, draft.restricted, b"" if one is not None else orjson.dumps(kept), one)
        for (place, _, key, digest, kept, household), draft, one in zip(found, drafts, made, strict=True)
    ], tokens]


def make(into: Into, rows: list[tuple[Draft, int, str, str, str]]) -> tuple[list[Any], bytes]:
    """`Made` for new rows, (draft, place, key, digest, household), and their tokens, a packed `Run`; b"" for none."""
    if not rows:
        return [], b""
    whose = {"tenant_id": into.tenant_id}
    people_, members, list_rows, cases, decisions, decided = [], [], [], [], [], []
    tokens: dict[str, set[int]] = {}
    for draft, place, key, digest, household in rows:
        who = people.new_person(into.tenant_id, draft.person, into.now)
        who["restricted"] = draft.restricted
        words = tokens_of(into.tenant_id, who)
        if draft.number:
            words.add(number_token(into.tenant_id, draft.number))
        tokens[who["id"]] = words
        people_.append({**_blank(person), **who})
        members.append({**_blank(household_member), **whose, "id": ids.new(), "person_id": who["id"], "relation": draft.relation,
                        "about": {"relation": draft.cells["relation"]} if "relation" in draft.cells else None,
                        "on_register": True if draft.household else None})
        case_id, category = ids.new(), draft.category if into.by else None
        list_rows.append({
            **_blank(list_row), **whose, "id": ids.new(), "kind": into.kind, "key": key, "household": household, "number": draft.number or None,
            "person_id": who["id"], "import_id": into.import_id, "place": place, "digest": digest, "cells": draft.cells, "at": into.now,
        })  # fmt: skip
        cases.append({
            **_blank(case), **whose, "id": case_id, "person_id": who["id"], "district": draft.district,
            "damage_level": str(draft.answers.get("damage_level", "")), "restricted": draft.restricted, "category": category,
            "origin": "import", "opened_at": into.now, "changed_at": into.now,
        })  # fmt: skip
        if category:
            decisions.append({**_blank(category_decision), **decision(into, case_id, category)})
        decided.append(bool(category))
    made = zip(rows, people_, cases, _values(into, person, people_), _values(into, household_member, members),
               _values(into, list_row, list_rows), _values(into, case, cases), decided, strict=True)
    of_decisions = iter(_values(into, category_decision, decisions))
    return [
        (who["id"], of_person, member, draft.relation, draft.head, of_row, home["id"], of_case, next(of_decisions) if was_decided else None,
         _answers(draft))
        for (draft, *_), who, home, of_person, member, of_row, of_case, was_decided in made
    ], Run.of(tokens).packed()


def decision(into: Into, case_id: str, category: int) -> dict[str, Any]:
    return {"id": ids.new(), "tenant_id": into.tenant_id, "case_id": case_id, "category": category, "reasons": [],
            "decided_by": into.by, "at": into.now}


def answered(into: Into) -> dict[str, Any]:
    """What every answer of a list has, but for its `FILLED` columns."""
    return blank(answer) | {"tenant_id": into.tenant_id, "state": "given", "by": "staff", "about": "self", "source": SOURCE, "at": into.now}


def insertion_into(dialect: Dialect, table: Table) -> Writing:
    """The insertion of a table's rows, without any yet."""
    return insertion(dialect, table, columns_of(table), ())


def _answers(draft: Draft) -> list[tuple[str, bytes]]:
    sealed = crypto.ring().seal_all([orjson.dumps(value) for value in draft.answers.values()], "answer.value")
    return list(zip(draft.answers, sealed, strict=True))


def _values(into: Into, table: Table, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them, without the columns of `FILLED`."""
    return insertion(_dialect(into.dialect), table, columns_of(table)[len(FILLED.get(table, ())) :], rows).values


@cache
def _dialect(name: str) -> Dialect:
    made: Dialect = make_url(f"{name}://").get_dialect()()
    return made


def _opened(column: Any, stored: Sealed) -> Any:
    return column.type.process_result_value(stored, None)


@cache
def _blank(table: Table) -> dict[str, Any]:
    return {
        column.name: getattr(column.default, "arg", None) if column.default is not None and not column.default.is_callable else None
        for column in table.columns if column is not table.autoincrement_column
    }  # fmt: skip


def blank(table: Table) -> dict[str, Any]:
    """A row of a table with nothing in it but what its columns have of themselves."""
    return dict(_blank(table))
