"""R18: two caseworkers, two phones of one household and the worker at the same time, on both databases.

What each of them does is chosen by a seed; how it falls together is not, so that this finds what nobody has thought of. Whatever
happens, what must hold afterwards does not depend on it.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, update

from backend.audit.service import verify
from backend.cases import carrying, closing, deciding, notes, policy
from backend.cases.closing import CannotClose
from backend.cases.models import answer, case, policy_version
from backend.clock import in_japan
from backend.conflict import Conflict
from backend.consent import service as consents
from backend.consent.oral import record_oral
from backend.conversations import service
from backend.followups.models import due
from backend.journal.models import conversation, inbox, message
from backend.journal.process import process
from backend.referrals.models import referral
from backend.referrals.service import mark
from backend.staff.models import notice
from backend.tasks.models import task
from backend.tasks.service import acknowledge, finish
from tests.conversations.conftest import Person, Town, complete_intake

ACTS = 14
SAYS = ("もう死にたい", "人と話したい", "ありがとう", "同意をやめる", "はい", "屋根がこわれました", "自分の番号は？", "やめる")
TOLD = (Conflict, CannotClose)
"""What a page shows to whoever was second."""


class Colleague:
    """One member of staff at a page: looks, and does something with what was there when they looked."""

    def __init__(self, town: Town, login: str, home: str, seed: int) -> None:
        self.town, self.id, self.home, self.dice = town, f"staff-{login}", home, random.Random(seed)
        self.done: Counter[str] = Counter()

    def work(self) -> None:
        acts: list[Callable[[], None]] = [
            self.answer, self.hold, self.hand_back, self.finish, self.see, self.consent, self.refer, self.category, self.note, self.policy,
            self.assign, self.close,
        ]
        for _ in range(ACTS):
            act = self.dice.choice(acts)
            try:
                act()
                self.done[act.__name__] += 1
            except TOLD:
                self.done["told"] += 1

    def chat(self) -> str:
        return str(self.dice.choice(self.town.rows(conversation))["id"])

    def answer(self) -> None:
        service.reply(self.town.engine, self.town.clock, self.chat(), self.id, "こんにちは")

    def hold(self) -> None:
        service.hold(self.town.engine, self.town.clock, self.chat(), self.id)

    def hand_back(self) -> None:
        service.hand_back(self.town.engine, self.town.clock, self.chat(), self.id)

    def finish(self) -> None:
        finish(self.town.engine, self.town.clock, self.dice.choice(self.town.rows(task))["id"], self.id)

    def see(self) -> None:
        acknowledge(self.town.engine, self.town.clock, self.dice.choice(self.town.rows(task))["id"], self.id)

    def consent(self) -> None:
        recipient, event = self.dice.choice(("npo", "professional")), self.dice.choice(("given", "withdrawn"))
        record_oral(self.town.engine, self.town.clock, self.town.words, self.home, self.id, recipient, event)

    def refer(self) -> None:
        row = self.dice.choice(self.town.rows(referral))
        mark(self.town.engine, self.town.clock, row["id"], self.id, self.dice.choice(("accepted", "declined", "done")), "", row["version"])

    def category(self) -> None:
        self.inside(lambda c, row: deciding.decide(c, case_id=self.home, category=self.dice.randint(1, 4), note="見た", by=self.id,
                                                   version=row["version"], at=self.town.clock()))  # fmt: skip

    def note(self) -> None:
        self.inside(lambda c, row: notes.write(c, tenant_id=row["tenant_id"], case_id=self.home, text="メモ", by=self.id, at=self.town.clock()))

    def policy(self) -> None:
        newest = max((row["number"] for row in self.town.rows(policy_version)), default=0)
        self.inside(lambda c, row: policy.write(
            c, case_id=self.home, based_on=newest, wish_home=f"{self.id} {self.dice.random()}", wish_life="", policy="", by=self.id,
            as_of=in_japan(self.town.clock()).date(), at=self.town.clock()))  # fmt: skip

    def assign(self) -> None:
        self.inside(lambda c, row: carrying.carry(c, case_id=self.home, to=self.id, district="", by=self.id, version=row["version"],
                                                  at=self.town.clock()))  # fmt: skip

    def close(self) -> None:
        def turn(c: Connection, row: dict[str, Any]) -> None:
            if row["status"] == "open":
                closing.close(c, case_id=self.home, reason="rebuilt", note="", handed_to="", handover="", by=self.id, version=row["version"],
                              at=self.town.clock())  # fmt: skip
            else:
                closing.reopen(c, case_id=self.home, note="", by=self.id, version=row["version"], at=self.town.clock())

        self.inside(turn)

    def inside(self, act: Callable[[Connection, dict[str, Any]], Any]) -> None:
        seen = self.town.row(case)
        with self.town.engine.begin() as connection:
            act(connection, seen)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_falls_together_nothing_is_lost(town: Town, seed: int) -> None:
    for place, login in enumerate(("sato", "suzuki"), start=1):
        town.staff(login, place)
    hanako = complete_intake(town.person()).presses("professional").presses("lawyer").presses("given")
    taro = town.person("resident-2").came()
    theirs, home = taro.conversation["id"], town.row(case)["id"]
    with town.engine.begin() as connection:
        connection.execute(update(conversation).where(conversation.c.id == theirs).values(case_id=home))
    colleagues = [Colleague(town, login, home, seed * 10 + place) for place, login in enumerate(("sato", "suzuki"))]
    before, trouble, over = len(town.rows(inbox, channel="line")), list[Exception](), threading.Event()

    def worker() -> None:
        while process(town.engine, town.channels, town._hear, town.clock) or not over.is_set():
            pass

    def write(person: Person, dice: random.Random) -> None:
        for _ in range(ACTS):
            town.put(person.channel, person.address, {"kind": "said", "args": [dice.choice(SAYS)]})

    def safely(act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except Exception as error:
                trouble.append(error)

        return run

    busy = [threading.Thread(target=safely(one.work)) for one in colleagues]
    busy.append(threading.Thread(target=safely(lambda: [write(one, random.Random(seed)) for one in (hanako, taro)] and None)))
    hears = threading.Thread(target=safely(worker))
    for thread in (hears, *busy):
        thread.start()
    for thread in busy:
        thread.join()
    over.set()
    hears.join()
    safely(worker)()  # what came after its last look
    assert not trouble, [f"{type(error).__name__}: {error}" for error in trouble]
    _holds(town, colleagues, before)


def _holds(town: Town, colleagues: list[Colleague], before: int) -> None:
    events = town.rows(inbox)
    assert len([row for row in events if row["channel"] == "line"]) == before + 2 * ACTS
    assert not [row for row in events if row["done_at"] is None or row["error"]], "every event was heard, none failed"
    with town.engine.connect() as connection:
        assert verify(connection, town.tenant_id) is None, "one trail"
        assert consents.verify(connection, town.tenant_id)[1] is None, "one chain of decisions"
    told = Counter(row["staff_id"] for row in town.rows(message) if row["author"] == "staff")
    assert told == Counter({one.id: one.done["answer"] for one in colleagues if one.done["answer"]}), "each reply once"
    holding = Counter(row["field"] for row in town.rows(answer) if row["superseded_at"] is None and not row["withdrawn"])
    assert not [name for name, count in holding.items() if count > 1], "one answer holds"
    numbers = [row["number"] for row in town.rows(policy_version)]
    assert numbers == list(range(1, len(numbers) + 1))
    rings = {row["subject"] for row in town.rows(due, kind="task_clock")}
    dangers = [row for row in town.rows(task) if row["kind"] in ("red", "orange")]
    assert rings == {row["id"] for row in dangers if row["acked_at"] is None}, "what nobody has seen rings, and nothing else"
    assert {row["task_id"] for row in town.rows(notice)} >= {row["id"] for row in dangers}
    assert not [row for row in town.rows(referral) if row["state"] == "withdrawn" and row["version"] < 2]
