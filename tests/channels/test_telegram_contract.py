"""Telegram's Bot API page judges what we send, what the fake answers and what the fake sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from backend.messages import Button, Delivery, OutMessage
from backend.settings import Settings
from backend.words import Catalogues
from bots.layout import lay_out
from bots.telegram.client import Telegram
from bots.telegram.draw import CAPABILITIES, keyboard
from bots.telegram.setup import command, connect
from tests.channels import telegram_spec
from tests.channels.test_line_contract import MESSAGES
from tests.fakes import telegram_updates as updates
from tests.fakes.telegram import SECRET, TelegramFake
from tests.fakes.telegram import _refused as refused
from tests.fakes.trouble import Trouble

HANAKO = 4_000_000_123


async def test_every_call_and_every_answer_is_as_the_page_says(telegram: TelegramFake,
                                                               telegram_channel: Telegram) -> None:
    question = OutMessage("今、安全ですか。", "ja", numbered=(Button("はい", "s|q|yes"),),
                          aside=(Button("ひらく", "", "https://tsunagi.example/p/x"),))
    telegram.files["f"] = ("photos/f.jpg", b"x")
    for to in (HANAKO, HANAKO + 1):
        await telegram_channel.send(Delivery(1, "telegram", str(to), (question,), "k", reply="callback-1"))
    telegram.blocks(HANAKO)
    telegram.troubles.append(Trouble(path="sendMessage", status=429))
    for _ in range(2):
        await telegram_channel.send(Delivery(1, "telegram", str(HANAKO), (question,), "k"))
    await telegram_channel.fetch_attachment("f")
    await telegram_channel.bot().get_me()
    await connect(telegram_channel.bot(), "https://tsunagi.example", SECRET, Catalogues.load())
    await telegram_channel.close()

    assert {method for method, _ in telegram.calls} == {
        "sendMessage", "answerCallbackQuery", "getFile", "getMe", "setWebhook", "setMyCommands"}
    assert [e for method, given in telegram.calls for e in telegram_spec.call_errors(method, given)] == []
    for method, answer in telegram.answers:
        if answer["ok"]:
            assert telegram_spec.result_errors(method, answer["result"]) == [], method
        else:
            assert isinstance(answer["error_code"], int) and answer["description"]
            assert telegram_spec.type_errors("ResponseParameters", answer.get("parameters", {})) == []
    assert {answer.get("error_code") for _, answer in telegram.answers} == {None, 403, 429}


@given(MESSAGES)
def test_whatever_the_dialog_says_we_send_something_that_telegram_takes(messages: list[OutMessage]) -> None:
    for part in lay_out(messages, CAPABILITIES):
        markup = keyboard(part)
        given: dict[str, Any] = {"chat_id": HANAKO, "text": part.text}
        if markup is not None:
            given["reply_markup"] = markup.to_dict()
        assert telegram_spec.call_errors("sendMessage", given) == []
        assert refused(part.text, given.get("reply_markup", {})) == ""


@pytest.mark.parametrize(("method", "given"), [
    ("sendMessage", {"chat_id": 1}), ("sendMessage", {"chat_id": [1], "text": "x"}), ("shout", {}),
    ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}),
    ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}}),
])
def test_the_judge_can_say_no(method: str, given: dict[str, Any]) -> None:
    assert telegram_spec.call_errors(method, given)


@pytest.mark.parametrize(("text", "markup"), [
    ("", {}), ("あ" * 4097, {}), ("𠮷" * 2049, {}),
    ("x", {"inline_keyboard": [[{"text": "x", "callback_data": "あ" * 22}]]}),
    ("x", {"inline_keyboard": [[{"text": "x"}]]}),
    ("x", {"inline_keyboard": [[{"text": "x", "url": "http://localhost/p"}]]}),
])
def test_the_fake_refuses_what_telegram_refuses(text: str, markup: dict[str, Any]) -> None:
    assert refused(text, markup)


async def test_the_fake_sends_updates_as_the_page_describes_them(telegram: TelegramFake) -> None:
    now = telegram.clock()
    point = {"latitude": 33.03, "longitude": 130.44}
    made = [
        telegram.says(HANAKO, "はい"), telegram.says(HANAKO, "/start booth-7"), telegram.taps(HANAKO, "s|q|yes"),
        telegram.blocks(HANAKO), telegram.returns(HANAKO),
        *(telegram.update(message=updates.message(HANAKO, now, **content)) for content in (
            {"photo": updates.photo(), "caption": "台所です"}, {"document": updates.file("a.pdf")}, {"location": point},
            {"contact": {"phone_number": "+819000001234", "first_name": "花子", "user_id": HANAKO}})),
    ]
    for update in made:
        assert telegram_spec.type_errors("Update", update) == []
    assert telegram_spec.type_errors("Update", {"message": {}})


def test_connecting_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    class Shell:
        def __init__(self, **given: str) -> None:
            self.settings = Settings(**given)  # type: ignore[arg-type]

    assert command(Shell()) == 1 and "TSUNAGI_TELEGRAM_BOT_TOKEN" in capsys.readouterr().err  # type: ignore[arg-type]
    plain = Shell(telegram_bot_token="1:x", telegram_webhook_secret="s", public_url="http://127.0.0.1:8000")
    assert command(plain) == 1 and "https" in capsys.readouterr().err  # type: ignore[arg-type]
