"""Every page of the console, from the route table: nothing for axe to find and nothing wider than the screen, in both
languages, on a phone, a tablet and a desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.everything import WHO, Everything, everything

pytestmark = pytest.mark.browser

SIZES = [{"width": width, "height": height} for width, height in ((390, 844), (820, 1180), (1280, 900))]

LOOK = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], elementRef: false});
  const faults = found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 150)}`));
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`${document.documentElement.scrollWidth} px wide`);
  return faults;
}"""


@pytest.fixture(scope="module")
def console(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    with everything(tmp_path_factory.mktemp("everything"), chrome) as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(console: Everything) -> dict[str, Any]:
    """One page for each who looks, with axe in it from the start."""
    from axe_playwright_python.base import AXE_SCRIPT

    found = {role: console.sign_in(role, SIZES[0]) for role in WHO}
    for page in found.values():
        page.add_init_script(AXE_SCRIPT)
    return found


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_everybody_can_read_every_page(console: Everything, signed_in: dict[str, Any], locale: str) -> None:
    """What is folded away is opened on the phone, where it has the least room."""
    console.speak(locale)
    wrong = []
    known = {console.address + path for _, path in console.pages()}
    for role, path in console.pages():
        page = signed_in[role]
        response = page.goto(console.address + path)
        assert (response.status, page.locator("html").get_attribute("lang")) == (200, locale), path
        if page.url != console.address + path:  # a conversation is read on the page of its case
            assert page.url.split("?")[0] in known, page.url
            continue
        if page.locator("h1").count() != 1 or not page.title():
            wrong.append(f"{path}: headings of the page: {page.locator('h1').count()}")
        for size in SIZES:
            page.set_viewport_size(size)
            page.evaluate(f"document.querySelectorAll('main details').forEach((one) => {{ one.open = {str(size is SIZES[0]).lower()}; }})")
            wrong += [f"{path} at {size['width']}: {fault}" for fault in page.evaluate(LOOK)]
    assert wrong == []


def test_the_menu_of_a_phone_is_opened_and_closed_by_thumb_and_by_keys(console: Everything, signed_in: dict[str, Any]) -> None:
    console.speak("ja")
    page = signed_in["supervisor"]
    page.set_viewport_size(SIZES[0])
    page.goto(f"{console.address}/console/cases")
    sheet, button = page.locator("#menu"), page.locator(".menu-open")
    assert not sheet.is_visible() and page.locator("header.top").bounding_box()["height"] < 80, "closed, it leaves the screen to the page"

    button.focus()
    page.keyboard.press("Enter")
    assert sheet.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#menu').contains(document.activeElement)"), "the next stop is in the menu"
    page.keyboard.press("Escape")
    assert not sheet.is_visible() and page.evaluate("document.activeElement.className").endswith("menu-open")

    button.click()
    rows = page.locator("#menu nav > a, #menu summary")
    assert all(row.bounding_box()["height"] >= 44 for row in rows.all())
    page.locator("#menu summary", has_text="名簿・帳票").click()
    assert page.evaluate(LOOK) == []
    page.locator("#menu a", has_text="帳票の作成・書き出し").click()
    page.wait_for_url("**/console/exports")
    assert not sheet.is_visible(), "chosen, it is gone"
    button.click()
    page.mouse.click(200, 5)
    assert not sheet.is_visible(), "a tap beside it closes it"


def test_on_a_desk_the_menu_stands_in_the_top_line(console: Everything, signed_in: dict[str, Any]) -> None:
    page = signed_in["supervisor"]
    page.set_viewport_size(SIZES[2])
    page.goto(f"{console.address}/console/cases")
    assert not page.locator(".menu-open").is_visible() and page.locator("#menu nav > a").first.is_visible()
    page.locator("#menu summary").first.click()
    assert page.locator("#menu details[open] a").first.is_visible()
    page.locator("#menu summary").nth(1).click()
    assert page.locator("#menu details[open]").count() == 1, "one group at a time"
