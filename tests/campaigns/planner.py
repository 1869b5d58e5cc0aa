"""For tests of pages: a town on SQLite, and the colleague who plans its outreach at a browser."""

from __future__ import annotations

import pytest

from tests.campaigns.field import Town


@pytest.fixture
def town(sqlite_town) -> Town:
    return sqlite_town


@pytest.fixture
def shell(town):
    return town.shell


@pytest.fixture
def planner(new_browser, make_staff):
    make_staff("hanako")
    return new_browser("hanako")
