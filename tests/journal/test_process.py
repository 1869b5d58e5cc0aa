"""Stored events become turns: each once, in order, and nobody waits for somebody else's trouble."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from backend.journal.models import conversation, inbox, message
from backend.journal.process import MOST_OF_ONE, process
from backend.tasks.models import task
from tests.journal.field import CHANNELS, answers, pending, put, said, seconds, sessions, write_down


@pytest.fixture(autouse=True)
def _tenant(engine, make_tenant):
    make_tenant(engine)


def drain(engine, clock, hear=write_down, channels=CHANNELS) -> int:
    done = 0
    while some := process(engine, channels, hear, clock):
        done += some
    return done


def test_what_was_said_first_is_heard_first(engine, clock):
    put(engine, clock, said("third", seconds(clock, 3)))
    put(engine, clock, said("first", seconds(clock, 1)), said("second", seconds(clock, 2)))
    assert drain(engine, clock) == 3
    assert sessions(engine) == {"U-hanako": ["first", "second", "third"]}
    assert answers(engine) == {"U-hanako": ["1: first", "2: second", "3: third"]}
    assert pending(engine) == 0


def test_nothing_to_do_is_nothing_done(engine, clock):
    assert process(engine, CHANNELS, write_down, clock) == 0


def test_a_second_event_reads_what_the_first_wrote(engine, clock):
    seen = []

    def hear(batch, home, incoming, event):
        seen.append(len(batch.connection.execute(select(message.c.id)).all()))
        write_down(batch, home, incoming, event)

    put(engine, clock, said("a", seconds(clock, 1)), said("b", seconds(clock, 2)))
    drain(engine, clock, hear)
    assert seen == [0, 1]


def test_a_straggler_is_heard_late_and_marked(engine, clock):
    late = []

    def hear(batch, home, incoming, event):
        late.append((incoming.heard.text, event["late"]))
        write_down(batch, home, incoming, event)

    put(engine, clock, said("second", seconds(clock, 2)))
    drain(engine, clock, hear)
    put(engine, clock, said("first", seconds(clock, 1)))
    drain(engine, clock, hear)
    assert late == [("second", False), ("first", True)]
    assert sessions(engine) == {"U-hanako": ["second", "first"]}


def test_danger_goes_before_a_surge(engine, clock):
    put(engine, clock, *(said(f"{n}", seconds(clock, n), who=f"U-{n}") for n in range(10)))
    put(engine, clock, said("earlier", seconds(clock, 50), who="U-taro"))
    put(engine, clock, said("たすけて", seconds(clock, 60), who="U-taro", lane=0))
    process(engine, CHANNELS, write_down, clock, batch=1)
    assert sessions(engine)["U-taro"] == ["earlier", "たすけて"]


def test_one_who_sends_a_thousand_holds_up_nobody(engine, clock):
    put(engine, clock, *(said(f"{n}", seconds(clock, n), who="U-flood") for n in range(300)))
    put(engine, clock, said("こんにちは", seconds(clock, 1), who="U-hanako"))
    process(engine, CHANNELS, write_down, clock)
    assert sessions(engine)["U-hanako"] == ["こんにちは"]
    assert len(sessions(engine)["U-flood"]) == MOST_OF_ONE
    drain(engine, clock)
    assert sessions(engine)["U-flood"] == [f"{n}" for n in range(300)]


def test_nor_whoever_sends_a_thousand_within_one_second(engine, clock):
    """Telegram tells the second and no more."""
    put(engine, clock, *(said(f"{n}", clock(), who="U-flood", id=f"bot:{n}") for n in range(300)))
    put(engine, clock, said("こんにちは", clock(), who="U-hanako"))
    process(engine, CHANNELS, write_down, clock)
    assert sessions(engine)["U-hanako"] == ["こんにちは"]
    assert sessions(engine)["U-flood"] == [f"{n}" for n in range(MOST_OF_ONE)]
    drain(engine, clock)
    assert sessions(engine)["U-flood"] == [f"{n}" for n in range(300)]


def test_events_of_a_channel_that_is_not_connected_wait(engine, clock):
    put(engine, clock, said("a", clock(), channel="telegram"))
    assert drain(engine, clock, channels={"line": CHANNELS["line"]}) == 0
    assert pending(engine) == 1
    assert drain(engine, clock) == 1


# --- poison -------------------------------------------------------------------------------------------------


def test_a_poisonous_event_is_parked_with_a_task_and_blocks_nobody(engine, clock):
    put(engine, clock, said("poison", seconds(clock, 1), who="U-taro"), said("after", seconds(clock, 2), who="U-taro"),
        *(said(f"{n}", seconds(clock, n), who=f"U-{n}") for n in range(5)))
    assert process(engine, CHANNELS, write_down, clock) == 5 + 1
    drain(engine, clock)
    heard = sessions(engine)
    assert heard["U-taro"] == ["after"]
    assert all(heard[f"U-{n}"] == [f"{n}"] for n in range(5))
    assert answers(engine)["U-taro"] == ["1: after"]
    with engine.connect() as connection:
        parked = connection.execute(select(inbox).where(inbox.c.parked_at.is_not(None))).one()
        waiting = connection.execute(select(task)).one()
    assert (parked.tries, parked.error) == (5, "ValueError")
    assert (waiting.kind, waiting.conversation_id) == ("parked", parked.conversation_id)


def test_what_came_before_the_poison_is_kept(engine, clock):
    put(engine, clock, said("before", seconds(clock, 1)), said("poison", seconds(clock, 2)),
        said("after", seconds(clock, 3)))
    drain(engine, clock)
    assert sessions(engine) == {"U-hanako": ["before", "after"]}


def test_a_trouble_that_passes_costs_nothing(engine, clock):
    troubles = iter([True, True, False])

    def hear(batch, home, incoming, event):
        if next(troubles):
            raise RuntimeError
        write_down(batch, home, incoming, event)

    put(engine, clock, said("a", clock()))
    drain(engine, clock, hear)
    assert sessions(engine) == {"U-hanako": ["a"]}
    with engine.connect() as connection:
        assert connection.scalar(select(inbox.c.parked_at)) is None


def test_a_failed_turn_leaves_no_trace_even_of_direct_writes(engine, clock):
    def hear(batch, home, incoming, event):
        batch.connection.execute(update(conversation).values(locale="en"))
        raise ValueError

    put(engine, clock, said("a", clock()))
    drain(engine, clock, hear)
    with engine.connect() as connection:
        assert connection.scalar(select(conversation.c.locale)) == "ja"


def test_a_statement_that_fails_is_poison_too(engine, clock):
    def hear(batch, home, incoming, event):
        if incoming.heard.text == "bad":
            batch.connection.execute(text("SELECT * FROM no_such_table"))
        write_down(batch, home, incoming, event)

    put(engine, clock, said("bad", clock(), who="U-1"), said("good", clock(), who="U-2"))
    drain(engine, clock, hear)
    assert sessions(engine) == {"U-1": None, "U-2": ["good"]}


def test_a_turn_that_cannot_be_written_is_poison_and_blocks_nobody(engine, clock):
    """Found only when everybody's turns are written together: a text that no database takes."""
    def hear(batch, home, incoming, event):
        write_down(batch, home, incoming, event)
        if incoming.heard.text == "bad":
            batch.add(message, {"conversation_id": home["id"], "direction": "in", "author": "person", "at": batch.now,
                                "event_ref": "\ud83d"})

    put(engine, clock, *(said(f"{n}", seconds(clock, n), who=f"U-{n}") for n in range(5)),
        said("bad", seconds(clock, 5), who="U-taro"), said("after", seconds(clock, 6), who="U-taro"))
    drain(engine, clock, hear)
    assert sessions(engine) == {"U-taro": ["after"], **{f"U-{n}": [f"{n}"] for n in range(5)}}
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(inbox.c.parked_at.is_not(None))) == 1


def test_a_database_that_is_away_is_nobodys_poison(engine, clock):
    def hear(batch, home, incoming, event):
        raise OperationalError("", {}, Exception())

    put(engine, clock, said("a", clock()))
    with pytest.raises(OperationalError):
        process(engine, CHANNELS, hear, clock)
    with engine.connect() as connection:
        assert connection.scalar(select(inbox.c.tries)) == 0


def test_a_body_that_does_not_open_is_parked_alone(engine, clock):
    put(engine, clock, said("a", clock(), who="U-1"), said("b", clock(), who="U-2"))
    with engine.begin() as connection:
        connection.execute(update(inbox).where(inbox.c.event_id == "event-a").values(body=b"\x01" + b"x" * 40))
    drain(engine, clock)
    assert sessions(engine) == {"U-1": None, "U-2": ["b"]}


def test_no_words_of_a_person_in_the_log(engine, clock, caplog):
    put(engine, clock, said("poison", clock()))
    drain(engine, clock)
    assert caplog.records
    assert "山田" not in caplog.text and "U-hanako" not in caplog.text


# --- redelivery and order -----------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_shuffled_and_redelivered_events_end_the_same(engine, clock, seed):
    """R8: Every event delivered one to five times, in any order and any packets: the same end state."""
    random = Random(seed)
    people = [f"U-{seed}-{who}" for who in range(4)]  # new people for every example: one database serves them all
    events = [said(f"{n}", seconds(clock, n // 2), who=who, id=f"{who}-{n:03}") for who in people for n in range(12)]
    sent = [event for event in events for _ in range(random.randint(1, 5))]
    random.shuffle(sent)
    while sent:
        packet = [sent.pop() for _ in range(min(len(sent), random.randint(1, 20)))]
        put(engine, clock, *packet)
    drain(engine, clock)
    heard = sessions(engine)
    assert all(heard[who] == [f"{n}" for n in range(12)] for who in people)
    put(engine, clock, *events)
    assert drain(engine, clock) == 0


def test_shuffled_and_redelivered_events_end_the_same_on_both_databases(engine, clock):
    random = Random(20260706)
    events = [said(f"{who}-{n}", seconds(clock, n // 3), who=f"U-{who}", id=f"{who}-{n:03}")
              for who in range(20) for n in range(25)]
    sent = [event for event in events for _ in range(random.randint(1, 5))]
    random.shuffle(sent)
    for start in range(0, len(sent), 100):
        put(engine, clock, *sent[start:start + 100])
    assert drain(engine, clock) == 500
    assert sessions(engine) == {f"U-{who}": [f"{who}-{n}" for n in range(25)] for who in range(20)}


def test_redelivery_while_the_turns_run(engine, clock):
    """In order, but each event comes again later, after it was answered: nothing happens twice."""
    for n in range(12):
        put(engine, clock, said(f"{n}", seconds(clock, n)), *([said(f"{n - 3}", seconds(clock, n - 3))] if n > 2 else []))
        drain(engine, clock)
    assert sessions(engine) == {"U-hanako": [f"{n}" for n in range(12)]}
