"""R18: two people plan the same day at the same moment, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from backend import ids
from backend.cases.models import case
from backend.conflict import Conflict
from backend.visits.models import visit
from backend.visits.planning import Decided, decide
from tests.booth.test_at_once import together
from tests.campaigns.field import HOME, Town
from tests.conversations.meanwhile import overtaken
from tests.visits.test_visits import asks, today


def plan(town: Town, *homes: str) -> list[str]:
    return decide(town.engine, town.clock, town.second, today(town), [Decided(home, town.planner.id, town.second.id) for home in homes])


def put_on_tomorrow(connection: Connection, town: Town, home: str) -> None:
    """What a colleague's plan writes."""
    connection.execute(select(case.c.id).where(case.c.id == home).with_for_update())
    connection.execute(insert(visit).values(
        id=ids.new(), tenant_id=HOME, case_id=home, why="request", state="planned", planned_on=today(town) + timedelta(days=1),
        first_worker=town.planner.id, second_worker=town.second.id, made_at=town.clock(), changed_at=town.clock()))  # fmt: skip


def test_a_home_that_somebody_plans_meanwhile_is_planned_once(town):
    home = asks(town)
    with pytest.raises(Conflict), overtaken(town.engine, lambda: plan(town, home)) as connection:
        put_on_tomorrow(connection, town, home)
    assert len(town.rows(visit)) == 1


def test_plans_of_the_same_homes_in_any_order_end_in_one_plan(town):
    homes = [asks(town) for _ in range(6)]
    got = together(4, lambda number: plan(town, *(homes if number % 2 else reversed(homes))))
    assert sorted(isinstance(one, list) for one in got) == [False, False, False, True], got
    assert [type(one) for one in got if not isinstance(one, list)] == [Conflict] * 3
    assert sorted(row.case_id for row in town.rows(visit)) == sorted(homes)
