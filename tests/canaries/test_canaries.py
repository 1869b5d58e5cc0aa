"""Planted personal data turns up nowhere but on the pages that are for it (PR-10, R22, SEC-04).

A household answers everything with words that exist nowhere else; things go wrong on the way; staff work on the case.
Then every log, every notice, every address, every answer to an error and the bytes of the database are searched.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import argon2
import pytest
from sqlalchemy import Engine, insert, text
from starlette.testclient import TestClient

from backend import ids
from backend.app import Shell
from backend.journal.models import inbox
from backend.journal.process import process
from backend.staff import passwords
from backend.staff.models import staff
from backend.tasks.notices import send_due
from backend.words import Catalogues
from bots import logs
from bots.app import make_app
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import PASSWORD, Browser, make_test_shell
from tests.conversations.conftest import Town, build_town, complete_intake

PHONE = "090-5500-7391"
NAME, KANA, PLACE = "金糸雀瑠璃鶲ZQXCANARY1", "かなりあざくす", "大牟田市ZQXCANARY2町1-1"
PLANTED = ("ZQXCANARY", "金糸雀瑠璃鶲", "かなりあざくす", "カナリアザクス", PHONE, PHONE.replace("-", ""), "+819055007391", "5500-7391")
"""Parts of what is planted, in every form in which it is kept; each so long that no chance writes it into sealed bytes."""


def found_in(where: str | bytes) -> list[str]:
    raw = where if isinstance(where, bytes) else where.encode()
    return [one for one in PLANTED if any(form in raw for form in _forms(one))]


def _forms(one: str) -> tuple[bytes, ...]:
    """As it is, and as JSON, addresses and Python write it."""
    return (
        one.encode(), one.encode("utf-16-le"), one.encode("unicode_escape"), repr(one.encode())[2:-1].encode(),
        "".join(f"%{byte:02X}" for byte in one.encode()).encode(),
    )  # fmt: skip


def test_the_search_would_find_them() -> None:
    for form in (f"x{NAME}x", f"{NAME!a}", f"{NAME.encode()!r}", "%E9%87%91%E7%B3%B8%E9%9B%80%E7%91%A0%E7%92%83%E9%B6%B2", PHONE):
        assert found_in(form), form
    assert found_in("金糸雀瑠璃") == []


class Plot:
    """Everything that happens to one household, with a record of what anybody was answered."""

    def __init__(self, engine: Engine, clock: MovableClock, folder: Path, make_tenant: MakeTenant) -> None:
        self.town: Town = build_town(engine, clock, make_tenant, Catalogues.load())
        self.engine, self.clock, self.folder = engine, clock, folder
        self.shell: Shell = make_test_shell(engine, clock, folder)
        self.app = make_app(self.shell)
        self.addresses: list[str] = []
        self.troubles: list[str] = []

    def breaks(self, table: str) -> None:
        with self.engine.begin() as c:
            c.execute(text(f"CREATE TRIGGER broken BEFORE INSERT ON \"{table}\" BEGIN SELECT RAISE(ABORT, 'broken'); END"))

    def mended(self) -> None:
        with self.engine.begin() as c:
            c.execute(text("DROP TRIGGER IF EXISTS broken"))

    def says(self, words: str, hear: Any = None) -> None:
        """The household writes, and the worker does what it can."""
        self.town.put("line", "U-ZQXCANARY-address", {"kind": "said", "args": [words]})
        while process(self.engine, self.town.channels, hear or self.town._hear, self.clock):
            pass

    def client(self) -> TestClient:
        client = TestClient(self.app, raise_server_exceptions=False)

        def note(response: Any) -> None:
            response.read()
            # The number of a person's phone in a link to call it is for the staff who read it.
            self.addresses += [one for one in re.findall(r'(?:href|action|src)="([^"]*)"', response.text) if not one.startswith("tel:")]
            self.addresses += [str(response.url), response.headers.get("location", "")]
            if response.status_code >= 400:
                self.troubles.append(response.text)

        client.event_hooks["response"].append(note)
        return client


@pytest.fixture
def plot(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Iterator[Plot]:
    handler = logs.keep(tmp_path, "canary")
    yield Plot(sqlite_engine, clock, tmp_path, make_tenant)
    handler.close()
    for name in ("tsunagi", "backend", "bots"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def somebody_on_duty(plot: Plot) -> None:
    for login, role in (("sato", "caseworker"), ("kato", "administrator")):
        with plot.engine.begin() as c:
            c.execute(insert(staff).values(
                id=ids.new(), tenant_id=plot.town.tenant_id, login=login, name=login, role=role,
                password_hash=passwords.hashed(PASSWORD), created_at=plot.clock(), on_duty=1 if role == "caseworker" else None))


def a_conversation(plot: Plot) -> None:
    """The whole intake, then more than was asked: danger, files, a wish for a lawyer and a visit."""
    hanako = plot.town.person("U-ZQXCANARY-address").came()
    complete_intake(
        hanako, name=(f"={NAME}",), name_kana=(f"={KANA}",), phone=(f"={PHONE}",), disaster_address=(f"={PLACE}",)
    )
    for words in ("死にたい ZQXCANARY3言葉", "となりの ZQXCANARY4言葉 さんがこわい", "人と話したい ZQXCANARY5言葉"):
        hanako.says(words)
    hanako.sends_file("photo", "ref-ZQXCANARY6", attachment={"kind": "photo", "ref": "ref-ZQXCANARY6", "name": "ZQXCANARY7言葉.jpg"})
    assert any("ZQXCANARY3" in str(row["content"]) for row in hanako.history()), "the conversation is kept, and readable with the key"


def a_turn_fails(plot: Plot) -> None:
    """The database in the middle of a turn, then our own code with a message that quotes the person."""
    plot.breaks("message")
    plot.says("ZQXCANARY8言葉")
    plot.mended()

    def quotes(*_: Any) -> None:
        raise ValueError("cannot read ZQXCANARY9言葉 of 金糸雀瑠璃鶲ZQXCANARY1")

    plot.says("ZQXCANARY9言葉", quotes)
    parked = [row["error"] for row in plot.town.rows(inbox) if row["parked_at"]]
    assert parked == ["IntegrityError", "ValueError"], "both were set aside for the staff"


def a_browser_meets_errors(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    client = plot.client()
    page = client.get("/chat").text
    form = dict(re.findall(r'name="(csrf|form)" value="(\w+)"', page))
    plot.breaks("inbox")
    assert client.post("/chat/say", data={**form, "text": "ZQXCANARY10言葉"}).status_code == 503
    plot.mended()

    def quotes(*_: Any, **__: Any) -> None:
        raise RuntimeError("ZQXCANARY11言葉")

    with monkeypatch.context() as patch:
        patch.setattr("bots.web.forms.events", quotes)
        assert client.post("/chat/say", data={**form, "text": "ZQXCANARY11言葉"}).status_code == 500
    client.post("/chat/return", data={**form, "number": "ZQXCANARY12言葉", "code": "ZQXCANARY12"})
    client.get("/p/ZQXCANARY13")
    with plot.engine.begin() as c:
        c.execute(text("ALTER TABLE conversation RENAME TO away"))
    assert client.get("/chat").status_code == 503
    with plot.engine.begin() as c:
        c.execute(text("ALTER TABLE away RENAME TO conversation"))


def staff_work(plot: Plot) -> None:
    browser = Browser(plot.client()).log_in("sato")
    case = re.search(r'href="(/console/cases/[^"?#]+)"', browser.html)
    assert case, "the case is in the list"
    browser.open(case[1])
    assert browser.has("ZQXCANARY1", "ZQXCANARY2", PHONE), "staff see it all"
    talk = re.search(r'action="(/console/conversations/[^"]+)/hold"', browser.html)
    assert talk
    browser.send(f"{talk[1]}/hold")
    browser.send(f"{talk[1]}/reply", text="ZQXCANARY14言葉")
    plot.breaks("message")
    assert browser.open(case[1]).send(f"{talk[1]}/reply", text="ZQXCANARY15言葉").status >= 500
    plot.mended()
    plot.client().get(f"{case[1]}?talk=ZQXCANARY16")
    for _ in range(6):
        Browser(plot.client()).log_in("ZQXCANARY17言葉", "ZQXCANARY18言葉")
    Browser(plot.client()).log_in("sato", "ZQXCANARY19言葉")


def notices_go_out(plot: Plot) -> None:
    plot.clock.move(minutes=11)
    assert asyncio.run(send_due(plot.shell, {}, plot.clock)) > 0
    assert list((plot.folder / "mail").glob("*.eml"))


def test_what_a_household_says_stays_between_it_and_the_staff(
    plot: Plot, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    somebody_on_duty(plot)
    a_conversation(plot)
    a_turn_fails(plot)
    a_browser_meets_errors(plot, monkeypatch)
    notices_go_out(plot)
    staff_work(plot)

    printed = "".join(capfd.readouterr())
    logged = "".join(path.read_text() for path in (plot.folder / "log").glob("*.log"))
    assert "could not be heard" in logged and "a request failed" in logged, "looked in the wrong place"
    assert found_in(printed) == [] and found_in(logged) == []
    asked = [one for one in plot.addresses if "/p/ZQXCANARY13" not in one and "talk=ZQXCANARY16" not in one]  # typed by the test itself
    assert len(asked) > 50 and [one for one in asked if found_in(one)] == []
    assert [one for one in plot.troubles if found_in(one.replace("ZQXCANARY12言葉", "").replace("ZQXCANARY17言葉", ""))] == []
    for mail in (plot.folder / "mail").iterdir():
        assert found_in(mail.read_bytes()) == [], mail.name
    plot.engine.dispose()
    stored = b"".join(path.read_bytes() for path in plot.folder.glob("tsunagi.db*"))
    assert b"U-ZQXCANARY" not in stored and b"sato" in stored, "looked in the wrong place"
    assert found_in(stored) == []
