"""Draw the pictures of the README anew: `.venv/bin/python -m tests.browser.pictures`. Needs Chromium.

A demonstration is started in a folder of its own, somebody plays the resident at 390 px, and the case page is taken
at 1280 px. The clock is set to a Wednesday morning, so that the pictures change only when the pages do.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from backend import clock as real_clock
from backend import crypto
from backend.app import Shell
from backend.conversations.hear import Conversations
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.demo import seed_demonstration
from backend.journal.process import process
from backend.settings import Settings
from backend.words import Catalogues
from bots.app import make_app
from bots.web.client import WebChannel
from dialogs.registry import BOOK
from tests.browser.conftest import Served, chromium
from tests.conftest import SECRET

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
START = datetime(2026, 11, 18, 1, 12, tzinfo=UTC)
MOST_BYTES = 200_000

ANSWERS = ("木村 さくら（きむら さくら）", "このチャット", "緑町1-2-3", "大規模半壊と言われました")
REST = ("床上まで来た", "申請しました", "3人", "避難所", "直して住む", "はい")


def main() -> None:
    began = real_clock.now()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shell = demonstration(Path(folder), lambda: START + (real_clock.now() - began))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        passwords = {one.login: one.password for one in seed_demonstration(shell)}
        with worker(shell), Served(make_app(shell)) as address:
            chat = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP", reduced_motion="reduce").new_page()
            resident(chat, address)
            keep("chat", chat.screenshot())
            for said in REST:
                say(chat, said)
            tick(chat, "どれもない")
            for label in ("わからない", "次へ", "知らせてほしい", "専門家", "弁護士", "伝えてよい"):
                press(chat, label)
            desk = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP").new_page()
            desk.goto(f"{address}/console/login")
            desk.fill("#f-login", "demo-caseworker")
            desk.fill("#f-password", passwords["demo-caseworker"])
            desk.click("button")
            desk.locator("a.entry-link", has_text="木村 さくら").first.click()
            keep("console", desk.screenshot())
        drawing = browser.new_context(viewport={"width": 1000, "height": 400}, device_scale_factor=1.5).new_page()
        drawing.goto((HERE / "purpose.html").as_uri())
        keep("purpose", drawing.locator("main").screenshot())
        browser.close()
        shell.engine.dispose()


def demonstration(folder: Path, clock: Callable[[], datetime]) -> Shell:
    url = f"sqlite:///{folder}/pictures.db"
    crypto.use(ring := Keyring(SECRET))
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder)
    return Shell(settings, engine, clock, ring, Catalogues.load(), BOOK)


@contextmanager
def worker(shell: Shell) -> Iterator[None]:
    """Answers whatever is heard, until the pictures are taken."""
    done = threading.Event()
    channels: Any = {"web": WebChannel(shell.engine)}
    hear = Conversations(shell.words, shell.book, shell.settings).hear

    def work() -> None:
        while not done.wait(timedelta(milliseconds=50).total_seconds()):
            process(shell.engine, channels, hear, shell.clock)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join()


def resident(page: Page, address: str) -> None:
    page.set_default_timeout(10_000)
    page.goto(f"{address}/chat")
    page.locator("[name=start]").click()
    for label in ("日本語", "安全です"):
        press(page, label)
    tick(page, "住まい", "お金")
    for label in ("自分のこと", "あとで決める"):
        press(page, label)
    for said in ANSWERS:
        say(page, said)


def press(page: Page, label: str) -> None:
    with answered(page):
        page.locator(".option, .chip", has_text=label).first.click()


def tick(page: Page, *labels: str) -> None:
    with answered(page):
        for label in labels:
            page.locator(".option", has_text=label).locator("input").check()
        page.locator("#answer .button.wide").click()


def say(page: Page, words: str) -> None:
    with answered(page):
        page.locator("#text").fill(words)
        page.locator(".send").click()


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Wait until something else is asked, and the page stands still."""
    asked = page.locator("#answer").get_attribute("aria-labelledby") or "nothing"
    yield
    expect(page.locator(f"#answer[aria-labelledby]:not([aria-labelledby={asked}])")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(600)


def keep(name: str, picture: bytes) -> None:
    """Keep a picture small: at most 128 colours, at most `MOST_BYTES`."""
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if len(out.getvalue()) > MOST_BYTES:
        raise SystemExit(f"{name}.png would be {len(out.getvalue())} bytes, more than {MOST_BYTES}.")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(out.getvalue())
    print(f"tests/browser/pictures/{name}.png: {len(out.getvalue())} bytes")


if __name__ == "__main__":
    main()
