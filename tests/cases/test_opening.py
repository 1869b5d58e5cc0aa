"""Case numbers are given once, also when several workers open cases at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from backend.cases.service import _next_serial


def test_no_number_is_given_twice(engine: Engine, make_tenant: Callable[..., str]) -> None:
    town = make_tenant(engine)

    def open_some(_: int) -> list[int]:
        given = []
        for _turn in range(10):
            with engine.begin() as connection:
                given.append(_next_serial(connection, town))
        return given

    with ThreadPoolExecutor(4) as workers:
        given = [serial for some in workers.map(open_some, range(4)) for serial in some]
    assert sorted(given) == list(range(1, 41))


def test_each_municipality_counts_for_itself(engine: Engine, make_tenant: Callable[..., str]) -> None:
    first, second = make_tenant(engine, "first"), make_tenant(engine, "second")
    with engine.begin() as connection:
        assert [_next_serial(connection, town) for town in (first, second, first)] == [1, 1, 2]
