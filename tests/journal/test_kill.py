"""kill -9 of web and worker at random points: nothing lost, nothing twice, every uncertainty marked.

Real processes, real webhooks and signatures, a LINE platform with its reply tokens and retry keys in this process.
25 kills and 1,500 messages on SQLite, 10 and 500 on PostgreSQL with three workers; `--long` takes four times as many,
`--kills 1000`
the full form with 20,000 messages.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import aiohttp
import orjson
import pytest
from sqlalchemy import Engine, func, select

from backend.clock import now
from backend.db import open_engine
from backend.journal.models import conversation, inbox, message, outbox
from backend.journal.outbox import lease, mark
from backend.journal.process import process
from backend.messages import RawEvent
from backend.tasks.models import task
from bots.deliver import Sender
from bots.line.client import Line
from bots.line.draw import CAPABILITIES
from tests.fakes.line import TOKEN, LineFake
from tests.journal.field import put
from tests.journal.victim import AGAIN, count

ROOT = Path(__file__).parents[2]
PEOPLE = 20
LONGEST_LIFE = 0.4
"""Seconds that a victim lives at most after it is up: it dies while it stores, commits, sends or writes down."""
SLOW = 0.1
"""Seconds that LINE takes at most to take a message, and as many to say so: many sends are under way at any time."""


class SlowLine(LineFake):
    chance = random.Random()

    async def _outcome(self, request, sent, accept):
        await asyncio.sleep(self.chance.random() * SLOW)
        answer = await super()._outcome(request, sent, accept)
        await asyncio.sleep(self.chance.random() * SLOW)
        return answer


def lives(victim: int) -> bool:
    try:
        os.kill(victim, 0)
    except ProcessLookupError:
        return False
    return True


def kill(victim: int) -> None:
    """SIGKILL, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    while lives(victim):
        time.sleep(0.001)


class Victims:
    """A web process and its workers; `kill` ends one with SIGKILL and starts it again at once."""

    def __init__(self, url: str, line_url: str, folder: Path, workers: Sequence[str]) -> None:
        self._folder = folder
        # Held until the end, by a socket that takes no calls: while no web process lives, nobody else is given this port.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = self._held.getsockname()[1]
        self._url, self._line_url = url, line_url
        self._parent = subprocess.Popen([sys.executable, "-m", "tests.journal.victim"], cwd=ROOT, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._running = {role: self._start(role) for role in ("web", *workers)}

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/line"

    def _start(self, role: str) -> int:
        part, _, share = role.partition("-")
        order = (part, share or "1/1", self._url, str(self.port), self._line_url, str(self._ready(role)))
        self._parent.stdin.write(" ".join(order) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def _ready(self, role: str) -> Path:
        return self._folder / role.replace("/", "-of-")

    @property
    def roles(self) -> list[str]:
        return list(self._running)

    async def up(self, role: str) -> None:
        ready = self._ready(role)
        while not ready.exists() or ready.read_text() != str(self._running[role]):
            assert lives(self._running[role]), f"{role} did not start"
            await asyncio.sleep(0.01)

    def kill(self, role: str) -> None:
        victim = self._running[role]
        assert lives(victim), f"{role} had died by itself"
        kill(victim)
        self._running[role] = self._start(role)

    def end(self) -> None:
        for victim in self._running.values():
            kill(victim)
        self._parent.kill()
        self._parent.communicate()
        self._held.close()


async def write_until_taken(session: aiohttp.ClientSession, line: LineFake, url: str, user: str, words: str) -> None:
    """One message as LINE delivers it: again and again while it is not answered with 200."""
    event = line.says(user, words)
    attempt = 0
    while True:
        body, headers = line.body([line._again(event) if attempt else event])
        if await line._post(session, url, body, headers) == 200:
            return
        attempt += 1
        await asyncio.sleep(0.05)


async def one_person(session, line, url, chance, user: str, words: list[str]) -> None:
    for said in words:
        await write_until_taken(session, line, url, user, said)
        await asyncio.sleep(chance.random() * LONGEST_LIFE)


async def until_quiet(engine: Engine, seconds: float) -> None:
    """Wait until every event is a turn and every delivery has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with engine.connect() as connection:
            left = connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None)))
            left += connection.scalar(
                select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "sending"))))
        if not left:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"{left} events or deliveries were still open after {seconds} s")


@pytest.mark.slow
@pytest.mark.parametrize(("database_url", "kills", "messages", "workers"),
                         [("sqlite", 25, 1500, ("turns-1/2", "turns-2/2", "sending")), ("postgres", 10, 500, ("worker-1/2", "worker-2/2", "turns"))], indirect=["database_url"])
async def test_kill_minus_nine(database_url, kills, messages, workers, request, make_tenant, tmp_path):
    """R1: kill -9 at random points: nothing lost, nothing doubled unmarked."""
    factor = 4 if request.config.getoption("--long") else 1
    kills, messages = kills * factor, messages * factor
    if wanted := request.config.getoption("--kills"):
        kills, messages = wanted, wanted * 20
    seed = int(os.environ.get("TSUNAGI_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed {seed}: {kills} kills, {messages} messages")
    chance = random.Random(seed)
    engine = open_engine(database_url)
    make_tenant(engine)
    said: dict[str, list[str]] = {f"U{n:032x}": [] for n in range(1, PEOPLE + 1)}
    async with SlowLine() as line, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        victims = Victims(database_url, line.url, tmp_path, workers)
        try:
            for _ in range(kills):
                role = chance.choice(["web", chance.choice(victims.roles[1:])])
                await victims.up(role)
                share = -(-messages // kills // PEOPLE)
                fresh = {}
                for user, words in said.items():
                    fresh[user] = [f"word {len(words) + n}" for n in range(share)]
                    words += fresh[user]
                writing = asyncio.gather(*(
                    one_person(session, line, victims.webhook, chance, user, words) for user, words in fresh.items()))
                await asyncio.sleep(chance.random() * LONGEST_LIFE)
                victims.kill(role)
                await writing
            await until_quiet(engine, 300)
        finally:
            victims.end()
        judge(engine, line, said)
    engine.dispose()


def judge(engine: Engine, line: LineFake, said: dict[str, list[str]]) -> None:
    """The delivery contract, row by row."""
    with engine.connect() as connection:
        heard = {row.address: row.session for row in connection.execute(select(conversation))}
        rows = connection.execute(
            select(outbox, conversation.c.address, message.c.content)
            .join(conversation, conversation.c.id == outbox.c.conversation_id)
            .join(message, message.c.outbox_key == outbox.c.key).order_by(outbox.c.id)).all()
        shown = set(connection.execute(select(task.c.conversation_id).where(task.c.kind == "undelivered")).scalars())
    # Every message that was answered with 200 was heard once, in order.
    assert heard == said
    # Every turn has its answer, and every answer an end that is either certain or shown.
    first = [row for row in rows if not row.again]
    assert Counter(row.address for row in first) == {user: len(words) for user, words in said.items()}
    assert {row.state for row in rows} <= {"accepted", "unknown"}
    arrived = Counter((sent.to, sent.text) for sent in line.sent if sent.delivered)
    for row in rows:
        times = arrived[row.address, row.content["text"]]
        if row.state == "accepted":
            assert times == 1, f"{row.content['text']} was accepted and arrived {times} times"
        else:
            assert times <= 1, f"{row.content['text']} arrived {times} times, not marked"
            assert row.conversation_id in shown
    # What is urgent and uncertain went out once more, marked.
    again = {row.content["text"] for row in rows if row.again}
    assert again == {AGAIN + row.content["text"] for row in first if row.kind == "crisis" and row.state == "unknown"}
    assert set(arrived) <= {(row.address, row.content["text"]) for row in rows}
    unknown = sum(row.state == "unknown" for row in rows)
    print(f"{len(rows)} deliveries, {unknown} unknown and shown, {len(again)} sent again and marked")


async def test_the_judge_sees_what_is_lost_doubled_or_hidden(sqlite_engine, make_tenant):
    """The check itself can fail: each fault that a broken delivery would leave behind is found."""
    engine, user = sqlite_engine, f"U{7:032x}"
    make_tenant(engine)
    async with LineFake() as line:
        put(engine, now, *(RawEvent("line", user, f"e{n}", now(), orjson.dumps(line.says(user, f"word {n}")))
                           for n in range(12)))
        channels = {"line": Line(TOKEN, line.url, line.url, now)}
        process(engine, channels, count, now)
        take = partial(lease, engine, now, channels={"line": CAPABILITIES}, resent=lambda locale: AGAIN)
        await Sender(channels, take, partial(mark, engine, now)).once()
        await channels["line"].close()
        said = {user: [f"word {n}" for n in range(12)]}
        judge(engine, line, said)
        with pytest.raises(AssertionError):
            judge(engine, line, {user: said[user][:-1]})
        line.sent.append(line.sent[3])
        with pytest.raises(AssertionError, match="arrived 2 times"):
            judge(engine, line, said)
        del line.sent[-1], line.sent[3]
        with pytest.raises(AssertionError, match="arrived 0 times"):
            judge(engine, line, said)
