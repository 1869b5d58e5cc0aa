"""What must hold for every page: headers, cookies, nothing personal in addresses, a policy for every route."""

import re
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from backend import ids
from backend.look import STATIC as LOOK_STATIC
from backend.staff.policy import policy_of
from bots.web.desk import STATIC, TEMPLATES
from bots.web.headers import ALWAYS
from tests.web.conftest import AnsweredAtOnce, Browser, make_web_app, make_web_shell

PAGES = ("/chat", "/chat/return", "/chat/leave", "/p/" + "x" * 43, "/c/" + "0" * 20, "/page", "/look/base.css", "/web/chat.js")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(browser, path):
    answer = browser.client.get(path)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] == ("no-cache" if path.endswith((".css", ".js")) else "no-store")


def test_no_page_has_script_or_style_inside():
    for path in [*TEMPLATES.rglob("*.html"), *(LOOK_STATIC.parent / "templates").rglob("*.html")]:
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), path.name


def test_nothing_is_fetched_from_elsewhere():
    """SEC-01: works with no outbound connection but the channels' own interfaces."""
    for path in [*TEMPLATES.rglob("*.html"), *STATIC.iterdir(), *LOOK_STATIC.iterdir()]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text, path.name


def test_the_script_keeps_nothing_in_the_browser():
    script = (STATIC / "chat.js").read_text()
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\b", script)


def test_every_route_says_who_may_use_it(app):
    for route in app.routes:
        if isinstance(route, Route | Mount):
            assert policy_of(route), route.path


def test_the_cookie_can_not_be_read_by_a_script(browser):
    cookie = browser.client.get("/chat").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "; secure" not in cookie


def test_on_https_the_cookie_is_secure_and_bound_to_the_host(sqlite_engine, clock, tmp_path, make_tenant):
    make_tenant(sqlite_engine)
    shell = make_web_shell(sqlite_engine, clock, tmp_path, "https://tsunagi.example.jp")
    browser = Browser(make_web_app(shell, AnsweredAtOnce(shell)), AnsweredAtOnce(shell))
    answer = browser.client.get("/chat")
    assert answer.headers["set-cookie"].startswith("__Host-tsunagi_chat=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_no_address_and_no_title_holds_anything_about_the_person(browser):
    """UX-09: quick exit, neutral titles, neutral push texts."""
    browser.begin()
    browser.press("日本語")
    browser.write("山田 花子")
    title = re.search(r"<title>(.*?)</title>", browser.html)[1]
    assert title == "つなぎ市"
    for address in re.findall(r'(?:href|action|src)="([^"]*)"', browser.html):
        assert "山田" not in address and browser.client.cookies["tsunagi_chat"] not in address


def test_only_the_hash_of_a_cookie_is_stored(browser, shell):
    browser.begin()
    token = browser.client.cookies["tsunagi_chat"]
    database = Path(shell.settings.database_url.removeprefix("sqlite:///"))
    stored = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert ids.hashed(token).encode() in stored, "looked in the wrong place"
    assert token.encode() not in stored


def test_without_a_municipality_there_is_a_page_and_no_error(sqlite_engine, clock, tmp_path):
    shell = make_web_shell(sqlite_engine, clock, tmp_path)
    browser = Browser(make_web_app(shell, AnsweredAtOnce(shell)), AnsweredAtOnce(shell))
    browser.open()
    assert browser.status == 200
    browser.post("/chat/say", {**browser.hidden(), "start": "1"})
    assert browser.status == 503
