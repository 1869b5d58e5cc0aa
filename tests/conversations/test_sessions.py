"""A conversation that goes on is not read anew at every turn, and nobody notices: not even where a turn failed."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from backend.conversations.hear import Kept
from backend.crypto import Recent, SealedJson
from backend.journal.models import conversation
from dialogs.core.session import Session
from tests.conversations.conftest import Town, complete_intake


def stored(town: Town) -> object:
    with town.engine.connect() as connection:
        return connection.execute(select(conversation.c.session)).scalar_one()


def forget_everything() -> None:
    """As a process does that ends."""
    kind = conversation.c.session.type
    assert isinstance(kind, SealedJson)
    kind._recent.clear()


def test_a_session_comes_back_as_it_was_left(town: Town) -> None:
    complete_intake(town.person())
    quick = stored(town)
    assert isinstance(quick, Kept)
    forget_everything()
    slow = stored(town)
    assert type(slow) is dict and slow == quick
    assert Session.from_json(slow) == Session.from_json(orjson.loads(orjson.dumps(quick)))
    assert Session.from_json(slow).answers == quick.session.answers


def test_a_new_process_at_every_word_says_the_same(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told = complete_intake(town.person("told").came())
    work = Town.work

    def as_a_new_process(self: Town) -> int:
        forget_everything()
        return work(self)

    monkeypatch.setattr(Town, "work", as_a_new_process)
    forgetful = complete_intake(town.person("forgetful").came())
    assert [(m.key, m.step, m.progress, len(m.numbered)) for m in told.messages()] == [
        (m.key, m.step, m.progress, len(m.numbered)) for m in forgetful.messages()]


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.crypto.MOST_RECENT", 2)
    kind, dialect = SealedJson("test.place"), SQLiteDialect()
    sealed = [kind.process_bind_param(Recent(n=n), dialect) for n in range(3)]
    opened = [kind.process_result_value(one, dialect) for one in sealed]
    assert [type(one).__name__ for one in opened] == ["dict", "Recent", "Recent"]
    assert opened == [{"n": 0}, {"n": 1}, {"n": 2}]
