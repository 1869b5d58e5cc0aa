"""Signing in, staying signed in, and everything that ends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.staff import accounts
from backend.staff.models import staff
from tests.conftest import MovableClock
from tests.console.conftest import PASSWORD, MakeStaff, NewBrowser


@pytest.fixture(autouse=True)
def hanako(tenant_id: str, make_staff: MakeStaff) -> str:
    return make_staff("hanako")


def actions(shell: Shell) -> list[str]:
    with shell.engine.begin() as c:
        return list(c.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def test_the_right_password_opens_the_list(new_browser: NewBrowser, shell: Shell) -> None:
    page = new_browser().log_in("Hanako ")
    assert page.path == "/console" and page.status == 200
    assert page.has("今日やること", "hanakoさん", "つなぎ市")
    assert actions(shell) == ["login.done"]


def test_wrong_password_and_unknown_login_are_answered_alike(new_browser: NewBrowser) -> None:
    wrong = new_browser().log_in("hanako", "ひまわり")
    unknown = new_browser().log_in("nobody", "ひまわり")
    assert wrong.status == unknown.status == 401
    assert wrong.has("ログインできませんでした") and unknown.has("ログインできませんでした")


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(
    new_browser: NewBrowser, clock: MovableClock, shell: Shell
) -> None:
    for _ in range(5):
        new_browser().log_in("hanako", "あてずっぽう")
    assert new_browser().log_in("hanako").status == 401
    clock.move(minutes=16)
    assert new_browser().log_in("hanako").status == 200
    assert actions(shell)[-3:] == ["login.locked", "login.while_locked", "login.done"]


def test_a_login_form_from_elsewhere_is_refused(new_browser: NewBrowser) -> None:
    browser = new_browser()
    answer = browser.client.post("/console/login", data={"login": "hanako", "password": PASSWORD, "csrf": "x"})
    assert answer.status_code == 403
    assert browser.open("/console").path == "/console/login"


def test_half_an_hour_without_a_page_ends_it_even_if_the_window_updates_itself(
    new_browser: NewBrowser, clock: MovableClock
) -> None:
    page = new_browser("hanako")
    for _ in range(4):
        clock.move(minutes=8)
        live = page.client.get("/console/live/entries").status_code
    assert live == 401
    assert page.open("/console").path == "/console/login"


def test_a_window_lives_for_half_an_hour_and_no_longer(new_browser: NewBrowser, clock: MovableClock) -> None:
    """SEC-03, to the second."""
    page = new_browser("hanako")
    clock.move(minutes=29, seconds=59)
    assert page.open("/console").path == "/console"
    clock.move(minutes=30)
    assert page.open("/console").path == "/console/login"


def test_ten_hours_end_it_however_busy_one_is(new_browser: NewBrowser, clock: MovableClock) -> None:
    page = new_browser("hanako")
    for _ in range(29):
        clock.move(minutes=20)
        assert page.open("/console").path == "/console"
    clock.move(minutes=20)
    clock.move(minutes=1)
    assert page.open("/console").path == "/console/login"


def test_logging_out_ends_the_session_on_the_server_too(new_browser: NewBrowser) -> None:
    page = new_browser("hanako")
    token = page.client.cookies["tsunagi_staff"]
    page.send("/console/logout")
    assert page.path == "/console/login"
    page.client.cookies.set("tsunagi_staff", token, path="/console")
    assert page.open("/console").path == "/console/login"


def test_a_closed_account_is_out_at_once(new_browser: NewBrowser, shell: Shell, hanako: str) -> None:
    page = new_browser("hanako")
    with shell.engine.begin() as c:
        accounts.end_staff(c, tenant_id="tenant-tsunagi", staff_id=hanako, at=shell.clock(), by=None)
    assert page.open("/console").path == "/console/login"
    assert new_browser().log_in("hanako").status == 401


def test_borrowed_staff_are_out_when_their_time_ends(
    new_browser: NewBrowser, shell: Shell, hanako: str, clock: MovableClock
) -> None:
    page = new_browser("hanako")
    with shell.engine.begin() as c:
        c.execute(update(staff).where(staff.c.id == hanako).values(ends_at=clock()))
    assert page.open("/console").path == "/console/login"


def test_a_first_password_opens_nothing_until_it_is_changed(new_browser: NewBrowser, shell: Shell) -> None:
    with shell.engine.begin() as c:
        first = accounts.reset_staff(c, login="hanako", at=shell.clock())
    page = new_browser()
    page.log_in("hanako", first.password)
    assert page.path == "/console/password"
    assert page.open("/console").path == "/console/password"
    page.send("/console/password", old=first.password, new="short", again="short")
    assert page.status == 422 and page.has("12文字以上にしてください")
    page.send("/console/password", old=first.password, new=PASSWORD + "八つ", again=PASSWORD + "八つ")
    assert page.path == "/console"
    assert new_browser().log_in("hanako", first.password).status == 401


@pytest.mark.parametrize(
    ("new", "why"),
    [("hanako-hanako-hanako", "ログイン名"), ("ああああああああああああああ", "繰り返し"), (PASSWORD, "今と同じ")],
)
def test_poor_passwords_are_refused_with_a_reason(new_browser: NewBrowser, new: str, why: str) -> None:
    page = new_browser("hanako").open("/console/password")
    page.send("/console/password", old=PASSWORD, new=new, again=new)
    assert page.status == 422 and page.has(why)


def test_a_form_without_the_sessions_token_does_nothing(new_browser: NewBrowser) -> None:
    page = new_browser("hanako")
    hidden = page.hidden("/console/logout") | {"csrf": "somebody-else"}
    assert page.client.post("/console/logout", data=hidden).status_code == 403
    assert page.open("/console").path == "/console"


def test_the_language_can_be_changed_to_english_and_back(new_browser: NewBrowser) -> None:
    page = new_browser("hanako").send("/console/language", locale="en")
    assert page.has('lang="en"', "Log out")
    assert page.send("/console/language", locale="ja").has("ログアウト")


def test_cookies_stay_on_the_server_side_of_scripts_and_sites(new_browser: NewBrowser) -> None:
    browser = new_browser().open("/console/login")
    hidden = browser.hidden("/console/login")
    answer = browser.client.post(
        "/console/login", data={**hidden, "login": "hanako", "password": PASSWORD}, follow_redirects=False
    )
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("tsunagi_staff="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/console" in cookie


def test_pages_are_kept_by_no_cache(new_browser: NewBrowser) -> None:
    assert new_browser("hanako").client.get("/console").headers["cache-control"] == "no-store"


def test_whoever_found_an_open_window_cannot_try_passwords_on_it(
    new_browser: NewBrowser, clock: MovableClock
) -> None:
    page = new_browser("hanako")
    for guess in (*range(5), PASSWORD):
        page.open("/console/password").send("/console/password", old=f"{guess}", new=PASSWORD + "八つ", again=PASSWORD + "八つ")
        assert page.status == 422
    clock.move(minutes=16)
    page.open("/console/password").send("/console/password", old=PASSWORD, new=PASSWORD + "八つ", again=PASSWORD + "八つ")
    assert page.path == "/console"
