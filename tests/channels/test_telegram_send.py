"""Sending to Telegram: what arrived, what did not, and what nobody can say."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from backend.messages import (
    Accepted,
    Blocked,
    Button,
    Delivery,
    Fetched,
    Gone,
    OutMessage,
    Refused,
    Temporary,
    Throttled,
    Unknown,
)
from bots.telegram.client import Telegram
from tests.channels.patience import PATIENT
from tests.fakes.telegram import TOKEN, TelegramFake
from tests.fakes.trouble import Trouble

HANAKO = 4_000_000_123
QUESTION = OutMessage("今、安全ですか。", "ja", numbered=(Button("はい", "s|safe|yes"), Button("いいえ", "s|safe|no")),
                      aside=(Button("人と話す", "s|safe|-human"),))


def delivery(*messages: OutMessage, **rest: Any) -> Delivery:
    return Delivery(1, "telegram", str(rest.pop("to", HANAKO)), messages or (QUESTION,), "out-1", **rest)


async def test_a_question_arrives_with_its_buttons(telegram: TelegramFake, telegram_channel: Telegram) -> None:
    result = await telegram_channel.send(delivery())
    assert result == Accepted(str(telegram.sent[0].message_id))
    assert telegram.sent[0].text == "今、安全ですか。\n\n1. はい\n2. いいえ"
    assert [[b["callback_data"] for b in row] for row in telegram.sent[0].keyboard] == [
        ["s|safe|yes", "s|safe|no"], ["s|safe|-human"]]


async def test_a_turn_of_several_messages_is_one_message_so_that_it_cannot_break_off(
        telegram: TelegramFake, telegram_channel: Telegram) -> None:
    await telegram_channel.send(delivery(OutMessage("受け取りました。", "ja"), QUESTION))
    assert len(telegram.sent) == 1 and telegram.sent[0].text.startswith("受け取りました。\n\n今、安全ですか。")


async def test_a_pressed_button_stops_its_clock(telegram: TelegramFake, telegram_channel: Telegram) -> None:
    await telegram_channel.send(delivery(reply="callback-1"))
    await telegram_channel.close()
    assert telegram.answered == ["callback-1"]


@pytest.mark.parametrize("trouble", [Trouble(silent=True, accept=True), Trouble(silent=True), Trouble(drop=True),
                                     Trouble(status=502, accept=True), Trouble(status=500)])
async def test_without_a_clear_answer_nobody_can_say_whether_it_arrived(
        telegram: TelegramFake, telegram_channel: Telegram, trouble: Trouble) -> None:
    telegram.troubles.append(trouble)
    assert isinstance(await telegram_channel.send(delivery()), Unknown)


async def test_telegram_that_cannot_be_reached_got_nothing() -> None:
    channel = Telegram(TOKEN, "http://127.0.0.1:9", timeout=PATIENT)
    assert isinstance(await channel.send(delivery()), Temporary)
    await channel.close()


async def test_a_person_who_blocked_the_bot_is_noticed(telegram: TelegramFake, telegram_channel: Telegram) -> None:
    telegram.blocks(HANAKO)
    assert await telegram_channel.send(delivery()) == Blocked()


async def test_a_chat_that_does_not_exist_is_refused(telegram: TelegramFake, telegram_channel: Telegram) -> None:
    telegram.strangers.add(HANAKO)
    assert await telegram_channel.send(delivery()) == Refused("400 Chat not found")
    assert await telegram_channel.send(delivery(to="not-a-number")) == Refused("not a chat of Telegram")


async def test_one_chat_told_to_wait_does_not_hold_up_another(telegram: TelegramFake,
                                                              telegram_channel: Telegram) -> None:
    """R12: telegram's retry_after is honoured and does not hold up other chats."""
    telegram.troubles.append(Trouble(status=429, after=30))
    assert await telegram_channel.send(delivery()) == Throttled(30.0)
    async with asyncio.timeout(25):  # less than the thirty
        assert isinstance(await telegram_channel.send(delivery(to=HANAKO + 1)), Accepted)


async def test_a_wrong_token_can_be_mended_so_nothing_is_given_up(telegram: TelegramFake) -> None:
    channel = Telegram("7000000001:other", telegram.url, timeout=PATIENT)
    assert isinstance(await channel.send(delivery()), Temporary)
    await channel.close()


async def test_a_long_turn_that_breaks_off_is_uncertain_and_is_not_begun_again(
        telegram: TelegramFake, telegram_channel: Telegram) -> None:
    long = OutMessage("あ" * 6000, "ja")
    assert isinstance(await telegram_channel.send(delivery(long)), Accepted)
    assert "".join(s.text for s in telegram.sent) == "あ" * 6000
    telegram.sent.clear()

    original = telegram._sendMessage

    def first_only(given: dict[str, Any]) -> Any:
        telegram._sendMessage = lambda _: telegram._no("sendMessage", 500, "Internal")  # type: ignore[method-assign]
        return original(given)

    telegram._sendMessage = first_only  # type: ignore[method-assign]
    assert isinstance(await telegram_channel.send(delivery(long)), Unknown)
    assert len(telegram.sent) == 1


async def test_links_are_buttons_only_where_telegram_can_open_them(telegram: TelegramFake,
                                                                   telegram_channel: Telegram) -> None:
    for url in ("https://tsunagi.example/p/abc", "http://127.0.0.1:8000/p/abc", "tel:119"):
        message = OutMessage("ひらいてください。", "ja", aside=(Button("ひらく", "", url),))
        assert isinstance(await telegram_channel.send(delivery(message)), Accepted)
        assert url in telegram.sent[-1].text
    assert [len(s.buttons) for s in telegram.sent] == [1, 0, 0]


async def test_the_token_never_reaches_the_log(telegram: TelegramFake, telegram_channel: Telegram,
                                               caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await telegram_channel.send(delivery())
    telegram.troubles.append(Trouble(status=500))
    await telegram_channel.send(delivery())
    assert "call sendMessage 200" in caplog.messages
    assert not any(TOKEN in record.getMessage() or str(HANAKO) in record.getMessage() for record in caplog.records)


async def test_attachments_are_fetched_or_gone(telegram: TelegramFake, telegram_channel: Telegram) -> None:
    telegram.files = {"photo-1280": ("photos/file_1.jpg", b"\xff\xd8"), "big": ("v.mp4", b"x" * (20 * 1024 * 1024 + 1))}
    assert await telegram_channel.fetch_attachment("photo-1280") == Fetched("image/jpeg", b"\xff\xd8")
    assert isinstance(await telegram_channel.fetch_attachment("big"), Gone)
    assert isinstance(await telegram_channel.fetch_attachment("never"), Gone)
