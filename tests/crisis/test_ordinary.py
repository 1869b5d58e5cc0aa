"""Ordinary intake must not ring a human: false red and orange at most 2 % (SF-20); here none."""

from collections import Counter
from pathlib import Path

from dialogs.crisis import check

LINES = [
    line
    for line in (Path(__file__).parent / "ordinary.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_no_ordinary_line_rings_a_human() -> None:
    rung = [(said, hit.level, hit.rule) for said in LINES if (hit := check(said)) and hit.level != "yellow"]
    assert rung == []


def test_few_ordinary_lines_go_to_the_top_of_the_queue() -> None:
    yellow = Counter(hit.rule for said in LINES if (hit := check(said)) and hit.level == "yellow")
    assert yellow.total() <= 0.05 * len(LINES), yellow


def test_the_ordinary_set_is_large_and_has_no_line_twice() -> None:
    assert len(LINES) >= 400
    assert [line for line, times in Counter(LINES).items() if times > 1] == []
