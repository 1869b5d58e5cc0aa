"""A real browser against a real server on loopback. A missing Chromium fails in CI and is a skip elsewhere."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine

from backend import clock as real_clock
from backend.app import Shell
from tests.web.conftest import AnsweredAtOnce, make_web_app, make_web_shell

MISSING = "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk (or set TSUNAGI_CHROMIUM)"


def chromium() -> str:
    """Where Chromium is. Skips (in CI: fails) with a sentence when there is none."""
    found = os.environ.get("TSUNAGI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


PATIENCE = 120_000
"""Milliseconds that a busy machine may take for anything; a green test does not wait for it."""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    """One Chromium for a file. Playwright keeps an event loop running in this thread while it is there: were it still
    open after the last browser test, no asyncio test that comes later in the same process could start."""
    path = chromium()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE)
        open_window = browser.new_context

        def patiently(**options: Any) -> Any:
            window = open_window(**options)
            window.set_default_timeout(PATIENCE)
            return window

        browser.new_context = patiently
        yield browser
        browser.close()


def press(page: Any, button: Any) -> None:
    """Click, and wait for the page that answers: whoever closes the window, goes elsewhere or looks into the database at once
    might be before the request. `button`: a selector or a locator."""
    with page.expect_navigation():
        (page.locator(button) if isinstance(button, str) else button).first.click()


def free(page: Any) -> None:
    """Wait until the chat takes the next answer: while one is under way it does not."""
    page.wait_for_selector("body:not(.sending)", state="attached")


def speak(page: Any, locale: str) -> None:
    """The language is the account's own, and another test may have left it otherwise."""
    if page.get_attribute("html", "lang") != locale:
        press(page, ".foot button[name=locale]")
    assert page.get_attribute("html", "lang") == locale


class Served:
    """An application on a port of its own, in a thread of this process."""

    def __init__(self, app: Any) -> None:
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(timeout=5)


@pytest.fixture
def web_shell(sqlite_engine: Engine, tmp_path: Path, make_tenant: Any) -> Shell:
    make_tenant(sqlite_engine)
    return make_web_shell(sqlite_engine, real_clock.now, tmp_path)


@pytest.fixture
def worker(web_shell: Shell) -> AnsweredAtOnce:
    return AnsweredAtOnce(web_shell)


@pytest.fixture
def site(web_shell: Shell, worker: AnsweredAtOnce) -> Iterator[str]:
    """The address of a running site with one municipality."""
    with Served(make_web_app(web_shell, worker)) as address:
        yield address
