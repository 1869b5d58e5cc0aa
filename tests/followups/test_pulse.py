"""A restored database, or one that was put away, says nothing by itself until somebody releases it."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.campaigns import switch
from backend.campaigns.models import approach
from backend.campaigns.pacing import send_some
from backend.campaigns.restored import silence
from backend.campaigns.run import LADDER, LadderClock
from backend.db import open_engine
from backend.followups.models import due, pulse
from backend.followups.pulse import FILE, beat
from backend.followups.run import run_due
from backend.journal.models import conversation, outbox
from backend.programs.models import program_reminder
from backend.tasks.models import task
from tests.campaigns.field import HOME, Town
from tests.visits.test_visits import asks, planned


@pytest.fixture
def town(sqlite_engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(sqlite_engine)
    return Town(sqlite_engine, clock, tmp_path / "var")


def wake(town: Town) -> str:
    return beat(town.engine, town.clock, town.folder, silence)


def backup(town: Town, to) -> None:
    """As an operator makes one: `sqlite3 … .backup`."""
    with sqlite3.connect(town.engine.url.database) as here, sqlite3.connect(to) as there:
        here.backup(there)


def restore(town: Town, copy) -> None:
    path = town.engine.url.database
    town.engine.dispose()
    for rest in ("", "-wal", "-shm"):
        (town.folder.parent / f"tsunagi.db{rest}").unlink(missing_ok=True)
    shutil.copyfile(copy, path)
    town.engine = open_engine(f"sqlite:///{path}")
    town.shell = None


def why(town: Town) -> str:
    with town.engine.connect() as c:
        return switch.standing(c, HOME)["stopped_why"]


def test_a_database_that_lives_on_is_left_alone(town):
    for _ in range(5):
        assert wake(town) == ""
        town.clock.move(minutes=1)
    assert town.rows(pulse)[0].count == 5 and why(town) == ""


def test_all_parts_of_a_worker_may_start_at_the_same_moment(engine, clock, tmp_path, make_tenant):
    make_tenant(engine)
    town = Town(engine, clock, tmp_path / "var")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: wake(town), range(8))) == [""] * 8
    assert town.rows(pulse)[0].count == 8 and why(town) == ""


def test_a_restored_one_is_silent_and_no_message_goes_out_twice(town, tmp_path):
    """The backup does not know of the messages that were sent after it."""
    for number in range(4):
        town.household(f"U{number}")
    town.begin()
    wake(town)
    backup(town, tmp_path / "copy.db")
    for _ in range(3):
        town.clock.move(minutes=5)
        town.tick()
        wake(town)
    assert len(town.sent) == 4
    words = town.shell
    restore(town, tmp_path / "copy.db")
    town.shell = words
    town.clock.move(hours=1)
    assert wake(town) == "restored" and why(town) == "restored"
    town.days(1)
    assert len(town.sent) == 4
    assert switch.release(town.engine, town.clock, HOME, town.second.id)
    assert wake(town) == ""
    town.days(60)
    assert len(town.sent) == 4
    assert {row.reason for row in town.rows(approach)} == {"restored"}
    assert "ladder" not in {row.kind for row in town.rows(due)}
    assert town.count(task, task.c.kind == "visit") == 4  # nobody is left behind: a person goes there


def test_what_was_being_sent_when_the_backup_was_made_is_shown_and_not_sent(town, tmp_path):
    town.household("U1")
    town.begin()
    run_due(town.engine, town.clock, {LADDER: LadderClock()})
    send_some(town.engine, town.clock, town.shell.words)
    wake(town)
    backup(town, tmp_path / "copy.db")
    town.clock.move(minutes=1)
    wake(town)
    words = town.shell
    restore(town, tmp_path / "copy.db")
    town.shell = words
    wake(town)
    assert [row.state for row in town.rows(outbox)] == ["unknown"]
    assert [row.kind for row in town.rows(task)] == ["undelivered"]
    switch.release(town.engine, town.clock, HOME, None)
    town.deliver()
    assert town.sent == []


def test_a_reminder_that_may_have_gone_out_becomes_a_look_by_a_person(town, tmp_path):
    town.household("U1")
    (home,) = [row.id for row in town.rows(conversation)]
    with town.engine.begin() as c:
        c.execute(due.insert().values(kind="reminder", subject=home, due_at=town.clock() + timedelta(minutes=2), detail={"reminder": "first"}))
    wake(town)
    backup(town, tmp_path / "copy.db")
    town.clock.move(minutes=10)
    wake(town)
    restore(town, tmp_path / "copy.db")
    wake(town)
    assert town.rows(due) == [] and [row.kind for row in town.rows(task)] == ["silence"]


def test_a_deadline_and_news_that_may_have_been_told_are_looked_at_by_a_person(town, tmp_path):
    first, second = town.household("U1"), town.household("U2")
    homes = {row.case_id: row.id for row in town.rows(conversation)}
    soon = town.clock() + timedelta(minutes=2)
    with town.engine.begin() as c:
        c.execute(program_reminder.insert().values(
            id="r", tenant_id=HOME, case_id=first, conversation_id=homes[first], program="emergency_repair",
            deadline=soon.date() + timedelta(days=7), next_on=soon.date(), made_at=soon))
        c.execute(due.insert(), [{"kind": "deadline", "subject": "r", "due_at": soon, "detail": {}},
                                 {"kind": "program_news", "subject": second, "due_at": soon, "detail": {}}])
    wake(town)
    backup(town, tmp_path / "copy.db")
    town.clock.move(minutes=10)
    wake(town)
    restore(town, tmp_path / "copy.db")
    wake(town)
    assert town.rows(due) == [] and {row.conversation_id for row in town.rows(task)} == set(homes.values())


def test_the_day_of_a_visit_that_may_have_been_told_is_not_told_again(town, tmp_path):
    home = asks(town)
    with town.engine.begin() as c:
        c.execute(conversation.insert().values(id="chat", tenant_id=HOME, channel="line", address="U1", address_index="u1", case_id=home,
                                               created_at=town.clock()))
    planned(town, home)
    done = town.count(task)
    assert [row.kind for row in town.rows(due)] == ["appointment"]
    wake(town)
    backup(town, tmp_path / "copy.db")
    town.clock.move(minutes=10)
    wake(town)
    restore(town, tmp_path / "copy.db")
    wake(town)
    assert town.rows(due) == [] and town.count(task) == done + 1


def test_a_copy_on_another_machine_is_silent(town, tmp_path):
    wake(town)
    town.folder = tmp_path / "elsewhere"
    assert wake(town) == "restored" and why(town) == "restored"
    assert (town.folder / FILE).exists() and wake(town) == ""


def test_another_database_in_its_place_is_silent(town, tmp_path):
    wake(town)
    with town.engine.begin() as c:
        c.execute(pulse.update().values(mark="another", count=99))
    assert wake(town) == "restored"


def test_one_that_slept_a_day_is_silent_and_a_night_is_nothing(town):
    wake(town)
    town.clock.move(hours=15)
    assert wake(town) == ""
    town.clock.move(hours=25)
    assert wake(town) == "asleep" and why(town) == "asleep"


def test_a_demonstration_may_sleep(sqlite_engine, clock, tmp_path, make_tenant):
    make_tenant(sqlite_engine, demonstration=True)
    town = Town(sqlite_engine, clock, tmp_path / "var")
    wake(town)
    clock.move(days=40)
    wake(town)
    assert why(town) == ""


def test_a_broken_file_beside_it_counts_as_none(town):
    wake(town)
    (town.folder / FILE).write_text("{")
    assert wake(town) == "restored"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_dump_that_was_read_in_anew_is_noticed_on_postgresql(engine, clock, tmp_path, make_tenant):
    make_tenant(engine)
    town = Town(engine, clock, tmp_path / "var")
    assert wake(town) == "" and wake(town) == ""
    town.folder = tmp_path / "another-machine"  # a second machine of the same deployment is nothing to worry about
    assert wake(town) == ""
    with engine.begin() as c:  # what pg_restore does: the table is made anew, with the old rows
        for sql in ("CREATE TABLE pulse_again AS SELECT * FROM pulse", "DROP TABLE pulse",
                    "ALTER TABLE pulse_again RENAME TO pulse", "ALTER TABLE pulse ADD PRIMARY KEY (id)"):
            c.execute(text(sql))
    assert wake(town) == "restored" and why(town) == "restored"
