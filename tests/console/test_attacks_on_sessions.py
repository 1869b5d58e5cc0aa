"""What somebody tries with a stolen, a planted or an old session, and with passwords."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from backend.app import Shell, make_backend
from backend.console.routes import PAGES
from backend.staff import accounts, sessions
from backend.staff.models import staff
from tests.conftest import MovableClock
from tests.console.attacked import everything
from tests.console.attacked import homes as homes
from tests.console.conftest import PASSWORD, Browser, NewBrowser
from tests.console.test_policy import filled
from tests.console.world import Home


def test_a_session_that_a_neighbouring_site_planted_is_neither_read_nor_used(
    homes: dict[str, Home], shell: Shell
) -> None:
    over_https = replace(shell, settings=replace(shell.settings, public_url="https://tsunagi.example.jp"))
    served = make_backend(over_https)
    done = sessions.sign_in(shell.engine, "caseworker-next-door", PASSWORD, shell.clock())
    assert done is not None
    planted = {"tsunagi_staff": done.token, "tsunagi_login": "x" * 43}
    victim = Browser(TestClient(served, base_url="https://tsunagi.example.jp", cookies=planted))
    assert victim.open("/console").path == "/console/login"
    assert victim.log_in("caseworker").has("caseworkerさん")
    mine = next(cookie for cookie in victim.client.cookies.jar if cookie.name == "__Host-tsunagi_staff")
    assert mine.secure and mine.path == "/" and mine.value != done.token
    victim.open("/console/me").send("/console/logout")
    assert victim.open("/console").path == "/console/login"


def test_signing_in_again_gives_another_session_and_the_cookie_is_shut_away(
    homes: dict[str, Home], new_browser: NewBrowser
) -> None:
    tokens = set()
    for _ in range(3):
        browser = new_browser()
        browser.open("/console/login")
        data = {**browser.hidden("/console/login"), "login": "caseworker", "password": PASSWORD}
        header = browser.client.post("/console/login", data=data, follow_redirects=False).headers["set-cookie"].lower()
        assert "httponly" in header and "samesite=lax" in header and "path=/console" in header
        tokens.add(re.search(r"tsunagi_staff=([^;]+)", header)[1])  # type: ignore[index]
    assert len(tokens) == 3


@pytest.mark.parametrize("what", ["ended", "reset", "password", "end date"])
def test_whatever_ends_an_account_ends_its_open_windows(
    what: str, homes: dict[str, Home], new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    browser = new_browser("caseworker")
    with shell.engine.begin() as c:
        mine = c.execute(select(staff).where(staff.c.login == "caseworker")).one()
        if what == "ended":
            accounts.end_staff(c, tenant_id=mine.tenant_id, staff_id=mine.id, at=clock(), by=None)
        elif what == "reset":
            accounts.reset_staff(c, login="caseworker", at=clock())
        elif what == "password":
            accounts.change_password(c, staff_id=mine.id, old=PASSWORD, new="あたらしい-ことば-です-よ", at=clock())
        else:
            c.execute(update(staff).where(staff.c.id == mine.id).values(ends_at=clock()))
    assert browser.open("/console").path == "/console/login"
    for path in ("/console/live", "/console/live/number", "/console/live/entries"):
        assert browser.client.get(path).status_code == 401


def test_before_the_first_password_is_changed_nothing_else_opens(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    browser = new_browser("supervisor")
    with shell.engine.begin() as c:
        c.execute(update(staff).values(must_change=True))
    token = browser.open("/console/password").hidden("/console/logout")["csrf"]
    before = everything(shell)
    for number, page in enumerate(PAGES):
        if page.before_password or "supervisor" not in page.roles:
            continue
        sent = browser.client.request(page.method, filled(page.path, homes["tsunagi"]), follow_redirects=False,
                                      data={"csrf": token, "form": f"f{number}"} if page.method == "POST" else None)
        assert (sent.status_code, sent.headers.get("location")) == (303, "/console/password"), page.path
    assert everything(shell) == before


def test_a_lock_holds_for_the_right_password_and_from_every_browser(
    homes: dict[str, Home], new_browser: NewBrowser, clock: MovableClock
) -> None:
    for _ in range(5):
        new_browser().log_in("caseworker", "あてずっぽう")
    for login in ("caseworker", "Caseworker", " caseworker ", "ＣＡＳＥＷＯＲＫＥＲ"):
        assert new_browser().log_in(login).status == 401
    clock.move(minutes=14)
    assert new_browser().log_in("caseworker").status == 401


async def test_strangers_who_try_passwords_at_once_wait_for_each_other(
    homes: dict[str, Home], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """argon2 takes 64 MB a try: forty at once would be two and a half gigabytes."""
    now, most, tried, lock = 0, 0, 0, threading.Lock()

    def slow(*_: Any) -> None:
        nonlocal now, most, tried
        with lock:
            now, tried = now + 1, tried + 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    monkeypatch.setattr(sessions, "sign_in", slow)
    transport = httpx.ASGITransport(app=make_backend(shell))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        page = Browser(client=None, html=(await client.get("/console/login")).text)  # type: ignore[arg-type]
        form = {**page.hidden("/console/login"), "login": "caseworker", "password": "あてずっぽう"}
        answers = await asyncio.gather(*(client.post("/console/login", data=form) for _ in range(12)))
    assert {one.status_code for one in answers} == {401}
    assert tried == 12 and most <= 2
