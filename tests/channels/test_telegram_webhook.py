"""`POST /webhooks/telegram`: the secret header, what is stored, what is answered."""

from __future__ import annotations

import httpx
import orjson
import pytest

from bots.telegram.parse import parse
from bots.telegram.routes import PATH
from bots.webhook import MOST_BYTES
from dialogs.core.heard import Said
from tests.channels.conftest import Remembered
from tests.fakes.telegram import TelegramFake

HANAKO = 4_000_000_123


async def post(client: httpx.AsyncClient, fake: TelegramFake, body: bytes) -> int:
    return (await client.post(PATH, content=body, headers=fake.headers())).status_code


async def test_an_update_is_kept_once_however_often_it_comes(telegram_web: httpx.AsyncClient, telegram: TelegramFake,
                                                             inbox: Remembered) -> None:
    body = orjson.dumps(telegram.says(HANAKO, "はい"))
    assert [await post(telegram_web, telegram, body) for _ in range(3)] == [200] * 3
    assert [parse(event.body).heard for event in inbox.all] == [Said("はい")]


@pytest.mark.parametrize("header", [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
                                    {"X-Telegram-Bot-Api-Secret-Token": ""}])
async def test_nothing_is_stored_without_the_secret(telegram_web: httpx.AsyncClient, telegram: TelegramFake,
                                                    inbox: Remembered, header: dict[str, str]) -> None:
    answer = await telegram_web.post(PATH, content=orjson.dumps(telegram.says(HANAKO, "はい")), headers=header)
    assert answer.status_code == 401 and not inbox.all


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\x00", b"[" * 100_000 + b"]" * 100_000,
                                  b'{"update_id":1,"x":' + b"[" * 990 + b"]" * 990 + b"}"])
async def test_what_is_no_update_never_breaks_the_webhook(telegram_web: httpx.AsyncClient, telegram: TelegramFake,
                                                          body: bytes) -> None:
    assert await post(telegram_web, telegram, body) in (200, 400)


async def test_too_large_is_413_and_not_stored_is_503(telegram_web: httpx.AsyncClient, telegram: TelegramFake,
                                                      inbox: Remembered) -> None:
    assert await post(telegram_web, telegram, b"x" * (MOST_BYTES + 1)) == 413
    inbox.broken = True
    assert await post(telegram_web, telegram, orjson.dumps(telegram.says(HANAKO, "はい"))) == 503


async def test_updates_of_one_second_are_put_in_order_by_their_number(telegram_web: httpx.AsyncClient,
                                                                      telegram: TelegramFake, inbox: Remembered) -> None:
    first, second = telegram.says(HANAKO, "はい"), telegram.taps(HANAKO, "s|safe|yes")
    for update in (second, first):
        await post(telegram_web, telegram, orjson.dumps(update))
    ordered = sorted(inbox.all, key=lambda e: (e.happened_at, len(e.event_id), e.event_id))
    assert [e.event_id.split(":")[1] for e in ordered] == [str(first["update_id"]), str(second["update_id"])]
