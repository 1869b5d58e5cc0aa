"""The guarded accessors one by one: who gets what, and who gets it not (PR-31, R10). The pages are tried in `tests/console`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case
from backend.referrals.models import referral
from backend.staff import access
from backend.staff.access import NotForYou, Restricted
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.tenants.models import recipient
from backend.visits.models import visit
from tests.console.conftest import MakeStaff
from tests.console.world import Home, alert, settle

ACCESSORS: dict[str, Callable[[Connection, Staff, Home, Any], Any]] = {
    "case": lambda c, who, home, at: access.case_for(c, who, home.ids["case"], at),
    "case, acting": lambda c, who, home, at: access.case_for(c, who, home.ids["case"], at, viewing=False),
    "conversation": lambda c, who, home, at: access.conversation_for(c, who, home.ids["conversation"], at),
    "task": lambda c, who, home, at: access.task_for(c, who, home.ids["task"], at),
    "referral": lambda c, who, home, at: access.referral_for(c, who, home.ids["referral"], at),
    "request": lambda c, who, home, at: access.visit_for(c, who, home.ids["visit"], at),
    "visit": lambda c, who, home, at: access.planned_for(c, who, home.ids["planned"], at),
    "door": lambda c, who, home, at: access.door_for(c, who, home.ids["planned"], at),
}  # fmt: skip


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    """A protected household in one pair of hands, and everybody who might look."""
    handler = make_staff("handler")
    make_staff("colleague")
    make_staff("duty", on_duty=1)
    make_staff("far", districts=["川上"])
    for role in ("supervisor", "administrator", "auditor", "booth", "prefecture", "operator"):
        make_staff(role, role)
    return settle(shell, tenant_id, "渡辺 久美", restricted=True, assigned_to=handler, district="緑町")


def reached(shell: Shell, home: Home, login: str, what: str) -> str:
    """`yes`, `restricted` or `no`."""
    with shell.engine.begin() as c:
        who = Staff.of(c.execute(select(staff).where(staff.c.login == login)).one())
        try:
            ACCESSORS[what](c, who, home, shell.clock())
        except Restricted as guarded:
            return "restricted" if guarded.handler == "handlerさん" else "restricted, and nobody to ask"
        except NotForYou:
            return "no"
    return "yes"


@pytest.mark.parametrize("what", ACCESSORS)
def test_a_protected_household_is_for_its_handler_and_supervisors(shell: Shell, home: Home, what: str) -> None:
    assert {login: reached(shell, home, login, what) for login in ("handler", "supervisor", "colleague", "duty", "far", "operator", "administrator")} == {
        "handler": "yes", "supervisor": "yes", "colleague": "restricted", "duty": "restricted", "far": "no", "operator": "no", "administrator": "no",
    }  # fmt: skip


def test_a_list_names_a_protected_household_to_its_handler_and_supervisors(shell: Shell, home: Home) -> None:
    """On duty or not, in danger or not: a list goes around."""
    alert(shell, home)
    with shell.engine.begin() as c:
        everybody = [Staff.of(row) for row in c.execute(select(staff))]
        row = c.execute(select(case)).one()
        named = {who.login for who in everybody if access.may_see(who, row.restricted, row.assigned_to)}
        listed = {who.login for who in everybody if c.execute(select(case.c.id).where(access.visible(who))).first()}
    assert named == listed == {"handler", "supervisor"}
    assert all(access.may_see(who, False, None) for who in everybody)


@pytest.mark.parametrize("what", ACCESSORS)
def test_in_danger_it_is_for_whoever_is_on_duty_too_and_for_nobody_else(shell: Shell, home: Home, what: str) -> None:
    alert(shell, home)
    assert [reached(shell, home, login, what) for login in ("duty", "colleague", "operator")] == ["yes", "restricted", "no"]


@pytest.mark.parametrize("what", ACCESSORS)
def test_nothing_of_another_municipality_is_there(shell: Shell, home: Home, make_tenant: Any, what: str) -> None:
    away = settle(shell, make_tenant(shell.engine, "elsewhere"), "他市 花子")
    assert {reached(shell, away, login, what) for login in ("handler", "supervisor", "duty")} == {"no"}


def test_a_danger_that_is_over_opens_nothing(shell: Shell, home: Home) -> None:
    alert(shell, home, done_at=shell.clock())
    assert reached(shell, home, "duty", "case") == "restricted"


def test_whoever_is_sent_to_a_door_gets_that_door_and_not_the_case(shell: Shell, home: Home, make_staff: MakeStaff) -> None:
    lent = make_staff("lent", districts=["川上"])
    with shell.engine.begin() as c:
        c.execute(update(visit).where(visit.c.id == home.ids["planned"]).values(first_worker=lent))
    assert [reached(shell, home, "lent", what) for what in ("door", "visit", "case")] == ["no", "no", "no"], "a protected one is not given away"
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=False))
    assert [reached(shell, home, "lent", what) for what in ("door", "visit", "case")] == ["yes", "no", "no"]


def test_a_partner_sees_their_own_referrals_that_stand(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> None:
    home = settle(shell, tenant_id, "山田 花子")
    make_staff("lawyer", "partner", recipient_id=home.ids["recipient"])
    make_staff("other", "partner", recipient_id=settle(shell, tenant_id, "佐藤 次郎", number="T-2026-9").ids["recipient"])

    def seen(login: str = "lawyer") -> bool:
        with shell.engine.begin() as c:
            who = Staff.of(c.execute(select(staff).where(staff.c.login == login)).one())
            try:
                access.referred_for(c, who, home.ids["referral"], shell.clock())
            except NotForYou:
                return False
            return True

    assert (seen(), seen("other")) == (True, False)
    for table, values, back in (
        (referral, {"state": "withdrawn"}, {"state": "open"}), (case, {"restricted": True}, {"restricted": False}),
        (recipient, {"active": False}, {"active": True}),
    ):  # fmt: skip
        with shell.engine.begin() as c:
            c.execute(update(table).values(values))
        assert not seen(), table.name
        with shell.engine.begin() as c:
            c.execute(update(table).values(back))
    assert seen()


def test_a_view_is_written_down_once_in_ten_minutes_and_an_act_writes_its_own(shell: Shell, home: Home) -> None:
    def views() -> int:
        with shell.engine.begin() as c:
            return len(c.execute(select(audit.c.id).where(audit.c.action == "case.viewed")).all())

    for what, count in (("case, acting", 0), ("case", 1), ("conversation", 1), ("case", 1)):
        reached(shell, home, "handler", what)
        assert views() == count, what
    shell.clock.move(minutes=11)  # type: ignore[attr-defined]
    reached(shell, home, "handler", "case")
    assert views() == 2
