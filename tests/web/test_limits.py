"""Limits hold, and let go again."""

from datetime import timedelta

import pytest
from starlette.requests import Request

from backend.elsewhere import host
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


@pytest.mark.parametrize(("one", "another", "same"), [
    ("192.0.2.7", "192.0.2.8", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
    ("::ffff:192.0.2.7", "192.0.2.7", True),
    ("", "", True),
    ("testclient", "testclient", True),
])  # fmt: skip
def test_one_line_is_one_sender_however_many_addresses_it_has(one, another, same):
    def request(address):
        return Request({"type": "http", "headers": [], "client": (address, 50000)})

    assert (host(request(one)) == host(request(another))) is same
    assert host(Request({"type": "http", "headers": [], "client": None})) == ""
