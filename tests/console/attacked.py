"""Two towns, each with a household and everybody on its staff: what the attacks are tried on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from backend.app import Shell
from backend.cases.models import answer, case
from backend.journal.models import conversation, message
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff.models import notice_route, staff
from backend.staff.roles import ROLES
from backend.tenants.models import disaster, district, recipient, tenant
from tests.conftest import MakeTenant
from tests.console.conftest import MakeStaff
from tests.console.lists_world import settle_lists
from tests.console.world import Home, settle

HOMES = ("tsunagi", "tonari")


@pytest.fixture
def homes(shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff) -> dict[str, Home]:
    for slug in HOMES:
        make_tenant(shell.engine, slug)
    for role in ROLES:
        make_staff(role, role)
        make_staff(f"{role}-next-door", role, "tenant-tonari")
    homes = {slug: settle(shell, f"tenant-{slug}", f"山田 花子{slug}") for slug in HOMES}
    for home in homes.values():
        settle_lists(shell, home)
    return homes


def everything(shell: Shell) -> dict[str, list[Any]]:
    """What forms could change, without what only watching changes."""
    tables = (case, referral, conversation, message, person, answer, recipient, district, disaster, tenant, staff)
    with shell.engine.connect() as c:
        found = {table.name: [tuple(row) for row in c.execute(select(table)).all()] for table in tables}
        found["routes"] = [tuple(row) for row in c.execute(select(notice_route)).all()]
    return found
