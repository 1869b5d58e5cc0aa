"""However many rows there are, each comes into its table whole, in order, and once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from backend.cases.models import answer
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


def test_tokens_that_are_there_stay_and_the_others_come(engine: Engine) -> None:
    pairs = [(at, f"{at % 5:026}") for at in range(-1_000, 1_000)]
    with engine.begin() as c:
        put(c, pairs[300:400])
        put(c, pairs)
        put(c, pairs[-3:])
        assert sorted(tuple(row) for row in c.execute(select(person_token))) == pairs
