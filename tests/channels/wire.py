"""A resident on a real webhook: the whole application, the worker's turns and the sending loop, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import httpx
import orjson
from sqlalchemy import Row, select

from backend.app import Shell
from backend.conversations.hear import Conversations
from backend.journal.models import conversation, message, outbox
from backend.journal.outbox import lease, mark
from backend.journal.process import process
from backend.messages import Channel
from bots.app import make_app
from bots.deliver import Sender
from bots.line import routes as line_routes
from bots.telegram import routes as telegram_routes
from dialogs.core.words import Text
from tests.fakes import line as line_fake
from tests.fakes import telegram as telegram_fake


class Phone(Protocol):
    """What a person can do on their phone, whatever the platform."""

    async def says(self, words: str) -> None: ...

    async def taps(self, option: str) -> None: ...

    @property
    def seen(self) -> list[str]: ...


class Wire:
    """The server side: posts webhooks to the application, then lets the worker do what is due."""

    def __init__(self, shell: Shell, channel: Channel) -> None:
        self.shell, self.channels = shell, {channel.name: channel}
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=make_app(shell)), base_url="http://testserver")
        self._hear = Conversations(shell.words, shell.book, shell.settings).hear
        sends = {channel.name: channel.capabilities}

        def resent(locale: str) -> str:
            return str(shell.words.render(Text("delivery.again"), locale))

        self._sender = Sender(
            self.channels, partial(lease, shell.engine, shell.clock, channels=sends, resent=resent),
            partial(mark, shell.engine, shell.clock, resent=resent))

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        return (await self._client.post(path, content=body, headers=headers)).status_code

    async def work(self) -> int:
        """Take every turn that is waiting and send every answer; how many sends ended."""
        while process(self.shell.engine, self.channels, self._hear, self.shell.clock):
            pass
        return await self._sender.once()

    def rows(self, *columns: Any) -> Sequence[Row[Any]]:
        with self.shell.engine.connect() as connection:
            return connection.execute(select(*columns)).all()

    def history(self) -> list[str]:
        """What staff see the person was told, in order."""
        return [row.content["text"] for row in self.rows(message.c.direction, message.c.content)
                if row.direction == "out"]

    def states(self) -> list[str]:
        return [row.state for row in self.rows(outbox.c.state)]

    def contact(self) -> str:
        return str(self.rows(conversation.c.contact)[0].contact)

    async def close(self) -> None:
        await self._client.aclose()


class LinePhone:
    def __init__(self, wire: Wire, fake: line_fake.LineFake, user: str) -> None:
        self.wire, self.fake, self.user = wire, fake, user

    async def happens(self, *events: dict[str, Any]) -> None:
        assert await self.wire.post(line_routes.PATH, *self.fake.body(events)) == 200
        await self.wire.work()

    async def says(self, words: str) -> None:
        await self.happens(self.fake.says(self.user, words))

    async def taps(self, option: str) -> None:
        button = next((b for b in self.fake.sent[-1].buttons if b.get("data", "").endswith(f"|{option}")), None)
        assert button is not None, f"no button {option} on {self.fake.sent[-1]}"
        await self.happens(self.fake.taps(self.user, button["data"]))

    @property
    def seen(self) -> list[str]:
        return [sent.text for sent in self.fake.sent if sent.to == self.user and sent.delivered]


class TelegramPhone:
    def __init__(self, wire: Wire, fake: telegram_fake.TelegramFake, chat: int) -> None:
        self.wire, self.fake, self.chat = wire, fake, chat

    async def happens(self, *updates: dict[str, Any]) -> None:
        for update in updates:
            assert await self.wire.post(telegram_routes.PATH, orjson.dumps(update), self.fake.headers()) == 200
        await self.wire.work()

    async def says(self, words: str) -> None:
        await self.happens(self.fake.says(self.chat, words))

    async def taps(self, option: str) -> None:
        button = next((b for b in self.fake.sent[-1].buttons if b.get("callback_data", "").endswith(f"|{option}")), None)
        assert button is not None, f"no button {option} on {self.fake.sent[-1]}"
        await self.happens(self.fake.taps(self.chat, button["callback_data"]))

    @property
    def seen(self) -> list[str]:
        return [sent.text for sent in self.fake.sent if sent.chat == self.chat]
