"""A municipality, its accounts, and a program that asks with a token."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from backend.app import Shell
from tests.api.program import Program, program_of
from tests.console.conftest import (  # noqa: F401
    MakeStaff,
    _quick_passwords,
    app,
    make_staff,
    new_browser,
    shell,
    tenant_id,
)
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str) -> Home:  # noqa: F811
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def program(shell: Shell, home: Home, app: TestClient, make_staff: MakeStaff) -> Program:  # noqa: F811
    make_staff("hanako")
    return program_of(shell, app, "hanako")
