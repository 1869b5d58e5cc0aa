"""Ids sort by the time they were made; those of one process one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend import ids


def test_each_id_of_a_process_sorts_after_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_790_000_000_123_456_789)  # all in one millisecond
    made = [ids.new() for _ in range(2_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {len(one) for one in made} == {26}
    assert ids.earlier(made[0], 0) < made[0] and made[-1] < ids.earlier(made[0], -1), "of that millisecond, all of them"


def test_threads_make_none_twice() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [one for some in threads.map(lambda _: [ids.new() for _ in range(500)], range(4)) for one in some]
    assert len(set(made)) == len(made)


def test_a_clock_that_was_set_back_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An id says when it was made, not more: nothing waits for a clock to catch up."""
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_790_000_000_000_000_000)
    later = ids.new()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_789_999_999_000_000_000)
    assert ids.new() < later
