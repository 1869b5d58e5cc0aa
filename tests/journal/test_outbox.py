"""Delivery: one at a time per person, states only forward, nothing uncertain is hidden, nothing is sent twice unmarked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from backend.journal.batch import Batch
from backend.journal.models import conversation, message, outbox
from backend.journal.outbox import LEASE, lease, mark, sweep
from backend.messages import Accepted, Blocked, Refused, Temporary, Throttled, Unknown
from backend.tasks.models import task
from tests.journal.field import CAPABILITIES, answer

ENDS = {"accepted", "unknown", "failed", "expired"}


@pytest.fixture
def people(engine, make_tenant, clock):
    tenant_id = make_tenant(engine)

    def home(name: str, channel: str = "line") -> dict:
        row = {"id": name, "tenant_id": tenant_id, "channel": channel, "address": f"U-{name}", "address_index": name,
               "created_at": clock(), "locale": "ja"}
        with engine.begin() as connection:
            batch = Batch(connection, clock())
            batch.add(conversation, row)
            batch.flush()
        return row

    return home


@pytest.fixture
def post(engine, clock):
    """Commit messages to a person, as a turn would."""

    def post(home, *texts: str, **more) -> None:
        with engine.begin() as connection:
            batch = Batch(connection, clock())
            for text in texts:
                answer(batch, home, text, **more)
            batch.flush()

    return post


@pytest.fixture
def take(engine, clock):
    return lambda limit=100, **more: lease(engine, clock, limit, **{"channels": CAPABILITIES, **more})


@pytest.fixture
def ended(engine, clock):
    return lambda *results, **more: mark(engine, clock, results, resent=lambda locale: "（再送）", **more)


@pytest.fixture
def states(engine):
    def states() -> list[str]:
        with engine.connect() as connection:
            return list(connection.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars())

    return states


@pytest.fixture
def tasks(engine):
    def tasks() -> list[tuple[str, str]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select(task.c.kind, task.c.topic).order_by(task.c.id))]

    return tasks


def test_a_message_is_handed_out_once_and_accepted(people, post, take, ended, states):
    post(people("hanako"), "こんにちは")
    (one,) = take()
    assert (one.address, one.messages[0].text, one.attempts) == ("U-hanako", "こんにちは", 1)
    assert take() == []
    assert states() == ["sending"]
    ended((one, Accepted("req-1")))
    assert states() == ["accepted"]
    assert take() == []


def test_a_person_gets_messages_one_after_the_other(people, post, take, ended):
    post(people("hanako"), "1", "2")
    post(people("taro"), "a")
    first = take()
    assert sorted(d.messages[0].text for d in first) == ["1", "a"]
    ended(*((d, Accepted()) for d in first))
    assert [d.messages[0].text for d in take()] == ["2"]


def test_danger_goes_before_a_surge(people, post, take, clock):
    for n in range(5):
        post(people(f"p{n}"), "plain")
    clock.move(seconds=1)
    post(people("taro"), "119", kind="crisis")
    assert [d.messages[0].text for d in take(1)] == ["119"]


def test_a_failed_try_comes_back_later_with_the_same_key(people, post, take, ended, clock):
    post(people("hanako"), "1", "2")
    (one,) = take()
    ended((one, Temporary("503")))
    assert take() == []
    clock.move(seconds=2)
    (again,) = take()
    assert (again.key, again.attempts, again.first_tried_at) == (one.key, 2, one.first_tried_at or again.first_tried_at)


def test_pauses_grow_to_five_minutes_and_no_further(people, post, take, ended, clock):
    post(people("hanako"), "1")
    pauses = []
    for _ in range(14):
        waited = 0
        while not (got := take()):
            clock.move(seconds=1)
            waited += 1
        pauses.append(waited)
        ended((got[0], Temporary("503")))
    assert pauses == sorted(pauses)
    assert pauses[1] <= 2 and 300 <= pauses[-1] <= 380


def test_throttled_waits_exactly_as_told(people, post, take, ended, clock):
    post(people("hanako", "telegram"), "1")
    (one,) = take()
    ended((one, Throttled(30)))
    clock.move(seconds=29.9)
    assert take() == []
    clock.move(seconds=0.2)
    assert len(take()) == 1


# --- crashes ------------------------------------------------------------------------------------------------


def test_after_a_crash_a_push_is_repeated_with_its_retry_key(people, post, take, clock):
    post(people("hanako"), "1")
    (one,) = take()
    clock.move(LEASE)
    (again,) = take()
    assert again.key == one.key


def test_after_a_crash_a_send_without_a_key_is_unknown_and_shown(people, post, take, states, tasks, clock):
    post(people("hanako", "telegram"), "1", "2")
    take()
    clock.move(LEASE)
    take()
    assert states()[0] == "unknown"
    assert tasks() == [("undelivered", "unknown")]
    assert [d.messages[0].text for d in take()] == ["2"]


def test_after_a_crash_with_a_reply_handle_out_it_is_unknown(people, post, take, states, clock):
    post(people("hanako"), "1", reply="token", reply_until=clock() + timedelta(seconds=50))
    (one,) = take()
    assert (one.reply, one.reply_tried) == ("token", False)
    clock.move(LEASE)
    assert take() == []
    assert states() == ["unknown"]


def test_a_reply_without_an_answer_is_tried_once_more_inside_its_minute(people, post, take, ended, clock):
    post(people("hanako"), "1", reply="token", reply_until=clock() + timedelta(seconds=50))
    (one,) = take()
    ended((one, Temporary("timed out", reply_tried=True)))
    clock.move(seconds=2)
    (again,) = take()
    assert (again.reply, again.reply_tried) == ("token", True)


def test_a_reply_without_an_answer_is_unknown_after_its_minute(people, post, take, ended, states, clock):
    post(people("hanako"), "1", reply="token", reply_until=clock() + timedelta(seconds=50))
    (one,) = take()
    ended((one, Temporary("timed out", reply_tried=True)))
    clock.move(seconds=60)
    assert take() == []
    assert states() == ["unknown"]


def test_a_handle_that_was_not_touched_stays_as_it_was(people, post, take, ended, clock):
    post(people("hanako"), "1", reply="token", reply_until=clock() + timedelta(seconds=50))
    (one,) = take()
    ended((one, Temporary("429 before anything was sent")))
    clock.move(seconds=2)
    (again,) = take()
    assert (again.reply, again.reply_tried) == ("token", False)


def test_a_handle_that_died_before_the_first_try_means_push(people, post, take, clock):
    post(people("hanako"), "1", reply="token", reply_until=clock() + timedelta(seconds=50))
    clock.move(minutes=2)
    (one,) = take()
    assert (one.reply, one.reply_tried) == ("", False)


def test_a_key_is_not_used_longer_than_the_platform_remembers_it(people, post, take, states, clock):
    post(people("hanako"), "1")
    take()
    clock.move(hours=24)
    assert take() == []
    assert states() == ["unknown"]


# --- ends ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["crisis", "case_number", "appointment"])
def test_what_is_urgent_and_uncertain_is_sent_once_more_and_marked(people, post, take, ended, states, kind):
    post(people("hanako", "telegram"), "受付番号", kind=kind)
    (one,) = take()
    ended((one, Unknown("timed out")))
    (again,) = take()
    assert again.messages[0].text == "（再送）受付番号"
    assert again.extra["again"] and again.key != one.key
    ended((again, Unknown("timed out")))
    assert take() == []
    assert states() == ["unknown", "unknown"]


def test_what_is_plain_and_uncertain_is_shown_and_not_repeated(people, post, take, ended, states, tasks):
    post(people("hanako", "telegram"), "1")
    (one,) = take()
    ended((one, Unknown("timed out")))
    assert take() == [] and states() == ["unknown"]
    assert tasks() == [("undelivered", "unknown")]


def test_a_blocked_account_becomes_one_phone_task(engine, people, post, take, ended, states, tasks):
    post(people("hanako"), "1", "2", "3")
    (one,) = take()
    ended((one, Blocked()))
    assert take() == []
    assert states() == ["failed"] * 3
    assert tasks() == [("blocked", "")]
    with engine.connect() as connection:
        assert connection.scalar(select(conversation.c.contact)) == "blocked"


def test_a_refused_message_is_shown_and_the_next_one_goes(people, post, take, ended, states, tasks):
    post(people("hanako"), "1", "2")
    (one,) = take()
    ended((one, Refused("400")))
    assert states()[0] == "failed" and tasks() == [("undelivered", "failed")]
    assert [d.messages[0].text for d in take()] == ["2"]


def test_what_nobody_could_send_for_a_day_expires_with_a_task(engine, people, post, take, states, tasks, clock):
    post(people("hanako"), "1")
    clock.move(hours=25)
    assert take(channels={"telegram": CAPABILITIES["telegram"]}) == []
    assert sweep(engine, clock) == 1
    assert states() == ["expired"] and tasks() == [("undelivered", "expired")]


def test_a_late_success_counts_and_a_late_failure_does_not(people, post, take, ended, states, clock):
    post(people("hanako"), "1")
    (slow,) = take()
    clock.move(LEASE)
    (quick,) = take()
    ended((slow, Refused("400")))
    assert states() == ["sending"]
    ended((slow, Accepted("late")))
    assert states() == ["accepted"]
    ended((quick, Unknown("timed out")))
    assert states() == ["accepted"]


def test_what_was_taken_back_meanwhile_is_not_delivered(engine, people, post, take, clock, states, tasks):
    post(people("hanako"), "1")
    with engine.begin() as connection:
        connection.execute(update(message).values(hidden_at=clock()))
    assert take() == []
    assert (states(), tasks()) == (["failed"], [])


RESULTS = [Accepted("r"), Blocked(), Throttled(3), Temporary("503"), Temporary("timed out", reply_tried=True),
           Refused("400"), Unknown("timed out"), None]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plan=st.lists(st.tuples(st.sampled_from(RESULTS), st.integers(0, 90)), min_size=1, max_size=25),
       kinds=st.lists(st.sampled_from(["plain", "crisis"]), min_size=1, max_size=4),
       number=st.integers(0, 2**40), channel=st.sampled_from(["line", "telegram"]))
def test_states_only_move_forward_whatever_happens(engine, people, post, take, ended, clock, plan, kinds, number,
                                                   channel):
    """Any order of results, crashes (None) and pauses: no entry leaves its end, none is left without an end or a task."""
    home = people(f"p{number}-{clock.move(seconds=1).timestamp()}"[:26], channel)
    mine = select(outbox.c.id, outbox.c.state, outbox.c.again).where(outbox.c.conversation_id == home["id"])
    for kind in kinds:
        post(home, "x", kind=kind, reply="t", reply_until=clock() + timedelta(seconds=50))
    ranks = {"pending": 0, "sending": 0, **dict.fromkeys(ENDS, 1)}
    seen: dict[int, str] = {}
    for result, pause in [*plan, *[(Accepted(), 400)] * 40]:
        for delivery in take():
            if result is not None:
                ended((delivery, result))
        with engine.connect() as connection:
            rows = connection.execute(mine).all()
        for row in rows:
            before = seen.get(row.id, "pending")
            assert ranks[row.state] >= ranks[before] and (before not in ENDS or before == row.state)
            seen[row.id] = row.state
        clock.move(seconds=pause)
    assert set(seen.values()) <= ENDS
    assert sum(row.again for row in rows) <= len(kinds)
    with engine.connect() as connection:
        kinds_of_task = set(connection.execute(
            select(task.c.kind).where(task.c.conversation_id == home["id"])).scalars())
    if set(seen.values()) - {"accepted"}:
        assert kinds_of_task & {"undelivered", "blocked"}
