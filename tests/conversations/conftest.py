"""A town, its people on duty, and residents who write to it: the whole path from inbox to history, in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, Table, insert, select

from backend.conversations.hear import Conversations
from backend.followups.models import due
from backend.journal.ingest import Ingest
from backend.journal.models import conversation, inbox, message, outbox
from backend.journal.process import process
from backend.messages import Incoming, OutMessage, RawEvent
from backend.settings import Settings
from backend.staff.models import staff
from backend.tenants.models import disaster
from backend.words import Catalogues
from dialogs.core.heard import Came, Chose, Said, SentFile, Unsent
from dialogs.registry import BOOK
from tests.conftest import MovableClock, nothing_loose

KINDS = {"came": Came, "said": Said, "chose": Chose, "file": SentFile, "unsent": Unsent}


class ToyChannel:
    """A chat platform whose events are already plain: `{"kind": "said", "args": ["はい"], …}`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, body: bytes) -> Incoming:
        event = orjson.loads(body)
        kind = event.get("kind")
        heard = KINDS[kind](*event["args"]) if kind else None
        shown = event["args"][0] if kind == "said" else ""
        return Incoming(
            heard, shown=shown, shown_key="" if kind == "said" else f"shown.{kind}", contact=event.get("contact", ""),
            message_ref=event.get("ref", ""), reply=event.get("reply", ""),
        )  # fmt: skip


class Town:
    """One municipality in a test, with the clock that everybody goes by."""

    def __init__(self, engine: Engine, clock: MovableClock, tenant_id: str, words: Catalogues) -> None:
        self.engine = engine
        self.clock = clock
        self.tenant_id = tenant_id
        self.words = words
        self.settings = Settings(public_url="https://tsunagi.example.jp")
        self.channels: Any = {name: ToyChannel(name) for name in ("line", "web", "telegram")}
        self._ingest = Ingest(engine, clock)
        self._hear = Conversations(words, BOOK, self.settings).hear
        self._events = 0

    def person(self, address: str = "resident-1", channel: str = "line") -> Person:
        return Person(self, channel, address)

    def staff(self, name: str, on_duty: int | None = None, role: str = "caseworker", **columns: Any) -> str:
        row = {
            "id": f"staff-{name}", "tenant_id": self.tenant_id, "login": name, "name": name, "password_hash": "-",
            "role": role, "on_duty": on_duty, "created_at": self.clock(), **columns,
        }  # fmt: skip
        with self.engine.begin() as connection:
            connection.execute(insert(staff).values(row))
        return str(row["id"])

    def put(self, channel: str, address: str, body: Mapping[str, Any]) -> None:
        self._events += 1
        event = RawEvent(channel, address, f"event-{self._events:06d}", self.clock(), orjson.dumps(dict(body)))
        self._ingest.put_now([event])

    def work(self) -> int:
        """Let the worker hear everything that waits."""
        done = 0
        while count := process(self.engine, self.channels, self._hear, self.clock):
            done += count
        failed = [row["error"] for row in self.rows(inbox) if row["error"]]
        assert not failed, f"an event could not be heard: {failed}"
        return done

    def rows(self, table: Table, **match: Any) -> list[dict[str, Any]]:
        chosen = select(table)
        for name, value in match.items():
            chosen = chosen.where(table.c[name] == value)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(chosen.order_by(*table.primary_key)).mappings()]

    def row(self, table: Table, **match: Any) -> dict[str, Any]:
        (only,) = self.rows(table, **match)
        return only

    def due(self, kind: str) -> list[dict[str, Any]]:
        return self.rows(due, kind=kind)


class Person:
    """Somebody who writes, presses buttons and reads what comes back."""

    def __init__(self, town: Town, channel: str, address: str) -> None:
        self.town = town
        self.channel = channel
        self.address = address
        self._read = 0

    def came(self) -> Person:
        return self._do({"kind": "came", "args": []})

    def says(self, text: str, **more: Any) -> Person:
        return self._do({"kind": "said", "args": [text], **more})

    def sends_file(self, kind: str, held_as: str = "", **more: Any) -> Person:
        return self._do({"kind": "file", "args": [kind, held_as, ""], **more})

    def does(self, **body: Any) -> Person:
        return self._do(body)

    def presses(self, option: str) -> Person:
        """Press the button of this option on the newest question that has it."""
        for out in reversed(self.messages()):
            for button in (*out.numbered, *out.aside):
                if button.data.rsplit("|", 1)[1] == option:
                    return self._do({"kind": "chose", "args": button.data.split("|")})
        raise AssertionError(f"no button {option} on {[b.data for b in self.messages()[-1].numbered]}")

    @property
    def conversation(self) -> dict[str, Any]:
        everybody = self.town.rows(conversation, channel=self.channel)
        (mine,) = (row for row in everybody if row["address"] == self.address)
        return mine

    def history(self) -> list[dict[str, Any]]:
        return self.town.rows(message, conversation_id=self.conversation["id"])

    def messages(self, surface: str = "") -> list[OutMessage]:
        return [
            OutMessage.from_json(row["content"]) for row in self.history()
            if row["direction"] == "out" and row["content"] and surface in ("", row["surface"])
        ]  # fmt: skip

    def new(self) -> list[str]:
        """The keys of what was said since the last look."""
        keys = [out.key for out in self.messages()]
        fresh, self._read = keys[self._read :], len(keys)
        return fresh

    def deliveries(self) -> list[dict[str, Any]]:
        return self.town.rows(outbox, conversation_id=self.conversation["id"])

    def _do(self, body: Mapping[str, Any]) -> Person:
        self.town.put(self.channel, self.address, body)
        self.town.work()
        self.town.clock.move(seconds=20)
        return self


@pytest.fixture(scope="session")
def words() -> Catalogues:
    return Catalogues.load()


@pytest.fixture
def town(engine: Engine, clock: MovableClock, make_tenant: Callable[..., str], words: Catalogues) -> Iterator[Town]:
    yield build_town(engine, clock, make_tenant, words)
    nothing_loose(engine)


@pytest.fixture
def small_town(sqlite_engine: Engine, clock: MovableClock, make_tenant: Callable[..., str], words: Catalogues) -> Iterator[Town]:
    """The same on SQLite alone."""
    yield build_town(sqlite_engine, clock, make_tenant, words)
    nothing_loose(sqlite_engine)


def build_town(engine: Engine, clock: MovableClock, make_tenant: Callable[..., str], words: Catalogues) -> Town:
    town = Town(engine, clock, make_tenant(engine), words)
    with engine.begin() as connection:
        connection.execute(
            insert(disaster).values(
                id="disaster-1", tenant_id=town.tenant_id, name={"ja": "7月豪雨"}, happened_on=date(2026, 6, 28),
                prefecture="40", municipality="40202", acts={},
            )
        )  # fmt: skip
    return town


ANSWERS: dict[str, tuple[str, ...]] = {
    "language": ("ja",), "safe_now": ("safe",), "trouble": ("home", "-done"), "for_whom": ("self",), "sharing": ("later",),
    "name": ("=山田 花子",), "name_kana": ("=やまだ はなこ",), "contact_way": ("phone",), "phone": ("=090-1234-5678",),
    "disaster_address": ("=大牟田市新栄町1-1",), "damage_level": ("half",), "flood_level": ("above_floor",),
    "certificate": ("applied",), "household_size": ("=3",), "living_now": ("shelter",), "rebuild_method": ("repair",),
    "share_welfare_council": ("given",), "share_welfare_commissioner": ("refused",), "share_professional": ("given",),
    "share_npo": ("deferred",),
    "tenure": ("owned_house",), "home_habitable": ("no",), "demolished": ("no",), "household_includes": ("none",),
    "cannot_fund": ("yes",), "debts": ("no",), "birth_date": ("=1956年3月2日",), "income_year": ("=280万円",),
    "program_news": ("no",),
}  # fmt: skip
"""What the household of these tests answers to each question; `=` before what is typed."""


def complete_intake(person: Person, **other: tuple[str, ...]) -> Person:
    """A household answers everything that the intake asks, up to the offers."""
    answers = ANSWERS | other
    if not person.town.rows(conversation):
        person.came()
    for _ in range(40):
        asked = person.messages()[-1]
        if asked.key == "intake.offers":
            return person
        if asked.key == "intake.review":
            person.presses("ok")
            continue
        if asked.key in ("programs.cards", "secure.link"):
            person.presses("-leave" if asked.key == "programs.cards" else "-later")
            continue
        for answer in answers[asked.field]:
            person.says(answer[1:]) if answer.startswith("=") else person.presses(answer)
    raise AssertionError(f"the intake did not end: {person.messages()[-1].key}")


LATER = timedelta(days=3, hours=1)
