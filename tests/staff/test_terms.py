"""On what terms somebody works, and with which tokens their programs: each rule by itself (SEC-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.staff import terms, tokens
from backend.staff.accounts import AccountError
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.staff.terms import Terms
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import MakeStaff


def change(shell: Shell, tenant_id: str, staff_id: str, to: Terms, by: str | None) -> None:
    with shell.engine.begin() as c:
        terms.set_terms(c, tenant_id=tenant_id, staff_id=staff_id, terms=to, at=shell.clock(), by=by)


def role_of(shell: Shell, staff_id: str) -> str:
    with shell.engine.begin() as c:
        return str(c.execute(select(staff.c.role).where(staff.c.id == staff_id)).scalar_one())


def test_nobody_changes_their_own_terms_though_somebody_else_would_stay(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> None:
    me, other = make_staff("admin", "administrator"), make_staff("second", "administrator")
    with pytest.raises(AccountError, match="own account"):
        change(shell, tenant_id, me, Terms("supervisor"), me)
    change(shell, tenant_id, me, Terms("supervisor"), other)
    assert role_of(shell, me) == "supervisor"


@pytest.mark.parametrize("last_day", [False, True])
def test_the_last_administrator_stays_one_whoever_asks(shell: Shell, tenant_id: str, make_staff: MakeStaff, last_day: bool) -> None:
    me = make_staff("admin", "administrator")
    day = shell.clock().date() + timedelta(days=30)
    with pytest.raises(AccountError, match="last administrator"):
        change(shell, tenant_id, me, Terms("administrator", last_day=day) if last_day else Terms("supervisor"), None)
    assert role_of(shell, me) == "administrator"


def test_terms_of_another_municipality_are_not_there_to_be_changed(
    shell: Shell, tenant_id: str, make_staff: MakeStaff, make_tenant: MakeTenant
) -> None:
    make_staff("admin", "administrator")
    away = make_staff("away")
    with pytest.raises(AccountError, match="no such"):
        change(shell, make_tenant(shell.engine, "elsewhere"), away, Terms("supervisor"), None)
    assert role_of(shell, away) == "caseworker"


# --- tokens ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> str:
    make_staff("hanako")
    with shell.engine.begin() as c:
        who = Staff.of(c.execute(select(staff).where(staff.c.login == "hanako")).one())
        return tokens.make_token(c, who, name="集計", scopes=("cases:read",), lasts=timedelta(days=30), at=shell.clock())


def held(shell: Shell, token: str) -> bool:
    return tokens.find(shell.engine, token, shell.clock()) is not None


def test_a_token_holds_for_its_days_and_not_a_moment_longer(shell: Shell, token: str, clock: MovableClock) -> None:
    clock.move(timedelta(days=30) - timedelta(seconds=1))
    assert held(shell, token)
    clock.move(seconds=1)
    assert not held(shell, token)


@pytest.mark.parametrize("values", [{"active": False}, {"must_change": True}])
def test_a_token_asks_after_its_account_each_time(shell: Shell, token: str, values: dict[str, Any]) -> None:
    """Whichever way the account was closed."""
    with shell.engine.begin() as c:
        c.execute(update(staff).values(values))
    assert not held(shell, token)


def test_another_municipality_ends_no_token(shell: Shell, tenant_id: str, token: str, make_tenant: MakeTenant) -> None:
    there = make_tenant(shell.engine, "elsewhere")
    with shell.engine.begin() as c:
        (mine,) = tokens.tokens_of(c, tenant_id)
        assert not tokens.tokens_of(c, there)
        assert not tokens.revoke(c, tenant_id=there, token_id=mine.id, at=shell.clock(), by=mine.staff_id)
    assert held(shell, token)
    with shell.engine.begin() as c:
        assert tokens.revoke(c, tenant_id=tenant_id, token_id=mine.id, at=shell.clock(), by=mine.staff_id)
    assert not held(shell, token)
