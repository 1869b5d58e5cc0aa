"""Asking for a person: what is opened, who is told, by when; and the staff's side of the conversation."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from backend.cases.models import case
from backend.clock import in_japan
from backend.conflict import Conflict
from backend.conversations import service
from backend.journal.models import conversation, message, outbox
from backend.referrals.models import referral
from backend.referrals.service import mark
from backend.staff.models import notice
from backend.tasks.acting import NotThere
from backend.tasks.models import task
from backend.tasks.notices import send_due
from backend.tasks.rules import BUNDLE
from backend.visits import service as visits
from backend.visits.models import visit_request
from tests.conversations.conftest import Town, complete_intake


@pytest.fixture
def duty(town: Town) -> Town:
    town.staff("sato", 1)
    town.staff("suzuki", 2)
    return town


def closing(day: int) -> datetime:
    return datetime(2026, 7, day, 17, 15)


@pytest.mark.parametrize(("wish", "kind", "day"), [("talk", "talk", 7), ("visit", "visit", 9)])
def test_a_wish_becomes_a_task_and_a_promise_on_a_working_day(duty: Town, wish: str, kind: str, day: int) -> None:
    hanako = complete_intake(duty.person()).presses(wish)
    waiting = duty.row(task, kind=kind)
    assert in_japan(waiting["due_at"]).replace(tzinfo=None) == closing(day)
    assert waiting["case_id"] == duty.row(case)["id"]
    promise = next(out for out in reversed(hanako.messages()) if out.key.startswith("human."))
    assert "つなぎ市" in promise.text and f"7月{day}日" in promise.text
    assert [row["staff_id"] for row in duty.rows(notice)] == ["staff-sato"]


def test_the_municipality_sets_its_own_days(duty: Town) -> None:
    with duty.engine.begin() as connection:
        from backend.tenants.models import tenant

        connection.execute(tenant.update().values(contact_days={"visit": 1}, extra_holidays=["2026-07-07"]))
    complete_intake(duty.person()).presses("visit")
    assert in_japan(duty.row(visit_request)["due_at"]).replace(tzinfo=None) == closing(8)


def test_asking_twice_is_one_task(duty: Town) -> None:
    hanako = complete_intake(duty.person())
    hanako.presses("visit").presses("visit").presses("talk").says("人と話したい")
    assert sorted(row["kind"] for row in duty.rows(task)) == ["talk", "visit"]
    assert len(duty.rows(visit_request)) == 1


def test_with_nobody_on_duty_the_resident_is_told_the_number_to_call(town: Town) -> None:
    hanako = town.person().came().presses("-human")
    assert any(out.key == "human.nobody" and "000-000-0000" in out.text for out in hanako.messages())


def test_somebody_waits_from_their_first_unanswered_message(duty: Town) -> None:
    hanako = complete_intake(duty.person())
    asked_at = duty.clock()
    hanako.presses("talk")
    duty.clock.move(hours=2)
    hanako.says("まだですか")
    assert duty.row(case)["waiting_since"] == asked_at
    assert hanako.conversation["waiting_since"] == asked_at
    service.reply(duty.engine, duty.clock, hanako.conversation["id"], "staff-sato", "佐藤です。お待たせしました。")
    assert duty.row(case)["waiting_since"] is None


# --- the staff's side ------------------------------------------------------------------------------------------


def test_while_a_human_talks_the_dialog_is_silent_and_everything_is_kept(duty: Town) -> None:
    hanako = duty.person().came().presses("ja")
    home = hanako.conversation["id"]
    before = len(hanako.messages())
    service.hold(duty.engine, duty.clock, home, "staff-sato")
    hanako.says("屋根がこわれました").sends_file("photo", "ref-1")
    assert len(hanako.messages()) == before
    assert hanako.conversation["waiting_since"] is not None, "somebody waits for an answer"
    assert [row["content"]["shown"] for row in hanako.history() if row["direction"] == "in"][-2] == "屋根がこわれました"
    service.reply(duty.engine, duty.clock, home, "staff-sato", "写真を見ました。\n明日うかがいます。")
    said = hanako.history()[-1]
    assert (said["author"], said["staff_id"]) == ("staff", "staff-sato")
    assert said["content"]["text"] == "写真を見ました。\n明日うかがいます。"
    assert duty.rows(outbox)[-1]["key"] == said["outbox_key"]

    service.hand_back(duty.engine, duty.clock, home, "staff-sato")
    duty.work()
    assert [out.key for out in hanako.messages()][-2:] == ["common.handed_back", "field.safe_now.ask"]


def test_danger_is_heard_while_a_human_talks(duty: Town) -> None:
    hanako = duty.person().came()
    service.hold(duty.engine, duty.clock, hanako.conversation["id"], "staff-sato")
    hanako.says("もう死にたい")
    assert duty.row(task)["kind"] == "orange"
    assert hanako.messages()[-1].key == "crisis.orange.self_harm"


def test_two_members_of_staff_cannot_talk_at_once(duty: Town) -> None:
    hanako = duty.person().came()
    home = hanako.conversation["id"]
    service.hold(duty.engine, duty.clock, home, "staff-sato")
    with pytest.raises(Conflict) as late:
        service.reply(duty.engine, duty.clock, home, "staff-suzuki", "鈴木です")
    assert late.value.now == {"held_by": "staff-sato"}
    assert not [row for row in duty.rows(message) if row["author"] == "staff"]


def test_who_talks_has_seen_what_waits_and_giving_back_finishes_the_wish_to_talk(duty: Town) -> None:
    hanako = duty.person().came().presses("-human")
    home = hanako.conversation["id"]
    service.hold(duty.engine, duty.clock, home, "staff-sato")
    assert duty.row(task)["acked_by"] == "staff-sato"
    service.reply(duty.engine, duty.clock, home, "staff-sato", "佐藤です")
    service.hand_back(duty.engine, duty.clock, home, "staff-sato")
    assert duty.row(task)["done_by"] == "staff-sato"


def test_giving_back_without_having_answered_leaves_the_wish_open(duty: Town) -> None:
    hanako = duty.person().came().presses("-human")
    service.hold(duty.engine, duty.clock, hanako.conversation["id"], "staff-sato")
    service.hand_back(duty.engine, duty.clock, hanako.conversation["id"], "staff-sato")
    assert duty.row(task)["done_at"] is None


def test_a_blocked_person_is_not_written_to_but_phoned(duty: Town) -> None:
    hanako = complete_intake(duty.person())
    hanako.does(contact="blocked")
    assert duty.row(task)["kind"] == "blocked"
    with pytest.raises(Conflict) as gone:
        service.reply(duty.engine, duty.clock, hanako.conversation["id"], "staff-sato", "こんにちは")
    assert gone.value.now == {"contact": "blocked"}
    hanako.says("もどりました")
    assert hanako.conversation["contact"] == "ok"


def test_staff_of_another_municipality_find_nothing(duty: Town) -> None:
    hanako = duty.person().came()
    with duty.engine.begin() as connection:
        from backend.tenants.models import tenant

        connection.execute(
            tenant.insert().values(id="tenant-other", slug="other", name={"ja": "となり町"}, created_at=duty.clock())
        )
    other = Town(duty.engine, duty.clock, "tenant-other", duty.words)
    other.staff("yamamoto")
    with pytest.raises(NotThere):
        service.hold(duty.engine, duty.clock, hanako.conversation["id"], "staff-yamamoto")
    assert duty.row(conversation)["held_by"] is None


def test_a_referral_is_marked_once_per_version(duty: Town) -> None:
    hanako = complete_intake(duty.person()).presses("professional").presses("architect")
    if hanako.messages()[-1].field == "share_professional":
        hanako.presses("given")
    made = duty.row(referral)
    assert in_japan(made["due_at"]).replace(tzinfo=None) == closing(9)
    mark(duty.engine, duty.clock, made["id"], "staff-sato", "accepted", "木曜に訪問", 1)
    with pytest.raises(Conflict) as late:
        mark(duty.engine, duty.clock, made["id"], "staff-suzuki", "declined", "", 1)
    assert late.value.now["state"] == "accepted"
    mark(duty.engine, duty.clock, made["id"], "staff-sato", "done", "", 2)
    after = duty.row(referral)
    assert (after["state"], after["note"], after["version"]) == ("done", "木曜に訪問", 3)
    assert duty.row(task, kind="refer")["done_by"] == "staff-sato"
    with pytest.raises(Conflict):
        mark(duty.engine, duty.clock, made["id"], "staff-sato", "accepted", "", 3)


def test_a_visit_is_planned_and_done(duty: Town) -> None:
    complete_intake(duty.person()).presses("visit")
    asked = duty.row(visit_request)
    visits.mark(duty.engine, duty.clock, asked["id"], "staff-sato", "planned", "水曜 10時", 1)
    assert duty.row(task, kind="visit")["done_at"] is None
    visits.mark(duty.engine, duty.clock, asked["id"], "staff-sato", "done", "", 2)
    assert duty.row(task, kind="visit")["done_by"] == "staff-sato"


async def test_who_waits_too_long_is_told_a_day_to_come_and_staff_are_told_again(duty: Town, tmp_path: Path) -> None:
    """「もう一度、担当者に知らせます」 is true, and no day that has passed is promised; one notice for what is still to come."""
    shell = SimpleNamespace(settings=type(duty.settings)(data_dir=tmp_path), engine=duty.engine, words=duty.words)
    hanako = complete_intake(duty.person()).presses("talk").says("まだ連絡が来ません")
    assert len(duty.rows(notice)) == 1, "what is about to be sent tells of this, too"
    duty.clock.move(BUNDLE)
    assert await send_due(shell, {}, duty.clock) == 1
    duty.clock.move(days=3)
    hanako.says("まだ連絡が来ません")
    asked, promise = [out for out in hanako.messages() if out.key in ("asked.waiting", "human.talk")][-2:]
    assert (asked.key, promise.key) == ("asked.waiting", "human.talk")
    assert "7月7日" not in promise.text and "7月10日" in promise.text
    assert in_japan(duty.row(task)["due_at"]).replace(tzinfo=None) == closing(7), "for staff it stays overdue"
    assert [row["staff_id"] for row in duty.rows(notice)] == ["staff-sato", "staff-sato"]
    duty.clock.move(BUNDLE)
    assert await send_due(shell, {}, duty.clock) == 1


async def test_whoever_took_over_may_have_gone_home(duty: Town, tmp_path: Path) -> None:
    """An unanswered message to a member of staff is told to those on duty; one that is answered is not."""
    shell = SimpleNamespace(settings=type(duty.settings)(data_dir=tmp_path), engine=duty.engine, words=duty.words)
    hanako = duty.person().came()
    home = hanako.conversation["id"]
    service.hold(duty.engine, duty.clock, home, "staff-suzuki")
    hanako.says("聞こえますか")
    service.reply(duty.engine, duty.clock, home, "staff-suzuki", "はい、鈴木です。")
    duty.clock.move(BUNDLE)
    assert await send_due(shell, {}, duty.clock) == 0
    hanako.says("もしもし").says("もしもし")
    (waiting,) = (row for row in duty.rows(task) if row["done_at"] is None)
    assert (waiting["kind"], waiting["topic"]) == ("talk", "held")
    duty.clock.move(BUNDLE)
    assert await send_due(shell, {}, duty.clock) == 1
    assert duty.rows(notice)[-1]["staff_id"] == "staff-sato"


def test_danger_said_again_and_again_rings_once_a_minute_and_after_the_last_word(duty: Town) -> None:
    """SF-11: every message reaches whoever has taken it; thirty rings a minute are switched off."""
    hanako = duty.person().came().presses("ja").says("死にたい")
    with duty.engine.begin() as c:
        c.execute(update(task).values(acked_at=duty.clock(), acked_by="staff-sato"))
    duty.clock.move(seconds=1)
    rung: list[datetime] = []

    def worker() -> None:
        with duty.engine.begin() as c:
            ready = select(notice.c.id).where(notice.c.state == "pending", notice.c.due_at <= duty.clock(), notice.c.created_at > began)
            for id in c.execute(ready).scalars().all():
                c.execute(update(notice).where(notice.c.id == id).values(state="sent", sent_at=duty.clock(), route="line", tries=1))
                rung.append(duty.clock())

    began = duty.row(task)["acked_at"]
    for _ in range(15):  # twenty seconds between them
        hanako.says("もう死にたい")
        last = duty.clock()
        worker()
    assert rung[0] - began < timedelta(seconds=30), "the first at once"
    assert len(rung) <= 6 and all(later - earlier >= timedelta(minutes=1) for earlier, later in pairwise(rung))
    duty.clock.move(minutes=1)
    worker()
    assert rung[-1] >= last - timedelta(seconds=20), "and once more after the last word"
