"""However many rows there are, each comes into its table whole, in order, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    select,
)

from backend.cases.models import answer
from backend.db import is_postgres
from backend.journal.statements import Writing, insertion
from backend.lists.finding import put
from backend.lists.pouring import MOST, pour
from backend.people.models import person_token
from tests.conftest import MovableClock

OWN = ("field", "value")


@pytest.mark.parametrize("many", [0, 1, MOST // 2 - 5, MOST // 2, MOST])
def test_rows_with_what_they_have_in_common(many: int, engine: Engine, clock: MovableClock) -> None:
    rest = {"tenant_id": "tsunagi", "state": "given", "by": "staff", "about": "self", "source": "list", "at": clock(), "withdrawn": False}
    writing = insertion(engine.dialect, answer, (*OWN, *rest), [{"field": f"field_{at}", "value": at, **rest} for at in range(many)])
    own = [row[: len(OWN)] for row in writing.values]
    with engine.begin() as c:
        pour(c, writing._replace(values=own), next((row[len(OWN) :] for row in writing.values), ()))
        rows = c.execute(select(answer).order_by(answer.c.id)).mappings().all()
    assert [(row["field"], row["value"]) for row in rows] == [(f"field_{at}", at) for at in range(many)]
    assert all(row[name] == said for row in rows for name, said in rest.items())


@pytest.mark.parametrize("many", [0, 1, MOST // 2, MOST // 2 + 1, MOST * 2])
def test_rows_without(many: int, engine: Engine) -> None:
    pairs = [(at * 7 - 500, f"{at:026}") for at in range(many)]
    with engine.begin() as c:
        pour(c, Writing(f"INSERT INTO person_token (token, person_id) VALUES ({'?, ?' if engine.dialect.name == 'sqlite' else '%s, %s'})",
                        [*pairs], "person_token (token, person_id)"))
        assert [tuple(row) for row in c.execute(select(person_token).order_by(person_token.c.token))] == pairs


SIGNS = ["\\N", "\\.", "a\tb", "a\nb\r", "\\", "\\x41", "", "𠮷\ue001", "\x0b\x7f", "山田\u3000花子", "'; --"]


@pytest.fixture
def kinds(engine: Engine) -> Iterator[Table]:
    table = Table("kinds", MetaData(), Column("at", Integer, primary_key=True), Column("word", Text), Column("content", LargeBinary),
                  Column("said", Boolean), Column("day", Date))
    table.create(engine)
    yield table
    table.drop(engine)


def test_every_sign_and_kind_of_value_comes_back_as_it_was(kinds: Table, engine: Engine) -> None:
    """What a stream would take for the end of a value, of a row or of everything; and what is no text."""
    rows = [(at, word, word.encode(), bool(at % 2), date(2026, 7, at + 1)) for at, word in enumerate(SIGNS)] + [(len(SIGNS), None, None, None, None)]
    into = "kinds (at, word, content, said, day)"
    with engine.begin() as c:
        stored = [tuple(str(value) if isinstance(value, date) and not is_postgres(c) else value for value in row) for row in rows]
        pour(c, Writing("", stored, into))
        assert [tuple(row) for row in c.execute(select(kinds).order_by(kinds.c.at))] == rows
        c.execute(delete(kinds))
        pour(c, Writing("", [(at, word) for at, word in enumerate(SIGNS)], "kinds (at, word, content, said)"), (b"\\N\x00", False))
        assert [tuple(row) for row in c.execute(select(kinds).order_by(kinds.c.at))] == [
            (at, word, b"\\N\x00", False, None) for at, word in enumerate(SIGNS)]


def test_tokens_that_are_there_stay_and_the_others_come(engine: Engine) -> None:
    pairs = [(at, f"{at % 5:026}") for at in range(-1_000, 1_000)]
    with engine.begin() as c:
        put(c, pairs[300:400])
        put(c, pairs)
        put(c, pairs[-3:])
        assert sorted(tuple(row) for row in c.execute(select(person_token))) == pairs
