"""Rows written in the short way are read back as the long way would have written them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from backend.clock import now
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.journal.models import conversation, message
from backend.journal.process import process, waiting
from backend.journal.statements import update_rows
from tests.journal.field import CHANNELS, put, said, write_down

HOME = {"id": "c1", "tenant_id": "tenant-tsunagi", "channel": "line", "address": "U-hanako", "address_index": "x"}


@pytest.fixture
def home(engine, make_tenant, clock) -> dict:
    make_tenant(engine)
    with engine.begin() as connection:
        connection.execute(insert(conversation).values(**HOME, created_at=clock()))
    return HOME


def rows(engine, table) -> list[dict]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


def test_every_kind_of_column_comes_back_as_it_went_in(engine, home, clock):
    moment = now().replace(microsecond=123_000)
    values = {"locale": "en", "session": {"山": ["田", None, 1]}, "quiet": True, "reply": "token", "reply_until": moment,
              "last_event_at": 2**40, "version": 3}
    with engine.begin() as connection:
        update_rows(connection, conversation, tuple(values), [{"id": "c1", **values}])
        batch = Batch(connection, moment)
        batch.add(due, {"kind": "reminder", "subject": "c1", "due_at": moment, "detail": {"reminder": "first"}})
        batch.add(message, {"conversation_id": "c1", "direction": "in", "author": "person", "content": {"shown": "％ % ?"},
                            "at": moment})
        batch.flush()
    (kept,) = rows(engine, conversation)
    assert {name: kept[name] for name in values} == values
    assert kept["address"] == "U-hanako"
    (waits,) = rows(engine, due)
    assert (waits["detail"], waits["due_at"], waits["turn"]) == ({"reminder": "first"}, moment, 0)
    (said_,) = rows(engine, message)
    assert (said_["content"], said_["original"], said_["surface"], said_["hidden_at"]) == ({"shown": "％ % ?"}, None, "chat", None)


def test_what_is_personal_is_sealed_on_this_way_too(engine, home):
    with engine.begin() as connection:
        update_rows(connection, conversation, ("session",), [{"id": "c1", "session": {"name": "山田 花子"}}])
        raw = connection.exec_driver_sql("SELECT session FROM conversation").scalar_one()
    assert "山田".encode() not in bytes(raw)


def test_nothing_is_set_back_to_what_it_was(engine, home):
    with engine.begin() as connection:
        for reply in ("token", None):
            update_rows(connection, conversation, ("reply",), [{"id": "c1", "reply": reply}])
    assert rows(engine, conversation)[0]["reply"] is None


def test_a_column_that_does_not_exist_is_refused(engine, home):
    with engine.begin() as connection, pytest.raises(KeyError, match=r"message\.colour"):
        Batch(connection, now()).add(message, {"conversation_id": "c1", "colour": "red"})


def test_rows_keep_their_order_and_may_bring_their_own_number(engine, home, clock):
    with engine.begin() as connection:
        batch = Batch(connection, clock())
        for number in (None, 70, None):
            own = {"id": number} if number else {}
            batch.add(due, {**own, "kind": f"k{number}{len(batch.added(due))}", "subject": "c1", "due_at": clock()})
        batch.flush()
    assert 70 in [row["id"] for row in rows(engine, due)]
    assert len(rows(engine, due)) == 3


def test_the_look_sees_what_others_committed_and_when_it_is_gone(engine, make_tenant, clock):
    make_tenant(engine)
    assert not waiting(engine)
    put(engine, clock, said("こんにちは", clock() - timedelta(seconds=1)))
    assert waiting(engine)
    assert process(engine, CHANNELS, write_down, clock) == 1
    assert not waiting(engine)
