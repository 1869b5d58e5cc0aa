"""A town for each test, on either database."""

from __future__ import annotations

import pytest

from tests.campaigns.field import Town


@pytest.fixture
def town(engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(engine)
    return Town(engine, clock, tmp_path)


@pytest.fixture
def sqlite_town(sqlite_engine, clock, tmp_path, make_tenant) -> Town:
    """Where both databases have nothing to say: pages, words, figures."""
    make_tenant(sqlite_engine)
    return Town(sqlite_engine, clock, tmp_path)
