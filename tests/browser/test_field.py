"""The page for the field on a telephone: the network goes away and comes back, and every result arrives once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from backend.app import make_backend
from backend.contacts.models import contact
from backend.staff import passwords
from backend.staff.models import staff
from backend.visits.models import visit
from bots.web.headers import SecurityHeaders
from tests.browser.conftest import Served
from tests.browser.test_campaigns import PASSWORD, PHONE, Desk
from tests.campaigns.field import Town
from tests.visits.test_visits import asks, planned, told

pytestmark = pytest.mark.browser
FIELD = "/console/visits/field"


@pytest.fixture
def town(sqlite_engine: Any, clock: Any, tmp_path: Any, make_tenant: Any) -> Town:
    make_tenant(sqlite_engine)
    town = Town(sqlite_engine, clock, tmp_path)
    with sqlite_engine.begin() as c:
        c.execute(update(staff).values(password_hash=passwords.hashed(PASSWORD)))
    return town


@pytest.fixture
def site(town: Town) -> Iterator[str]:
    app = make_backend(town.shell)
    app.add_middleware(SecurityHeaders)
    with Served(app) as address:
        yield address


def fill(page: Any, visit_id: str, result: str, note: str) -> None:
    door = page.locator(f"#v-{visit_id}")
    door.locator("summary").first.click()
    door.locator(f"input[name=result][value={result}]").check()
    door.locator("textarea[name=note]").fill(note)
    door.locator("form.told > button").click()


def log_out(page: Any) -> None:
    page.click(".menu-open")
    page.click("form.leave button")


def kept(page: Any) -> str:
    return str(page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('visits.queue')).map((one) => localStorage[one]).join()"))


def test_the_network_goes_and_comes_and_every_result_arrives_once(town: Town, site: str, chrome: Any) -> None:
    homes = [asks(town, name=name) for name in ("佐藤 花", "鈴木 一郎", "高橋 久美")]
    first, second, third = (planned(town, home, place=place, safety="犬がいる") for place, home in enumerate(homes))
    worker = Desk(chrome, site, "keikaku", PHONE)
    page = worker.open(FIELD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.check("#keep")
    assert page.locator("#queue").get_attribute("data-key") is None
    page.context.set_offline(True)
    fill(page, first, "met", "屋根を見た")
    page.wait_for_function("() => document.getElementById('queue-says').textContent.includes('1件')")
    fill(page, second, "card_left", "留守だった")
    page.wait_for_function("() => document.getElementById('queue-says').textContent.includes('2件')")
    assert town.count(contact) == 0
    assert kept(page) and all(word not in kept(page) for word in ("屋根", "met", "card_left", first))
    # Meanwhile the colleague tells the second one from the office.
    told(town, second, "met", key="from-the-office", note="電話で話せた", staff=town.second)
    page.context.set_offline(False)
    page.click("#send-now")
    page.wait_for_selector("#queue-beside .notice")
    beside = page.inner_text("#queue-beside")
    assert "留守だった" in beside and "電話で話せた" in beside and "1件" in page.inner_text("#queue-says")
    assert town.contacts(homes[0]) == [("visit", "met")] and town.contacts(homes[1]) == [("visit", "met")]
    page.click("#queue-beside button")
    page.wait_for_function("() => !Object.keys(localStorage).some((one) => one.startsWith('visits.queue'))")
    fill(page, third, "refused", "")
    page.wait_for_function("() => document.querySelector('#v-" + third + " form') === null")
    assert town.contacts(homes[2]) == [("visit", "refused")] and kept(page) == ""
    assert town.count(visit, visit.c.state == "done") == 3


def test_what_waits_survives_a_new_page_and_goes_on_logout(town: Town, site: str, chrome: Any) -> None:
    home = asks(town, name="佐藤 花")
    id = planned(town, home)
    worker = Desk(chrome, site, "keikaku", PHONE)
    page = worker.open(FIELD)
    page.check("#keep")
    page.route("**/report", lambda route: route.abort())
    fill(page, id, "met", "元気")
    page.wait_for_function("() => document.getElementById('queue-says').textContent.includes('1件')")
    worker.open(FIELD)
    page.wait_for_function("() => document.getElementById('queue-says').textContent.includes('1件')")
    worker.open("/console/visits")
    log_out(page)
    page.wait_for_url("**" + FIELD)
    asked: list[str] = []
    page.on("dialog", lambda box: (asked.append(box.message), box.accept()))
    log_out(page)
    page.wait_for_selector("#f-login")
    assert "1件" in asked[0] and kept(page) == "" and town.contacts(home) == []


def test_without_the_script_and_without_the_switch_it_is_a_form(town: Town, site: str, chrome: Any) -> None:
    home = asks(town, name="佐藤 花")
    id = planned(town, home)
    worker = Desk(chrome, site, "keikaku", PHONE, java_script_enabled=False)
    page = worker.open(FIELD)
    assert not page.locator("#queue").is_visible()
    fill(page, id, "met", "元気")
    page.wait_for_selector(f"#v-{id} .badge.good")
    assert town.contacts(home) == [("visit", "met")]
