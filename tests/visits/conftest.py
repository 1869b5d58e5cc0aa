"""A town with households that asked for a visit, on either database."""

from __future__ import annotations

import pytest

from tests.campaigns.conftest import sqlite_town, town  # noqa: F401


@pytest.fixture
def shell(sqlite_town):  # noqa: F811
    return sqlite_town.shell
