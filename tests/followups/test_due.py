"""What the clock does: each row once, in order of time, by way of the inbox; a sign of life calls a reminder off."""

from __future__ import annotations

import gc
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from backend.cases.models import case
from backend.contacts.models import contact
from backend.db import is_postgres
from backend.followups.models import due
from backend.followups.plan import TOLD, put_due
from backend.followups.run import _CLAIM, AFTER_FAILURE, remind, run_due
from backend.journal.models import conversation, inbox
from backend.journal.process import process
from backend.people.models import person
from tests.conftest import MONDAY_MORNING
from tests.journal.field import CHANNELS, put, said, seconds, sessions, write_down


@pytest.fixture(autouse=True)
def _tenant(engine, make_tenant):
    make_tenant(engine)


@pytest.fixture
def hanako(engine, clock) -> str:
    """Somebody who has said something, which was answered."""
    put(engine, clock, said("hello", clock()))
    process(engine, CHANNELS, write_down, clock)
    with engine.connect() as connection:
        return connection.scalar(select(conversation.c.id))


def plan(engine, kind: str, subject: str, at, **detail) -> None:
    with engine.begin() as connection:
        connection.execute(insert(due).values(kind=kind, subject=subject, due_at=at, detail=detail))


def left(engine) -> list:
    with engine.connect() as connection:
        asked = select(due.c.kind, due.c.subject, due.c.due_at, due.c.turn).where(due.c.kind != TOLD)  # that looks how it ended
        return connection.execute(asked).all()


def tick(engine, clock, hear=write_down, **handlers) -> None:
    while run_due(engine, clock, {"reminder": remind, **handlers}):
        pass
    while process(engine, CHANNELS, hear, clock):
        pass


def test_a_reminder_is_heard_when_it_is_due_and_only_once(engine, clock, hanako):
    plan(engine, "reminder", hanako, clock() + timedelta(days=3), reminder="gentle")
    clock.move(days=2.9)
    tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello"]}
    clock.move(days=0.2)
    tick(engine, clock)
    tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", "~gentle"]}
    assert left(engine) == []


def test_a_sign_of_life_after_the_clock_struck_calls_it_off(engine, clock, hanako):
    plan(engine, "reminder", hanako, clock() + timedelta(days=3), reminder="gentle")
    clock.move(days=4)  # the worker was away for a day; she wrote meanwhile
    put(engine, clock, said("I am here", clock() - timedelta(hours=1)))
    tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", "I am here"]}


@pytest.mark.parametrize("after", [timedelta(), timedelta(days=1)])
def test_a_sign_of_life_that_was_answered_first_calls_it_off(engine, clock, hanako, after):
    """Also one in the very moment that the clock strikes."""
    plan(engine, "reminder", hanako, clock() + timedelta(days=3), reminder="gentle")
    clock.move(timedelta(days=3) + after)
    put(engine, clock, said("I am here", clock()))
    process(engine, CHANNELS, write_down, clock)
    tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", "I am here"]}


@pytest.mark.parametrize(("results", "heard"), [(["refused"], []), (["refused", "again"], ["~gentle"]), (["again", "refused"], []),
                                               (["card_left"], ["~gentle"])])
def test_whoever_refused_at_the_door_is_not_reminded_of_the_conversation_they_left(engine, clock, hanako, results, heard):
    plan(engine, "reminder", hanako, clock() + timedelta(days=3), reminder="gentle")
    with engine.begin() as c:
        c.execute(insert(person).values(id="p", tenant_id="tenant-tsunagi", created_at=clock()))
        c.execute(insert(case).values(id="k", tenant_id="tenant-tsunagi", number="1", person_id="p", opened_at=clock(), changed_at=clock()))
        c.execute(update(conversation).values(case_id="k"))
        for n, result in enumerate(results, 1):
            at = clock() + timedelta(days=n)
            c.execute(insert(contact).values(id=f"{n}", tenant_id="tenant-tsunagi", case_id="k", channel="visit", direction="out",
                                             at=at, made_at=at, result=result))
    clock.move(days=3)
    tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", *heard]}


def test_two_reminders_of_one_person_are_two_events(engine, clock, hanako):
    for name in ("gentle", "last"):
        plan(engine, "reminder", hanako, clock() + timedelta(days=3), reminder=name)
        clock.move(days=4)
        tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", "~gentle", "~last"]}


def test_a_reminder_for_nobody_is_dropped(engine, clock):
    plan(engine, "reminder", "nobody", clock())
    tick(engine, clock)
    assert left(engine) == []


def test_rows_come_in_order_of_time_in_batches(engine, clock):
    for n in (5, 3, 4, 1, 2):
        plan(engine, "count", f"{n}", clock() - timedelta(minutes=10 - n))
    seen = []

    def handler(batch, rows):
        seen.append([one.subject for one in rows])

    while run_due(engine, clock, {"count": handler}, limit=2):
        pass
    assert seen == [["1", "2"], ["3", "4"], ["5"]]


def test_a_handler_says_when_next(engine, clock):
    plan(engine, "ring", "task", clock())
    rings = []

    def ring(batch, rows):
        rings.append(batch.now)
        return {one.id: batch.now + timedelta(minutes=10) for one in rows} if len(rings) < 3 else None

    for _ in range(60):
        run_due(engine, clock, {"ring": ring})
        clock.move(minutes=1)
    assert [(b - a) for a, b in itertools.pairwise(rings)] == [timedelta(minutes=10)] * 2
    assert left(engine) == []


def test_a_handler_may_set_its_row_anew(engine, clock):
    plan(engine, "ring", "task", clock())

    def ring(batch, rows):
        batch.connection.execute(due.update().values(due_at=batch.now + timedelta(hours=1), turn=due.c.turn + 1))

    run_due(engine, clock, {"ring": ring})
    ((_, _, at, turn),) = left(engine)
    assert (at, turn) == (clock() + timedelta(hours=1), 1)


def test_one_row_that_fails_holds_up_no_other(engine, clock):
    for n in range(5):
        plan(engine, "count", f"{n}", clock())
    done = []

    def handler(batch, rows):
        for one in rows:
            if one.subject == "2":
                raise ValueError
        done.extend(one.subject for one in rows)

    run_due(engine, clock, {"count": handler})
    assert sorted(done) == ["0", "1", "3", "4"] and gc.isenabled()
    ((_, subject, at, _),) = left(engine)
    assert (subject, at) == ("2", clock() + AFTER_FAILURE)


def test_kinds_that_nobody_handles_here_wait(engine, clock):
    plan(engine, "later", "x", clock())
    assert run_due(engine, clock, {"reminder": remind}) == 0
    assert len(left(engine)) == 1


def test_three_clocks_at_once_do_each_row_once(engine, clock):
    with engine.begin() as connection:
        connection.execute(insert(conversation), [
            {"id": f"c{n:04}", "tenant_id": "tenant-tsunagi", "channel": "line", "address": f"U{n}",
             "address_index": f"{n}", "created_at": clock()} for n in range(400)])
        connection.execute(insert(due), [
            {"kind": "reminder", "subject": f"c{n:04}", "due_at": seconds(clock, -n), "detail": {}} for n in range(400)])

    def one_clock(_):
        done = 0
        while some := run_due(engine, clock, {"reminder": remind}, limit=37):
            done += some
        return done

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(one_clock, range(3)))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(inbox.c.event_id.distinct()))) == 400
    assert sum(counts) == 400 and left(engine) == []


def test_what_was_set_before_the_last_batch_is_found_by_the_next_look(engine, clock):
    """A sweep goes on where its last batch ended; whoever comes in behind it is not forgotten."""
    for n in range(6):
        plan(engine, "count", f"{n}", clock() - timedelta(minutes=10 - n))
    seen = []

    def handler(batch, rows):
        if not seen:
            put_due(batch.connection, "count", "late", batch.now - timedelta(hours=1), {})
        seen.extend(one.subject for one in rows)

    while run_due(engine, clock, {"count": handler}, limit=2):
        pass
    assert seen == ["0", "1", "2", "3", "4", "5", "late"] and left(engine) == []


def test_a_handler_says_how_many_it_takes_at_once(engine, clock):
    for n in range(12):
        plan(engine, "few" if n < 6 else "many", f"{n}", seconds(clock, n - 60))
    seen = []

    class Handler:
        def __init__(self, at_once):
            self.at_once = at_once

        def __call__(self, batch, rows):
            seen.append([int(one.subject) for one in rows])

    run_due(engine, clock, {"few": Handler(2), "many": Handler(4)})
    assert seen == [[0, 1], [2, 3], [4, 5], [6, 7, 8, 9], [10, 11]]


def test_the_clock_finds_what_is_due_by_its_index_wherever_it_goes_on(engine):
    asked = _CLAIM.params(now=MONDAY_MORNING, kinds=["a", "b"], limit=500, after=MONDAY_MORNING - timedelta(days=1), after_id=7)
    written = asked.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as c:
        if is_postgres(c):
            c.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = " ".join(c.exec_driver_sql(f"EXPLAIN {written}").scalars())
            assert "ix_due_due" in plan and "Index Cond: ((due_at <=" in plan and "ROW(due_at, id) >" in plan
        else:
            rows = c.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}").all()
            assert [row.detail for row in rows] == ["SEARCH due USING INDEX ix_due_due (due_at>? AND due_at<?)"]


@pytest.mark.parametrize("jumps", [(48, -48), (-48, 48), (48, -96, 48), (-48,), (48,)])
def test_a_clock_that_jumps_two_days_lets_a_reminder_be_heard_once(engine, clock, hanako, jumps):
    plan(engine, "reminder", hanako, clock() + timedelta(days=1), reminder="gentle")
    for hours in jumps:
        clock.move(hours=hours)
        tick(engine, clock)
        tick(engine, clock)
    for _ in range(9):
        clock.move(days=1)
        tick(engine, clock)
    assert sessions(engine) == {"U-hanako": ["hello", "~gentle"]}


@pytest.mark.parametrize("at", [
    datetime(2028, 2, 28, 15, 0, tzinfo=UTC),  # midnight in Japan, the 29th begins
    datetime(2028, 2, 29, 14, 59, 59, 999000, tzinfo=UTC),  # its last millisecond
    datetime(2026, 12, 31, 15, 0, tzinfo=UTC),
])  # fmt: skip
def test_what_is_due_at_midnight_in_japan_or_on_a_leap_day_is_done_once_and_not_before(engine, clock, at):
    clock.set(at - timedelta(milliseconds=1))
    plan(engine, "ring", "task", at)
    rings = []

    def ring(batch, rows):
        rings.append(batch.now)
        return {one.id: one.due_at + timedelta(days=1) for one in rows}

    for _ in range(3):
        run_due(engine, clock, {"ring": ring})
        clock.move(milliseconds=1)
    assert rings == [at]
    clock.set(at + timedelta(days=1))
    run_due(engine, clock, {"ring": ring})
    run_due(engine, clock, {"ring": ring})
    assert rings == [at, at + timedelta(days=1)] and [row.turn for row in left(engine)] == [2]


def test_a_clock_set_back_after_a_step_takes_none_twice_and_none_is_lost(engine, clock):
    """Three rows a day apart; the clock runs ahead, is set back two days, and runs again."""
    for n in range(3):
        plan(engine, "count", f"{n}", clock() + timedelta(days=n))
    seen = []

    def count(batch, rows):
        seen.extend(one.subject for one in rows)

    for hours in (25, -48, 23, 48, -48, 72):
        clock.move(hours=hours)
        run_due(engine, clock, {"count": count})
    assert sorted(seen) == ["0", "1", "2"] and left(engine) == []
