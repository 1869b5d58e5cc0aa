"""Every page of the console, from the route table, in Japanese: nothing for axe to find and nothing wider than the screen, on a
phone, a tablet and a desk; and the menu. In English: `test_every_page_in_english.py`, a file of its own so that two processes
share the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.everything import Everything, everything
from tests.browser.looking import LOOK, SIZES, faults_everywhere, lookers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    with everything(tmp_path_factory.mktemp("everything"), chrome) as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(console: Everything) -> dict[str, Any]:
    return lookers(console)


def test_everybody_can_read_every_page_in_japanese(console: Everything, signed_in: dict[str, Any]) -> None:
    """UX-20: axe finds nothing on any page, in every language, at 320 and 1280 px."""
    assert faults_everywhere(console, signed_in, "ja") == []


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
