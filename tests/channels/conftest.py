"""What the channel tests share: an inbox that only remembers, settings of invented accounts, running fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from backend.clock import Clock
from backend.messages import RawEvent
from backend.settings import Settings
from bots.line.client import Line
from bots.line.routes import routes as line_routes
from bots.telegram.client import Telegram
from bots.telegram.routes import routes as telegram_routes
from tests.channels.patience import PATIENT, HushedLine, hush_telegram
from tests.fakes import line as line_fake
from tests.fakes import telegram as telegram_fake


@dataclass
class Remembered:
    """An inbox in memory, deduplicated like the real one; `broken` makes it raise."""

    events: dict[tuple[str, str], RawEvent] = field(default_factory=dict)
    broken: bool = False

    async def put(self, events: list[RawEvent]) -> None:
        if self.broken:
            raise RuntimeError("database is away: 山田 花子")
        for event in events:
            self.events.setdefault((event.channel, event.event_id), event)

    @property
    def all(self) -> list[RawEvent]:
        return list(self.events.values())


@pytest.fixture
def inbox() -> Remembered:
    return Remembered()


@pytest.fixture
def settings() -> Settings:
    return Settings(line_channel_secret=line_fake.SECRET, line_channel_access_token=line_fake.TOKEN,
                    telegram_bot_token=telegram_fake.TOKEN, telegram_webhook_secret=telegram_fake.SECRET)


def web(routes: list[Any]) -> httpx.AsyncClient:
    """A client of an application with these routes; an exception in a route fails the test."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


@pytest_asyncio.fixture
async def line_web(settings: Settings, inbox: Remembered, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    shell: Any = SimpleNamespace(settings=settings, clock=clock, engine=None)
    async with web(line_routes(shell, inbox)) as client:
        yield client


@pytest_asyncio.fixture
async def line(clock: Clock) -> AsyncIterator[line_fake.LineFake]:
    async with line_fake.LineFake(clock=clock) as fake:
        yield fake


@pytest_asyncio.fixture
async def line_channel(line: line_fake.LineFake, clock: Clock) -> AsyncIterator[Line]:
    channel = HushedLine(line, clock)
    yield channel
    await channel.close()


@pytest_asyncio.fixture
async def telegram_web(settings: Settings, inbox: Remembered, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    shell: Any = SimpleNamespace(settings=settings, clock=clock)
    async with web(telegram_routes(shell, inbox)) as client:
        yield client


@pytest_asyncio.fixture
async def telegram(clock: Clock) -> AsyncIterator[telegram_fake.TelegramFake]:
    async with telegram_fake.TelegramFake(clock=clock) as fake:
        yield fake


@pytest_asyncio.fixture
async def telegram_channel(telegram: telegram_fake.TelegramFake, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telegram]:
    hush_telegram(monkeypatch, telegram.trouble)
    channel = Telegram(telegram_fake.TOKEN, telegram.url, timeout=PATIENT)
    yield channel
    await channel.close()
