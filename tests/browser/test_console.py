"""The staff console in a real browser: readable by everybody, live, and usable without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

import backend.models
from backend import clock as real_clock
from backend import ids, look
from backend.app import Shell, make_backend
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.demo import seed_demonstration
from backend.journal.models import conversation, message
from backend.people.models import person
from backend.settings import Settings
from backend.tasks.models import task
from backend.words import Catalogues
from bots.web.headers import SecurityHeaders
from dialogs.registry import BOOK
from tests.browser.conftest import Served, press, speak
from tests.browser.looking import faults_here
from tests.conftest import SECRET

pytestmark = pytest.mark.browser

WIDE, PHONE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 640}


@dataclass
class Console:
    """A running console with the demonstration in it."""

    shell: Shell
    address: str
    passwords: dict[str, str]
    chrome: Any

    def sign_in(self, who: str, viewport: dict[str, int] = WIDE, **options: Any) -> Any:
        page = self.chrome.new_context(viewport=viewport, locale="ja-JP", **options).new_page()
        page.goto(f"{self.address}/console/login")
        page.fill("#f-login", f"demo-{who}")
        page.fill("#f-password", self.passwords[f"demo-{who}"])
        press(page, "button")
        return page

    def talk_of(self, name: str) -> Any:
        """The conversation of a household."""
        with self.shell.engine.begin() as c:
            rows = c.execute(select(person.c.id, person.c.name)).all()
            mine = next(row.id for row in rows if row.name == name)
            cases = backend.models.cases.case
            chosen = select(conversation).join(cases, cases.c.id == conversation.c.case_id).where(cases.c.person_id == mine)
            return c.execute(chosen).one()

    def ring(self, talk: Any, kind: str = "red") -> str:
        """A danger comes in."""
        now, task_id = self.shell.clock(), ids.new()
        with self.shell.engine.begin() as c:
            c.execute(insert(message).values(
                conversation_id=talk.id, direction="in", author="person", surface="chat",
                content={"shown": "息ができない", "shown_key": "", "kind": "said"}, at=now))
            c.execute(insert(task).values(
                id=task_id, tenant_id=talk.tenant_id, kind=kind, rank=0, rule="ja.breath/1", case_id=talk.case_id,
                conversation_id=talk.id, made_at=now, due_at=now))
        return task_id


@pytest.fixture(scope="module")
def console(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder: Path = tmp_path_factory.mktemp("console")
    url = f"sqlite:///{folder}/console.db"
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(
        database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder, telegram_bot_token="1:x",
        telegram_webhook_secret="w",
    )  # fmt: skip
    shell = Shell(settings, engine, real_clock.now, Keyring(SECRET), Catalogues.load(), BOOK)
    passwords = {account.login: account.password for account in seed_demonstration(shell)}
    app = make_backend(shell)
    if not any(getattr(route, "path", "") == "/look" for route in app.routes):
        app.router.routes.insert(0, look.mount())
    with Served(SecurityHeaders(app)) as address:
        yield Console(shell, address, passwords, chrome)
    engine.dispose()


PAGES = {
    "supervisor": ("/console", "/console?whose=mine", "/console/readiness", "/console/audit", "/console/me", "/console/password"),
    "admin": ("/console/settings", "/console/accounts"),
}


@pytest.mark.parametrize(("locale", "viewport"), [("ja", PHONE), ("en", WIDE), ("ja", NARROW)])
@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    console: Console, who: str, locale: str, viewport: dict[str, int]
) -> None:
    page = console.sign_in(who, viewport)
    speak(page, locale)
    paths = [*PAGES[who]]
    if who == "supervisor":
        paths += [f"/console/conversations/{console.talk_of(name).id}" for name in ("小林 勇", "Maria Example", "佐藤 一郎")]
    for path in paths:
        page.goto(console.address + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert faults_here(page) == [], path
    speak(page, "ja")
    page.context.close()


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("who", ["supervisor", "admin"])
def test_the_menu_is_one_line_on_an_office_screen(console: Console, who: str, locale: str) -> None:
    page = console.sign_in(who)
    page.goto(f"{console.address}/console/me")
    speak(page, locale)
    # The long name of a demonstration may stand above in English; the menu itself and the way out are one line.
    wanted = ".places > *, .leave" if locale == "en" else ".office, .places > *, .leave"
    middles = page.evaluate("(wanted) => [...document.querySelectorAll(wanted)].map((one) => one.getBoundingClientRect())"
                            ".map((box) => box.top + box.height / 2)", wanted)  # fmt: skip
    speak(page, "ja")
    page.context.close()
    assert max(middles) - min(middles) <= 6, middles


def test_axe_finds_nothing_on_the_login_page(console: Console) -> None:
    page = console.chrome.new_context(viewport=PHONE).new_page()
    page.goto(f"{console.address}/console/login")
    assert faults_here(page) == []
    page.context.close()


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "polling"])
def test_a_danger_appears_without_reloading_and_stays_until_it_is_taken(console: Console, stream: bool) -> None:
    talk = console.talk_of("伊藤 健")
    page = console.sign_in("caseworker")
    if not stream:
        page.route("**/console/live", lambda route: route.abort())
        page.reload()
    page.evaluate("window.notReloaded = true")
    assert page.locator(".alarm").count() == 0
    task_id = console.ring(talk)
    page.wait_for_selector(".alarm.red")
    assert re.match(r"\(\d+\)", page.title())
    page.locator("#entries .group.danger").get_by_text("伊藤 健").wait_for()  # the list follows the alarm
    assert page.evaluate("window.notReloaded"), "the page must not reload by itself"
    press(page, ".alarm a")
    press(page, f"form[action='/console/tasks/{task_id}/acknowledge'] button")
    assert page.locator(".alarm").count() == 0
    press(page, f"form[action='/console/tasks/{task_id}/finish'] button")
    page.context.close()


def test_what_somebody_is_writing_stays_while_new_messages_come_in(console: Console) -> None:
    talk = console.talk_of("高橋 正")
    page = console.sign_in("caseworker")
    page.goto(f"{console.address}/console/conversations/{talk.id}")
    press(page, "text=この会話を引き継ぐ")
    page.fill("textarea[name=text]", "いま書いているところ")
    with console.shell.engine.begin() as c:
        c.execute(insert(message).values(
            conversation_id=talk.id, direction="in", author="person", surface="chat",
            content={"shown": "もしもし", "shown_key": "", "kind": "said"}, at=console.shell.clock()))
    page.wait_for_selector(".talk >> text=もしもし")
    assert page.input_value("textarea[name=text]") == "いま書いているところ"
    page.click("text=送る")
    page.wait_for_selector(".talk .staff >> text=いま書いているところ")
    press(page, "text=自動応答に戻す")
    page.context.close()


def test_everything_essential_works_without_javascript(console: Console) -> None:
    talk = console.talk_of("山田 花子")
    page = console.sign_in("caseworker", PHONE, java_script_enabled=False)
    press(page, "a.entry-link >> text=山田 花子")
    press(page, "text=確認しました（対応します）")
    press(page, "text=この会話を引き継ぐ")
    page.fill("textarea[name=text]", "市の青木です。")
    press(page, "text=送る")
    assert page.locator(".talk .staff").get_by_text("市の青木です。").count() == 1
    press(page, "text=自動応答に戻す")
    with console.shell.engine.begin() as c:
        assert c.execute(select(conversation.c.held_by).where(conversation.c.id == talk.id)).scalar_one() is None
    page.context.close()


def test_the_keyboard_reaches_the_content_first_and_the_focus_is_seen(console: Console) -> None:
    """UX-21: everything by keyboard."""
    page = console.sign_in("caseworker")
    page.goto(f"{console.address}/console")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.context.close()
