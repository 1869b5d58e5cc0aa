"""A whole first conversation over the real webhook, from the first word to the case number, on LINE and Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Engine, select

from backend.app import Shell
from backend.cases.models import case
from backend.journal.models import attachment
from backend.settings import Settings
from backend.words import Catalogues
from bots.line.client import Line
from bots.telegram.client import Telegram
from dialogs.registry import BOOK
from tests.channels.test_line_contract import Watched
from tests.channels.wire import LinePhone, Phone, TelegramPhone, Wire
from tests.conftest import MakeTenant, MovableClock
from tests.fakes import line_events as events
from tests.fakes import telegram_updates as updates
from tests.fakes.line import LineFake
from tests.fakes.telegram import TelegramFake
from tests.fakes.trouble import Trouble

HANAKO = events.person("山田 花子")

TO_THE_CASE = (
    "こんにちは", "[ja]", "[safe]", "[home]", "[money]", "[-done]", "[self]", "[later]", "山田 花子", "やまだ はなこ",
    "[phone]", "090-1234-5678", "大牟田市新栄町1", "[half]", "うーん", "[above_floor]", "[-deferred]", "2", "[home]",
    "[repair]", "[no]", "[ok]",
)
"""What the person does: words as they are typed, `[id]` a tap on the button of the last message."""


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, keyring: Any, make_tenant: MakeTenant, settings: Settings,
          ) -> Shell:
    make_tenant(sqlite_engine)
    return Shell(settings, sqlite_engine, clock, keyring, Catalogues.load(), BOOK)


@pytest_asyncio.fixture
async def line_phone(shell: Shell, line: LineFake, line_channel: Line) -> AsyncIterator[LinePhone]:
    wire = Wire(shell, line_channel)
    yield LinePhone(wire, line, HANAKO)
    await wire.close()


@pytest_asyncio.fixture
async def telegram_phone(shell: Shell, telegram: TelegramFake, telegram_channel: Telegram,
                         ) -> AsyncIterator[TelegramPhone]:
    wire = Wire(shell, telegram_channel)
    yield TelegramPhone(wire, telegram, 4_000_000_123)
    await wire.close()


async def play(phone: Phone, clock: MovableClock, lines: tuple[str, ...]) -> None:
    for line in lines:
        clock.move(seconds=7)
        heard = len(phone.seen)
        await (phone.taps(line[1:-1]) if line.startswith("[") else phone.says(line))
        assert len(phone.seen) > heard, f"silence after {line}"


def case_number(shell: Shell) -> str:
    with shell.engine.connect() as connection:
        return str(connection.execute(select(case.c.number)).scalar_one())


async def test_on_line_everything_to_the_case_number_goes_by_free_replies_and_as_specified(
        shell: Shell, clock: MovableClock, settings: Settings) -> None:
    watch = Watched()
    async with LineFake(clock=clock, watch=watch) as fake:
        channel = Line(settings.line_channel_access_token, fake.url, fake.url, clock)
        wire = Wire(shell, channel)
        phone = LinePhone(wire, fake, HANAKO)
        await phone.happens(fake.event("follow", HANAKO))
        await play(phone, clock, TO_THE_CASE)
        assert case_number(shell) in "\n".join(phone.seen[-1:])
        assert {sent.via for sent in fake.sent} == {"reply"} and fake.used == 0
        assert fake.refused == [] and watch.wrong == []
        assert set(wire.states()) == {"accepted"}
        seen = "\n".join(phone.seen)
        assert all(text in seen for text in wire.history())
        await channel.close()
        await wire.close()


async def test_on_telegram_too(telegram_phone: TelegramPhone, shell: Shell, clock: MovableClock) -> None:
    await telegram_phone.says("/start")
    await play(telegram_phone, clock, TO_THE_CASE)
    assert case_number(shell) in telegram_phone.seen[-1]
    assert set(telegram_phone.wire.states()) == {"accepted"}
    seen = "\n".join(telegram_phone.seen)
    assert all(text in seen for text in telegram_phone.wire.history())


async def test_numbers_typed_on_line_for_pc_do_what_buttons_do(line_phone: LinePhone, clock: MovableClock) -> None:
    await play(line_phone, clock, ("こんにちは", "1", "１", "1、2", "もどる"))
    assert len(line_phone.seen) == 5


async def test_a_webhook_that_comes_again_and_again_is_one_turn(line_phone: LinePhone, line: LineFake) -> None:
    event = line.says(HANAKO, "こんにちは")
    for _ in range(3):
        await line_phone.happens({**event, "deliveryContext": {"isRedelivery": True}})
    assert len(line.sent) == 1


async def test_a_slow_worker_answers_by_push(line_phone: LinePhone, line: LineFake, clock: MovableClock) -> None:
    body, headers = line.body([line.says(HANAKO, "こんにちは")])
    await line_phone.wire.post("/webhooks/line", body, headers)
    clock.move(minutes=3)
    await line_phone.wire.work()
    assert [sent.via for sent in line.sent] == ["push"]


@pytest.mark.parametrize("accept", [True, False])
async def test_a_reply_that_timed_out_is_never_lost_and_never_doubled_unmarked(
        line_phone: LinePhone, line: LineFake, clock: MovableClock, accept: bool) -> None:
    line.troubles.append(Trouble(status=500, accept=accept))
    await line_phone.says("こんにちは")
    clock.move(seconds=5)
    await line_phone.wire.work()
    assert len(line.sent) == 1
    assert line_phone.wire.states() == ["unknown" if accept else "accepted"]


async def test_danger_that_may_not_have_arrived_is_said_again_and_marked(
        line_phone: LinePhone, line: LineFake, clock: MovableClock) -> None:
    await play(line_phone, clock, ("こんにちは", "[ja]"))
    line.troubles.append(Trouble(status=500, accept=True))
    await line_phone.says("もう死にたい")
    for _ in range(3):
        clock.move(seconds=30)
        await line_phone.wire.work()
    again = [text for text in line_phone.seen if "（再送）" in text]
    assert len(again) == 1 and line.sent[-1].via == "push" and "0120" in again[0]


async def test_a_person_who_blocks_the_account_is_known_to_be_out_of_reach(line_phone: LinePhone,
                                                                           telegram_phone: TelegramPhone) -> None:
    await line_phone.says("こんにちは")
    await line_phone.happens(line_phone.fake.event("unfollow", HANAKO))
    assert line_phone.wire.contact() == "blocked"


async def test_a_blocked_telegram_chat_becomes_a_task(telegram_phone: TelegramPhone) -> None:
    telegram_phone.fake.blocked.add(telegram_phone.chat)
    await telegram_phone.says("こんにちは")
    assert telegram_phone.wire.contact() == "blocked" and telegram_phone.wire.states() == ["failed"]


async def test_a_photo_is_kept_even_when_its_caption_is_a_cry_for_help(telegram_phone: TelegramPhone,
                                                                      clock: MovableClock) -> None:
    phone = telegram_phone
    await play(phone, clock, ("/start", "[ja]"))
    sent = updates.message(phone.chat, clock(), photo=updates.photo(), caption="もう死にたい")
    await phone.happens(phone.fake.update(message=sent))
    assert "0120" in phone.seen[-1]
    assert [(row.kind, row.ref) for row in phone.wire.rows(attachment.c.kind, attachment.c.ref)] == [
        ("photo", "photo-1280")]


async def test_the_menu_under_the_chat_works_from_anywhere(line_phone: LinePhone, line: LineFake,
                                                           clock: MovableClock) -> None:
    await play(line_phone, clock, ("こんにちは", "[ja]", "[safe]"))
    before = len(line.sent)
    for option in ("-my_case", "-menu", "-language", "-human", "-programs"):
        clock.move(seconds=5)
        await line_phone.happens(line.taps(HANAKO, f"||{option}"))
    assert len(line.sent) == before + 5 and not any("古い" in text for text in line_phone.seen[before:])

