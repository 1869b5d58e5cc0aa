"""The eye that looks at every page sees what is wrong, at each width, and what differs between widths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.looking import faults_of

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="ja"><head><title>見る</title><style>
body { color: #111; background: #fff; }
@media (min-width: 800px) and (max-width: 1000px) { .tablet { color: #bbb; } }
@media (min-width: 1200px) { .below { background: #222; } .wide { width: 3000px; } }
</style></head><body><main><h1>見る</h1>%s</main></body></html>"""


@pytest.fixture
def page(chrome: Any) -> Iterator[Any]:
    from axe_playwright_python.base import AXE_SCRIPT

    page = chrome.new_page()
    page.add_init_script(AXE_SCRIPT)
    page.goto("about:blank")
    yield page
    page.close()


def seen(page: Any, body: str) -> list[str]:
    page.goto("about:blank")
    page.evaluate("words => { document.open(); document.write(words); document.close(); }", PAGE % body)
    return [fault[:40].split(": <")[0] for fault in faults_of(page)]


def test_a_page_without_faults_has_none(page: Any) -> None:
    assert seen(page, "<p>よく読める</p><p class='tablet'></p>") == []


@pytest.mark.parametrize(("body", "found"), [
    ("<p style='color:#bbb'>薄い</p>", ["at 390: color-contrast"]),
    ("<p>濃い</p><p style='color:#bbb'>薄い</p><p>濃い</p>", ["at 390: color-contrast"]),
    ("<p class='tablet'>タブレットでだけ薄い</p>", ["at 820: color-contrast"]),
    ("<div class='below'><p>机でだけ下が暗い</p></div>", ["at 1280: color-contrast"]),
    ("<details><summary>開く</summary><p style='color:#bbb'>折りたたみの中で薄い</p></details>", ["at 390: color-contrast"]),
    ("<input style='color:#bbb' value='薄い' aria-label='名前'>", ["at 390: color-contrast"]),
    ("<img src='data:,'>", ["at 390: image-alt", "at 820: image-alt", "at 1280: image-alt"]),
    ("<p class='wide'>机でだけはみ出す</p>", ["at 1280: 3008 px wide"]),
])  # fmt: skip
def test_what_is_wrong_is_seen_where_it_is_wrong(page: Any, body: str, found: list[str]) -> None:
    assert seen(page, body) == found
