"""Somebody writes that they want to die: who is told, when, and what happens when nobody answers (SF-01 … SF-15)."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.followups.run import run_due
from backend.journal.models import message
from backend.staff.models import notice
from backend.tasks import rules, service
from backend.tasks.clock import CLOCK, TaskClock
from backend.tasks.models import task
from backend.tasks.notices import send_due
from tests.conversations.conftest import Town


def clock_strikes(town: Town) -> int:
    return run_due(town.engine, town.clock, {CLOCK: TaskClock(town.words)})


def told(town: Town) -> list[str]:
    return [row["staff_id"] for row in town.rows(notice)]


@pytest.fixture
def duty(town: Town) -> Town:
    """Sato first in line, then Suzuki and Tanaka; Kato is not on duty, Ito only looks on."""
    for name, place in (("sato", 1), ("suzuki", 2), ("tanaka", 3), ("kato", None)):
        town.staff(name, place)
    town.staff("ito", None, role="auditor")
    return town


def test_a_wish_to_die_is_answered_with_numbers_and_two_people_are_paged_at_once(duty: Town) -> None:
    hanako = duty.person().came().says("もう死にたい")
    first = hanako.messages()[-2]
    assert first.kind == "crisis"
    assert "0120-279-338" in first.text
    (waiting,) = duty.rows(task)
    assert (waiting["kind"], waiting["topic"], waiting["rank"]) == ("orange", "self_harm", 1)
    assert waiting["rule"]
    assert sorted(told(duty)) == ["staff-sato", "staff-suzuki"]
    assert {row["due_at"] for row in duty.rows(notice)} == {waiting["made_at"]}
    assert hanako.deliveries()[-1]["kind"] == "crisis"


def test_every_message_is_kept_but_joins_the_open_task_for_six_hours(duty: Town) -> None:
    hanako = duty.person().came().says("もう死にたい").says("死にたいです")
    assert len(duty.rows(task)) == 1
    assert [row["content"]["shown"] for row in hanako.history() if row["direction"] == "in"][1:] == ["もう死にたい", "死にたいです"]
    duty.clock.move(hours=6, minutes=1)
    hanako.says("死にたい")
    assert len(duty.rows(task)) == 2


def test_a_danger_to_life_after_a_wish_to_die_is_a_task_of_its_own(duty: Town) -> None:
    duty.person().came().says("もう死にたい").says("薬をたくさん飲んだ")
    assert [row["kind"] for row in duty.rows(task)] == ["orange", "red"]


def test_nobody_answers_a_danger_to_life_for_five_minutes(duty: Town) -> None:
    """SF-12: everybody is paged, and the resident is told the truth and the number to call; once."""
    hanako = duty.person().came().says("薬をたくさん飲んだ")
    assert clock_strikes(duty) == 0
    duty.clock.move(rules.RED_CLOCK)
    assert clock_strikes(duty) == 1
    assert sorted(told(duty)) == sorted(["staff-sato", "staff-suzuki", "staff-sato", "staff-suzuki", "staff-tanaka", "staff-kato"])
    truth = duty.rows(message)[-1]
    assert truth["content"]["key"] == "crisis.nobody_answered"
    assert "000-000-0000" in truth["content"]["text"]
    assert hanako.deliveries()[-1]["key"] == truth["outbox_key"]
    (waiting,) = duty.rows(task)
    assert waiting["truth_told_at"] == waiting["paged_all_at"] == duty.clock()

    duty.clock.move(rules.RING_AGAIN)
    assert clock_strikes(duty) == 1
    assert len(told(duty)) == 2 + 4 + 4
    assert [out.key for out in hanako.messages()].count("crisis.nobody_answered") == 1


def test_an_acknowledged_danger_does_not_ring_again(duty: Town) -> None:
    duty.person().came().says("薬をたくさん飲んだ")
    service.acknowledge(duty.engine, duty.clock, duty.row(task)["id"], "staff-suzuki")
    duty.clock.move(minutes=30)
    assert clock_strikes(duty) == 0
    assert duty.row(task)["acked_by"] == "staff-suzuki"
    assert duty.row(task)["truth_told_at"] is None


def test_the_truth_is_told_in_the_persons_own_language_and_kept_in_japanese(duty: Town) -> None:
    john = duty.person().came().presses("en").says("I took all my pills")
    duty.clock.move(minutes=6)
    clock_strikes(duty)
    truth = john.history()[-1]
    assert truth["content"]["locale"] == "en" and "none of our staff has answered" in truth["content"]["text"]
    assert truth["original"]["locale"] == "ja" and "職員につながっていません" in truth["original"]["text"]


def test_with_nobody_on_duty_every_account_is_paged_and_the_resident_knows(town: Town) -> None:
    town.staff("sato")
    town.staff("kato")
    hanako = town.person().came().says("薬をたくさん飲んだ")
    assert set(told(town)) == {"staff-sato", "staff-kato"}
    assert hanako.messages()[-1].key == "human.crisis_nobody"
    assert town.row(task)["paged_all_at"] == town.row(task)["made_at"]


@pytest.mark.parametrize(("moved", "minutes"), [(timedelta(0), 15), (timedelta(hours=10), 60), (timedelta(days=5), 60)])
def test_off_hours_orange_has_an_hour(small_town: Town, moved: timedelta, minutes: int) -> None:
    small_town.clock.move(moved)
    small_town.person().came().says("もう死にたい")
    waiting = small_town.row(task)
    assert waiting["due_at"] - waiting["made_at"] == timedelta(minutes=minutes)


def test_a_verdict_is_kept_with_the_rule_that_fired(duty: Town) -> None:
    """SF-14: which rule fired, its version, the level and the staff's verdict are kept."""
    duty.person().came().says("もう死にたい")
    service.verdict(duty.engine, duty.clock, duty.row(task)["id"], "staff-sato", "false")
    assert duty.row(task)["verdict"] == "false"
    with pytest.raises(ValueError, match="true, false or unsure"):
        service.verdict(duty.engine, duty.clock, duty.row(task)["id"], "staff-sato", "maybe")


async def test_danger_said_again_reaches_whoever_has_taken_it(duty: Town, tmp_path: Path) -> None:
    hanako = duty.person().came().says("もう死にたい")
    shell = shell_of(duty, tmp_path)
    await send_due(shell, {}, duty.clock)
    service.acknowledge(duty.engine, duty.clock, duty.row(task)["id"], "staff-suzuki")
    duty.clock.move(minutes=5)
    hanako.says("やっぱり死にたい")
    assert len(duty.rows(task)) == 1
    assert told(duty)[2:] == ["staff-suzuki"]
    assert await send_due(shell, {}, duty.clock) == 1


# --- the notices -------------------------------------------------------------------------------------------------


def shell_of(town: Town, folder: Path) -> Any:
    settings = type(town.settings)(public_url="https://tsunagi.example.jp", data_dir=folder)
    return SimpleNamespace(settings=settings, engine=town.engine, words=town.words)


def mails(folder: Path) -> list[Any]:
    paths = sorted((folder / "mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


async def test_danger_goes_out_at_once_and_says_nothing_about_the_person(duty: Town, tmp_path: Path) -> None:
    duty.person().came().says("夫に殴られる、山田です")
    assert await send_due(shell_of(duty, tmp_path), {}, duty.clock) == 2
    for mail in mails(tmp_path):
        words = mail["Subject"] + mail.get_content()
        assert f"https://tsunagi.example.jp/console/conversations/{duty.row(task)['conversation_id']}" in words
        assert not {"山田", "殴", "暴力", "夫"} & set(words) and "山田" not in words
    assert {row["state"] for row in duty.rows(notice)} == {"sent"}
    assert await send_due(shell_of(duty, tmp_path), {}, duty.clock) == 0


async def test_other_work_is_put_together_for_ten_minutes(duty: Town, tmp_path: Path) -> None:
    duty.person("a").came().presses("-human")
    duty.person("b").came().presses("-human")
    shell = shell_of(duty, tmp_path)
    assert await send_due(shell, {}, duty.clock) == 0
    duty.clock.move(rules.BUNDLE)
    assert await send_due(shell, {}, duty.clock) == 1
    (mail,) = mails(tmp_path)
    assert "2件" in mail.get_content()


async def test_work_that_was_finished_meanwhile_is_not_announced(duty: Town, tmp_path: Path) -> None:
    duty.person("a").came().presses("-human")
    service.finish(duty.engine, duty.clock, duty.row(task)["id"], "staff-sato")
    duty.clock.move(rules.BUNDLE)
    assert await send_due(shell_of(duty, tmp_path), {}, duty.clock) == 0
    assert not mails(tmp_path)


async def test_work_that_somebody_has_taken_meanwhile_is_not_announced_and_more_of_it_is(duty: Town, tmp_path: Path) -> None:
    duty.person("a").came().presses("-human")
    service.acknowledge(duty.engine, duty.clock, duty.row(task)["id"], "staff-sato")
    duty.clock.move(rules.BUNDLE)
    assert await send_due(shell_of(duty, tmp_path), {}, duty.clock) == 0 and not mails(tmp_path)
    duty.person("b").came().presses("-human")
    duty.clock.move(rules.BUNDLE)
    assert await send_due(shell_of(duty, tmp_path), {}, duty.clock) == 1 and len(mails(tmp_path)) == 1


async def test_a_mail_server_that_is_away_is_tried_again_and_then_shown(duty: Town, tmp_path: Path) -> None:
    from backend.conversations.binding import bind

    with duty.engine.begin() as connection:
        for who in ("staff-sato", "staff-suzuki"):
            bind(connection, who, "line", f"address-of-{who}", duty.clock())
    duty.person().came().says("もう死にたい")
    shell = shell_of(duty, tmp_path)
    for _ in range(5):
        assert await send_due(shell, {}, duty.clock) == 0
        duty.clock.move(minutes=11)
    assert {row["state"] for row in duty.rows(notice)} == {"failed"}
