"""A town on each kind of database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.lists.conftest import Town
from tests.lists.conftest import make_town as make_town


@pytest.fixture
def town(engine: Engine, make_town: Callable[..., Town]) -> Town:
    return make_town(engine)
