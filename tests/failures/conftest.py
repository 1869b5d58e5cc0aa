"""A town for each story, on either database."""

from __future__ import annotations

import pytest

from tests.campaigns.field import Town


@pytest.fixture
def town(engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(engine)
    return Town(engine, clock, tmp_path)
