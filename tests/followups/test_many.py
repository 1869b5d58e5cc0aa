"""Many rows in one statement: what was given is what is there, on both databases."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from backend.db import is_postgres
from backend.followups.many import among, by_keys, drop_many, listed, put_many, set_many
from backend.followups.models import due
from tests.conftest import MONDAY_MORNING

words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=12)
rows = st.lists(st.tuples(words, st.integers(0, 5), st.dictionaries(words, st.integers(0, 9) | words | st.none(), max_size=2)),
                max_size=6, unique_by=lambda row: row[0])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(given_rows=rows)
def test_whatever_is_written_is_read_again(engine, given_rows):
    with engine.begin() as c:
        c.execute(delete(due))
        put_many(c, due, [{"kind": "x", "subject": name, "due_at": MONDAY_MORNING, "detail": detail, "turn": turn}
                          for name, turn, detail in given_rows])
        asked = select(due.c.subject, due.c.turn, due.c.detail, due.c.due_at)
        found = {row.subject: (row.turn, row.detail, row.due_at) for row in c.execute(asked)}
        assert found == {name: (turn, detail, MONDAY_MORNING) for name, turn, detail in given_rows}
        some = [name for name, turn, _ in given_rows if turn % 2]
        chosen = c.execute(select(due.c.subject).where(among(due.c.subject, is_postgres(c))), {"ids": listed(c, [*some, *some])})
        assert sorted(chosen.scalars()) == sorted(some)


def test_what_is_there_stays_and_only_what_fits_is_changed(engine):
    with engine.begin() as c:
        first = [{"kind": "x", "subject": f"{n}", "due_at": MONDAY_MORNING, "detail": {}, "turn": n} for n in range(4)]
        put_many(c, due, first)
        put_many(c, due, [{**one, "turn": 9} for one in first])
        ids = {row.subject: row.id for row in c.execute(select(due))}
        set_many(c, due, [{"new_turn": 7, "id": ids["1"], "turn": 1}, {"new_turn": 7, "id": ids["2"], "turn": 5}], by=("id", "turn"))
        drop_many(c, due, [{"id": ids["3"], "turn": 3}, {"id": ids["0"], "turn": 8}])
        assert {row.subject: row.turn for row in c.execute(select(due))} == {"0": 0, "1": 7, "2": 2}
        put_many(c, due, [])
        set_many(c, due, [])
        drop_many(c, due, [])


def test_a_name_that_means_nothing_to_the_database_is_a_name(engine):
    names = ["null", "NULL", "a b", "", "{}", '"', "\\", "plain"]
    with engine.begin() as c:
        put_many(c, due, [{"kind": "x", "subject": name, "due_at": MONDAY_MORNING, "detail": {}, "turn": 0} for name in names])
        for some in (names, ["null"], ["plain"], [""]):
            found = c.execute(select(due.c.subject).where(among(due.c.subject, is_postgres(c))), {"ids": listed(c, some)}).scalars()
            assert sorted(found) == sorted(some)


def test_joins_by_key_are_asked_for_in_one_transaction_alone(engine):
    with engine.connect() as c:
        by_keys(c)  # SQLite always does
        if is_postgres(c):
            assert {c.exec_driver_sql(f"SHOW enable_{join}join").scalar_one() for join in ("hash", "merge")} == {"off"}
            c.rollback()
            assert c.exec_driver_sql("SHOW enable_hashjoin").scalar_one() == "on"
