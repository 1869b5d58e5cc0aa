"""Zero lost, zero unmarked duplicates (architecture.md, "Delivery contract"), whatever the platform and we ourselves do.

The real outbox on SQLite, the real channels, the fakes with random faults, and a sender that dies now and then, before
or after it sent.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from backend import ids
from backend.journal.ingest import address_index
from backend.journal.models import conversation, message, outbox
from backend.journal.outbox import lease, mark
from backend.messages import Channel, OutMessage
from bots.deliver import Sender
from bots.telegram.client import Telegram
from tests.channels.patience import PATIENT, HushedLine, hush_telegram
from tests.conftest import MakeTenant, MovableClock
from tests.fakes import line as line_fake
from tests.fakes import line_events as events
from tests.fakes import telegram as telegram_fake
from tests.fakes.trouble import Trouble

PEOPLE, EACH = 4, 5
FAULTS = (
    Trouble(status=500), Trouble(status=500, accept=True), Trouble(status=503, accept=True), Trouble(status=429),
    Trouble(drop=True), Trouble(drop=True, accept=True), Trouble(silent=True, accept=True), Trouble(silent=True),
)
AGAIN = "（再送）"


class Post:
    """An outbox with what waits in it, and the sender over it."""

    def __init__(self, engine: Engine, clock: MovableClock, channel: Channel, tenant: str) -> None:
        self.engine, self.clock, self.channel, self.tenant = engine, clock, channel, tenant
        capabilities = {channel.name: channel.capabilities}
        self.lease = partial(lease, engine, clock, channels=capabilities, resent=lambda _: AGAIN)
        self.mark = partial(mark, engine, clock, resent=lambda _: AGAIN)
        self.sender = Sender({channel.name: channel}, self.lease, self.mark)

    def write(self, address: str, texts: list[str], kind: str, reply: str = "") -> None:
        """One turn's answers for a person, as the conversation leaves them."""
        until = self.clock() + timedelta(seconds=50) if reply else None
        with self.engine.begin() as connection:
            index = address_index(address)
            home = connection.execute(select(conversation.c.id).where(
                conversation.c.address_index == index)).scalar_one_or_none()
            if home is None:
                home = ids.new()
                connection.execute(insert(conversation).values(
                    id=home, tenant_id=self.tenant, channel=self.channel.name, address=address, address_index=index,
                    created_at=self.clock()))
            key = ids.new()
            for text in texts:
                connection.execute(insert(message).values(
                    conversation_id=home, direction="out", author="dialog", at=self.clock(), outbox_key=key,
                    content=OutMessage(text, "ja", kind).to_json()))
            connection.execute(insert(outbox).values(
                conversation_id=home, channel=self.channel.name, kind=kind, key=key, next_at=self.clock(),
                reply=reply or None, reply_until=until, created_at=self.clock()))

    async def die(self, after_sending: bool) -> None:
        """A sender that is killed: what it leased is never marked, and may have gone out."""
        for delivery in self.lease(3):
            if after_sending:
                await self.channel.send(delivery)

    def rows(self) -> list[Any]:
        said = select(outbox.c.state, outbox.c.kind, outbox.c.again, message.c.content).join(
            message, message.c.outbox_key == outbox.c.key).order_by(outbox.c.id, message.c.id)
        with self.engine.connect() as connection:
            return list(connection.execute(said))


async def until_quiet(post: Post, dice: random.Random) -> None:
    for _ in range(300):
        if dice.random() < 0.15:
            await post.die(after_sending=dice.random() < 0.5)
        await post.sender.once()
        if not any(row.state in ("pending", "sending") for row in post.rows()):
            return
        post.clock.move(seconds=dice.choice((1, 3, 10, 61, 200)))
    raise AssertionError(f"still waiting: {Counter(row.state for row in post.rows())}")


def judge(rows: list[Any], arrived: list[str]) -> None:
    """`arrived` are the texts of everything that reached the platform, packed or not."""
    everything = "\n".join(arrived)
    for row in rows:
        text = row.content["text"]
        marked, plain = everything.count(f"{AGAIN}{text}"), everything.count(text)
        if text.startswith(AGAIN):
            assert everything.count(text) <= 1, f"{text} came {everything.count(text)} times"
            continue
        plain -= marked
        assert plain <= 1, f"{text} came {plain} times unmarked"
        assert plain == 1 or row.state != "accepted", f"{text} is called accepted and never came"
        assert plain == 0 or row.state in ("accepted", "unknown"), f"{text} came and is called {row.state}"
        if row.state == "unknown" and row.kind == "crisis":
            assert any(other.content["text"] == AGAIN + text for other in rows), f"{text} was not sent again"
    assert not [row for row in rows if row.state in ("failed", "expired", "pending", "sending")]


@pytest.mark.parametrize("seed", range(8))
async def test_on_line(seed: int, sqlite_engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    """R11: a storm of 429, 5xx and time-outs: nothing lost."""
    dice = random.Random(seed)
    async with line_fake.LineFake(clock=clock) as fake:
        channel = HushedLine(fake, clock)
        post = Post(sqlite_engine, clock, channel, make_tenant(sqlite_engine))
        fake.troubles.extend(dice.choice(FAULTS) for _ in range(dice.randrange(25)))
        for number in range(EACH):
            for person in map(events.person, range(PEOPLE)):
                reply = str(fake.says(person, "はい")["replyToken"]) if dice.random() < 0.7 else ""
                texts = [f"{person[-4:]}の{number}通目の{part}。" for part in range(dice.choice((1, 2, 7)))]
                post.write(person, texts, dice.choice(("plain", "plain", "crisis")), reply)
        await until_quiet(post, dice)
        judge(post.rows(), [sent.text for sent in fake.sent])
        for person in map(events.person, range(PEOPLE)):
            seen = [s.text for s in fake.sent if s.to == person and AGAIN not in s.text]
            assert seen == sorted(seen), "out of order"
        await channel.close()


@pytest.mark.parametrize("seed", range(4))
async def test_on_telegram(seed: int, sqlite_engine: Engine, clock: MovableClock, make_tenant: MakeTenant,
                           monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    async with telegram_fake.TelegramFake(clock=clock) as fake:
        hush_telegram(monkeypatch, fake.trouble)
        channel = Telegram(telegram_fake.TOKEN, fake.url, timeout=PATIENT)
        post = Post(sqlite_engine, clock, channel, make_tenant(sqlite_engine))
        fake.troubles.extend(dice.choice(FAULTS) for _ in range(dice.randrange(15)))
        for number in range(EACH):
            for chat in range(1, PEOPLE + 1):
                post.write(str(chat), [f"{chat}さんの{number}通目。"], dice.choice(("plain", "crisis")))
        await until_quiet(post, dice)
        judge(post.rows(), [sent.text for sent in fake.sent])
        await channel.close()


def test_the_judge_can_say_no() -> None:
    class Row:
        def __init__(self, state: str, text: str, kind: str = "plain") -> None:
            self.state, self.kind, self.content = state, kind, {"text": text}

    judge([Row("accepted", "a1")], ["a1"])
    judge([Row("unknown", "a1", "crisis"), Row("accepted", f"{AGAIN}a1", "crisis")], ["a1", f"{AGAIN}a1"])
    for rows, arrived in (
        ([Row("accepted", "a1")], ["a1", "a1"]), ([Row("accepted", "a1")], []), ([Row("failed", "a1")], ["a1"]),
        ([Row("pending", "a1")], []), ([Row("unknown", "a1", "crisis")], ["a1"]),
    ):
        with pytest.raises(AssertionError):
            judge(rows, arrived)
