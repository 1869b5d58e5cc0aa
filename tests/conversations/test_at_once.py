"""R18: a resident writes while staff work on the same case. Whoever comes second sees what the first one did, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, update

from backend.cases import closing
from backend.cases.closing import CannotClose
from backend.cases.models import answer, case
from backend.conflict import Conflict
from backend.consent.models import consent_event
from backend.consent.oral import record_oral
from backend.consent.rules import first_broken
from backend.conversations.facts import save
from backend.conversations.hear import Conversations
from backend.conversations.offices import read_office
from backend.db import is_postgres
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.journal.models import conversation, inbox
from backend.journal.process import process
from backend.matching.merging import unite
from backend.messages import Incoming
from backend.referrals.models import referral
from backend.referrals.partner import act
from backend.referrals.service import mark
from backend.staff.models import notice, staff
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.tasks.service import finish
from backend.tenants.models import recipient
from dialogs.core.answers import Answer
from dialogs.core.effects import SaveFacts
from dialogs.registry import BOOK
from tests.conversations.conftest import Person, Town, complete_intake
from tests.conversations.meanwhile import Aside, Meanwhile, overtaken

DANGER = "もう死にたい"


@pytest.fixture
def duty(town: Town) -> Town:
    town.staff("sato", 1)
    town.staff("suzuki", 2)
    return town


def meanwhile(person: Person, words: str, act: Callable[[], Any]) -> None:
    """The person writes, and `act` is done in the middle of the turn."""
    between = Meanwhile(person.town, act)
    person.says(words)
    between.over()


def chain(town: Town) -> list[dict[str, Any]]:
    return sorted(town.rows(consent_event), key=lambda row: row["id"])


def test_danger_that_is_said_while_the_last_one_is_being_finished_rings_again(duty: Town) -> None:
    """SF-11: it would have joined a task that nobody looks at any more."""
    hanako = duty.person().came().says(DANGER)
    first = duty.row(task, kind="orange")["id"]
    finished: list[bool] = []

    def end() -> None:
        finish(duty.engine, duty.clock, first, "staff-sato")
        finished.append(any(row["done_at"] is None for row in duty.rows(inbox)))

    meanwhile(hanako, DANGER, end)
    again = [row["id"] for row in duty.rows(task, kind="orange") if row["done_at"] is None]
    assert finished == [bool(again)], "finished before it was said, or after"
    assert [row["subject"] for row in duty.rows(due, kind="task_clock")] == again
    assert {row["task_id"] for row in duty.rows(notice) if row["urgency"] == "orange"} == {first, *again}


def under_way(duty: Town, state: str = "open") -> dict[str, Any]:
    """A referral to a lawyer that the household said yes to."""
    hanako = complete_intake(duty.person()).presses("professional").presses("lawyer").presses("given")
    assert hanako.messages() and duty.row(referral)["state"] == "open"
    return duty.row(referral)


def test_a_decision_told_to_staff_and_one_in_the_chat_are_links_of_one_chain(duty: Town) -> None:
    """The decision in the chat is worked out ahead of SQLite's lock, and names the one before it."""
    hanako = complete_intake(duty.person()).presses("professional").presses("lawyer")
    home, before = duty.row(case)["id"], len(chain(duty))
    between = Meanwhile(duty, lambda: record_oral(duty.engine, duty.clock, duty.words, home, "staff-sato", "npo", "given"))
    hanako.presses("refused")
    between.over()
    assert {(row["recipient"], row["event"]) for row in chain(duty)[before:]} == {("npo", "given"), ("professional", "refused")}
    assert first_broken(chain(duty)) is None


def test_whoever_was_told_while_the_yes_was_taken_back_is_asked_to_hand_back(duty: Town) -> None:
    """PR-04: accepted means that a professional knows who it is about."""
    made, hanako = under_way(duty), duty.person()
    hanako.says("同意をやめる")
    between = Meanwhile(duty, lambda: mark(duty.engine, duty.clock, made["id"], "staff-sato", "accepted", "", 1))
    hanako.presses("professional")
    with pytest.raises(Conflict):
        between.over()
    assert duty.row(referral)["state"] == "withdrawn", "the turn was first, and nobody is told"
    assert not duty.rows(task, topic="withdrawn")


def test_a_yes_that_is_taken_back_while_somebody_marks_it_is_seen(duty: Town) -> None:
    """The other way round: staff have begun when the person takes it back."""
    made, hanako = under_way(duty), duty.person()
    hanako.says("同意をやめる")
    with overtaken(duty.engine, lambda: hanako.presses("professional")) as connection:
        connection.execute(update(referral).where(referral.c.id == made["id"]).values(state="accepted", version=made["version"] + 1))
    assert duty.row(referral)["state"] == "withdrawn"
    assert [row["done_at"] for row in duty.rows(task, topic="withdrawn")] == [None], "somebody asks them to hand it back"


def test_a_danger_that_comes_while_the_case_is_being_closed_is_not_finished_with_the_rest(duty: Town) -> None:
    hanako = complete_intake(duty.person()).presses("talk")
    row = duty.row(case)

    def end() -> None:
        with duty.engine.begin() as connection:
            closing.close(connection, case_id=row["id"], reason="rebuilt", note="", handed_to="", handover="", by="staff-sato",
                          version=row["version"], at=duty.clock())  # fmt: skip

    between = Meanwhile(duty, end)
    hanako.says(DANGER)
    with suppress(CannotClose):  # the turn was first
        between.over()
    assert [one["done_at"] for one in duty.rows(task, kind="orange")] == [None]


def test_a_chat_of_a_case_that_is_being_merged_goes_over_with_all_it_says(duty: Town) -> None:
    hanako = complete_intake(duty.person())
    gone = duty.row(case)
    with duty.engine.begin() as connection:
        connection.execute(insert(case).values({**gone, "id": "kept", "number": "2026-000-2"}))

    def merge() -> None:
        with duty.engine.begin() as connection:
            unite(connection, tenant_id=duty.tenant_id, kept="kept", gone=gone["id"], same=[], by="staff-sato", at=duty.clock())

    between = Meanwhile(duty, merge)
    hanako.presses("talk")
    between.over()
    assert hanako.conversation["case_id"] == "kept" == duty.row(task, kind="talk")["case_id"]
    assert not duty.rows(answer, case_id=gone["id"])


def test_two_phones_of_one_case_that_answer_the_same_leave_one_answer(duty: Town) -> None:
    """The second one's answer comes while the first one's is written and not yet committed."""
    hanako, taro = complete_intake(duty.person()), duty.person("resident-2").came()
    home, theirs = duty.row(case)["id"], taro.conversation["id"]
    with duty.engine.begin() as connection:
        connection.execute(update(conversation).where(conversation.c.id == theirs).values(case_id=home))
    dialog = Conversations(duty.words, BOOK, duty.settings)

    def hear(batch: Batch, mine: dict[str, Any], incoming: Incoming, event: Mapping[str, Any]) -> None:
        office = read_office(batch.connection, duty.tenant_id, batch.now)
        save(dialog._hearing(batch, mine, office, event), SaveFacts((Answer("damage_level", incoming.shown),)))

    def says(person: Person, words: str) -> None:
        duty.put("line", person.address, {"kind": "said", "args": [words]})
        assert process(duty.engine, duty.channels, hear, duty.clock) == 1

    second = Aside(duty.engine, lambda: says(taro, "total"))

    def written(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if is_postgres(duty.engine) and statement.startswith("INSERT INTO answer") and not second.begun:
            second.begin()

    event.listen(duty.engine, "after_cursor_execute", written)
    says(hanako, "partial")
    second.over()
    event.remove(duty.engine, "after_cursor_execute", written)
    holds = [row["value"] for row in duty.rows(answer, field="damage_level") if row["superseded_at"] is None]
    assert holds == ["total"] == [duty.row(case)["damage_level"]]


def test_two_who_tell_of_one_referral_at_once_are_one_and_a_conflict(duty: Town) -> None:
    """The second one has read the referral before the first one's word is kept."""
    made = under_way(duty)
    with duty.engine.begin() as connection:
        connection.execute(insert(recipient).values(
            id="lawyer", tenant_id=duty.tenant_id, kind="professional", profession="lawyer", name={"ja": "見本法律事務所"}, contact="",
            pledge_until=date(2027, 3, 31)))  # fmt: skip
        connection.execute(update(referral).values(recipient_id="lawyer"))
    duty.staff("partner", role="partner", recipient_id="lawyer")
    me = Staff.of(SimpleNamespace(**duty.row(staff, id="staff-partner")))
    with (
        pytest.raises(Conflict),
        overtaken(duty.engine, lambda: act(duty.engine, duty.clock, me, made["id"], "report", "会えました", 1)) as connection,
    ):
        connection.execute(update(referral).where(referral.c.id == made["id"]).values(note="先に書いた人", version=2))
    assert duty.row(referral)["note"] == "先に書いた人"
