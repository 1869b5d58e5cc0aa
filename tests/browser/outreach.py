"""A town with an outreach, served to a real browser, and a member of staff who sits at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from backend.app import make_backend
from backend.staff import passwords
from backend.staff.models import staff
from bots.web.headers import SecurityHeaders
from tests.browser.conftest import Served
from tests.campaigns.field import Town

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "ひまわり-の-たね-七つ"


class Desk:
    """One member of staff at a browser."""

    def __init__(self, chrome: Any, address: str, login: str, viewport: dict[str, int] = WIDE, **options: Any) -> None:
        self.page = chrome.new_context(viewport=viewport, locale="ja-JP", **options).new_page()
        self.address = address
        self.page.goto(f"{address}/console/login")
        self.page.fill("#f-login", login)
        self.page.fill("#f-password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_selector("header.top")

    def open(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page

    def figures(self) -> dict[str, str]:
        return dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", self.page.inner_html("#results")))


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
