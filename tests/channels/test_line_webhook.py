"""`POST /webhooks/line`: what is stored, what is answered, what is logged."""

from __future__ import annotations

import logging

import httpx
import orjson
import pytest

from bots.line.parse import parse
from bots.line.routes import PATH, signature
from bots.webhook import MOST_BYTES
from dialogs.core.heard import Said
from tests.channels.conftest import Remembered
from tests.conftest import MONDAY_MORNING
from tests.fakes import line_events as events
from tests.fakes.line import SECRET, LineFake

HANAKO, TARO = events.person("山田 花子"), events.person("山田 太郎")


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Line-Signature": signature(secret, body)}


async def post(client: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> int:
    return (await client.post(PATH, content=body, headers=signed(body) if headers is None else headers)).status_code


async def test_one_webhook_with_events_of_two_people_is_kept_as_two_events(
        line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered) -> None:
    body, headers = line.body([line.says(HANAKO, "はい"), line.says(TARO, "いいえ")])
    assert await post(line_web, body, headers) == 200
    assert [(e.address, parse(e.body).heard) for e in inbox.all] == [(HANAKO, Said("はい")), (TARO, Said("いいえ"))]
    assert {e.destination for e in inbox.all} == {events.DESTINATION}


async def test_a_redelivered_event_is_kept_once(line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered) -> None:
    event = line.says(HANAKO, "はい")
    for again in (False, True):
        body, headers = line.body([{**event, "deliveryContext": {"isRedelivery": again}}])
        assert await post(line_web, body, headers) == 200
    assert len(inbox.all) == 1


async def test_a_connectivity_check_without_events_is_fine(line_web: httpx.AsyncClient, inbox: Remembered) -> None:
    assert await post(line_web, b'{"destination":"U0","events":[]}') == 200 and not inbox.all


@pytest.mark.parametrize("header", [
    {}, {"X-Line-Signature": ""}, {"X-Line-Signature": "bm90IHJpZ2h0"}, {"X-Line-Signature": "ünï"},
    signed(b"something else"), signed(b'{"events":[]}', "another secret"),
], ids=["none", "empty", "wrong", "not ascii", "of another body", "of another secret"])
async def test_nothing_is_stored_for_a_bad_signature(line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered,
                                                     header: dict[str, str]) -> None:
    body, _ = line.body([line.says(HANAKO, "はい")])
    raw = {k: v.encode("utf-8") for k, v in header.items()}
    answer = await line_web.post(PATH, content=body, headers=list(raw.items()))  # type: ignore[arg-type]
    assert answer.status_code == 401 and not inbox.all


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"events"', b'{"events": 5}', b"\xff\xfe\x00", b'{"destination": "U"}',
    b'{"events": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
], ids=["empty", "cut off", "list", "null", "string", "number", "not utf-8", "no events", "very deep"])
async def test_a_body_that_is_no_webhook_is_refused_even_with_a_good_signature(
        line_web: httpx.AsyncClient, inbox: Remembered, body: bytes) -> None:
    assert await post(line_web, body) == 400 and not inbox.all


@pytest.mark.parametrize("depth", [200, 300, 600, 1000])
async def test_depth_never_breaks_the_webhook(line_web: httpx.AsyncClient, depth: int) -> None:
    deep = b'{"destination":"U0","events":[{"type":"x","future":' + b"[" * depth + b"]" * depth + b"}]}"
    assert await post(line_web, deep) in (200, 400)


async def test_a_body_over_two_megabytes_is_refused_unread(line_web: httpx.AsyncClient, inbox: Remembered) -> None:
    assert await post(line_web, b"x" * (MOST_BYTES + 1)) == 413

    async def endless() -> object:
        while True:
            yield b"x" * 65536

    answer = await line_web.post(PATH, content=endless(), headers={"x-line-signature": "x"})  # type: ignore[arg-type]
    assert answer.status_code == 413 and not inbox.all


@pytest.mark.parametrize("words", ['"家\\u0000が"', '"\\ud83d 助けて"', '"\\ud83d\\u0000"'])
async def test_text_that_a_database_refuses_is_made_fit(line_web: httpx.AsyncClient, inbox: Remembered,
                                                        words: str) -> None:
    event = orjson.dumps(events.event("message", HANAKO, MONDAY_MORNING, **events.text("@@"))).decode()
    body = f'{{"destination":"U0","events":[{event.replace(chr(34) + "@@" + chr(34), words)}]}}'.encode()
    assert await post(line_web, body) == 200
    heard = parse(inbox.all[0].body).heard
    assert isinstance(heard, Said) and "\x00" not in heard.text and heard.text.encode()


async def test_an_unknown_event_is_not_lost(line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered) -> None:
    body, headers = line.body([line.event("somethingNew", HANAKO, payload={"a": 1})])
    assert await post(line_web, body, headers) == 200
    assert orjson.loads(inbox.all[0].body)["event"]["payload"] == {"a": 1}
    strange = b'{"destination":"U0","events":[null, 7, "x", {"type": null}]}'
    assert await post(line_web, strange) == 200 and len(inbox.all) == 5


async def test_when_it_cannot_be_stored_the_platform_is_told_to_come_again(
        line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered) -> None:
    """R3: database gone: webhooks answer 503, never 200."""
    inbox.broken = True
    body, headers = line.body([line.says(HANAKO, "はい")])
    assert await post(line_web, body, headers) == 503


async def test_the_log_says_sender_method_path_and_status_and_nothing_of_the_person(
        line_web: httpx.AsyncClient, line: LineFake, inbox: Remembered, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body, headers = line.body([line.says(HANAKO, "借金があります")])
    await post(line_web, body, headers)
    inbox.broken = True
    await post(line_web, body, headers)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("tsunagi")]
    assert "webhook 127.0.0.1 POST /webhooks/line 200" in ours and "webhook not stored: RuntimeError" in ours
    assert not any(secret in line_ for line_ in ours for secret in (HANAKO, "借金", "山田", SECRET))
