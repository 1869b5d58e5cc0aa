"""A resident in a terminal: the same journal and dialog as on every channel, and a transcript to keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from backend.app import Shell
from backend.journal.models import conversation, inbox, message
from backend.settings import Settings
from backend.words import Catalogues
from bots.terminal import chat
from bots.terminal.channel import Terminal, body_of
from dialogs.core.heard import Came, Said, SentFile
from dialogs.registry import BOOK
from dialogs.transcript import replay
from tests.conftest import MakeTenant, MovableClock
from tests.dialogs.stage import rehearsal


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, keyring: object, make_tenant: MakeTenant) -> Shell:
    make_tenant(sqlite_engine)
    return Shell(Settings(), sqlite_engine, clock, keyring, Catalogues.load(), BOOK)  # type: ignore[arg-type]


def test_a_resident_talks_and_hears_answers(shell: Shell) -> None:
    shown: list[str] = []
    assert chat(shell, lines=["にほんご", "1", ""], show=shown.append) == 0
    assert len(shown) >= 3 and any("1. " in text for text in shown)
    with shell.engine.connect() as connection:
        assert connection.execute(select(conversation.c.channel)).scalars().all() == ["terminal"]
        assert all(connection.execute(select(inbox.c.done_at)).scalars())
        said = connection.execute(select(message.c.direction).order_by(message.c.id)).scalars().all()
    assert said.count("in") == 3 and said.count("out") == len(shown)


def test_what_was_typed_becomes_a_transcript_that_plays_the_same(shell: Shell, tmp_path: Path) -> None:
    kept = tmp_path / "first_words.txt"
    chat(shell, save=kept, lines=["にほんご", "はい", "(photo)"], show=lambda _: None)
    text = kept.read_text(encoding="utf-8")
    assert "> (came)" in text and "> はい" in text and "\n< " in text and "* keep photo" in text
    assert replay(text, rehearsal()) == text


def test_lines_that_stand_for_what_cannot_be_typed() -> None:
    channel = Terminal()
    assert channel.parse(body_of("(came)")).heard == Came()
    assert channel.parse(body_of("(photo)")).heard == SentFile("photo")
    assert channel.parse(body_of("家が\x00半壊\ud83d")).heard == Said("家が半壊\ufffd")
    assert channel.parse(b"{").heard is None and channel.parse(b"[]").heard is None
