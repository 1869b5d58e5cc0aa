"""The booth in a real browser: a tablet that saves by itself, loses its connection, meets a second tab; and the phone at home."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from backend import clock as real_clock
from backend import ids
from backend.app import Shell, make_backend
from backend.booth import merge
from backend.booth.models import booth_draft
from backend.cases.models import answer, case
from backend.console.booth.drawn import drawn
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.journal.models import conversation
from backend.settings import Settings
from backend.staff import passwords
from backend.staff.models import staff
from backend.words import Catalogues
from bots.web.headers import SecurityHeaders
from bots.web.routes import routes
from dialogs.registry import BOOK
from tests.browser.conftest import Served, press, speak
from tests.browser.looking import faults_here
from tests.conftest import SECRET
from tests.web.conftest import AnsweredAtOnce

pytestmark = pytest.mark.browser

TABLET, PHONE, WIDE = {"width": 820, "height": 1180}, {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PASSWORD = "ひまわり-の-たね-七つ"


@dataclass
class Town:
    """Console and web chat of one municipality at one address, its inbox always awake."""

    shell: Shell
    address: str
    chrome: Any

    def sign_in(self, who: str = "mori", viewport: dict[str, int] = TABLET, **options: Any) -> Any:
        page = self.chrome.new_context(viewport=viewport, locale="ja-JP", **options).new_page()
        page.goto(f"{self.address}/console/login")
        page.fill("#f-login", who)
        page.fill("#f-password", PASSWORD)
        press(page, "button")
        return page

    def begin(self, page: Any) -> str:
        page.goto(f"{self.address}/console/booth")
        press(page, "text=票に書く")
        page.wait_for_selector("#booth")
        return str(page.url)

    def fields(self, url: str) -> dict[str, Any]:
        with self.shell.engine.begin() as c:
            kept = c.execute(select(booth_draft.c.fields).where(booth_draft.c.id == url.rsplit("/", 1)[-1])).scalar_one()
        return merge.now(kept)


@pytest.fixture(scope="module")
def town(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    from backend.tenants.models import tenant

    folder: Path = tmp_path_factory.mktemp("booth")
    url = f"sqlite:///{folder}/booth.db"
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder)
    shell = Shell(settings, engine, real_clock.now, Keyring(SECRET), Catalogues.load(), BOOK)
    with engine.begin() as c:
        c.execute(insert(tenant).values(
            id="tenant-tsunagi", slug="tsunagi", name={"ja": "つなぎ市", "en": "Tsunagi City"}, phone="000-000-0000",
            hours={"ja": "平日", "en": "weekdays"}, live_at=shell.clock(), created_at=shell.clock()))
        for login, role in (("mori", "caseworker"), ("sato", "booth")):
            c.execute(insert(staff).values(
                id=ids.new(), tenant_id="tenant-tsunagi", login=login, name=f"{login}さん", role=role,
                password_hash=passwords.hashed(PASSWORD), created_at=shell.clock()))
    app = make_backend(shell)
    app.router.routes[:0] = list(routes(shell, AnsweredAtOnce(shell)))
    with Served(SecurityHeaders(app)) as address:
        yield Town(shell, address, chrome)
    engine.dispose()


def settled(town: Town, page: Any, url: str, fields: dict[str, Any]) -> None:
    """Wait until the server has these fields, and the page says so."""
    for _ in range(1200):
        if town.fields(url) == fields:
            break
        page.wait_for_timeout(100)
    assert town.fields(url) == fields
    page.wait_for_selector("#saved:not(.unsent) >> text=保存しました")


def test_it_saves_by_itself_and_shows_what_an_answer_opens(town: Town) -> None:
    page = town.sign_in()
    url = town.begin(page)
    assert page.locator("#q-relation").is_hidden() and page.locator("#q-name_kana").is_hidden()
    page.check("#q-for_whom input[value=family]")
    page.fill("#q-name input.input", "山田 花子")
    assert page.locator("#q-relation").is_visible() and page.locator("#q-name_kana").is_visible()
    page.check("#q-damage_level input[value=none]")
    assert page.locator("#q-flood_level").is_hidden()
    settled(town, page, url, {"for_whom": "family", "name": "山田 花子", "damage_level": "none"})
    page.context.close()


def test_a_lost_connection_loses_nothing(town: Town) -> None:
    page = town.sign_in()
    url = town.begin(page)
    page.context.set_offline(True)
    page.fill("#q-name input.input", "佐藤 一郎")
    page.wait_for_selector("#saved.unsent")
    assert "未送信 1件" in page.inner_text("#saved")
    page.check("#q-damage_level input[value=half]")
    page.context.set_offline(False)
    settled(town, page, url, {"name": "佐藤 一郎", "damage_level": "half"})
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    page.context.close()


def test_signed_out_in_between_the_form_goes_on_after_signing_in_again(town: Town) -> None:
    page = town.sign_in()
    url = town.begin(page)
    other = page.context.new_page()
    other.goto(f"{town.address}/console/me")
    press(other, "form[action='/console/logout'] button")
    page.fill("#q-name input.input", "鈴木 次郎")
    page.wait_for_selector("#saved.unsent")
    assert "ログインが切れました" in page.inner_text("#saved")
    other.goto(f"{town.address}/console/login")
    other.fill("#f-login", "mori")
    other.fill("#f-password", PASSWORD)
    other.click("button")
    other.wait_for_selector("header.top")
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # a browser without a screen tells nobody
    settled(town, page, url, {"name": "鈴木 次郎"})
    page.context.close()


def test_two_tabs_do_not_overwrite_each_other(town: Town) -> None:
    one = town.sign_in()
    url = town.begin(one)
    two = one.context.new_page()
    two.goto(url)
    one.fill("#q-name input.input", "山田 花子")
    settled(town, one, url, {"name": "山田 花子"})
    two.fill("#q-household_size input.input", "3")
    two.fill("#q-name input.input", "山田 華子")
    two.wait_for_selector("#differences:not([hidden])")
    assert "山田 花子" in two.inner_text("#differences") and "山田 華子" in two.inner_text("#differences")
    assert town.fields(url)["name"] == "山田 花子"
    two.click("#differences button >> text=別の画面")
    assert two.input_value("#q-name input.input") == "山田 花子"
    settled(town, two, url, {"name": "山田 花子", "household_size": "3"})
    one.context.close()


CODE = "0123456789abcdefghij"
"""What the QR of this test holds: it cannot be read off the page, which shows it as a picture alone."""


def test_the_same_person_goes_on_at_home_in_that_case(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The booth's whole story: form, paper, phone."""
    monkeypatch.setattr(ids, "link", lambda: CODE)
    page = town.sign_in("sato")
    town.begin(page)
    for key, value in {"language": "ja", "safe_now": "safe", "for_whom": "self", "damage_level": "half", "flood_level": "above_floor",
                       "living_now": "shelter", "contact_way": "here", "rebuild_method": "repair", "share_professional": "given", "share_npo": "refused",
                       "share_welfare_council": "given", "share_welfare_commissioner": "deferred"}.items():
        page.check(f"#q-{key} input[value='{value}']")
    page.check("#q-trouble input[value=home]")
    for key, value in {"name": "山田 花子", "name_kana": "やまだ はなこ", "disaster_address": "大牟田市新栄町1-1", "household_size": "2",
                       "birth_date": "昭和30年5月3日"}.items():
        page.fill(f"#q-{key} input.input", value)
    page.click("text=相談として登録する")
    page.wait_for_url("**/console/seeded/*")
    press(page, "text=QRコードを作る")
    assert page.locator(".qr svg").count() == 1
    code = page.inner_text(".one-time").replace(" ", "")
    assert re.fullmatch(r"\d{6}", code)
    path = f"/c/{CODE}"
    drawn_here = page.locator(".qr svg path").last.get_attribute("d")
    assert drawn_here and drawn_here in str(drawn(f"http://127.0.0.1{path}")) and CODE not in page.content()

    phone = town.chrome.new_context(viewport=PHONE, locale="ja-JP").new_page()
    phone.goto(town.address + path)
    assert "山田" not in phone.content()
    phone.click("text=続ける")
    phone.wait_for_url("**/chat**")
    phone.fill("#text", "昭和30年5月4日")
    phone.click("button.send")
    phone.wait_for_selector(".bubble >> text=確認できませんでした")
    phone.fill("#text", "昭和30年5月3日")
    phone.click("button.send")
    phone.wait_for_selector(".bubble >> text=確認できました")
    said = phone.inner_text("#log") + phone.inner_text("#answer")
    assert "罹災証明" in said and "どのくらいですか" not in said, "certificate is open, the damage is known"
    phone.click(".option >> text=申請")
    phone.wait_for_selector(".said.person .bubble >> text=申請")
    with town.shell.engine.begin() as c:
        (row,) = c.execute(select(conversation.c.case_id)).all()
        kept = c.execute(select(answer.c.value).where(answer.c.case_id == row.case_id, answer.c.field == "certificate")).scalars().all()
        assert kept == ["applied"] and len(c.execute(select(case.c.id).where(case.c.id == row.case_id)).all()) == 1
    phone.context.close()
    page.context.close()


def test_tablets_see_each_others_numbers_without_reloading(town: Town) -> None:
    desk = town.sign_in()
    desk.goto(f"{town.address}/console/days")
    desk.fill("#f-name", "朝の相談会")
    press(desk, "main button")
    room = desk.context.new_page()
    room.goto(f"{desk.url}/display")
    room.evaluate("window.notReloaded = true")
    desk.click("text=番号札を出して受け付ける")
    room.wait_for_selector(".room-still >> text=1")
    desk.click("text=この番号を呼ぶ")
    room.wait_for_selector(".room-number >> text=1")
    assert room.evaluate("window.notReloaded") and "受付" in room.inner_text(".room-called")
    desk.context.close()


@pytest.fixture(scope="module")
def pages(town: Town) -> list[str]:
    """Every page of the booth, with somebody on it."""
    page = town.sign_in()
    draft = town.begin(page)
    page.fill("#q-birth_date input.input", "いつか")
    page.click("text=相談として登録する")
    page.wait_for_selector(".q-wrong")
    page.goto(f"{town.address}/console/days")
    page.fill("#f-name", "7月の相談会")
    press(page, "main button")
    day = page.url
    press(page, "text=番号札を出して受け付ける")
    ticket = page.url
    press(page, "text=この番号を呼ぶ")
    page.goto(day)
    station = page.get_attribute(".board h2 a", "href")
    with town.shell.engine.begin() as c:
        seeded = c.execute(select(booth_draft.c.case_id).where(booth_draft.c.seeded).limit(1)).scalar()
    found = ["/console/booth", draft, f"{draft}/ask", f"{draft}/ask?at=trouble", f"{draft}/ask?at=name", f"{draft}/ask?at=end", "/console/days",
             day, ticket, str(station), f"{day}/display", f"{day}/summary"]
    page.context.close()
    return [path.removeprefix(town.address) for path in found] + ([f"/console/seeded/{seeded}"] if seeded else [])


@pytest.mark.parametrize(("locale", "viewport"), [("ja", PHONE), ("en", TABLET), ("ja", WIDE)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    town: Town, pages: list[str], locale: str, viewport: dict[str, int]
) -> None:
    page = town.sign_in("mori", viewport)
    page.goto(f"{town.address}/console/booth")
    speak(page, locale)
    shots = os.environ.get("TSUNAGI_SHOTS")
    for number, path in enumerate(pages):
        page.goto(town.address + path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        if shots:
            page.screenshot(path=f"{shots}/{viewport['width']}-{number:02d}.png", full_page=True)
        assert faults_here(page) == [], path
    page.goto(f"{town.address}/console/booth")
    speak(page, "ja")
    page.context.close()
