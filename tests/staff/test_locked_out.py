"""Guessers are stopped, and nobody who works here is kept out by them."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from backend.app import Shell, make_backend
from backend.audit.models import audit
from backend.staff import accounts
from backend.staff.guesses import MOST_OF_BROWSER, MOST_OF_SENDER, WITHIN, Guesses
from backend.staff.models import staff, staff_session
from tests.conftest import MovableClock
from tests.console.conftest import PASSWORD, Browser, MakeStaff, NewBrowser

GUESS = "あてずっぽう-です"


@pytest.fixture
def hanako(make_staff: MakeStaff, tenant_id: str) -> str:
    return make_staff("hanako")


@pytest.fixture
def desk(hanako: str, new_browser: NewBrowser) -> Browser:
    """Where Hanako signed in yesterday, and out again."""
    browser = new_browser("hanako")
    browser.open("/console/me").send("/console/logout")
    return browser


@pytest.fixture
def senders(app: TestClient) -> NewBrowser:
    """Browsers at addresses of their own."""
    count = iter(range(1, 250))

    def new(address: str = "") -> Browser:
        return Browser(TestClient(app.app, client=(address or f"198.51.100.{next(count)}", 50000)))

    return new


def lock(senders: NewBrowser, login: str = "hanako") -> None:
    for _ in range(5):
        assert senders().log_in(login, GUESS).status == 401
    assert senders().log_in(login).status == 401, "locked for strangers, whatever they type"


def test_strangers_lock_nobody_out_where_they_signed_in_before(desk: Browser, senders: NewBrowser, clock: MovableClock) -> None:
    lock(senders)
    assert desk.log_in("hanako").has("hanakoさん")
    assert senders().log_in("hanako").status == 401, "and it stays locked for everybody else"


def test_it_holds_for_the_second_step_too(desk: Browser, hanako: str, senders: NewBrowser, shell: Shell, clock: MovableClock) -> None:
    secret = pyotp.random_base32()
    with shell.engine.begin() as c:
        c.execute(update(staff).where(staff.c.id == hanako).values(totp_secret=secret, totp_since=clock()))
    lock(senders)
    assert not desk.log_in("hanako").has("hanakoさん")
    assert desk.send("/console/login", code=pyotp.TOTP(secret).at(clock())).has("hanakoさん")


def test_a_known_browser_has_no_more_tries_than_an_account(desk: Browser, senders: NewBrowser) -> None:
    for _ in range(MOST_OF_BROWSER):
        assert desk.log_in("hanako", GUESS).status == 401
    assert desk.log_in("hanako").status == 401, "the account is locked by now, and this browser is a stranger's"


@pytest.mark.parametrize("how", ["another account", "a new password", "forged", "somebody else's half", "nonsense", "too long"])
def test_the_mark_is_good_for_one_account_and_one_password(
    how: str, desk: Browser, hanako: str, make_staff: MakeStaff, senders: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    make_staff("kenji")
    name, mark = "tsunagi_known", desk.client.cookies["tsunagi_known"]
    login, password = "hanako", PASSWORD
    nonce, _, signature = mark.partition(".")
    if how == "another account":
        login = "kenji"
    elif how == "a new password":
        with shell.engine.begin() as c:
            password = accounts.reset_staff(c, login="hanako", at=clock()).password
    thief = senders()
    cookies = {"forged": f"{nonce}.{'0' * len(signature)}", "somebody else's half": f"{'x' * len(nonce)}.{signature}", "nonsense": "日本~.~.".encode().hex(), "too long": mark + "~x" * 2000}
    thief.client.cookies.set(name, cookies.get(how, mark), domain="testserver.local", path="/console/login")
    lock(senders, login)
    assert thief.log_in(login, password).status == 401


def test_a_desk_that_several_share_knows_each_of_them(desk: Browser, make_staff: MakeStaff, senders: NewBrowser) -> None:
    for number in range(5):
        make_staff(f"other{number}")
        desk.log_in(f"other{number}")
        desk.open("/console/me").send("/console/logout")
    lock(senders)
    assert desk.log_in("hanako").has("hanakoさん")
    assert desk.client.cookies["tsunagi_known"].count("~") == 5


def test_the_mark_opens_nothing_and_is_shut_away(desk: Browser, senders: NewBrowser) -> None:
    thief = senders()
    for name in ("tsunagi_known", "tsunagi_staff"):
        thief.client.cookies.set(name, desk.client.cookies["tsunagi_known"], domain="testserver.local")
    assert thief.open("/console").path == "/console/login"
    kept = next(cookie for cookie in desk.client.cookies.jar if cookie.name == "tsunagi_known")
    assert kept.has_nonstandard_attr("HttpOnly") and kept.path == "/console/login"


def test_one_line_tries_so_many_passwords_whichever_the_account_and_fills_no_trail(
    desk: Browser, make_staff: MakeStaff, senders: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    for number in range(30):
        make_staff(f"other{number}")
    guesser = senders("203.0.113.9")
    for number in range(MOST_OF_SENDER):
        assert guesser.log_in(f"other{number % 15}", GUESS).status == 401
    with shell.engine.connect() as c:
        before = c.execute(select(func.count()).select_from(audit)).scalar_one()
    for number in range(30):
        assert guesser.log_in(f"other{number}").status == 429
    with shell.engine.connect() as c:
        assert c.execute(select(func.count()).select_from(audit)).scalar_one() == before
    assert senders().log_in("other20").has("other20さん"), "others are let in, and that account is not locked"
    behind = senders("203.0.113.9")
    behind.client.cookies = desk.client.cookies
    assert behind.log_in("hanako").has("hanakoさん"), "behind the same line too, where somebody signed in before"
    clock.move(WITHIN)
    assert senders("203.0.113.9").log_in("other21").has("other21さん")


def test_a_thousand_guesses_at_once_are_counted_before_any_is_looked_at(clock: MovableClock) -> None:
    guesses = Guesses(most=3)
    assert [guesses.take("a", clock()) for _ in range(5)] == [True, True, True, False, False]
    assert guesses.take("b", clock())
    guesses.right("a")
    assert [guesses.take("a", clock()) for _ in range(2)] == [True, False]
    guesses.right("nobody")
    clock.move(WITHIN)
    assert guesses.take("a", clock())


def test_strangers_cannot_fill_the_memory(clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.staff.guesses.MOST_KEPT", 10)
    guesses = Guesses(most=1)
    for number in range(50):
        guesses.take(str(number), clock())
    assert len(guesses._made) == 10


def test_signing_in_where_somebody_else_is_signed_in_ends_their_session(
    desk: Browser, make_staff: MakeStaff, shell: Shell
) -> None:
    make_staff("kenji")
    before = desk.log_in("hanako").client.cookies["tsunagi_staff"]
    page = desk.client.get("/console/login", follow_redirects=False)
    assert page.status_code == 303
    desk.client.cookies.delete("tsunagi_staff")
    desk.open("/console/login")
    desk.client.cookies.set("tsunagi_staff", before, domain="testserver.local", path="/console")
    desk.send("/console/login", login="kenji", password=PASSWORD)
    with shell.engine.connect() as c:
        assert len(c.execute(select(staff_session.c.id)).all()) == 1


# --- a copy of the cookie ---------------------------------------------------------------------------------------------


def copied(browser: Browser, senders: NewBrowser) -> Browser:
    thief = senders()
    thief.client.cookies.set("tsunagi_staff", browser.client.cookies["tsunagi_staff"], domain="testserver.local", path="/console")
    assert thief.open("/console/me").path == "/console/me"
    return thief


def test_a_new_password_ends_copies_of_the_windows_cookie_too(desk: Browser, senders: NewBrowser) -> None:
    thief = copied(desk.log_in("hanako"), senders)
    new = "すみれ-の-はなびら-七つ"
    desk.open("/console/password").send("/console/password", old=PASSWORD, new=new, again=new)
    assert desk.status == 200 and desk.path == "/console"
    assert thief.open("/console/me").path == "/console/login"
    assert desk.open("/console/me").path == "/console/me"


def test_codes_that_are_set_up_end_copies_too_and_are_nobodys_who_saw_an_older_page(
    desk: Browser, hanako: str, senders: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    def secret() -> str:
        with shell.engine.connect() as c:
            return str(c.execute(select(staff.c.totp_secret).where(staff.c.id == hanako)).scalar_one())

    desk.log_in("hanako").open("/console/second-step")
    seen_by_somebody = secret()
    desk.open("/console/me").send("/console/logout")
    thief = copied(desk.log_in("hanako"), senders)
    desk.open("/console/second-step")
    assert secret() != seen_by_somebody
    kept = secret()
    desk.open("/console/second-step")
    assert secret() == kept, "in one window it stays: the telephone may have scanned it"
    desk.send("/console/second-step", code=pyotp.TOTP(kept).at(clock()))
    assert desk.status == 200 and desk.open("/console/me").path == "/console/me"
    assert thief.open("/console/me").path == "/console/login"


def test_one_button_ends_every_other_window_and_copies_of_this_one(desk: Browser, make_staff: MakeStaff, senders: NewBrowser, shell: Shell) -> None:
    make_staff("kenji")
    kenji, elsewhere = senders().log_in("kenji"), senders().log_in("hanako")
    thief = copied(desk.log_in("hanako"), senders)
    desk.open("/console/me").send("/console/me/elsewhere")
    assert desk.has("ほかの端末は、すべてログアウトしました")
    assert desk.path == "/console/me" and desk.open("/console/me").path == "/console/me"
    for gone in (elsewhere, thief):
        assert gone.open("/console/me").path == "/console/login"
        assert gone.client.get("/console/live/number").status_code == 401
    assert kenji.open("/console/me").path == "/console/me"
    with shell.engine.connect() as c:
        assert "login.ended_elsewhere" in c.execute(select(audit.c.action)).scalars().all()


def test_on_https_the_mark_is_bound_to_the_host(hanako: str, shell: Shell) -> None:
    over_https = replace(shell, settings=replace(shell.settings, public_url="https://tsunagi.example.jp"))
    planted = {"tsunagi_known": "x" * 43}
    browser = Browser(TestClient(make_backend(over_https), base_url="https://tsunagi.example.jp", cookies=planted))
    assert browser.log_in("hanako").has("hanakoさん")
    mark = next(cookie for cookie in browser.client.cookies.jar if cookie.name == "__Host-tsunagi_known")
    assert mark.secure and mark.path == "/" and mark.expires and "x" * 43 not in str(mark.value)
