"""One-time codes: setting them up, signing in with them, a lost telephone, and everything somebody might try."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from starlette.testclient import TestClient

from backend.app import Shell, make_backend
from backend.audit.models import audit
from backend.staff import sessions, totp
from backend.staff.accounts import AccountError
from backend.staff.models import recovery_code, staff
from backend.tenants.models import tenant
from tests.conftest import MONDAY_MORNING, MakeTenant, MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser, make_test_shell

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(shell: Shell, secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(shell.clock().timestamp()) + steps * totp.STEP)


def wrong(shell: Shell, secret: str) -> str:
    right = {code_at(shell, secret, steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "000001", "000002", "000003") if code not in right)


@pytest.fixture
def hanako(tenant_id: str, make_staff: MakeStaff, shell: Shell) -> str:
    """Enrolled since yesterday."""
    return make_staff("hanako", totp_secret=SECRET, totp_since=shell.clock())


def actions(shell: Shell) -> list[str]:
    with shell.engine.begin() as c:
        return list(c.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


# --- setting up ------------------------------------------------------------------------------------------------


def test_setting_up_shows_a_qr_code_takes_the_first_code_and_gives_ten_codes_on_paper(
    tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    make_staff("hanako")
    other_window = new_browser("hanako")
    page = new_browser("hanako").open("/console/second-step")
    assert page.has("<svg", "QRコード") and "otpauth" not in page.html
    secret = secret_on(page)
    assert secret_on(page.open("/console/second-step")) == secret, "opened again it is the same code"
    assert page.send("/console/second-step", code=wrong(shell, secret)).status == 422
    page.send("/console/second-step", code=f" {code_at(shell, secret)[:3]} {code_at(shell, secret)[3:]}")
    codes = re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page.html)
    assert len(set(codes)) == 10
    assert other_window.open("/console").path == "/console/login", "an older window is not trusted any more"
    assert page.open("/console").path == "/console"
    clock.move(minutes=1)
    login = new_browser().log_in("hanako")
    assert login.has("確認コードを入れてください") and login.open("/console").path == "/console/login"
    login.log_in("hanako").send("/console/login", code=code_at(shell, secret))
    assert login.path == "/console"
    with shell.engine.begin() as c:
        kept = c.execute(select(recovery_code.c.id)).scalars().all()
    assert not set(kept) & set(codes) and len(kept) == 10


def secret_on(page: Browser) -> str:
    found = re.search(r'class="one-time small">([A-Z2-7 ]+)<', page.html)
    assert found
    return found[1].replace(" ", "")


# --- signing in ------------------------------------------------------------------------------------------------


def half(new_browser: NewBrowser) -> Browser:
    return new_browser().log_in("hanako")


def test_the_code_in_full_width_digits_is_the_code(hanako: str, new_browser: NewBrowser, shell: Shell) -> None:
    wide = code_at(shell).translate({ord(str(digit)): ord("０") + digit for digit in range(10)})
    assert half(new_browser).send("/console/login", code=wide).path == "/console"


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(
    steps: int, taken: bool, hanako: str, new_browser: NewBrowser, shell: Shell
) -> None:
    assert (half(new_browser).send("/console/login", code=code_at(shell, steps=steps)).path == "/console") is taken


def test_a_code_works_once(hanako: str, new_browser: NewBrowser, shell: Shell, clock: MovableClock) -> None:
    code = code_at(shell)
    assert half(new_browser).send("/console/login", code=code).path == "/console"
    assert half(new_browser).send("/console/login", code=code).status == 401
    assert half(new_browser).send("/console/login", code=code_at(shell, steps=-1)).status == 401, "nor an older one"
    clock.move(seconds=30)
    assert half(new_browser).send("/console/login", code=code_at(shell)).path == "/console"


def test_wrong_codes_and_wrong_passwords_are_counted_together(
    hanako: str, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    for _ in range(2):
        new_browser().log_in("hanako", "あてずっぽう")
    waiting = half(new_browser)
    for _ in range(3):
        assert waiting.send("/console/login", code="12345").status == 401
    assert waiting.send("/console/login", code=code_at(shell)).status == 401, "locked, although the code is right"
    assert half(new_browser).status == 401
    clock.move(minutes=16)
    assert half(new_browser).send("/console/login", code=code_at(shell)).path == "/console"
    assert "login.locked" in actions(shell)


def test_the_right_password_alone_does_not_set_the_count_back(hanako: str, new_browser: NewBrowser, shell: Shell) -> None:
    """Else somebody who knows it could try codes for ever, five minus one at a time."""
    for _ in range(5):
        half(new_browser).send("/console/login", code="000000")
    assert half(new_browser).has("ログインできませんでした")


def test_a_ticket_dies_with_its_time_and_with_the_password(
    hanako: str, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    waiting = half(new_browser)
    clock.move(minutes=6)
    assert waiting.send("/console/login", code=code_at(shell)).status == 401
    waiting = half(new_browser)
    with shell.engine.begin() as c:
        c.execute(update(staff).values(password_hash="changed"))
    assert waiting.send("/console/login", code=code_at(shell)).status == 401


@pytest.mark.parametrize("ticket", ["", "x", "x.9999999999999.y", "..", "日本.語", "a.-1.b", "{id}.9999999999999.00"])
def test_a_ticket_that_nobody_gave_opens_nothing(ticket: str, hanako: str, shell: Shell) -> None:
    made_up = ticket.replace("{id}", hanako)
    assert sessions.second_step(shell.engine, made_up, code_at(shell), shell.clock()) is None


def test_a_code_from_paper_opens_once(hanako: str, new_browser: NewBrowser, shell: Shell) -> None:
    with shell.engine.begin() as c:
        codes = totp.new_recovery_codes(c, hanako)
    assert half(new_browser).send("/console/login", code=codes[0].upper().replace("-", " ")).path == "/console"
    assert half(new_browser).send("/console/login", code=codes[0]).status == 401
    assert "login.recovery_code" in actions(shell)


@given(st.text(max_size=50))
def test_what_is_no_code_is_never_taken(typed: str) -> None:
    right = {pyotp.TOTP(SECRET).at(int(MONDAY_MORNING.timestamp()) + n * 30) for n in (-1, 0, 1)}
    taken = totp.step_of(SECRET, typed, MONDAY_MORNING, 0)
    assert taken is None or totp._plain(typed) in right


# --- who must, and a lost telephone ------------------------------------------------------------------------------


def test_whoever_must_use_codes_gets_nowhere_before(
    tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell
) -> None:
    with shell.engine.begin() as c:
        c.execute(update(tenant).values(totp_roles=["caseworker"]))
    make_staff("hanako")
    page = new_browser("hanako")
    assert page.path == "/console/second-step" and page.has("設定が必要です")
    for path in ("/console", "/console/me", "/console/live/entries"):
        assert page.open(path).path == "/console/second-step"
    page.send("/console/second-step", code=code_at(shell, secret_on(page)))
    assert page.open("/console").path == "/console"


def test_in_production_the_roles_that_see_everything_must_unless_the_municipality_says_otherwise(
    sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant, make_staff: MakeStaff
) -> None:
    make_tenant(sqlite_engine)
    shell = make_test_shell(sqlite_engine, clock, tmp_path)
    served = make_backend(replace(shell, settings=replace(shell.settings, production=True)))
    for role in ("administrator", "supervisor", "auditor", "caseworker"):
        make_staff(role, role)
    make_staff("demo", "administrator", demonstration=True)

    def lands(login: str) -> str:
        return Browser(TestClient(served)).log_in(login).path

    assert [lands(login) for login in ("administrator", "supervisor", "auditor")] == ["/console/second-step"] * 3
    assert lands("caseworker") == "/console" and lands("demo") == "/console/settings"
    with sqlite_engine.begin() as c:
        c.execute(update(tenant).values(totp_roles=[]))
    assert lands("supervisor") == "/console"


def test_a_new_telephone_needs_a_code_from_the_old_one_or_from_paper(
    hanako: str, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    page = half(new_browser).send("/console/login", code=code_at(shell)).open("/console/second-step")
    assert page.send("/console/second-step/stop", code="000000").status == 422
    clock.move(seconds=60)
    page.open("/console/second-step").send("/console/second-step/stop", code=code_at(shell))
    assert page.has("<svg") and secret_on(page) != SECRET


def test_whoever_found_an_open_window_cannot_try_all_the_codes(
    hanako: str, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    page = half(new_browser)
    page.send("/console/login", code=code_at(shell))
    clock.move(seconds=60)
    for _ in range(sessions.TRIES):
        assert page.open("/console/second-step").send("/console/second-step/stop", code="000000").status == 422
    assert page.open("/console/second-step").send("/console/second-step/stop", code=code_at(shell)).status == 422
    assert "login.locked" in actions(shell)
    clock.move(minutes=16)
    page.open("/console/second-step").send("/console/second-step/stop", code=code_at(shell))
    assert page.has("<svg")


def test_an_administrator_resets_somebody_elses_and_nobody_their_own(hanako: str, make_staff: MakeStaff, shell: Shell) -> None:
    admin = make_staff("admin", "administrator", totp_secret=SECRET, totp_since=shell.clock())
    with shell.engine.begin() as c:
        totp.reset(c, login="hanako", at=shell.clock(), by=admin, tenant_id="tenant-tsunagi")
        with pytest.raises(AccountError):
            totp.reset(c, login="admin", at=shell.clock(), by=admin, tenant_id="tenant-tsunagi")
        with pytest.raises(AccountError):
            totp.reset(c, login="hanako", at=shell.clock(), by=admin, tenant_id="tenant-tonari")
        rows = {row.login: row for row in c.execute(select(staff))}
        trail = c.execute(select(audit).where(audit.c.action == "staff.totp_reset")).one()
    assert rows["hanako"].totp_since is rows["hanako"].totp_secret is None and rows["admin"].totp_since
    assert (trail.staff_id, trail.object_id) == (admin, hanako)
