"""What the municipality answers for is not decided by whom it hired."""

from __future__ import annotations

from backend.app import Shell
from tests.conftest import MakeTenant
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import settle


def test_an_operator_reads_the_support_of_its_case_and_decides_nothing_in_it(
    shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_tenant(shell.engine)
    hired = make_staff("hired", "operator")
    home = settle(shell, "tenant-tsunagi", "山田 花子", assigned_to=hired)
    make_staff("worker")
    page = f"/console/cases/{home.ids['case']}/support"
    acts = [f'action="/console/cases/{home.ids["case"]}/{act}"' for act in ("category", "policy", "close")]
    assert all(act in new_browser("worker").open(page).html for act in acts)
    assert not any(act in new_browser("hired").open(page).html for act in acts)
