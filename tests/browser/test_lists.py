"""A supervisor brings a list in, on a desk and on a telephone: what they see, and what axe finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.jobs.run import run_slice
from tests.browser.conftest import press
from tests.browser.looking import faults_here
from tests.browser.test_console import PHONE, WIDE, Console
from tests.browser.test_console import console as console
from tests.lists.conftest import HANAKO, HEADER, SLICES, TARO, sheet

pytestmark = pytest.mark.browser

BAD = ["3", "三池", "佐藤 梅", "佐藤うめ", "S65.1.2", "女", "三池1-1", "123", "済", "たぶん全壊"]


@pytest.fixture(params=[WIDE, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, console: Console) -> Iterator[Any]:
    page = console.sign_in("supervisor", request.param)
    yield page
    page.context.close()


def fits(page: Any) -> bool:
    """Nothing makes the page itself wider than the screen; a wide table scrolls in its own place."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_list_from_the_file_to_the_proposals(page: Any, console: Console, tmp_path: Path) -> None:
    file = tmp_path / "名簿.xlsx"
    file.write_bytes(sheet([*HEADER, "DV等支援措置"], [*HANAKO, ""], [*TARO, "○"], [*BAD, ""]))
    seen = {}

    def look(name: str) -> None:
        assert fits(page), name
        if found := faults_here(page):
            seen[name] = found
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    page.goto(f"{console.address}/console/lists")
    look("all")
    page.set_input_files("#f-file", str(file))
    page.click("main form button")
    page.wait_for_url(re.compile(r"/console/lists/\w{26}"))
    look("columns")
    page.click("#columns button")
    page.wait_for_selector("progress")
    look("checking")
    while run_slice(console.shell, SLICES):
        pass
    page.reload()
    assert page.inner_text("#trouble") and "たぶん全壊" in page.inner_text("main")
    look("checked")
    if page.query_selector("#state button"):
        page.click("#state button")
        page.wait_for_selector("progress, #result")
        while run_slice(console.shell, SLICES):
            pass
        page.reload()
        assert "取り込みました" in page.inner_text("#result")
        look("applied")
    else:  # on the telephone it is the same list again
        assert "変わったところはありません" in page.inner_text("#state")
    page.goto(f"{console.address}/console/search")
    page.fill("#f-words", "髙﨑")
    press(page, "main form button")
    assert "高崎" in page.inner_text(".found") or "髙﨑" in page.inner_text(".found")
    assert "%E9" not in page.url, "no name in the address"
    look("search")
    page.goto(f"{console.address}/console/matching")
    look("matching")
    if page.query_selector(".found a"):
        press(page, ".found a")
        look("two")
    assert seen == {}
