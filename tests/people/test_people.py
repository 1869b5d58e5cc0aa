"""A person is written in one place: row, history and the words by which they are found go together."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from backend.conflict import Conflict
from backend.people import service as people
from backend.people.models import person, person_token
from backend.people.tokens import tokens_of
from tests.conftest import MakeTenant, MovableClock


def tokens(engine: Engine, person_id: str) -> set[int]:
    with engine.connect() as c:
        return set(c.execute(select(person_token.c.token).where(person_token.c.person_id == person_id)).scalars())


def row(engine: Engine, person_id: str) -> dict:
    with engine.connect() as c:
        return dict(c.execute(select(person).where(person.c.id == person_id)).mappings().one())


def test_a_changed_name_is_found_and_the_old_one_no_longer(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(engine)
    with engine.begin() as c:
        id = people.add(c, tenant, {"name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1234-5678"}, clock())
        people.add_number(c, tenant, id, "A-0012")
    before = tokens(engine, id)
    with engine.begin() as c:
        assert people.write(c, id, {"name": "田中 花子", "kana": "たなか はなこ"}, source="console", by=None, at=clock())
    now = row(engine, id)
    assert (now["name"], now["version"]) == ("田中 花子", 2)
    assert tokens_of(tenant, now) <= tokens(engine, id)
    assert people.number_token(tenant, "a12") in tokens(engine, id), "a number of a list stays"
    assert len(before - tokens(engine, id)) > 0
    with engine.connect() as c:
        (kept,) = people.history(c, id)
    assert (kept["before"], kept["after"]["name"]) == ({"name": "山田 花子", "kana": "やまだ はなこ"}, "田中 花子")


def test_what_somebody_else_changed_is_not_overwritten(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(engine)
    with engine.begin() as c:
        id = people.add(c, tenant, {"name": "山田 花子"}, clock())
        people.write(c, id, {"name": "山田 はな子"}, source="console", by=None, at=clock(), version=1)
    with engine.begin() as c, pytest.raises(Conflict):
        people.write(c, id, {"name": "山田 ハナ子"}, source="console", by=None, at=clock(), version=1)
    assert row(engine, id)["name"] == "山田 はな子"


def test_nothing_changed_leaves_no_trace(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(engine)
    with engine.begin() as c:
        id = people.add(c, tenant, {"name": "山田 花子", "landline": "0944-00-0000"}, clock())
        assert not people.write(c, id, {"name": "山田 花子", "sex": ""}, source="list", by=None, at=clock())
        assert people.history(c, id) == []


def test_the_landline_stands_in_until_there_is_a_number_to_call(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(engine)
    with engine.begin() as c:
        id = people.add(c, tenant, {"landline": "0944-00-0000"}, clock())
    assert row(engine, id)["phone"] == "0944-00-0000"
    with engine.begin() as c:
        people.write(c, id, {"landline": "0944-11-1111"}, source="console", by=None, at=clock())
    assert row(engine, id)["phone"] == "0944-11-1111"
    with engine.begin() as c:
        people.write(c, id, {"phone": "090-1234-5678"}, source="console", by=None, at=clock())
        people.write(c, id, {"landline": None}, source="console", by=None, at=clock())
    assert row(engine, id)["phone"] == "090-1234-5678"


def test_nothing_of_a_person_stands_in_clear(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(engine)
    said = {"name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1234-5678", "birth_date": "1948-04-02", "address": "新栄町1-2-3"}
    with engine.begin() as c:
        id = people.add(c, tenant, said, clock())
        people.write(c, id, {"address": "三池567"}, source="console", by=None, at=clock())
        for table in ("person", "person_change", "person_token"):
            stored = repr([tuple(r) for r in c.exec_driver_sql(f"SELECT * FROM {table}")])
            assert not any(word in stored for word in (*said.values(), "三池", "\\u5c71"))
