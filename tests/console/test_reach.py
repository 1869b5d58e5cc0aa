"""Own district, other district, assigned to me: which cases an account reaches, on pages and in lists (R10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.app import Shell
from backend.cases.models import case
from backend.console.routes import PAGES
from backend.staff.access import reach, visible
from backend.staff.models import staff
from backend.staff.roles import CARRIES_CASES, OPERATOR, ROLES, Staff
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.test_policy import ask, filled
from tests.console.world import Home, alert, settle

MIDORI, KAWAKAMI, NOWHERE = "緑町", "川上", ""


@pytest.fixture
def homes(shell: Shell, tenant_id: str) -> dict[str, Home]:
    return {
        place: settle(shell, tenant_id, f"{place or '未定'} 花子", district=place, number=f"T-2026-{number}")
        for number, place in enumerate((MIDORI, KAWAKAMI, NOWHERE))
    }


def seen(shell: Shell, login: str, rule: Callable[[Staff], Any] = reach) -> set[str]:
    with shell.engine.begin() as c:
        who = Staff.of(c.execute(select(staff).where(staff.c.login == login)).one())
        return set(c.execute(select(case.c.id).where(rule(who))).scalars())


def test_a_caseworker_limited_to_a_district_works_there_and_with_what_has_none_yet(
    shell: Shell, homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_staff("midori", districts=[MIDORI])
    browser = new_browser("midori")
    for place, status in ((MIDORI, 200), (NOWHERE, 200), (KAWAKAMI, 404)):
        assert browser.open(f"/console/cases/{homes[place].ids['case']}").status == status, place
    assert browser.open("/console").has("緑町 花子", "未定 花子") and not browser.has("川上 花子")
    assert seen(shell, "midori") == {homes[MIDORI].ids["case"], homes[NOWHERE].ids["case"]}


def test_every_address_of_another_district_is_not_there(
    homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_staff("midori", districts=[MIDORI])
    browser = new_browser("midori")
    for page in PAGES:
        if any(f"/{kind}/{{id}}" in page.path for kind in ("cases", "conversations", "tasks", "referrals", "visits", "attachments")):
            assert ask(browser, page.method, filled(page.path, homes[KAWAKAMI])) == 404, page.path


def test_what_is_assigned_to_me_i_reach_wherever_it_is(
    shell: Shell, tenant_id: str, homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    me = make_staff("midori", districts=[MIDORI])
    far = settle(shell, tenant_id, "遠井 一郎", district="本町", number="T-2026-9", assigned_to=me)
    assert new_browser("midori").open(f"/console/cases/{far.ids['case']}").has("遠井 一郎")
    assert far.ids["case"] in seen(shell, "midori")


def test_a_danger_opens_the_case_to_every_caseworker_and_to_no_operator(
    shell: Shell, homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    """Life goes before districts: whoever is paged must be able to open it."""
    make_staff("midori", districts=[MIDORI])
    make_staff("outsourced", OPERATOR)
    alert(shell, homes[KAWAKAMI])
    path = f"/console/cases/{homes[KAWAKAMI].ids['case']}"
    assert new_browser("midori").open(path).status == 200
    assert new_browser("outsourced").open(path).status == 404


def test_an_operator_knows_only_of_what_it_was_given(
    shell: Shell, tenant_id: str, homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    me = make_staff("outsourced", OPERATOR)
    given = settle(shell, tenant_id, "外田 委子", number="T-2026-9", assigned_to=me, restricted=True)
    browser = new_browser("outsourced")
    assert browser.has("外田 委子") and not browser.has("緑町 花子")
    assert browser.open(f"/console/cases/{homes[MIDORI].ids['case']}").status == 404
    assert browser.open(f"/console/conversations/{homes[MIDORI].ids['conversation']}").status == 404
    assert seen(shell, "outsourced") == seen(shell, "outsourced", visible) == {given.ids["case"]}


def test_who_carries_no_cases_reaches_none(shell: Shell, homes: dict[str, Home], make_staff: MakeStaff) -> None:
    for role in ROLES:
        make_staff(role, role)
    found = {role: len(seen(shell, role)) for role in ROLES}
    assert found == {role: 3 if role in CARRIES_CASES else 0 for role in ROLES}


def test_what_a_list_may_name_leaves_out_the_protected(
    shell: Shell, tenant_id: str, homes: dict[str, Home], make_staff: MakeStaff
) -> None:
    handler = make_staff("handler")
    for login, role in (("colleague", "caseworker"), ("chief", "supervisor")):
        make_staff(login, role)
    settle(shell, tenant_id, "渡辺 久美", number="T-2026-9", restricted=True, assigned_to=handler)
    assert {login: len(seen(shell, login, visible)) for login in ("handler", "colleague", "chief")} == {
        "handler": 4, "colleague": 3, "chief": 4,
    }  # fmt: skip
