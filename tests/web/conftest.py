"""A municipality's chat as a resident's browser meets it: the real pages, the real dialog, answered at once."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.testclient import TestClient

from backend import look
from backend.app import Shell
from backend.conversations.hear import Conversations
from backend.crypto import Keyring
from backend.db import reading
from backend.journal.ingest import Ingest
from backend.journal.models import conversation, inbox, message
from backend.journal.process import process
from backend.messages import RawEvent
from backend.settings import Settings
from backend.words import Catalogues
from bots.web.client import WebChannel
from bots.web.headers import SecurityHeaders
from bots.web.routes import routes
from dialogs.registry import BOOK
from tests.conftest import SECRET, MovableClock

WORDS = Catalogues.load()


class AnsweredAtOnce:
    """An inbox whose worker is always awake: what is put is heard before `put` returns. `away` makes it fail."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.ingest = Ingest(shell.engine, shell.clock)
        self.conversations = Conversations(shell.words, shell.book, shell.settings)
        self.channels: Any = {"web": WebChannel(shell.engine)}
        self.away = False
        self.asleep = False

    async def put(self, events: Sequence[RawEvent]) -> None:
        await run_in_threadpool(self.put_now, events)

    def put_now(self, events: Sequence[RawEvent]) -> None:
        if self.away:
            raise OSError("no database")
        self.ingest.put_now(events)
        if not self.asleep:
            self.work()

    def work(self) -> None:
        while process(self.shell.engine, self.channels, self.conversations.hear, self.shell.clock):
            pass


def make_web_shell(engine: Engine, clock: Any, folder: Path, public_url: str = "http://testserver") -> Shell:
    settings = Settings(database_url=str(engine.url), secret_key=SECRET, public_url=public_url, data_dir=folder)
    return Shell(settings, engine, clock, Keyring(SECRET), WORDS, BOOK)


def make_web_app(shell: Shell, worker: AnsweredAtOnce) -> Starlette:
    app = Starlette(routes=[*routes(shell, worker), look.mount()])
    app.add_middleware(SecurityHeaders, secure=shell.settings.secure_cookies)
    return app


class Browser:
    """A browser without JavaScript: it opens pages and presses the buttons that stand on them."""

    def __init__(self, app: Starlette, worker: AnsweredAtOnce, language: str = "ja") -> None:
        self.client = TestClient(app, headers={"accept-language": language}, follow_redirects=True)
        self.worker = worker
        self.html = ""
        self.status = 0

    def open(self, path: str = "/chat") -> str:
        return self._keep(self.client.get(path))

    def _keep(self, response: Any) -> str:
        self.html, self.status = response.text, response.status_code
        self.path = response.url.path
        return self.html

    def post(self, path: str, data: dict[str, Any], **more: Any) -> str:
        return self._keep(self.client.post(path, data=data, **more))

    def hidden(self) -> dict[str, str]:
        """What every form of the page carries."""
        csrf = re.search(r'name="csrf" value="(\w+)"', self.html)
        form = re.search(r'name="form" value="(\w+)"', self.html)
        return {"csrf": csrf[1] if csrf else "", "form": form[1] if form else ""}

    @property
    def base(self) -> str:
        return "/page" if self.path == "/page" else "/chat"

    def begin(self) -> str:
        self.open()
        return self.post("/chat/say", {**self.hidden(), "start": "1"})

    def press(self, label: str) -> str:
        """Press the button with these words."""
        for name, value, words in re.findall(r'<button class="[^"]*"[^>]*? name="(\w+)" value="([^"]*)"[^>]*>(.*?)</button>', self.html, re.S):
            if label in plain(words):
                return self.post(f"{self.base}/say", {**self.hidden(), name: html_module.unescape(value)})
        raise AssertionError(f"no button says {label}: {self.buttons()}")

    def buttons(self) -> list[str]:
        return [plain(words) for words in re.findall(r"<button[^>]*>(.*?)</button>", self.html, re.S)]

    def tick(self, *labels: str) -> str:
        boxes = re.findall(r'name="pick" value="([^"]*)"[^>]*> <span>(.*?)</span>', self.html, re.S)
        picks = [value for value, words in boxes if any(label in plain(words) for label in labels)]
        assert len(picks) == len(labels), boxes
        carried = re.search(r'name="carried" value="([^"]*)"', self.html)
        assert carried
        return self.post(f"{self.base}/say", {**self.hidden(), "carried": carried[1], "pick": picks})

    def write(self, text: str) -> str:
        return self.post(f"{self.base}/say", {**self.hidden(), "text": text})

    def bubbles(self) -> list[str]:
        return [plain(words) for words in re.findall(r'<div class="bubble"[^>]*>(.*?)</div>', self.html, re.S)]

    def asked(self) -> str:
        """The words of the open question."""
        found = re.search(r'id="answer"[^>]*aria-labelledby="(b\d+)"', self.html)
        if not found:
            return ""
        bubble = re.search(rf'id="{found[1]}"[^>]*>(.*?)</div>', self.html, re.S)
        return plain(bubble[1]) if bubble else ""


def plain(markup: str) -> str:
    """What a page shows, without its markup and without readings."""
    text = re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>", "", markup)
    return html_module.unescape(re.sub(r"<[^>]+>", " ", text.replace("<br>", "\n"))).strip()


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: Any) -> Shell:
    make_tenant(sqlite_engine)
    return make_web_shell(sqlite_engine, clock, tmp_path)


@pytest.fixture
def worker(shell: Shell) -> AnsweredAtOnce:
    return AnsweredAtOnce(shell)


@pytest.fixture
def app(shell: Shell, worker: AnsweredAtOnce) -> Starlette:
    return make_web_app(shell, worker)


@pytest.fixture
def browser(app: Starlette, worker: AnsweredAtOnce) -> Browser:
    return Browser(app, worker)


def events_of(shell: Shell) -> int:
    with reading(shell.engine).connect() as connection:
        return len(connection.execute(select(inbox.c.id)).all())


def messages_of(shell: Shell) -> list[Any]:
    with reading(shell.engine).connect() as connection:
        return list(connection.execute(select(message).order_by(message.c.id)).mappings().all())


def conversations_of(shell: Shell) -> list[Any]:
    with reading(shell.engine).connect() as connection:
        return list(connection.execute(select(conversation)).mappings().all())
