"""Sending to LINE under the delivery contract (architecture.md), against a fake that behaves like the platform."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.clock import Clock
from backend.messages import (
    Accepted,
    Button,
    Delivery,
    Fetched,
    Gone,
    NotYet,
    OutMessage,
    Refused,
    Temporary,
    Throttled,
    Unknown,
)
from bots.line.client import Line
from tests.conftest import MovableClock
from tests.fakes import line_events as events
from tests.fakes.line import TOKEN, LineFake, Trouble

HANAKO = events.person("山田 花子")
QUESTION = OutMessage("今、安全ですか。", "ja", numbered=(Button("はい", "s|safe|yes"), Button("いいえ", "s|safe|no")),
                      aside=(Button("人と話す", "s|safe|human"),))


def delivery(clock: Clock, reply: str = "", **rest: Any) -> Delivery:
    until = clock() + timedelta(seconds=50) if reply else None
    return Delivery(1, "line", HANAKO, rest.pop("messages", (QUESTION,)), "out-1", reply=reply,
                    reply_until=rest.pop("reply_until", until), **rest)


def token(line: LineFake) -> str:
    return str(line.says(HANAKO, "はい")["replyToken"])


async def test_an_answer_goes_by_reply_token_which_costs_nothing(line: LineFake, line_channel: Line,
                                                                 clock: Clock) -> None:
    result = await line_channel.send(delivery(clock, token(line)))
    assert isinstance(result, Accepted) and result.request_id == line.sent[0].request_id
    assert line.sent[0].via == "reply" and line.sent[0].to == HANAKO and line.used == 0
    assert [b["data"] for b in line.sent[0].buttons] == ["s|safe|yes", "s|safe|no", "s|safe|human"]


async def test_without_a_token_it_is_pushed_with_a_retry_key_from_the_first_try(line: LineFake, line_channel: Line,
                                                                                clock: Clock) -> None:
    assert isinstance(await line_channel.send(delivery(clock)), Accepted)
    assert line.sent[0].via == "push" and len(line.sent[0].retry_key) == 36


async def test_a_token_that_died_in_the_queue_is_not_tried(line: LineFake, line_channel: Line,
                                                           clock: MovableClock) -> None:
    waiting = delivery(clock, token(line))
    clock.move(seconds=51)
    assert isinstance(await line_channel.send(waiting), Accepted)
    assert [s.via for s in line.sent] == ["push"] and not line.refused


async def test_a_token_that_line_refuses_at_the_first_try_is_followed_by_a_push(line: LineFake, line_channel: Line,
                                                                                clock: Clock) -> None:
    assert isinstance(await line_channel.send(delivery(clock, "never-issued")), Accepted)
    assert [s.via for s in line.sent] == ["push"] and line.refused[0][1] == 400


@pytest.mark.parametrize("trouble", [Trouble(silent=True), Trouble(status=500), Trouble(drop=True)])
async def test_a_reply_that_came_to_nothing_is_tried_again_with_the_same_token(
        line: LineFake, line_channel: Line, clock: Clock, trouble: Trouble) -> None:
    line.troubles.append(trouble)
    sending = delivery(clock, token(line))
    first = await line_channel.send(sending)
    assert isinstance(first, Temporary) and first.reply_tried
    again = await line_channel.send(replace(sending, reply_tried=True, attempts=2))
    assert isinstance(again, Accepted) and [s.via for s in line.sent] == ["reply"]


async def test_a_real_time_out_is_one_that_may_have_arrived(line: LineFake, clock: Clock) -> None:
    line.troubles.append(Trouble(silent=True))
    channel = Line(TOKEN, line.url, line.url, clock, timeout=0.3)
    assert await channel.send(delivery(clock, token(line))) == Temporary("reply timed out", reply_tried=True)
    await channel.close()


@pytest.mark.parametrize("trouble", [Trouble(silent=True, accept=True), Trouble(status=502, accept=True)])
async def test_a_reply_that_arrived_although_it_timed_out_is_never_doubled(
        line: LineFake, line_channel: Line, clock: Clock, trouble: Trouble) -> None:
    line.troubles.append(trouble)
    sending = delivery(clock, token(line))
    assert isinstance(await line_channel.send(sending), Temporary)
    assert isinstance(await line_channel.send(replace(sending, reply_tried=True, attempts=2)), Unknown)
    assert len(line.sent) == 1


async def test_a_reply_that_timed_out_and_whose_minute_has_passed_is_uncertain(
        line: LineFake, line_channel: Line, clock: MovableClock) -> None:
    sending = delivery(clock, token(line))
    clock.move(minutes=2)
    assert isinstance(await line_channel.send(replace(sending, reply_tried=True, attempts=2)), Unknown)
    assert not line.sent


async def test_line_that_cannot_be_reached_leaves_the_token_untouched(clock: Clock) -> None:
    channel = Line("token", "http://127.0.0.1:9", "http://127.0.0.1:9", clock)
    result = await channel.send(delivery(clock, "token"))
    await channel.close()
    assert result == Temporary("reply: LINE cannot be reached", reply_tried=False)


@pytest.mark.parametrize("trouble", [Trouble(silent=True, accept=True), Trouble(status=500, accept=True),
                                     Trouble(drop=True, accept=True)])
async def test_a_push_that_arrived_although_it_timed_out_is_found_by_its_key(
        line: LineFake, line_channel: Line, clock: MovableClock, trouble: Trouble) -> None:
    line.troubles.append(trouble)
    assert isinstance(await line_channel.send(delivery(clock)), Temporary)
    again = await line_channel.send(delivery(clock, attempts=2, first_tried_at=clock()))
    assert again == Accepted(line.sent[0].request_id) and len(line.sent) == 1


async def test_after_a_day_line_has_forgotten_the_key_so_the_outcome_is_uncertain(
        line: LineFake, line_channel: Line, clock: MovableClock) -> None:
    first = clock()
    line.troubles.append(Trouble(silent=True, accept=True))
    await line_channel.send(delivery(clock))
    clock.move(hours=24, minutes=1)
    assert isinstance(await line_channel.send(delivery(clock, attempts=2, first_tried_at=first)), Unknown)
    assert len(line.sent) == 1


async def test_too_many_requests_are_waited_for_longer_each_time(line: LineFake, line_channel: Line,
                                                                 clock: Clock) -> None:
    line.troubles.extend([Trouble(status=429), Trouble(status=429)])
    first, second = [await line_channel.send(delivery(clock, attempts=n)) for n in (1, 4)]
    assert isinstance(first, Throttled) and isinstance(second, Throttled) and first.after < second.after <= 60


async def test_a_used_up_monthly_quota_waits_and_replies_still_go(line: LineFake, line_channel: Line,
                                                                  clock: Clock) -> None:
    line.quota = 0
    assert isinstance(await line_channel.send(delivery(clock)), Throttled)
    assert isinstance(await line_channel.send(delivery(clock, token(line))), Accepted)


async def test_what_line_will_never_take_is_refused_with_the_place_and_without_the_words(
        line: LineFake, line_channel: Line, clock: Clock) -> None:
    line.strangers.add(HANAKO)
    assert await line_channel.send(delivery(clock)) == Refused("push 400")


async def test_a_wrong_access_token_can_be_mended_so_nothing_is_given_up(line: LineFake, clock: Clock) -> None:
    channel = Line("expired", line.url, line.url, clock)
    assert isinstance(await channel.send(delivery(clock)), Temporary)
    await channel.close()


async def test_a_person_who_blocked_the_account_looks_like_success_and_gets_nothing(
        line: LineFake, line_channel: Line, clock: Clock) -> None:
    line.event("unfollow", HANAKO)
    assert isinstance(await line_channel.send(delivery(clock)), Accepted)
    assert [s.delivered for s in line.sent] == [False] and line.used == 0


async def test_a_turn_too_long_for_one_send_arrives_whole_and_in_order_even_after_a_failure(
        line: LineFake, line_channel: Line, clock: Clock) -> None:
    long = tuple(OutMessage(str(n) + "あ" * 4900, "ja") for n in range(7))
    sending = delivery(clock, token(line), messages=long)
    line.troubles.append(Trouble(status=500, accept=True))
    assert isinstance(await line_channel.send(sending), Temporary)
    assert isinstance(await line_channel.send(replace(sending, attempts=2, first_tried_at=clock())), Accepted)
    seen = "".join(s.text for s in line.sent)
    assert [c for c in seen if c.isdigit()] == list("0123456") and len(line.sent) == 2


async def test_calls_are_logged_with_request_id_and_without_the_person(line: LineFake, line_channel: Line,
                                                                       clock: Clock,
                                                                       caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await line_channel.send(delivery(clock))
    ours = [r.getMessage() for r in caplog.records if r.name == "tsunagi.line"]
    assert ours == [f"call POST /v2/bot/message/push 200 {line.sent[0].request_id}"]


async def test_attachments_are_fetched_at_once_or_later_or_are_gone(line: LineFake, line_channel: Line) -> None:
    line.contents = {"1": (200, "image/jpeg", b"\xff\xd8"), "2": (202, "", b""), "3": (410, "", b"")}
    assert await line_channel.fetch_attachment("1") == Fetched("image/jpeg", b"\xff\xd8")
    assert isinstance(await line_channel.fetch_attachment("2"), NotYet)
    assert isinstance(await line_channel.fetch_attachment("3"), Gone)
    assert isinstance(await line_channel.fetch_attachment("404"), Gone)
    assert isinstance(await line_channel.fetch_attachment("../../v2/bot/info"), Gone)
