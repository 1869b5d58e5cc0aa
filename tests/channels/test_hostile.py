"""Webhook bodies as nobody sends them, through the whole of it: route, inbox, worker (R7).

Never a 5xx, nothing stored for a bad signature, nothing lost for an unknown event, and no event that the worker
cannot hear: what is strange means nothing, it does not fail.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from backend import crypto
from backend.app import Shell
from backend.conversations.hear import Conversations
from backend.crypto import Keyring
from backend.journal.ingest import Ingest
from backend.journal.models import attachment, conversation, inbox, message
from backend.journal.process import process
from backend.settings import Settings
from backend.tasks.models import task
from backend.words import Catalogues
from bots.line.client import Line
from bots.line.parse import NOBODY
from bots.line.routes import PATH as LINE_PATH
from bots.line.routes import routes as line_routes
from bots.line.routes import signature
from bots.telegram.client import Telegram
from bots.telegram.routes import PATH as TELEGRAM_PATH
from bots.telegram.routes import routes as telegram_routes
from dialogs.registry import BOOK
from tests.channels.conftest import web
from tests.conftest import MONDAY_MORNING, SECRET, MakeTenant, MovableClock
from tests.fakes import line as line_fake
from tests.fakes import line_events, telegram_updates
from tests.fakes import telegram as telegram_fake

BODIES = 500
ON_POSTGRES = 150

Json = Any
NOTHING_LISTENS = "http://127.0.0.1:9"


def _line(kind: str, **rest: Any) -> Json:
    return line_events.event(kind, line_events.person("花子"), MONDAY_MORNING, "r" * 32, **rest)


LINE_EVENTS: tuple[Json, ...] = (
    _line("message", **line_events.text("家がこわれました")),
    _line("message", **line_events.text("死にたい")),
    _line("message", **line_events.media("image")),
    _line("message", **line_events.file("家.pdf", 10)),
    _line("message", **line_events.location(33.2, 130.6, "広川町")),
    _line("message", **line_events.sticker("こんにちは")),
    _line("postback", **line_events.postback("s|language|ja")),
    _line("follow"), _line("unfollow"),
    _line("unsend", unsend={"messageId": "325708"}),
    _line("messageEdited", **line_events.text("なおした")),
    _line("accountLink", link={"result": "ok", "nonce": "x" * 20}),
)  # fmt: skip

_CHAT = 4200
TELEGRAM_UPDATES: tuple[Json, ...] = (
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, text="家がこわれました")},
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, text="/start page")},
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, photo=telegram_updates.photo(), caption="助けて")},
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, document=telegram_updates.file("家.pdf"))},
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, location={"latitude": 33.2, "longitude": 130.6})},
    {"message": telegram_updates.message(_CHAT, MONDAY_MORNING, contact={"phone_number": "+810000000", "user_id": _CHAT})},
    {"edited_message": telegram_updates.message(_CHAT, MONDAY_MORNING, text="なおした", edit_date=1)},
    {"callback_query": telegram_updates.pressed(_CHAT, MONDAY_MORNING, "s|language|ja")},
    {"my_chat_member": telegram_updates.member(_CHAT, MONDAY_MORNING, "member", "kicked")},
    {"poll_answer": {"poll_id": "1", "option_ids": [0]}},
)  # fmt: skip

STRANGE: tuple[Json, ...] = (
    None, True, False, 0, -1, 1.5, 10**15, -(10**15), 2**63, 2**64, 10**40, -(10**40), 1e308, float("inf"), float("nan"),
    253402300799999, 253402300800000, -62135596800000, "", " ", "\x00", "\ud83d", "\udc00x", "𠮷野家", "a\x00b" * 50, "助けて" * 2000,
    "x" * 70_000, "page:" + "0" * 26, "-", "|||", "a|b|c", "s|language|-done", "１２３４５６", "123456789012", "../../etc/passwd",
    "' OR 1=1 --", "<script>", "{municipality}", "%s%n", [], {}, [[]], {"": ""}, [None] * 50, {"type": "text"}, "user",
    {"type": {"type": {}}}, {"id": {"id": []}}, "somethingNew", ["private"], {"\x00": "\ud800"},
)  # fmt: skip


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def mutate(value: Json, chance: random.Random) -> Json:
    """The same event with one to four things about it changed, added or taken away."""
    value = deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(list(places(value)))
        if not path:
            if isinstance(value, dict):
                value[chance.choice(("future", "type", "message", "", "\x00"))] = deepcopy(chance.choice(STRANGE))
            continue
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        match chance.randint(0, 3):
            case 0:
                del holder[path[-1]]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(("future", "text", "type", "id"))] = deepcopy(holder[path[-1]])
            case _:
                holder[path[-1]] = deepcopy(chance.choice(STRANGE))
    return value


def written(value: Json, chance: random.Random) -> bytes:
    """JSON as another program might write it: with names twice, escaped or not, NaN and all."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.7)
    if chance.random() < 0.1:
        text = text.replace('"type": ', '"type": "first", "type": ', 1)
    if chance.random() < 0.05:
        depth = chance.choice((50, 250, 1100, 30_000))
        text = text[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}"
    return text.encode("utf-8", "surrogatepass")


class Target:
    """A municipality with both channels, its routes and its worker."""

    def __init__(self, engine: Engine, clock: MovableClock, folder: Path) -> None:
        settings = Settings(
            database_url=str(engine.url), secret_key=SECRET, public_url="http://testserver", data_dir=folder,
            line_channel_secret=line_fake.SECRET, line_channel_access_token=line_fake.TOKEN,
            line_api_base=NOTHING_LISTENS, line_data_api_base=NOTHING_LISTENS,
            telegram_bot_token=telegram_fake.TOKEN, telegram_webhook_secret=telegram_fake.SECRET,
            telegram_api_base=NOTHING_LISTENS,
        )  # fmt: skip
        words = Catalogues.load()
        self.engine, self.clock, self.times = engine, clock, 1
        self.shell = Shell(settings, engine, clock, Keyring(SECRET), words, BOOK)
        self.ingest = Ingest(engine, clock)
        self.hear = Conversations(words, BOOK, settings).hear
        line = Line(line_fake.TOKEN, NOTHING_LISTENS, NOTHING_LISTENS, clock)
        self.channels: Any = {"line": line, "telegram": Telegram(telegram_fake.TOKEN, NOTHING_LISTENS)}
        self.runner = asyncio.Runner()

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        return self.runner.run(self._post(path, body, headers))

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        async with web([*line_routes(self.shell, self.ingest), *telegram_routes(self.shell, self.ingest)]) as client:
            answer: httpx.Response = await client.post(path, content=body, headers=raw)
        return answer.status_code

    def stored(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(inbox)).scalar_one()

    def work(self) -> None:
        while process(self.engine, self.channels, self.hear, self.clock):
            pass

    def unheard(self, sent: int) -> list[Any]:
        """Which of the newest `sent` events the worker could not hear."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(inbox.c.tries, inbox.c.error).order_by(inbox.c.id.desc()).limit(sent))
            return [row.error for row in rows if row.tries]

    def close(self) -> None:
        self.ingest.close()
        self.runner.close()


@pytest.fixture
def target(
    engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant, request: pytest.FixtureRequest
) -> Iterator[Target]:
    make_tenant(engine)
    target = Target(engine, clock, tmp_path)
    if request.config.getoption("--long"):
        target.times = 10
    yield target
    target.close()


def bodies(target: Target) -> int:
    return target.times * (ON_POSTGRES if target.engine.dialect.name == "postgresql" else BODIES)


def attack(target: Target, one: Callable[[random.Random], None]) -> None:
    """Run `one` with as many different chances as the database's turn allows; hypothesis finds the smallest that fails."""

    @settings(max_examples=bodies(target), suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 2**32))
    def many(seed: int) -> None:
        one(random.Random(seed))

    many()


def test_line_never_meets_an_error_of_ours(target: Target) -> None:
    numbers = iter(range(10**9))

    def one(chance: random.Random) -> None:
        sent = [mutate(chance.choice(LINE_EVENTS), chance) for _ in range(chance.randint(1, 3))]
        named = chance.random() < 0.7
        for event in sent:
            if named and isinstance(event, dict):
                event["webhookEventId"] = f"01HOSTILE{next(numbers):017d}"
        call = {"destination": chance.choice((line_events.DESTINATION, None, "\ud800", 7)), "events": sent}
        body = written(call, chance)
        before = target.stored()
        wrong = chance.choice((signature("another secret", body), "", "ü", signature(line_fake.SECRET, body + b" ")))
        assert target.post(LINE_PATH, body, {"x-line-signature": wrong}) == 401
        assert target.stored() == before, "nothing is stored for a bad signature"
        good = {chance.choice(("X-Line-Signature", "x-line-signature", "X-LINE-SIGNATURE")): signature(line_fake.SECRET, body)}
        status = target.post(LINE_PATH, body, good)
        assert status in (200, 400)
        if status == 200 and named:
            assert target.stored() == before + len(sent), "nothing is lost for being unknown"
        assert target.post(LINE_PATH, body, good) == status, "a redelivery is answered alike"
        if status == 200 and named:
            assert target.stored() == before + len(sent), "and stored once"
        target.work()
        assert target.unheard(target.stored() - before) == []

    attack(target, one)


def test_telegram_never_meets_an_error_of_ours(target: Target) -> None:
    numbers = iter(range(10**9))

    def one(chance: random.Random) -> None:
        update = mutate({**chance.choice(TELEGRAM_UPDATES)}, chance)
        named = chance.random() < 0.7
        update["update_id"] = next(numbers) if named else deepcopy(chance.choice(STRANGE))
        body = written(update, chance)
        before = target.stored()
        name = "X-Telegram-Bot-Api-Secret-Token"
        for wrong in ({}, {name: ""}, {name: telegram_fake.SECRET + "x"}, {name: "ü"}):
            assert target.post(TELEGRAM_PATH, body, wrong) == 401
        assert target.stored() == before, "nothing is stored for a bad secret"
        status = target.post(TELEGRAM_PATH, body, {name.lower(): telegram_fake.SECRET})
        assert status in (200, 400)
        if named and status == 200:
            assert target.stored() == before + 1, "nothing is lost for being unknown"
            assert target.post(TELEGRAM_PATH, body, {name: telegram_fake.SECRET}) == 200
            assert target.stored() == before + 1, "and stored once"
        target.work()
        assert target.unheard(target.stored() - before) == []

    attack(target, one)


def test_a_compressed_body_is_taken_as_the_bytes_it_is(target: Target) -> None:
    import gzip

    plain = json.dumps({"destination": "U0", "events": [LINE_EVENTS[0]]}).encode()
    body = gzip.compress(plain)
    for signed in (body, plain):
        headers = {"x-line-signature": signature(line_fake.SECRET, signed), "content-encoding": "gzip"}
        assert target.post(LINE_PATH, body, headers) in (400, 401)
    assert target.stored() == 0


def test_nobody_is_answered_where_nobody_is_named(target: Target) -> None:
    """Events of groups and of no person share one address that is never spoken to."""
    event = {**LINE_EVENTS[0], "source": {"type": "group", "groupId": "C1", "userId": "U1"}, "webhookEventId": "01GROUP"}
    body = json.dumps({"destination": "U0", "events": [event]}).encode()
    assert target.post(LINE_PATH, body, {"x-line-signature": signature(line_fake.SECRET, body)}) == 200
    target.work()
    with target.engine.connect() as connection:
        home = connection.execute(select(conversation.c.address, conversation.c.last_heard_at)).one()
    assert home == (NOBODY, None)


def test_a_length_that_is_no_number_is_too_long(target: Target) -> None:
    """Zeros in front are HTTP; Python refuses to read a number of so many digits."""
    for path in (LINE_PATH, TELEGRAM_PATH):
        headers = {"content-length": "0" * 5000 + "2", "x-telegram-bot-api-secret-token": telegram_fake.SECRET}
        assert target.post(path, b"{}", headers) == 413


PLACED = {"latitude": 33.2, "longitude": 130.6}
CRY = "もう死にたい"
CRIES_ON_TELEGRAM: dict[str, Json] = {
    "after /start": {"message": {"text": f"/start {CRY}"}},
    "edited": {"edited_message": {"text": CRY, "edit_date": 1}},
    "caption": {"message": {"photo": telegram_updates.photo(), "caption": CRY}},
    "caption, edited": {"edited_message": {"photo": telegram_updates.photo(), "caption": CRY, "edit_date": 1}},
    "name of a file": {"message": {"document": telegram_updates.file(f"{CRY}.pdf")}},
    "name of a place": {"message": {"location": PLACED, "venue": {"title": CRY, "address": "大牟田市"}}},
    "address of a place": {"message": {"location": PLACED, "venue": {"title": "家", "address": CRY}}},
    "name of a contact": {"message": {"contact": {"phone_number": "1", "first_name": CRY}}},
    "question of a poll": {"message": {"poll": {"id": "1", "question": CRY, "options": []}}},
    "answer of a poll": {"message": {"poll": {"id": "1", "question": "？", "options": [{"text": "はい"}, {"text": CRY}]}}},
    "checklist": {"message": {"checklist": {"title": "？", "tasks": [{"id": 1, "text": CRY}]}}},
}  # fmt: skip
CRIES_ON_LINE: dict[str, Json] = {
    "edited": _line("messageEdited", **line_events.text(CRY)),
    "name of a file": _line("message", **line_events.file(f"{CRY}.pdf", 1)),
    "place": _line("message", **line_events.location(33.2, 130.6, CRY)),
    "sticker": _line("message", **line_events.sticker(CRY)),
    "code of a paper": _line("message", **line_events.text(f"0123456789abcdefghij {CRY}")),
}


def heard_at_once(target: Target) -> None:
    """It waits behind nobody, a person is told, and what came with it is kept."""
    with target.engine.connect() as connection:
        assert connection.execute(select(inbox.c.lane)).scalars().all() == [0]
    target.work()
    with target.engine.connect() as connection:
        assert connection.execute(select(task.c.kind)).scalars().all() == ["orange"]


@pytest.mark.parametrize("where", CRIES_ON_TELEGRAM)
def test_a_cry_for_help_is_heard_wherever_telegram_lets_people_write(target: Target, where: str) -> None:
    ((kind, content),) = CRIES_ON_TELEGRAM[where].items()
    update = {"update_id": 1, kind: telegram_updates.message(_CHAT, MONDAY_MORNING, **content)}
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_fake.SECRET}
    assert target.post(TELEGRAM_PATH, json.dumps(update).encode(), headers) == 200
    heard_at_once(target)
    with target.engine.connect() as connection:
        kept = connection.execute(select(attachment.c.kind)).scalars().all()
    came = set(content) & {"photo", "document", "location"} if kind == "message" else set()
    assert kept == [{"photo": "photo", "document": "file", "location": "place"}[one] for one in came]


@pytest.mark.parametrize("where", CRIES_ON_LINE)
def test_a_cry_for_help_is_heard_wherever_line_lets_people_write(target: Target, where: str) -> None:
    event = {**CRIES_ON_LINE[where], "webhookEventId": "01HCRY"}
    body = json.dumps({"destination": "U0", "events": [event]}).encode()
    assert target.post(LINE_PATH, body, {"x-line-signature": signature(line_fake.SECRET, body)}) == 200
    heard_at_once(target)


MY_NUMBER = "1234-5678-9018"
NUMBERS_ON_TELEGRAM: dict[str, Json] = {
    "edited": {"edited_message": {"text": MY_NUMBER, "edit_date": 1}},
    "caption": {"message": {"photo": telegram_updates.photo(), "caption": MY_NUMBER}},
    "name of a file": {"message": {"document": {**telegram_updates.file("a"), "file_name": f"{MY_NUMBER}.pdf"}}},
    "name of a place": {"message": {"location": PLACED, "venue": {"title": MY_NUMBER, "address": MY_NUMBER}}},
    "number of a contact": {"message": {"contact": {"phone_number": MY_NUMBER}}},
    "after /start": {"message": {"text": f"/start {MY_NUMBER}"}},
    "poll": {"message": {"poll": {"id": "1", "question": MY_NUMBER, "options": []}}},
}  # fmt: skip
NUMBERS_ON_LINE: dict[str, Json] = {
    "edited": _line("messageEdited", **line_events.text(MY_NUMBER)),
    "name of a file": _line("message", **line_events.file(f"{MY_NUMBER}.pdf", 1)),
    "place": _line("message", **line_events.location(33.2, 130.6, MY_NUMBER)),
}


def forgotten(target: Target) -> None:
    target.work()
    with target.engine.connect() as connection:
        kept = [connection.execute(select(table)).all() for table in (message, attachment, conversation)]
        bodies = [crypto.ring().open(bytes(row.body), "inbox.body") for row in connection.execute(select(inbox.c.body))]
    assert MY_NUMBER not in str(kept) and all(MY_NUMBER.encode() not in body for body in bodies)
    assert "common.my_number_masked" in str(kept), "and the person is told"


@pytest.mark.parametrize("where", NUMBERS_ON_TELEGRAM)
def test_a_my_number_is_kept_nowhere_wherever_telegram_lets_people_write(target: Target, where: str) -> None:
    ((kind, content),) = NUMBERS_ON_TELEGRAM[where].items()
    update = {"update_id": 1, kind: telegram_updates.message(_CHAT, MONDAY_MORNING, **content)}
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_fake.SECRET}
    assert target.post(TELEGRAM_PATH, json.dumps(update).encode(), headers) == 200
    forgotten(target)


@pytest.mark.parametrize("where", NUMBERS_ON_LINE)
def test_a_my_number_is_kept_nowhere_wherever_line_lets_people_write(target: Target, where: str) -> None:
    body = json.dumps({"destination": "U0", "events": [{**NUMBERS_ON_LINE[where], "webhookEventId": "01HNUMBER"}]}).encode()
    assert target.post(LINE_PATH, body, {"x-line-signature": signature(line_fake.SECRET, body)}) == 200
    forgotten(target)
