"""Every page of the console that can be looked at, taken from the route table, with something on each of them.

`.venv/bin/python -m tests.browser.everything FOLDER [words of addresses …]` draws each as a picture at 390 and 1280 px, to be
looked at by a person.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from backend import clock as real_clock
from backend import crypto
from backend.app import Shell, make_backend
from backend.clock import in_japan
from backend.console.routes import PAGES
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.demo import seed_demonstration
from backend.jobs.kinds import SLICES
from backend.jobs.models import job
from backend.jobs.run import run_slice
from backend.meetings import service as meetings
from backend.overview import figures
from backend.settings import Settings
from backend.staff.models import staff
from backend.tenants.models import tenant
from backend.words import Catalogues
from bots.web.headers import SecurityHeaders
from dialogs.registry import BOOK
from tests.browser.conftest import Served
from tests.conftest import SECRET
from tests.console.lists_world import settle_lists
from tests.console.test_policy import filled
from tests.console.world import Home, alert, settle

WHO = {"supervisor": "demo-supervisor", "administrator": "demo-admin", "partner": "demo-partner"}
"""Who looks, by role, the first that may: together they may see every page."""

FILES = {
    "/console/lists/template", "/console/sheet/file", "/console/exports/{id}/file", "/console/meetings/{id}/paper",
    "/console/attachments/{id}", "/console/sheets/{id}", "/console/days/{id}/summary.csv", "/console/api/openapi.json",
    "/console/overview/csv", "/console/visits/day/sheet",
}  # fmt: skip
"""Addresses that answer with a file."""
STATES = (("supervisor", "/console?group=overdue"), ("supervisor", "/console/overview?since=2026-01-01&by=language"))
"""Pages that look otherwise when asked otherwise: one group of today's work; figures of a span that nobody has counted yet."""


@dataclass
class Everything:
    """A running console, the accounts of the demonstration, and one household with everything on it."""

    shell: Shell
    address: str
    passwords: dict[str, str]
    home: Home
    browser: Any

    def pages(self) -> list[tuple[str, str]]:
        """(role that looks, address) of each page that is read by people; parts that pages fetch, and files, left out."""
        found = []
        for page in PAGES:
            if page.method == "GET" and not page.live and page.path not in FILES:
                path = filled(page.path, self.home)
                found.append((next(role for role in WHO if role in page.roles), path))
        return [*found, *STATES]

    def sign_in(self, role: str, viewport: dict[str, int], **options: Any) -> Any:
        page = self.browser.new_context(viewport=viewport, locale="ja-JP", **options).new_page()
        page.goto(f"{self.address}/console/login")
        page.fill("#f-login", WHO[role])
        page.fill("#f-password", self.passwords[WHO[role]])
        page.click("main button")
        page.wait_for_selector("header.top")
        return page

    def speak(self, locale: str) -> None:
        """Everybody reads this language from now on."""
        with self.shell.engine.begin() as c:
            c.execute(update(staff).values(locale=locale))


@contextmanager
def everything(folder: Path, browser: Any) -> Iterator[Everything]:
    with figures_by_the_worker(), _everything(folder, browser) as found:
        yield found


@contextmanager
def _everything(folder: Path, browser: Any) -> Iterator[Everything]:
    url = f"sqlite:///{folder}/everything.db"
    crypto.use(ring := Keyring(SECRET))
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder)
    shell = Shell(settings, engine, real_clock.now, ring, Catalogues.load(), BOOK)
    passwords = {one.login: one.password for one in seed_demonstration(shell)}
    with engine.begin() as c:
        tenant_id = c.execute(select(tenant.c.id)).scalar_one()
    home = settle(shell, tenant_id, "山田 花子", number="T-2026-000123-7", district="緑町")
    settle_lists(shell, home)
    with engine.begin() as c:
        by = select(staff.c.id).where(staff.c.login == WHO["supervisor"]).scalar_subquery()
        c.execute(update(job).where(job.c.id == home.ids["export"]).values(staff_id=by))
    span = figures.Span(None, in_japan(shell.clock()).date())
    figures.of(engine, tenant_id, span, shell.clock())
    while run_slice(shell, SLICES):
        pass
    alert(shell, home)
    meet(shell, home)
    with engine.begin() as c:
        c.execute(update(staff).where(staff.c.role == "partner").values(recipient_id=home.ids["recipient"]))
    with Served(SecurityHeaders(make_backend(shell))) as address:
        yield Everything(shell, address, passwords, home, browser)
    engine.dispose()


def meet(shell: Shell, home: Home) -> None:
    """The meeting talks about the household, decided something, and a colleague and somebody from outside take part."""
    now = shell.clock()
    common: dict[str, Any] = {"tenant_id": home.tenant, "meeting_id": home.ids["meeting"], "at": now}
    with shell.engine.begin() as c:
        mine = {row.login: row.id for row in c.execute(select(staff.c.login, staff.c.id))}
        common |= {"by": mine[WHO["supervisor"]]}
        item = meetings.put_on(c, case_id=home.ids["case"], why="flagged", question="住まいの再建をどう支えるか", **common)
        meetings.assign(c, item_id=item, what="弁護士の相談に同席する", owner="森 誠", due_on=in_japan(now).date(), profession="", **common)
        meetings.invite(c, name="", organisation="", staff_id=mine[WHO["supervisor"]], recipient_id=None, pledged_on=None, **common)
        meetings.invite(c, name="東 健", organisation="緑町自治会", staff_id=None, recipient_id=None, pledged_on=None, **common)


@contextmanager
def figures_by_the_worker() -> Iterator[None]:
    """As in a large municipality: no page counts by itself, so that one can be looked at before there is anything on it."""
    few, figures.FEW = figures.FEW, 0
    try:
        yield
    finally:
        figures.FEW = few


def main(folder: Path, wanted: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import chromium

    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        with everything(Path(kept), browser) as console:
            signed_in = {role: console.sign_in(role, {"width": 390, "height": 844}) for role in WHO}
            for locale in ("ja", "en") if "en" in wanted else ("ja",):
                console.speak(locale)
                for number, (role, path) in enumerate(console.pages()):
                    words = [word for word in wanted if word != "en"]
                    if words and not any(word in path for word in words):
                        continue
                    page = signed_in[role]
                    page.goto(console.address + path)
                    for width in (390, 1280):
                        page.set_viewport_size({"width": width, "height": 844})
                        name = "-".join(part for part in path.split("?")[0].split("/")[2:] if len(part) < 26) or "home"
                        page.screenshot(path=folder / f"{number:02d}-{name}-{locale}-{width}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
