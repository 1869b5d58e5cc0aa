"""What waits for a person, in the order in which a person should see to it (ST-01)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.console.queue import GROUPS, Entry, Waiting, end_of_day, group_of, in_order

NOON = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
"""12:00 on Monday, 6 July 2026 in Japan."""


def entry(name: str, *tasks: Waiting, **more: object) -> Entry:
    return Entry(case_id=name, conversation_id="", changed_at=NOON, tasks=tasks, **more)  # type: ignore[arg-type]


def waiting(kind: str, due: timedelta, rank: int = 5, acked: bool = False, made: timedelta = timedelta()) -> Waiting:
    return Waiting(f"{kind}{due}", kind, rank, NOON - made, NOON + due, acked)


def test_groups() -> None:
    hour = timedelta(hours=1)
    back = Waiting("r", "refer", 6, NOON, NOON + 99 * hour, came_back=True)
    later = waiting("talk", 13 * hour)
    assert group_of(entry("a", waiting("orange", 9 * hour)), NOON) == "danger"
    assert group_of(entry("a", waiting("talk", -hour)), NOON) == "overdue"
    assert group_of(entry("a", waiting("talk", timedelta())), NOON) == "today", "its very moment is still in time"
    assert group_of(entry("a", waiting("talk", 5 * hour), waiting_since=NOON), NOON) == "waiting"
    assert group_of(entry("a", held="森"), NOON) == "waiting"
    assert group_of(entry("a", waiting("talk", 5 * hour), back), NOON) == "today"
    assert group_of(entry("a", back, unclaimed=True), NOON) == "returned"
    assert group_of(entry("a", later, unclaimed=True), NOON) == "unclaimed"
    assert group_of(entry("a", later), NOON) == "later"
    assert group_of(entry("a", unclaimed=True), NOON) == "rest"


def test_the_day_ends_at_midnight_in_japan() -> None:
    assert end_of_day(NOON) == datetime(2026, 7, 6, 15, 0, tzinfo=UTC)
    assert end_of_day(datetime(2026, 7, 6, 15, 0, tzinfo=UTC)) == datetime(2026, 7, 7, 15, 0, tzinfo=UTC)


def test_red_goes_before_orange_and_unseen_before_seen() -> None:
    later = timedelta(hours=1)
    seen = entry("seen red", waiting("red", later, 0, acked=True, made=later))
    unseen = entry("unseen red", waiting("red", later, 0))
    orange = entry("orange", waiting("orange", later, 1, made=later))
    assert [e.case_id for e in in_order([orange, seen, unseen], NOON)["danger"]] == ["unseen red", "seen red", "orange"]


_kinds = st.sampled_from(["red", "orange", "yellow", "talk", "visit", "refer"])
_tasks = st.builds(
    waiting, _kinds, st.timedeltas(timedelta(days=-9), timedelta(days=9)), st.integers(0, 7), st.booleans()
)


@given(st.lists(st.lists(_tasks, max_size=3), max_size=12))
def test_nobody_is_left_out_and_nobody_is_in_two_groups(households: list[list[Waiting]]) -> None:
    entries = [entry(str(number), *tasks) for number, tasks in enumerate(households)]
    groups = in_order(entries, NOON)
    assert tuple(groups) == GROUPS
    assert sorted(e.case_id for group in groups.values() for e in group) == sorted(e.case_id for e in entries)
    assert all(group_of(e, NOON) == name for name, group in groups.items() for e in group)
