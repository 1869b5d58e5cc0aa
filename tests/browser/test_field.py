"""The page for the field on a telephone: the network goes away and comes back, and every result arrives once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backend.clock import JST, in_japan
from backend.contacts.models import contact
from backend.visits.models import visit
from tests.browser import outreach
from tests.browser.conftest import press
from tests.browser.outreach import PASSWORD, PHONE, Desk
from tests.campaigns.field import Town
from tests.visits.test_visits import asks, planned, told

pytestmark = pytest.mark.browser
town, site = outreach.town, outreach.site
FIELD = "/console/visits/field"


@pytest.fixture(autouse=True)
def _telephones_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A telephone's clock shows the day of the town."""
    signed_in = Desk.__init__

    def with_clock(desk: Desk, *args: Any, **more: Any) -> None:
        signed_in(desk, *args, **more)
        desk.page.clock.set_fixed_time(datetime(2026, 7, 6, 10, tzinfo=JST))

    monkeypatch.setattr(Desk, "__init__", with_clock)


def fill(page: Any, visit_id: str, result: str, note: str) -> None:
    door = page.locator(f"#v-{visit_id}")
    door.locator("summary").first.click()
    door.locator(f"input[name=result][value={result}]").check()
    door.locator("textarea[name=note]").fill(note)
    door.locator("form.told > button").click()


def log_out(page: Any) -> None:
    page.click(".menu-open")
    press(page, "form.leave button")


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
    assert kept(page) and all(word not in kept(page) for word in ("屋根", "card_left", first))
    # Meanwhile the colleague tells the second one from the office.
    told(town, second, "met", key="from-the-office", note="電話で話せた", staff=town.second)
    page.context.set_offline(False)
    page.evaluate("document.getElementById('send-now').click()")  # the page may be sending by itself already
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


def test_the_time_is_that_of_the_door_and_not_of_the_page(town: Town, site: str, chrome: Any) -> None:
    home = asks(town, name="佐藤 花")
    id = planned(town, home)
    page = Desk(chrome, site, "keikaku", PHONE).open(FIELD)
    page.clock.set_fixed_time(datetime(2026, 7, 6, 9, 41, tzinfo=JST))
    fill(page, id, "met", "元気")
    page.wait_for_selector(f"#v-{id} .badge.good")
    (row,) = town.rows(contact)
    assert in_japan(row.at).strftime("%H:%M") == "09:41"


# --- the page itself without a network --------------------------------------------------------------------------------

CODE = "あめのち晴れ 2026"


def page_kept(page: Any) -> str:
    return str(page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('visits.page')).map((one) => localStorage[one]).join()"))


def in_caches(page: Any) -> str:
    """Everything that the browser keeps in its caches, as text."""
    return str(page.evaluate("""async () => {
      const all = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) all.push(one.url, await (await cache.match(one)).text());
      }
      return all.join("\\n");
    }"""))


def keeps_page(worker: Desk, code: str = CODE) -> Any:
    """On the telephone of a worker today's page is kept; nothing of anybody stands there in the clear."""
    page = worker.open(FIELD)
    page.locator("#page-keep summary").click()
    page.fill("#page-code", code)
    page.click("#page-ask button")
    page.wait_for_function("() => document.getElementById('page-says').textContent.includes('開けます')")
    return page


def test_the_page_opens_without_a_network_and_what_was_told_there_arrives(town: Town, site: str, chrome: Any) -> None:
    home = asks(town, name="佐藤 花")
    id = planned(town, home, safety="犬がいる")
    worker = Desk(chrome, site, "keikaku", PHONE)
    page = keeps_page(worker)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for held in (page_kept(page), in_caches(page)):
        assert held and all(word not in held for word in ("佐藤", "犬がいる", id, CODE))
    page.context.set_offline(True)
    page.goto(site + FIELD)
    page.wait_for_selector("#kept-code")
    assert "佐藤" not in page.content()
    page.fill("#kept-code", "ちがう合言葉")
    page.click("#kept-open button")
    page.wait_for_function("() => document.getElementById('kept-says').textContent.includes('合言葉が違います')")
    page.fill("#kept-code", CODE)
    page.click("#kept-open button")
    page.wait_for_selector(f"#v-{id}")
    assert "佐藤 花" in page.inner_text("main") and "犬がいる" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    fill(page, id, "met", "屋根を見た")
    page.wait_for_function("() => document.getElementById('queue-says').textContent.includes('1件')")
    assert town.contacts(home) == [] and "屋根" not in kept(page)
    page.context.set_offline(False)
    page.evaluate("document.getElementById('send-now').click()")  # the page may be sending by itself already
    page.wait_for_selector("header.top")  # the page comes from the server again
    page.wait_for_selector(f"#v-{id} .badge.good")
    assert town.contacts(home) == [("visit", "met")] and kept(page) == ""
    assert "佐藤" not in page_kept(page) and '"page":null' in page_kept(page)  # nobody is left to visit: nothing is kept


@pytest.mark.parametrize("how", ["logout", "removed", "five wrong codes", "the next day", "somebody else"])
def test_what_is_kept_goes(town: Town, site: str, chrome: Any, how: str) -> None:
    planned(town, asks(town, name="佐藤 花"))
    worker = Desk(chrome, site, "keikaku", PHONE)
    page = keeps_page(worker)
    if how == "logout":
        worker.open("/console/visits")
        log_out(page)
        page.wait_for_selector("#f-login")
    elif how == "removed":
        page.click("#page-remove")
        page.wait_for_selector("#page-ask", state="visible")
    elif how == "somebody else":
        page.context.clear_cookies()
        page.goto(f"{site}/console/login")
        page.fill("#f-login", "kacho")
        page.fill("#f-password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("header.top")
        worker.open(FIELD)
        page.wait_for_function("() => !Object.keys(localStorage).some((one) => one.startsWith('visits.page'))")
    else:
        if how == "the next day":
            page.clock.set_fixed_time(datetime(2026, 7, 7, 1, tzinfo=JST))
        page.context.set_offline(True)
        page.goto(site + FIELD)
        page.wait_for_selector("#kept-says", state="attached")
        for _ in range(5 if how == "five wrong codes" else 0):
            page.evaluate("document.getElementById('kept-says').textContent = ''")
            page.fill("#kept-code", "ちがう合言葉")
            page.click("#kept-open button")
            page.wait_for_function("() => document.getElementById('kept-says').textContent !== ''")
        page.wait_for_selector("#kept-open", state="hidden")
    assert page_kept(page) == ""


def test_a_page_kept_is_renewed_by_every_visit_to_it(town: Town, site: str, chrome: Any) -> None:
    planned(town, asks(town, name="佐藤 花"))
    worker = Desk(chrome, site, "keikaku", PHONE)
    page = keeps_page(worker)
    planned(town, asks(town, name="鈴木 一郎"), place=1)
    before = page_kept(page)
    worker.open(FIELD)
    page.wait_for_function("(before) => localStorage[Object.keys(localStorage).find((one) => one.startsWith('visits.page'))] !== before", arg=before)
    page.context.set_offline(True)
    page.goto(site + FIELD)
    page.fill("#kept-code", CODE)
    page.click("#kept-open button")
    page.wait_for_selector(".door >> nth=1")
    assert "鈴木 一郎" in page.inner_text("main")
