"""A municipality with staff, and a browser without JavaScript for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import argon2
import httpx
import pytest
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from backend import ids
from backend.app import Shell, make_backend
from backend.crypto import Keyring
from backend.settings import Settings
from backend.staff import passwords
from backend.staff.models import staff
from backend.words import Catalogues
from tests.conftest import SECRET, MakeTenant, MovableClock

PASSWORD = "ひまわり-の-たね-七つ"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 is slow on purpose; what is tested here is not how slow."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobody.cache_clear()


_words: list[Catalogues] = []


def make_test_shell(engine: Engine, clock: MovableClock, folder: Path) -> Shell:
    if not _words:
        _words.append(Catalogues.load())
    settings = Settings(
        database_url=str(engine.url), secret_key=SECRET, public_url="http://testserver", data_dir=folder
    )
    from dialogs.registry import BOOK

    return Shell(settings, engine, clock, Keyring(SECRET), _words[0], BOOK)


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(sqlite_engine, clock, tmp_path)


@pytest.fixture
def tenant_id(shell: Shell, make_tenant: MakeTenant) -> str:
    return make_tenant(shell.engine)


MakeStaff = Callable[..., str]


@pytest.fixture
def make_staff(shell: Shell) -> MakeStaff:
    """`make_staff("hanako", role="caseworker", tenant_id=…)` → id of an account whose password is PASSWORD."""

    def make(login: str, role: str = "caseworker", tenant_id: str = "tenant-tsunagi", **columns: object) -> str:
        values = {
            "id": ids.new(), "tenant_id": tenant_id, "login": login, "name": f"{login}さん", "role": role,
            "password_hash": passwords.hashed(PASSWORD), "created_at": shell.clock(), **columns,
        }  # fmt: skip
        with shell.engine.begin() as c:
            c.execute(insert(staff).values(values))
        return str(values["id"])

    return make


@dataclass
class Browser:
    """Opens pages and fills in the forms that are on them, as somebody without JavaScript does."""

    client: TestClient
    html: str = ""
    status: int = 0
    path: str = ""

    def open(self, path: str) -> Browser:
        return self._took(self.client.get(path))

    def send(self, action: str, **fields: str) -> Browser:
        """Send the form with this `action` on the open page; hidden fields come from the page."""
        return self._took(self.client.post(action, data={**self.hidden(action), **fields}))

    def hidden(self, action: str, nth: int = 0) -> dict[str, str]:
        found = re.findall(rf'<form[^>]*action="{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', self.html, re.S)
        assert found, f"no form for {action} on {self.path}"
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[nth]))

    def log_in(self, login: str, password: str = PASSWORD) -> Browser:
        self.open("/console/login")
        return self.send("/console/login", login=login, password=password)

    def has(self, *words: str) -> bool:
        return all(word in self.html for word in words)

    def _took(self, response: httpx.Response) -> Browser:
        self.html, self.status, self.path = response.text, response.status_code, response.url.path
        return self


@pytest.fixture
def app(shell: Shell) -> Iterator[TestClient]:
    with TestClient(make_backend(shell)) as client:
        yield client


NewBrowser = Callable[..., Browser]


@pytest.fixture
def new_browser(app: TestClient) -> NewBrowser:
    """`new_browser()` has its own cookies; `new_browser("hanako")` is signed in."""

    def new(login: str = "") -> Browser:
        browser = Browser(TestClient(app.app))
        return browser.log_in(login) if login else browser

    return new
