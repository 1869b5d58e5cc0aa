"""On SQLite turns are taken before the write lock is; nobody notices but those who wait for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

import backend
from backend.followups.models import due
from backend.followups.plan import drop_due, plan_due
from backend.journal import process as processing
from backend.journal.batch import Batch, NotAhead
from backend.journal.models import conversation
from backend.journal.process import Share, process
from tests.conftest import MovableClock
from tests.journal.field import CHANNELS, answers, put, said, seconds, sessions, write_down


@pytest.fixture
def office(sqlite_engine: Engine, make_tenant) -> Engine:
    make_tenant(sqlite_engine)
    return sqlite_engine


def everybody_writes(engine: Engine, clock: MovableClock, people: int = 5) -> None:
    put(engine, clock, *(said(f"from {n}", seconds(clock, n), who=f"U-{n}") for n in range(people)))


def test_a_turn_is_heard_while_somebody_else_holds_the_write_lock(office, clock):
    everybody_writes(office, clock)
    writing: list[bool] = []

    def hear(batch, home, incoming, event):
        with office.begin():  # would wait for ever if the turn held the lock
            writing.append(True)
        write_down(batch, home, incoming, event)

    assert process(office, CHANNELS, hear, clock) == 5
    assert len(writing) == 5
    assert answers(office) == {f"U-{n}": [f"1: from {n}"] for n in range(5)}


def test_what_staff_do_while_a_turn_is_taken_is_seen_by_it(office, clock):
    everybody_writes(office, clock, people=2)
    heard: list[tuple[str, bool]] = []

    def hear(batch, home, incoming, event):
        heard.append((home["address"], home["quiet"]))
        if len(heard) == 1:
            with office.begin() as c:  # the staff's change, in the middle of the first turn
                c.execute(update(conversation).where(conversation.c.id == home["id"]).values(
                    quiet=True, version=conversation.c.version + 1))
        write_down(batch, home, incoming, event)

    assert process(office, CHANNELS, hear, clock) == 2
    assert heard[:2] == [("U-0", False), ("U-1", False)]
    assert dict(heard[2:]) == {"U-0": True, "U-1": False}
    assert sessions(office) == {"U-0": ["from 0"], "U-1": ["from 1"]}
    assert answers(office) == {"U-0": ["1: from 0"], "U-1": ["1: from 1"]}
    with office.connect() as c:
        assert sorted(c.execute(select(conversation.c.quiet)).scalars().all()) == [False, True]


def test_a_turn_that_writes_by_itself_or_reads_back_is_taken_inside(office, clock):
    everybody_writes(office, clock, people=3)
    tries: dict[str, int] = {}

    def hear(batch, home, incoming, event):
        tries[home["address"]] = tries.get(home["address"], 0) + 1
        if home["address"] == "U-0":
            batch.connection.execute(update(conversation).where(conversation.c.id == home["id"]).values(locale="en"))
            home["locale"] = "en"
        if home["address"] == "U-1":
            batch.flush()
        write_down(batch, home, incoming, event)

    assert process(office, CHANNELS, hear, clock) == 3
    assert tries == {"U-0": 2, "U-1": 2, "U-2": 1}
    assert answers(office) == {f"U-{n}": [f"1: from {n}"] for n in range(3)}


def test_a_row_the_database_refuses_is_one_persons_trouble(office, clock):
    everybody_writes(office, clock, people=4)

    def hear(batch, home, incoming, event):
        write_down(batch, home, incoming, event)
        if home["address"] == "U-2":
            batch.add(due, {"kind": None, "subject": "", "due_at": batch.now})  # NOT NULL

    assert process(office, CHANNELS, hear, clock) == 4
    assert set(answers(office)) == {"U-0", "U-1", "U-3"}


def test_several_messages_of_one_person_are_heard_in_order(office, clock):
    put(office, clock, *(said(f"{n}", seconds(clock, n), who="U-0") for n in range(4)), said("x", clock(), who="U-1"))
    assert process(office, CHANNELS, write_down, clock) == 5
    assert sessions(office)["U-0"] == ["0", "1", "2", "3"]


def test_turns_that_could_not_be_kept_are_taken_again(office, clock):
    everybody_writes(office, clock, people=3)
    heard: list[str] = []

    def hear(batch, home, incoming, event):
        heard.append(home["address"])
        if len(heard) == 1:
            with office.begin() as c:  # staff change it before it is written
                c.execute(update(conversation).where(conversation.c.id == home["id"]).values(version=conversation.c.version + 1))
        write_down(batch, home, incoming, event)

    assert process(office, CHANNELS, hear, clock) == 3
    assert process(office, CHANNELS, hear, clock) == 0
    assert sorted(heard) == ["U-0", "U-0", "U-1", "U-1", "U-2", "U-2"]
    assert answers(office) == {f"U-{n}": [f"1: from {n}"] for n in range(3)}


def test_two_processes_divide_the_conversations_between_them(office, clock):
    """None is left out, and what one part does not hear, the other one does."""
    everybody_writes(office, clock, people=40)
    heard: dict[int, list[str]] = {0: [], 1: []}
    for number, mine in heard.items():
        def hear(batch, home, incoming, event, mine=mine):
            mine.append(home["address"])
            write_down(batch, home, incoming, event)

        while process(office, CHANNELS, hear, clock, share=Share(number, 2)):
            pass
    assert sorted(heard[0] + heard[1]) == sorted(f"U-{n}" for n in range(40))
    assert all(len(mine) >= 5 for mine in heard.values()), "halves, more or less"
    assert Share.parse("2/2") == Share(1, 2)
    for wrong, why in (("0/2", "0/2"), ("3/2", "3/2"), ("1", "unpack"), ("a/b", "invalid literal")):
        with pytest.raises(ValueError, match=why):
            Share.parse(wrong)


def test_what_a_turn_sets_and_takes_back_stays_in_order_beside_others(office, clock):
    """One sets a reminder; the other, who had one, takes it back and sets another: put together they do not mix."""
    with office.begin() as c:
        batches = [Batch(c, clock(), ahead=office) for _ in range(2)]
        plan_due(batches[0], "reminder", "a", clock(), {})
        drop_due(batches[1], "reminder", "b")
        plan_due(batches[1], "reminder", "b", seconds(clock, 60), {})
        with pytest.raises(NotAhead):
            batches[0].flush()
        processing.write(c, processing.prepared(batches[0].taken_with(batches[1:]), c))
        assert sorted(c.execute(select(due.c.subject)).scalars()) == ["a", "b"]


def test_whoever_changes_a_conversation_counts_its_version() -> None:
    """A turn taken ahead is kept only if the version is still the one it was taken on."""
    silent = []
    for path in sorted(Path(backend.__file__).parent.parent.glob("b*/**/*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if (isinstance(node, ast.FunctionDef) and "update(conversation)" in (code := ast.unparse(node))
                    and "version" not in code and "_KEPT" not in code):
                silent.append(f"{path.name}:{node.name}")
    assert silent == []
