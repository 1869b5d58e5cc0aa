"""A program from the form to the households and back, in a real browser: two people, a bar that moves, on a phone as well."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from backend import clock as real_clock
from backend import ids, look
from backend.app import Shell, make_backend
from backend.cases.models import answer, case
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.people.models import person
from backend.settings import Settings
from backend.staff import passwords
from backend.staff.models import staff
from backend.tenants.models import disaster, tenant
from backend.words import Catalogues
from bots.web.headers import SecurityHeaders
from dialogs.registry import BOOK
from tests.browser.conftest import Served, press
from tests.browser.looking import faults_here
from tests.conftest import SECRET

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "ひまわり-の-たね-七つ"
REPAIR = "/console/programs/emergency_repair"


@dataclass
class Town:
    """A running console, thirty households, a caseworker and a supervisor."""

    shell: Shell
    address: str
    chrome: Any

    def sign_in(self, who: str, viewport: dict[str, int] = WIDE, **options: Any) -> Any:
        page = self.chrome.new_context(viewport=viewport, locale="ja-JP", **options).new_page()
        page.goto(f"{self.address}/console/login")
        page.fill("#f-login", who)
        page.fill("#f-password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("header.top")
        return page

    def work(self) -> None:
        while run_slice(self.shell, SLICES):
            pass


@pytest.fixture(scope="module")
def town(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("programs")
    url = f"sqlite:///{folder}/console.db"
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder)
    shell = Shell(settings, engine, real_clock.now, Keyring(SECRET), Catalogues.load(), BOOK)
    now = shell.clock()
    with engine.begin() as c:
        c.execute(insert(tenant).values(id="t", slug="midori", name={"ja": "緑市", "en": "Midori"}, demonstration=False, created_at=now))
        for login, name, role in (("hanako", "青木 花子", "caseworker"), ("kenji", "森 健二", "supervisor")):
            c.execute(insert(staff).values(
                id=ids.new(), tenant_id="t", login=login, name=name, role=role, password_hash=passwords.hashed(PASSWORD), created_at=now))
        c.execute(insert(disaster).values(
            id="d", tenant_id="t", name={"ja": "秋の大雨"}, happened_on=(now - timedelta(days=20)).date(), prefecture="40", municipality="40202",
            acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
        for n in range(30):
            c.execute(insert(person).values(id=f"p{n}", tenant_id="t", name=f"例 {n}子", created_at=now))
            c.execute(insert(case).values(
                id=f"c{n:02}", tenant_id="t", number=f"T-2026-0000{n:02}-1", person_id=f"p{n}", opened_at=now, changed_at=now))
            c.execute(insert(answer).values(
                tenant_id="t", case_id=f"c{n:02}", field="damage_level", state="given", value="half" if n < 21 else "partial", by="self",
                about="self", source="web", at=now))
    app = make_backend(shell)
    if not any(getattr(route, "path", "") == "/look" for route in app.routes):
        app.router.routes.insert(0, look.mount())
    with Served(SecurityHeaders(app)) as address:
        yield Town(shell, address, chrome)
    engine.dispose()


def test_edit_preview_approve_and_take_back(town: Town) -> None:
    hanako = town.sign_in("hanako")
    hanako.goto(town.address + "/console/programs?q=おうきゅうしゅうり")
    hanako.click("a.entry-link >> nth=0")
    hanako.click("text=内容を変える")
    hanako.fill("#f-conditions", "- damage: [partial]")
    press(hanako, "text=案として保存する")
    assert "damage という言葉はありません" in hanako.inner_text("#w-conditions")
    hanako.fill("#f-conditions", "- disaster.relief_act_applied: true\n- damage_level: [partial]")
    hanako.fill("#f-phone", "0943-32-0000")
    hanako.click("text=案として保存する")
    hanako.wait_for_selector("text=変わるところ")
    draft = hanako.url
    hanako.click("text=影響を調べる")
    hanako.wait_for_selector("#preview-part progress")
    # Nobody reloads: the worker finishes, and the page shows what it found.
    worker = threading.Thread(target=town.work)
    worker.start()
    hanako.wait_for_selector("text=9世帯が「合わない」から「条件に合いそう」になります")
    worker.join()
    assert "21世帯が「" in hanako.inner_text("#preview-part")
    hanako.fill("#f-reason", "要綱の改正")
    hanako.click("form button:has-text('承認を依頼する')")
    hanako.wait_for_selector("text=自分では承認できません")

    case_page = town.address + "/console/cases/c25"
    assert "0943-32-0000" not in hanako.goto(case_page).text()
    kenji = town.sign_in("kenji", PHONE)
    kenji.goto(draft)
    assert "要綱の改正" in kenji.inner_text("main") and kenji.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    kenji.click("text=承認して公開する")
    kenji.wait_for_selector("text=第1版")
    hanako.goto(case_page)
    hanako.click("#p-emergency_repair > summary")
    assert "0943-32-0000" in hanako.inner_text("#p-emergency_repair") and "合う" in hanako.inner_text("#p-emergency_repair .grounds")

    kenji.goto(town.address + "/console/program-drafts")
    press(kenji, "text=すべて標準の内容に戻す案を作る")
    press(kenji, "form button:has-text('承認を依頼する')")
    hanako.goto(kenji.url)
    assert "承認する人の確認を待っています" in hanako.inner_text("main")
    assert hanako.locator("text=承認して公開する").count() == 0


PATHS = (
    "/console/programs", REPAIR, f"{REPAIR}/edit", "/console/programs/new", "/console/program-drafts", "/console/sheet", "/console/acts",
    "/console/cases/c03/programs",
)  # fmt: skip


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(town: Town) -> None:
    page = town.sign_in("kenji", PHONE)
    for path in PATHS:
        page.goto(town.address + path)
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
        assert faults_here(page) == [], path
        for viewport in (PHONE, WIDE, PHONE):
            page.set_viewport_size(viewport)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def test_without_javascript_a_program_is_changed_all_the_same(town: Town) -> None:
    page = town.sign_in("hanako", PHONE, java_script_enabled=False)
    page.goto(town.address + "/console/programs/temporary_housing/edit")
    page.fill("#f-note", "7月から受け付けます。")
    press(page, "text=案として保存する")
    assert "7月から受け付けます。" in page.inner_text("main")
