"""The fakes themselves: what makes a platform hurt is really there, in the test's process and as one of their own."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp import web

from tests.channels.patience import PATIENT
from tests.channels.shared import CLONE
from tests.conftest import MovableClock
from tests.fakes import line_events as events
from tests.fakes.line import TOKEN, LineFake
from tests.fakes.telegram import TelegramFake

HANAKO = events.person("山田 花子")
MESSAGES = [{"type": "text", "text": "はい"}]


@pytest.fixture(autouse=True)
def _bots_that_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """LINE waits for two seconds; a busy machine may need longer to answer."""
    monkeypatch.setattr("tests.fakes.line.WEBHOOK_SECONDS", PATIENT)


async def reply(line: LineFake, token: str, **headers: str) -> int:
    return await post(f"{line.url}/v2/bot/message/reply", {"replyToken": token, "messages": MESSAGES}, headers)


async def post(url: str, body: object, headers: dict[str, str] | None = None) -> int:
    given = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **(headers or {})}
    async with aiohttp.ClientSession() as session, session.post(url, data=orjson.dumps(body), headers=given) as answer:
        return answer.status


async def test_a_reply_token_works_once_for_a_minute_and_takes_no_retry_key(line: LineFake, clock: MovableClock) -> None:
    token = str(line.says(HANAKO, "x")["replyToken"])
    assert await reply(line, token, **{"X-Line-Retry-Key": "6f1f2d0c-2c5e-5d0e-9d0a-7c6f3f5a4b11"}) == 400
    assert [await reply(line, token), await reply(line, token)] == [200, 400]
    late = str(line.says(HANAKO, "x")["replyToken"])
    clock.move(seconds=61)
    assert await reply(line, late) == 400


async def test_a_redelivered_token_lives_again_until_the_event_is_twenty_minutes_old(line: LineFake,
                                                                                     clock: MovableClock) -> None:
    event = line.says(HANAKO, "x")
    for minutes, expected in ((5, 200), (21, 400)):
        again = event if expected == 200 else line.says(HANAKO, "y")
        clock.move(minutes=minutes)
        line._again(again)
        assert await reply(line, str(again["replyToken"])) == expected


async def test_a_retry_key_is_remembered_for_a_day(line: LineFake, clock: MovableClock) -> None:
    async def push() -> int:
        return await post(f"{line.url}/v2/bot/message/push", {"to": HANAKO, "messages": MESSAGES},
                          {"X-Line-Retry-Key": "6f1f2d0c-2c5e-5d0e-9d0a-7c6f3f5a4b11"})

    assert [await push(), await push()] == [200, 409]
    clock.move(hours=24, minutes=1)
    assert await push() == 200 and len(line.sent) == 2


async def test_without_the_access_token_nothing_goes(line: LineFake) -> None:
    url = f"{line.url}/v2/bot/message/push"
    assert await post(url, {"to": HANAKO, "messages": MESSAGES}, {"Authorization": "Bearer other"}) == 401


@asynccontextmanager
async def webhook(statuses: list[int], bodies: list[bytes]) -> AsyncIterator[str]:
    """A bot's webhook that answers with these statuses in turn; 0 never answers."""

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        status = statuses.pop(0) if statuses else 200
        if not status:
            await asyncio.Event().wait()
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}/".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


async def test_line_sends_again_what_was_not_taken_with_the_same_id(line: LineFake) -> None:
    bodies: list[bytes] = []
    async with webhook([503, 500], bodies) as url:
        assert await line.deliver(url, [line.says(HANAKO, "はい")]) == [503, 500, 200]
    calls = [orjson.loads(body)["events"][0] for body in bodies]
    assert len({call["webhookEventId"] for call in calls}) == 1
    assert [call["deliveryContext"]["isRedelivery"] for call in calls] == [False, True, True]


async def test_line_waits_two_seconds_and_no_longer(line: LineFake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.line.WEBHOOK_SECONDS", 0.05)
    async with webhook([0, 0, 0], []) as url:  # never an answer, so that a busy machine changes nothing
        assert await line.deliver(url, [line.says(HANAKO, "はい")]) == [0, 0, 0]


async def test_events_come_several_times_and_mixed_up(line: LineFake) -> None:
    bodies: list[bytes] = []
    made = [line.says(HANAKO, str(n)) for n in range(10)]
    async with webhook([], bodies) as url:
        await line.deliver(url, made, times=3, shuffle=random.Random(1))
    came = [orjson.loads(body)["events"][0]["message"]["text"] for body in bodies]
    assert sorted(came) == sorted([str(n) for n in range(10)] * 3) and came != sorted(came)


async def test_telegram_slows_down_who_writes_too_fast_into_one_chat(clock: MovableClock) -> None:
    async with TelegramFake(clock=clock, paced=True) as telegram:
        url = f"{telegram.url}/bot{telegram.token}/sendMessage"
        assert [await post(url, {"chat_id": 1, "text": "x"}) for _ in range(4)] == [200, 200, 200, 429]
        assert await post(url, {"chat_id": 2, "text": "x"}) == 200
        clock.move(seconds=1)
        assert await post(url, {"chat_id": 1, "text": "x"}) == 200


async def test_telegram_repeats_updates_in_parallel_until_they_are_taken(telegram: TelegramFake) -> None:
    bodies: list[bytes] = []
    async with webhook([500], bodies) as url:
        statuses = await telegram.deliver(url, [telegram.says(1, str(n)) for n in range(5)], at_once=5)
    assert sorted(statuses) == [200] * 5 + [500] and len(bodies) == 6


@pytest.mark.parametrize("name", ["line", "telegram"])
async def test_a_fake_runs_as_a_process_of_its_own_and_writes_down_what_it_took(name: str, tmp_path: Path) -> None:
    state = tmp_path / "sent.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.fakes.{name}", "--state", str(state), stdout=asyncio.subprocess.PIPE,
        cwd=CLONE)
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        if name == "line":
            sent = await post(f"{url}/v2/bot/message/push", {"to": HANAKO, "messages": MESSAGES})
        else:
            from tests.fakes.telegram import TOKEN as BOT

            sent = await post(f"{url}/bot{BOT}/sendMessage", {"chat_id": 1, "text": "はい"})
        assert sent == 200 and "はい" in await asyncio.to_thread(state.read_text, encoding="utf-8")
        assert await post(f"{url}/_fake/trouble", {"status": 429}) == 200
    finally:
        process.kill()
        await process.wait()
