"""Limits hold, and let go again."""

from datetime import timedelta

from bots.web.limits import Buckets, Tries


def test_a_burst_then_a_steady_pace(clock):
    buckets = Buckets(burst=3, per_minute=60)
    assert [buckets.take("a", clock()) for _ in range(5)] == [True, True, True, False, False]
    assert buckets.take("b", clock()), "another browser is not held up"
    clock.move(seconds=1)
    assert [buckets.take("a", clock()) for _ in range(2)] == [True, False]


def test_strangers_can_not_fill_the_memory(clock, monkeypatch):
    monkeypatch.setattr("bots.web.limits.MOST_KEPT", 10)
    buckets = Buckets(burst=1, per_minute=1)
    for number in range(50):
        buckets.take(str(number), clock())
    assert len(buckets._kept) == 10


def test_wrong_tries_lock_until_a_day_after_the_first(clock):
    tries = Tries(most=2)
    tries.wrong("a", clock())
    assert not tries.locked("a", clock())
    clock.move(timedelta(hours=20))
    tries.wrong("a", clock())
    assert tries.locked("a", clock()) and not tries.locked("b", clock())
    clock.move(timedelta(hours=5))
    assert not tries.locked("a", clock())
