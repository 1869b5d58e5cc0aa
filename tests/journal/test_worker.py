"""The worker's loops: everything in one go, failures outlived, a clean stop."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from backend import clock as real_clock
from backend.app import Shell
from backend.crypto import Keyring
from backend.followups.models import due
from backend.followups.run import remind
from backend.journal.models import conversation, inbox, outbox
from backend.messages import Accepted
from backend.settings import Settings
from backend.words import Catalogues
from bots import worker
from tests.conftest import SECRET
from tests.journal.field import PlainChannel, put, said, sessions, write_down
from tests.journal.victim import OneWord

BEGAN, MORNING = real_clock.now(), datetime(2026, 7, 6, 1, 0, tzinfo=UTC)


def now() -> datetime:
    """A clock that goes, and began at ten in the morning in Japan: at night nobody is reminded."""
    return MORNING + (real_clock.now() - BEGAN)


class Postbox(PlainChannel):
    """A channel that keeps what it was given."""

    def __init__(self) -> None:
        super().__init__("line")
        self.sent: list[str] = []
        self.closed = False

    async def send(self, delivery):
        self.sent += [message.text for message in delivery.messages]
        return Accepted("r")

    async def close(self):
        self.closed = True


@pytest.fixture
def shell(engine, make_tenant) -> Shell:
    make_tenant(engine)
    return Shell(Settings(data_dir=Path("/nonexistent")), engine, now, Keyring(SECRET), OneWord(), None)


PATIENCE = 300.0
"""Seconds after which something never comes; on a busy machine it may take its time."""


async def until(true, seconds: float = PATIENCE) -> None:
    """Look until it is so: the worker's threads tell nobody."""
    for _ in range(int(seconds * 100)):
        if true():
            return
        await asyncio.sleep(0.01)
    assert true()


def state(engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(outbox.c.state)).scalars())


async def test_a_message_comes_in_and_an_answer_goes_out(shell):
    post, stop = Postbox(), asyncio.Event()
    running = asyncio.create_task(worker.work(shell, stop, {"line": post}, write_down, {"reminder": remind}))
    put(shell.engine, now, said("こんにちは", now()))
    await until(lambda: state(shell.engine) == ["accepted"])
    assert post.sent == ["1: こんにちは"]
    with shell.engine.begin() as connection:
        connection.execute(insert(due).values(kind="reminder", subject=connection.scalar(select(conversation.c.id)),
                                              due_at=now(), detail={"reminder": "gentle"}))
    await until(lambda: post.sent[1:] == ["2: ~gentle"])
    stop.set()
    await asyncio.wait_for(running, PATIENCE)
    assert post.closed


async def test_a_part_that_fails_is_tried_again_and_the_others_go_on(shell):
    post, stop, calls = Postbox(), asyncio.Event(), []

    async def broken() -> None:
        calls.append(1)
        raise RuntimeError("out of order")

    running = asyncio.create_task(
        worker.work(shell, stop, {"line": post}, write_down, {}, [("broken", 0.01, broken)]))
    put(shell.engine, now, said("a", now()))
    await until(lambda: post.sent == ["1: a"] and len(calls) > 1)
    stop.set()
    await asyncio.wait_for(running, PATIENCE)


async def test_what_is_under_way_when_it_stops_is_finished_and_written_down(shell):
    post, stop, sending = Postbox(), asyncio.Event(), asyncio.Event()
    at_once = post.send

    async def slow(delivery):
        sending.set()
        await stop.wait()
        await asyncio.sleep(0.1)  # the loop may see that it is to stop before this ends, or after it: both are right
        return await at_once(delivery)

    post.send = slow
    running = asyncio.create_task(worker.work(shell, stop, {"line": post}, write_down, {}))
    put(shell.engine, now, said("a", now()))
    await asyncio.wait_for(sending.wait(), PATIENCE)
    stop.set()
    await asyncio.wait_for(running, PATIENCE)
    assert state(shell.engine) == ["accepted"]


async def test_sigterm_ends_it_cleanly(shell, monkeypatch):
    post = Postbox()
    monkeypatch.setattr(worker, "configured_channels", lambda *_: {"line": post})
    monkeypatch.setattr(worker, "hearer", lambda _: write_down)
    monkeypatch.setattr(worker, "due_handlers", lambda _: {})
    monkeypatch.setattr(worker, "others", lambda *_: [])
    put(shell.engine, now, said("a", now()))
    running = asyncio.create_task(worker.run(shell))
    await until(lambda: post.sent == ["1: a"])
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(running, PATIENCE)
    assert post.closed


async def test_four_workers_on_postgres_take_each_event_once(shell):
    """Exactly one turn for each event, in order, whoever takes it; on SQLite the four simply wait for each other."""
    people, each = 30, 12
    put(shell.engine, now, *(said(f"{n}", now(), who=f"U-{who}", id=f"{who}-{n:03}")
                             for n in range(each) for who in range(people)))
    stop, posts = asyncio.Event(), [Postbox() for _ in range(4)]
    running = [asyncio.create_task(worker.work(shell, stop, {"line": post}, write_down, {})) for post in posts]

    def finished() -> bool:
        with shell.engine.connect() as connection:
            left = connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None)))
        states = state(shell.engine)
        return not left and len(states) == people * each and set(states) == {"accepted"}

    await until(finished)
    stop.set()
    await asyncio.gather(*running)
    assert sessions(shell.engine) == {f"U-{who}": [f"{n}" for n in range(each)] for who in range(people)}
    told = [text for post in posts for text in post.sent]
    assert sorted(told) == sorted(f"{n + 1}: {n}" for n in range(each) for _ in range(people))


def test_the_clock_knows_everything_that_is_set(shell):
    """Reminders, tasks nobody acknowledged, answers to be forgotten: a due row without a handler would wait for ever."""
    known = {"reminder", "task_clock", "erase", "ladder", "promise", "watching"}
    assert known <= set(worker.due_handlers(replace(shell, words=Catalogues.load())))


async def part_of(shell, until_, **kind) -> Postbox:
    """Run one part of a worker until `until_()`; returns the postbox it had."""
    postbox, stop = Postbox(), asyncio.Event()
    running = asyncio.create_task(worker.work(shell, stop, {"line": postbox}, handlers={}, **kind))
    try:
        await until(until_)
    finally:
        stop.set()
        await running
    return postbox


async def test_one_part_takes_turns_and_the_other_sends(shell):
    put(shell.engine, now, said("こんにちは", now()))
    first = await part_of(shell, lambda: state(shell.engine) == ["pending"], hear=write_down, sends=False)
    assert first.sent == []
    put(shell.engine, now, said("はい", now()))
    second = await part_of(shell, lambda: state(shell.engine) == ["accepted"], hear=None)
    assert second.sent == ["1: こんにちは"]
    assert sessions(shell.engine) == {"U-hanako": ["こんにちは"]}, "who only sends takes no turns"


async def test_a_part_does_not_outlive_who_started_it():
    mine, orphaned = asyncio.Event(), asyncio.Event()
    await worker._stop_alone(os.getppid(), mine)
    await worker._stop_alone(os.getpid(), orphaned)
    assert (mine.is_set(), orphaned.is_set()) == (False, True)
