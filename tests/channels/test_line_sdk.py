"""LINE's own SDK reads what we send and what the fake sends, and signs as we do."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from backend.messages import Button, OutMessage
from bots.layout import lay_out
from bots.line.draw import CAPABILITIES, draw
from bots.line.routes import signature
from tests.channels.test_line_contract import HANAKO, everything_people_do
from tests.fakes.line import SECRET, LineFake


@pytest.fixture(scope="module")
def messaging() -> Any:
    from linebot.v3 import messaging  # takes a second to import: only here

    return messaging


@pytest.fixture(scope="module")
def webhooks() -> Any:
    from linebot.v3 import webhook

    return webhook


def test_our_push_and_reply_are_the_sdks_models(messaging: Any) -> None:
    question = OutMessage("今、安全ですか。", "ja", numbered=(Button("はい", "s|q|yes"), Button("いいえ", "s|q|no")),
                          aside=(Button("電話する", "", "tel:119"),))
    messages = draw(lay_out([OutMessage("受け取りました。", "ja"), question], CAPABILITIES))
    for model, body in ((messaging.PushMessageRequest, {"to": HANAKO, "messages": messages}),
                        (messaging.ReplyMessageRequest, {"replyToken": "t", "messages": messages})):
        read = model.from_dict(body).to_dict()
        assert {k: v for k, v in read.items() if k in body} == body


async def test_the_sdk_understands_every_event_of_the_fake(line: LineFake, webhooks: Any) -> None:
    body, headers = line.body(everything_people_do(line))
    parsed = webhooks.WebhookParser(SECRET).parse(body.decode(), headers["x-line-signature"])
    assert len(parsed) == len(orjson.loads(body)["events"])
    assert not [event for event in parsed if type(event).__name__ == "UnknownEvent"]


def test_we_sign_as_the_sdk_does(webhooks: Any) -> None:
    body = '{"destination":"U0","events":[]}'
    assert webhooks.SignatureValidator(SECRET).validate(body, signature(SECRET, body.encode()))
    assert not webhooks.SignatureValidator(SECRET).validate(body, signature("another secret", body.encode()))
