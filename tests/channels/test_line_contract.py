"""LINE's official specification, made strict, judges what we send, what the fake answers and what the fake sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import Clock
from backend.messages import Button, Delivery, OutMessage
from backend.words import Catalogues
from bots.layout import lay_out
from bots.line.client import Line
from bots.line.draw import CAPABILITIES, draw
from bots.line.parse import parse
from bots.line.richmenu import build, upload
from bots.line.routes import PATH
from tests.channels import line_spec
from tests.channels.conftest import Remembered
from tests.channels.patience import HushedLine
from tests.channels.test_layout import TEXTS
from tests.fakes import line_events as events
from tests.fakes.line import LineFake, Trouble
from tests.fakes.line_limits import faults

HANAKO = events.person("山田 花子")
FILE = "messaging-api"


def push(*messages: Any) -> dict[str, Any]:
    return {"to": HANAKO, "messages": list(messages)}


def text(words: str, *labels: str, **action: Any) -> dict[str, Any]:
    items = [{"type": "action", "action": {"type": "postback", "label": label, "data": "s|q|o", **action}}
             for label in labels]
    return {"type": "text", "text": words, **({"quickReply": {"items": items}} if items else {})}


GOOD = {
    "plain": push(text("はい")),
    "5,000 UTF-16 units": push(text("𠮷" * 2500)),
    "a label of 20 graphemes": push(text("はい", "👨‍👩‍👧‍👦" * 20)),
    "13 quick replies": push(text("はい", *[f"答え{n}" for n in range(13)])),
    "five messages": push(*[text(str(n)) for n in range(5)]),
    "a number to call": push({"type": "text", "text": "119", "quickReply": {"items": [
        {"type": "action", "action": {"type": "uri", "label": "119", "uri": "tel:119"}}]}}),
}
BAD = {
    "no text": push({"type": "text"}),
    "empty text": push(text("")),
    "blank text": push(text(" \n")),
    "5,001 UTF-16 units": push(text("𠮷" * 2500 + "a")),
    "an unknown type": push({"type": "hologram", "text": "x"}),
    "no type": push({"text": "x"}),
    "a label of 21 graphemes": push(text("はい", "あ" * 21)),
    "an empty label": push(text("はい", "")),
    "14 quick replies": push(text("はい", *[f"答え{n}" for n in range(14)])),
    "no quick replies": push({"type": "text", "text": "x", "quickReply": {"items": []}}),
    "301 characters of data": push(text("はい", "はい", data="x" * 301)),
    "301 graphemes to display": push(text("はい", "はい", displayText="あ" * 301)),
    "an action without its data": push({"type": "text", "text": "x", "quickReply": {"items": [
        {"type": "action", "action": {"type": "postback", "label": "x"}}]}}),
    "an unknown action": push(text("はい", "はい", type="teleport")),
    "an address nobody can open": push({"type": "text", "text": "x", "quickReply": {"items": [
        {"type": "action", "action": {"type": "uri", "label": "x", "uri": "ftp://x"}}]}}),
    "a property from nowhere": push({**text("はい"), "colour": "red"}),
    "no messages": push(),
    "six messages": push(*[text(str(n)) for n in range(6)]),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_strict_specification_and_the_fake_take_what_line_takes(name: str) -> None:
    assert line_spec.errors(FILE, "PushMessageRequest", GOOD[name]) == []
    assert faults(GOOD[name]["messages"]) == []


@pytest.mark.parametrize("name", BAD)
def test_the_strict_specification_and_the_fake_refuse_what_line_refuses(name: str) -> None:
    assert line_spec.errors(FILE, "PushMessageRequest", BAD[name])
    assert faults(BAD[name]["messages"])


BUTTONS = st.lists(st.builds(
    Button, st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.sampled_from(["s|q|o", "s|q|-human", ""]),
    st.sampled_from(["", "", "https://tsunagi.example/p/x", "tel:119", "ftp://x"])), max_size=20).map(tuple)
MESSAGES = st.lists(st.builds(OutMessage, TEXTS, st.just("ja"), numbered=BUTTONS, aside=BUTTONS), min_size=1, max_size=8)


@given(MESSAGES)
def test_whatever_the_dialog_says_we_send_something_that_line_takes(messages: list[OutMessage]) -> None:
    parts = lay_out(messages, CAPABILITIES)
    if parts:
        body = push(*draw(parts))
        assert line_spec.errors(FILE, "PushMessageRequest", body) == []
        assert faults(body["messages"]) == []


@dataclass
class Watched:
    """Every call to the fake, judged by the specification."""

    wrong: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, int]] = field(default_factory=list)

    def __call__(self, method: str, path: str, request: Any, status: int, response: Any) -> None:
        self.calls.append((method, path, status))
        self.wrong += line_spec.exchange_errors(method, path, request, status, response)


@pytest_asyncio.fixture
async def watched(clock: Clock) -> AsyncIterator[tuple[LineFake, Line, Watched]]:
    line_spec.operation("POST", "/v2/bot/message/push")  # not here: skipped now, and not in the middle of an answer
    watch = Watched()
    async with LineFake(clock=clock, watch=watch) as fake:
        channel = HushedLine(fake, clock)
        yield fake, channel, watch
        await channel.close()


async def test_every_call_and_every_answer_is_as_specified(watched: tuple[LineFake, Line, Watched],
                                                           clock: Clock) -> None:
    line, channel, watch = watched
    question = OutMessage("今、安全ですか。", "ja", numbered=(Button("はい", "s|q|yes"),), aside=(Button("人と話す", "s|q|-human"),))
    until = clock() + timedelta(seconds=50)
    token = str(line.says(HANAKO, "はい")["replyToken"])

    async def send(**rest: Any) -> None:
        await channel.send(Delivery(1, "line", HANAKO, (question,), rest.pop("key", "k1"), **rest))

    await send(reply=token, reply_until=until)
    await send(reply=token, reply_until=until, reply_tried=True)  # 400
    await send(key="k2")
    await send(key="k2")  # 409
    for status in (429, 500):
        line.troubles.append(Trouble(status=status))
        await send(key=f"k-{status}")
    line.strangers.add(HANAKO)
    await send(key="k3")  # 400
    line.contents["77"] = (200, "image/jpeg", b"\xff\xd8")
    for ref in ("77", "404"):
        await channel.fetch_attachment(ref)
    await upload(channel, build(Catalogues.load(), "0944-00-0000"))
    for path in ("/v2/bot/info", "/v2/bot/message/quota", "/v2/bot/message/quota/consumption"):
        await channel.call("GET", path)
    await channel.call("POST", "/v2/bot/chat/loading/start", json={"chatId": HANAKO, "loadingSeconds": 5})
    assert watch.wrong == []
    assert {status for _, _, status in watch.calls} >= {200, 202, 400, 404, 409, 429, 500}


def test_the_judge_of_calls_can_say_no() -> None:
    good = {"sentMessages": [{"id": "1"}]}
    assert line_spec.exchange_errors("POST", "/v2/bot/message/push", GOOD["plain"], 200, good) == []
    assert line_spec.exchange_errors("POST", "/v2/bot/message/push", BAD["six messages"], 200, good)
    assert line_spec.exchange_errors("POST", "/v2/bot/message/push", GOOD["plain"], 200, {"ok": True})
    assert line_spec.exchange_errors("POST", "/v2/bot/message/push", GOOD["plain"], 418, {"no": "message"})
    with pytest.raises(LookupError):
        line_spec.operation("POST", "/v2/bot/message/shout")


def everything_people_do(line: LineFake) -> list[events.Event]:
    return [
        line.says(HANAKO, "はい"), line.taps(HANAKO, "s|q|yes"), line.event("follow", HANAKO),
        line.event("unfollow", HANAKO), line.event("unsend", HANAKO, unsend={"messageId": "77"}),
        *(line.event("message", HANAKO, **events.media(kind)) for kind in ("image", "video", "audio")),
        line.event("message", HANAKO, **events.file("罹災証明書.pdf", 12345)),
        line.event("message", HANAKO, **events.location(33.03, 130.44, "大牟田市有明町")),
        line.event("message", HANAKO, **events.sticker()), line.event("message", HANAKO, **events.sticker("助けて")),
    ]


async def test_the_fake_sends_webhooks_as_line_specifies_them(line: LineFake) -> None:
    body = {"destination": events.DESTINATION, "events": everything_people_do(line)}
    assert line_spec.errors("webhook", "CallbackRequest", body) == []


@pytest.mark.parametrize("broken", [
    {"mode": "asleep"}, {"webhookEventId": "short"}, {"type": "telepathy"}, {"source": {"type": "user"}},
    {"message": {"type": "text", "id": "1"}}, {"extra": 1},
])
async def test_the_strict_webhook_specification_refuses_what_line_would_not_send(line: LineFake,
                                                                                 broken: dict[str, Any]) -> None:
    body = {"destination": events.DESTINATION, "events": [{**line.says(HANAKO, "はい"), **broken}]}
    assert line_spec.errors("webhook", "CallbackRequest", body)


async def test_every_kind_of_event_and_message_in_the_specification_is_kept_and_understood_or_passed_over(
        line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered) -> None:
    schemas = line_spec.definitions("webhook")
    made = [line_spec.minimal("webhook", kind) for kind in schemas["Event"]["oneOf"]]
    made += [{**line.says(HANAKO, "x"), "message": line_spec.minimal("webhook", kind)}
             for kind in schemas["MessageContent"]["oneOf"]]
    made += [{**line.says(HANAKO, "x"), "source": line_spec.minimal("webhook", kind)}
             for kind in schemas["Source"]["oneOf"]]
    for number, event in enumerate(made):
        event["webhookEventId"] = f"{number:026d}"
        assert line_spec.errors("webhook", "CallbackRequest", {"destination": events.DESTINATION, "events": [event]}) == []
        body, headers = line.body([event])
        assert (await line_web.post(PATH, content=body, headers=headers)).status_code == 200
    assert len(made) > 25 and len(inbox.all) == len(made)
    for kept in inbox.all:
        parse(kept.body)
