"""A mistyped address under /console is told in words to whoever is signed in."""

from __future__ import annotations

from tests.console.conftest import MakeStaff, NewBrowser


def test_staff_see_a_page_and_the_way_home(new_browser: NewBrowser, tenant_id: str, make_staff: MakeStaff) -> None:
    make_staff("hanako", tenant_id=tenant_id)
    page = new_browser("hanako").open("/console/nothing-here")
    assert page.status == 404 and page.has("見つかりません", 'href="/console"')
    assert "会話を読む" not in page.html, "there is no conversation to read"
