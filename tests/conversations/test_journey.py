"""The main job, end to end: a resident's chat becomes a case, suggestions, a referral and a human who was told."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cases.models import answer, case, suggestion
from backend.consent import rules
from backend.consent.models import consent_event
from backend.conversations import service
from backend.db import metadata, open_engine
from backend.journal.models import conversation, inbox, outbox
from backend.referrals.models import referral
from backend.referrals.service import mark
from backend.staff.models import notice
from backend.tasks.models import task
from backend.tasks.notices import send_due
from backend.tasks.rules import BUNDLE
from backend.tenants.models import tenant
from backend.words import Catalogues
from tests.conftest import MovableClock
from tests.conversations.conftest import Person, Town, build_town, complete_intake


async def test_from_the_first_word_to_the_professional(town: Town, tmp_path: Path) -> None:
    town.staff("sato", 1)
    hanako = complete_intake(town.person(), sharing=("each",))

    kept = town.row(suggestion)
    assert kept["case_id"] == town.row(case)["id"]
    assert kept["catalogue"]
    assert kept["inputs"]["answers"]["damage_level"] == "half"
    assert "phone" in kept["inputs"]["answers"] or kept["result"]
    best = kept["result"][0]
    assert best["why"] and best["verdict"] in ("eligible", "possible")
    cards = [out.text for out in hanako.messages() if out.key == "programs.card"]
    assert best["name"]["ja"] in cards[0]

    hanako.presses("professional").presses("lawyer")
    if hanako.messages()[-1].field == "share_professional":
        hanako.presses("given")
    asked = town.row(referral)
    promise = [out.text for out in hanako.messages() if out.key.startswith("human.refer")]
    assert "7月9日" in promise[-1]

    town.clock.move(BUNDLE)
    shell = SimpleNamespace(settings=type(town.settings)(data_dir=tmp_path), engine=town.engine, words=town.words)
    assert await send_due(shell, {}, town.clock) == 1
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert "山田".encode() not in mail.read_bytes()

    home = hanako.conversation["id"]
    service.reply(town.engine, town.clock, home, "staff-sato", "弁護士の予約がとれました。")
    mark(town.engine, town.clock, asked["id"], "staff-sato", "accepted", "木曜 10時", asked["version"])
    service.hand_back(town.engine, town.clock, home, "staff-sato")
    town.work()
    assert [out.key for out in hanako.messages()][-2:] == ["common.handed_back", "intake.offers"]
    mark(town.engine, town.clock, asked["id"], "staff-sato", "done", "", asked["version"] + 1)
    assert [row for row in town.rows(task) if row["done_at"] is None] == []
    assert rules.first_broken(town.rows(consent_event)) is None


def test_the_case_is_kept_even_if_the_programs_cannot_be_looked_up(small_town: Town, monkeypatch: object) -> None:
    from backend.conversations import programs

    def broken(*_: object) -> object:
        raise RuntimeError("the rules stumble")

    monkeypatch.setattr(programs, "look", broken)  # type: ignore[attr-defined]
    complete_intake(small_town.person())
    assert small_town.row(case)["number"]
    assert [(row["kind"], row["topic"]) for row in small_town.rows(task)] == [("talk", "programs")]


TYPED = (
    "はい", "いいえ", "２", "1,3", "人と話したい", "もどる", "変更", "やめる", "助けて", "もう死にたい", "眠れない", "１２３４５６",
    "〒836-0041", "やり直し", "メニュー", "わからない", "あとで", "私の相談", "English", "同意をやめる", "😀", "\n", "山田 花子", "S30.5.3",
    "30万円", "123456789018", "help", "a" * 3000,
)  # fmt: skip


def anything(person: Person, choice: random.Random) -> bool:
    """Press any button of the last message, type anything, send anything. Whether it must be answered.

    The same button pressed twice is silence, and so is a message taken back.
    """
    last = person.messages()[-1:]
    buttons = [button.data.rsplit("|", 1)[1] for out in last for button in (*out.numbered, *out.aside)]
    what = choice.random()
    if buttons and what < 0.75:
        person.presses(choice.choice(buttons))
        return False
    if what < 0.93:
        person.says(choice.choice(TYPED))
    elif what < 0.96:
        person.sends_file(choice.choice(("photo", "sticker", "voice")), choice.choice(("", "ref-9")))
    elif what < 0.98:
        person.does(kind="unsent", args=["m1"])
        return False
    else:
        person.came()
    return True


def holds(town: Town, person: Person) -> None:
    """What must be true of the records whatever a person did."""
    assert all(row["done_at"] is not None for row in town.rows(inbox))
    assert len(town.rows(case)) <= 1
    assert rules.first_broken(town.rows(consent_event)) is None
    current = [row["field"] for row in town.rows(answer) if row["superseded_at"] is None]
    assert len(current) == len(set(current)), "two answers to one question hold at once"
    owners = {row["case_id"] for row in town.rows(answer)}
    assert owners <= {town.row(conversation)["case_id"]}
    sent = {row["key"] for row in town.rows(outbox)}
    said = {row["outbox_key"] for row in person.history() if row["direction"] == "out" and row["surface"] == "chat"}
    assert said == sent
    open_ = [(row["kind"], row["topic"]) for row in town.rows(task) if row["done_at"] is None and row["kind"] not in ("red", "orange")]
    assert len(open_) == len(set(open_)), "the same wish waits twice"
    assert {row["task_id"] for row in town.rows(notice)} <= {row["id"] for row in town.rows(task)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), after_intake=st.booleans())
def test_whatever_a_person_does_is_answered_and_the_records_hold(
    tmp_path_factory: object, words: Catalogues, seed: int, after_intake: bool
) -> None:
    folder: Path = tmp_path_factory.mktemp("town")  # type: ignore[attr-defined]
    engine = open_engine(f"sqlite:///{folder}/town.db")
    metadata.create_all(engine)
    clock = MovableClock()

    def make_tenant(engine: object) -> str:
        with engine.begin() as connection:  # type: ignore[attr-defined]
            row = {"id": "t", "slug": "t", "name": {"ja": "つなぎ市"}, "phone": "000", "created_at": clock(), "live_at": clock()}
            connection.execute(tenant.insert(), row)
        return "t"

    town = build_town(engine, clock, make_tenant, words)
    town.staff("sato", 1)
    choice = random.Random(seed)
    hanako = complete_intake(town.person()) if after_intake else town.person().came()
    for _ in range(25):
        before = len(hanako.messages())
        answered = anything(hanako, choice)
        assert len(hanako.messages()) > before or not answered, f"silence after {hanako.history()[-1]['content']}"
    holds(town, hanako)
    engine.dispose()
