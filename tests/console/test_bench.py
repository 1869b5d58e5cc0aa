"""The measures still run: every page of `./run bench console` answers, and what is filled in is found. Their figures are no test."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.console import bench
from backend.console.bench_town import DISTRICTS
from backend.search import bench as search_bench
from bots.bench import deployment, settings_for


def test_every_page_of_the_measure_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    address = f"sqlite:///{tmp_path}/kept.db"
    (first,) = bench.measure(600, address)
    assert first["households"] == 600 and len(first["pages"]) == len(bench.PAGES) + 2 * len(bench.DEEP) + 2
    (again,) = bench.measure(10, address)
    assert again["households"] == 600, "a database that is there is kept as it is"
    assert len(DISTRICTS) == 40


def test_searches_of_the_measure_find_people(tmp_path: Path) -> None:
    shell = deployment(settings_for(tmp_path))
    figures = search_bench.measure(shell, "bench", 300)
    assert figures["households"] == 300 and figures["tokens"] > 300 * 10 and figures["searches"] == 440
