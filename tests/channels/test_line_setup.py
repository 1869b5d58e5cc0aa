"""`./run line connect` and `check`: what is not in order is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.settings import Settings
from bots.line.client import Line
from bots.line.setup import command, connect, hint, troubles
from tests.channels import line_spec
from tests.fakes.line import LineFake

URL = "https://tsunagi.example"


async def said(client: Line) -> list[str]:
    return [sentence async for sentence in troubles(client, URL)]


async def test_connecting_sets_the_webhook_and_then_nothing_is_wrong(line: LineFake, line_channel: Line) -> None:
    assert await connect(line_channel, f"{URL}/") == ""
    assert line.webhook["endpoint"] == f"{URL}/webhooks/line" and await said(line_channel) == []


async def test_line_may_refuse_an_address(line: LineFake, line_channel: Line) -> None:
    assert "LINE answered 400" in await connect(line_channel, "http://tsunagi.example")


@pytest.mark.parametrize(("wrong", "expected"), [
    (lambda line: setattr(line, "chat_mode", "chat"), "Chat is on"),
    (lambda line: line.webhook.update(active=False), "The webhook is off"),
    (lambda line: line.webhook.update(endpoint="https://old.example/hook"), "LINE does not call"),
    (lambda line: setattr(line, "webhook_answers", 502), "LINE cannot reach the webhook: ERROR_STATUS_CODE 502."),
    (lambda line: setattr(line, "quota", 0), "counted messages are used"),
    (lambda line: setattr(line, "token", "other"), "TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN is not valid"),
])
async def test_what_is_not_in_order_is_said(line: LineFake, line_channel: Line, wrong: Callable[[Any], None],
                                            expected: str) -> None:
    await connect(line_channel, URL)
    wrong(line)
    found = await said(line_channel)
    assert len(found) == 1 and expected in found[0]


async def test_the_name_that_the_booths_qr_codes_need_is_told_until_it_is_set(line_channel: Line) -> None:
    assert "TSUNAGI_LINE_BASIC_ID=@tsunagi" in await hint(line_channel, "")
    assert await hint(line_channel, "@tsunagi") == ""


async def test_setting_up_is_as_specified() -> None:
    line_spec.operation("GET", "/v2/bot/info")  # not here: skipped now, and not in the middle of an answer
    wrong: list[str] = []
    async with LineFake(watch=lambda *call: wrong.extend(line_spec.exchange_errors(*call))) as fake:
        client = Line(fake.token, fake.url, fake.url)
        await connect(client, URL)
        await said(client)
        await client.close()
    assert wrong == []


@pytest.mark.parametrize(("given", "expected"), [
    ({}, "TSUNAGI_LINE_CHANNEL_SECRET"),
    ({"line_channel_secret": "s", "line_channel_access_token": "t", "public_url": "http://127.0.0.1:8000"}, "https"),
    ({"line_channel_secret": "s", "line_channel_access_token": "t", "public_url": URL,
      "line_api_base": "http://127.0.0.1:9"}, "cannot be reached"),
])
def test_what_must_be_set_first(given: dict[str, str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    class Shell:
        settings = Settings(**given)  # type: ignore[arg-type]
        clock = None

    assert command(Shell()) == 1 and expected in capsys.readouterr().err  # type: ignore[arg-type]
