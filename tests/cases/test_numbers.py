"""The running number of cases."""

from __future__ import annotations

from sqlalchemy import Engine, select

from backend.cases.numbers import MOST, next_number
from backend.db import reading
from backend.journal.batch import Batch
from backend.tenants.models import tenant
from tests.conftest import MakeTenant, MovableClock

HOME = "tenant-tsunagi"


def take(engine: Engine, clock: MovableClock, many: int = 1) -> list[int]:
    """As turns do that are taken ahead of SQLite's write lock."""
    with reading(engine).connect() as c:
        return [next_number(Batch(c, clock(), ahead=engine), HOME) for _ in range(many)]


def taken(engine: Engine) -> int:
    with engine.connect() as c:
        return int(c.execute(select(tenant.c.next_case).where(tenant.c.id == HOME)).scalar_one()) - 1


def test_one_after_the_other_leaves_no_gap(sqlite_engine: Engine, make_tenant: MakeTenant, clock: MovableClock) -> None:
    make_tenant(sqlite_engine)
    for number in range(1, 6):
        assert take(sqlite_engine, clock) == [number]
        assert taken(sqlite_engine) == number
        clock.move(seconds=2)


def test_in_a_hurry_several_are_taken_at_once_and_none_is_given_twice(
    sqlite_engine: Engine, make_tenant: MakeTenant, clock: MovableClock
) -> None:
    make_tenant(sqlite_engine)
    numbers = take(sqlite_engine, clock, 200)
    with sqlite_engine.begin() as c:  # a booth opens one meanwhile
        numbers.append(next_number(Batch(c, clock()), HOME))
    numbers += take(sqlite_engine, clock, 50)
    assert len(set(numbers)) == 251
    assert taken(sqlite_engine) - 251 < MOST
