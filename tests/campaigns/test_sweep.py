"""Everybody due at once: exactly one step each, whoever sweeps beside whom, whoever is killed, whatever the clock does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from backend.campaigns import bench
from backend.campaigns.audience import Audience
from backend.campaigns.models import approach, member
from backend.campaigns.pacing import send_some
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.service import Plan
from backend.followups.models import due
from backend.followups.run import run_due
from backend.tasks.models import task
from tests.campaigns import sweeper
from tests.campaigns.field import Town
from tests.conftest import MONDAY_MORNING

ROOT = Path(__file__).parents[2]
KILLS = 24


def judge(engine, households: int) -> None:
    """One step each: a plan or a task, the place one further, the clock set to another day."""
    with engine.connect() as c:
        plans = Counter(c.execute(select(approach.c.member_id)).scalars())
        tasks = Counter(c.execute(select(task.c.case_id)).scalars())
        members = c.execute(select(member)).all()
        rows = c.execute(select(due.c.subject, due.c.due_at, due.c.turn)).all()
    assert len(members) == households == len(rows)
    assert set(plans.values()) <= {1} and set(tasks.values()) <= {1}
    assert len(plans) + len(tasks) == households
    for one in members:
        assert one.rung in ("chat", "phone", "letter") and one.place > 0
        assert (one.id in plans) is (one.rung == "chat")
    assert all(row.turn == 1 and row.due_at > MONDAY_MORNING for row in rows)


def test_three_schedulers_give_everybody_one_step(engine, monkeypatch):
    """R13: the follow-up sweep."""
    monkeypatch.setattr(bench, "MONDAY", MONDAY_MORNING)
    bench.seed(engine, 600)

    def sweep(_):
        while run_due(engine, lambda: MONDAY_MORNING, {LADDER: LadderClock()}, limit=23):
            pass

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(sweep, range(3)))
    judge(engine, 600)


@pytest.mark.slow
@pytest.mark.parametrize(("database_url", "schedulers"), [("sqlite", 1), ("postgres", 3)], indirect=["database_url"])
def test_kill_minus_nine_and_still_one_step_each(engine, schedulers, monkeypatch, request):
    """Schedulers in processes of their own, each killed within its first transactions, at a statement or a commit."""
    monkeypatch.setattr(bench, "MONDAY", MONDAY_MORNING)
    kills = request.config.getoption("--kills") or KILLS
    bench.seed(engine, households := kills * sweeper.AT_ONCE * 3)  # nobody lives through three transactions
    seed = int(os.environ.get("TSUNAGI_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed {seed}: {kills} kills, {households} households, {schedulers} side by side")
    url = engine.url.render_as_string(hide_password=False)
    ran = subprocess.run([sys.executable, "-m", "tests.campaigns.sweeper", url, *map(str, (schedulers, kills, seed))], cwd=ROOT,
                         capture_output=True, text=True, timeout=600)
    print(ran.stdout, ran.stderr)
    assert ran.returncode == 0
    assert [line.split()[0] for line in ran.stdout.splitlines()] == ["killed"] * kills
    judge(engine, households)


def test_the_judge_sees_a_step_that_was_taken_twice_or_lost(sqlite_engine, monkeypatch):
    monkeypatch.setattr(bench, "MONDAY", MONDAY_MORNING)
    bench.seed(sqlite_engine, 30)
    while run_due(sqlite_engine, lambda: MONDAY_MORNING, {LADDER: LadderClock()}):
        pass
    judge(sqlite_engine, 30)
    with sqlite_engine.begin() as c:
        c.execute(delete(approach).where(approach.c.member_id == 2))
    with pytest.raises(AssertionError):
        judge(sqlite_engine, 30)
    with sqlite_engine.begin() as c:
        c.execute(update(due).where(due.c.subject == "3").values(turn=2))
    with pytest.raises(AssertionError):
        judge(sqlite_engine, 30)


# --- the clock jumps ------------------------------------------------------------------------------------------------


def steps(town: Town) -> Counter:
    with town.engine.connect() as c:
        return Counter(tuple(row) for row in c.execute(select(approach.c.person_id, approach.c.step)))


@pytest.mark.parametrize("jumps", [(48, -48), (-48, 48), (48, -96, 48), (-48,), (48,)])
def test_a_clock_that_jumps_two_days_takes_no_step_twice(sqlite_town, jumps):
    """R14: clock jumps: no double step, no link that dies early."""
    town = sqlite_town
    for number in range(5):
        town.household(f"U{number}")
    town.begin()
    town.tick()
    for hours in jumps:
        town.clock.move(hours=hours)
        town.tick()
        town.tick()
    town.days(12)
    assert set(steps(town).values()) == {1}
    assert Counter(address for address, _ in town.sent) == {f"U{n}": 2 for n in range(5)}


@pytest.mark.parametrize("begin", [
    datetime(2028, 2, 28, 14, 59, 59, tzinfo=UTC),  # a second before midnight in Japan, the 29th ahead
    datetime(2028, 2, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 12, 28, 1, 0, tzinfo=UTC),  # the year's end ahead
])
def test_midnight_in_japan_leap_days_and_the_years_end(sqlite_town, begin):
    town = sqlite_town
    town.clock.set(begin)
    town.household("U1")
    town.begin()
    town.days(30, step=0.25)
    assert [address for address, _ in town.sent] == ["U1", "U1"] and set(steps(town).values()) == {1}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(moves=st.lists(st.one_of(st.sampled_from([48, -48, 24, -1, 0]), st.integers(1, 90)), min_size=3, max_size=10))
def test_whatever_the_clock_does_no_message_goes_out_twice(sqlite_town, moves):
    town = sqlite_town
    town.clock.set(MONDAY_MORNING)
    town.household(f"U{town.numbers}", district=f"{town.numbers}区")
    town.begin(Plan("また", audience=Audience(districts=(f"{town.numbers - 1}区",)), pace=36_000))
    for hours in moves:
        town.clock.move(hours=hours)
        town.tick()
    assert set(steps(town).values()) <= {1}
    assert not town.sent or max(Counter(town.sent).values()) == 1


def test_a_worker_that_was_away_for_a_week_sends_one_message_and_not_five(sqlite_town):
    town = sqlite_town
    town.household("U1")
    town.begin()
    town.tick()
    town.clock.move(days=21)
    town.tick()
    town.tick()
    assert len(town.sent) == 2
    assert send_some(town.engine, town.clock, town.shell.words) == 0
    assert timedelta(0) < max(row.due_at for row in town.rows(due)) - town.clock()
