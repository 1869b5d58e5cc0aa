"""A page says which state of the conversation it shows; the stream tells it of every other one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, update

from backend.app import Shell
from backend.journal.models import conversation, message
from bots.web.desk import Desk
from bots.web.live import state_of
from tests.web.conftest import Browser, conversations_of


def replies(shell: Shell) -> None:
    with shell.engine.begin() as connection:
        connection.execute(insert(message).values(
            conversation_id=conversations_of(shell)[0]["id"], direction="out", author="staff", surface="chat", at=shell.clock(),
            content={"text": "担当の佐藤です。", "locale": "ja"}))


def takes_over(shell: Shell) -> None:
    with shell.engine.begin() as connection:
        connection.execute(update(conversation).values(locale="en"))


def shown(browser: Browser) -> str:
    found = re.search(r'data-state="([^"]*)"', browser.open())
    assert found
    return found[1]


@pytest.mark.parametrize("happens", [replies, takes_over])
def test_what_happens_while_a_page_is_made_is_told_to_it(
    browser: Browser, shell: Shell, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Shell], None]
) -> None:
    """Named after its messages were read, the state was the new one on a page that showed the old: the reply came with the next change."""
    browser.open()
    browser.post("/chat/say", {**browser.hidden(), "start": "1"})
    owner = conversations_of(shell)[0]["id"]
    assert shown(browser) == state_of(shell.engine, owner, "chat")
    read = Desk._talk

    def read_and_then(self: Desk, visitor: Any) -> Any:
        found = read(self, visitor)
        happens(shell)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "_talk", read_and_then)
        assert shown(browser) != state_of(shell.engine, owner, "chat")
    assert shown(browser) == state_of(shell.engine, owner, "chat")
