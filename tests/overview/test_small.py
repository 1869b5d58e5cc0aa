"""Whoever holds the printed table and a pencil learns nothing about a small count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.overview.small import LEAST, Line, hidden_alone, hide


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([12, 30, 7], [12, 30, 7], 49), ([12, 0, 7], [12, 0, 7], 19), ([0, 0], [0, 0], 0),
        ([3, 30, 7], [None, 30, None], 40),  # 3 alone would be 40 - 37
        ([4, 4, 30], [None, None, 30], 38),  # as far as anybody can tell one of them may be 7
        ([1, 1, 30], [None, None, None], 32),  # two that add up to 2 would both be 1
        ([3, 0], [None, 0], None), ([2, 2, 1], [None, None, None], 5), ([3, 9, 0], [None, None, 0], 12),
        ([3], [None], None), ([5], [5], 5),
    ],
)  # fmt: skip
def test_what_is_shown(counts: list[int], shown: list[int | None], total: int | None) -> None:
    line = hide(dict(enumerate(counts)))
    assert ([line[place] for place in range(len(counts))], line.total) == (shown, total)


def test_a_total_that_another_line_keeps_cannot_be_added_up() -> None:
    line = hide({"a": 20, "b": 30}, total_is_hidden=True)
    assert line.total is None and line["a"] is None and line["b"] == 30
    assert hide({"a": 0, "b": 0}, total_is_hidden=True)["a"] == 0


def test_a_count_by_itself() -> None:
    assert [hidden_alone(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]


def possible(line: Line[int]) -> Iterator[dict[int, int]]:
    """Everything that the cells could be, for somebody who has the table and knows that zeros are shown."""
    hidden = [name for name, count in line.cells.items() if count is None]
    left = (line.total if line.total is not None else 14) - sum(count or 0 for count in line.cells.values())
    # Where every cell is hidden, zeros may be among them.
    least = 0 if len(hidden) == len(line.cells) else 1

    def share(names: list[int], rest: int) -> Iterator[dict[int, int]]:
        if not names:
            if rest == 0 or line.total is None:
                yield {}
            return
        if len(names) == 1 and line.total is not None:
            if rest >= least:
                yield {names[0]: rest}
            return
        for count in range(least, rest + 1):
            for others in share(names[1:], rest - count):
                yield {names[0]: count, **others}

    yield from share(hidden, left)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_no_subtraction_tells_a_small_count(counts: list[int]) -> None:
    line = hide(dict(enumerate(counts)))
    for name, count in enumerate(counts):
        assert line[name] in (None, count) and (line[name] is None or not 0 < count < LEAST)
    assert line.total in (None, sum(counts)) and not (line.total and 0 < line.total < LEAST)
    if line.total is None or not any(count is None for count in line.cells.values()):
        return
    found = list(possible(line))
    assert dict(enumerate(counts)).items() >= {}.items() and found, "the truth is among them"
    for name in (name for name, count in line.cells.items() if count is None):
        values = {one[name] for one in found}
        assert len(values) >= 2 and max(values) >= LEAST, (counts, name)


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=30))
def test_large_tables_lose_little(counts: list[int]) -> None:
    """Beside the small ones at most as many again as it takes, and always the smallest."""
    line = hide(dict(enumerate(counts)))
    small = sum(0 < count < LEAST for count in counts)
    hidden = [counts[name] for name, count in line.cells.items() if count is None]
    if not small:
        assert not hidden or sum(counts) < LEAST
    elif line.total is not None and len(hidden) < len(counts):
        shown = [count for count in line.cells.values() if count]
        assert not shown or (max(hidden) <= min(shown) and len(hidden) <= small + 2)
