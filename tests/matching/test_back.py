"""Whatever hangs on two households: made one and two again, every row of every table is what it was, byte for byte."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from backend.cases.models import answer, case
from backend.db import metadata
from backend.journal.models import conversation
from backend.matching import merging
from backend.matching.merging import _tables, part, people_of, unite
from backend.people.models import household_member, person
from backend.people.service import put_tokens
from backend.people.tokens import tokens_of
from backend.relations import referred
from backend.staff.models import staff
from tests.conftest import MakeTenant, MovableClock
from tests.matching.anything import TRACES, Things, as_stored

FIELDS = ("damage_level", "certificate", "birth_date", "trouble", "income_work")
NAMES = ("山田 花子", "山田 太郎", "髙﨑 梅")


class Households:
    """Some households with much that hangs on them, as a seed says."""

    def __init__(self, connection: Connection, tenant_id: str, clock: MovableClock, dice: random.Random) -> None:
        self.c, self.tenant_id, self.clock, self.dice = connection, tenant_id, clock, dice
        self.holding: set[tuple[str, str]] = set()
        self.things = Things(connection, tenant_id, clock())
        self.desk = str(self.things.add(staff, tenant_id=tenant_id))

    def person(self) -> str:
        dice, some = self.dice, {"name": self.dice.choice(NAMES), "kana": "やまだ", "birth_date": "1948-04-02", "phone": "090-1234-5678", "address": "新栄町1"}
        columns = {name: value for name, value in some.items() if dice.random() < 0.6}
        id_ = self.things.add(person, tenant_id=self.tenant_id, restricted=dice.random() < 0.2, **columns)
        put_tokens(self.c, id_, tokens_of(self.tenant_id, {**dict.fromkeys(some), **columns}))
        return str(id_)

    def household(self) -> str:
        dice = self.dice
        main = self.person()
        columns: dict[str, Any] = {
            "district": dice.choice(("", "新栄")), "damage_level": dice.choice(("", "half", "total")), "category": dice.choice((None, 2)),
            "assigned_to": dice.choice((None, self.desk)), "restricted": dice.random() < 0.2,
            "waiting_since": dice.choice((None, self.clock.move(minutes=1))),
        }  # fmt: skip
        home = str(self.things.add(case, tenant_id=self.tenant_id, person_id=main, opened_at=self.clock(), **columns))
        for _ in range(dice.choice((0, 1, 2))):
            self.things.add(household_member, tenant_id=self.tenant_id, case_id=home, person_id=self.person())
        talk = self.things.add(conversation, tenant_id=self.tenant_id, case_id=home)
        for table in _tables():
            for _ in range(4 if table is answer else dice.choice((0, 1)) if merging._unique(table) else dice.choice((0, 1, 2))):
                self.row(table, home, main, talk)
        return home

    def row(self, table: Any, home: str, main: str, talk: str) -> None:
        where = {"case_id": home, "conversation_id": self.dice.choice((None, talk)), "person_id": main, "tenant_id": self.tenant_id}
        given_: dict[str, Any] = {name: value for name, value in where.items() if name in table.c and (value or table.c[name].nullable)}
        if table is answer:
            field = self.dice.choice(FIELDS)
            holds = (home, field) not in self.holding and self.dice.random() < 0.7
            self.holding |= {(home, field)} if holds else set()
            given_ |= {"field": field, "state": self.dice.choice(("given", "unknown")), "value": "half", "source": self.dice.choice(("list", "line")),
                       "at": self.clock.move(minutes=1), "superseded_at": None if holds else self.clock()}
        elif merging._unique(table) and "number" in table.c:
            given_ |= {"number": 1}  # both have a version 1
        self.things.add(table, **given_)

    def unite(self, kept: str, gone: str) -> str:
        """As a person decides: the two are one human being, or two of one home."""
        mine, theirs = (people_of(self.c, one)[0]["id"] for one in (kept, gone))
        same = [(mine, theirs)] if self.dice.random() < 0.6 else []
        return unite(self.c, tenant_id=self.tenant_id, kept=kept, gone=gone, same=same, by=self.desk, at=self.clock.move(minutes=1))


@settings(max_examples=8, derandomize=True, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 32))
def test_made_one_and_two_again_nothing_has_changed(seed: int, engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    """Three households in either order: two into one that goes into a third, or one after the other into the same."""
    with engine.connect() as c:
        if c.execute(select(func.count()).select_from(metadata.tables["tenant"])).scalar_one() == 0:
            c.rollback()
            make_tenant(engine)
        town = Households(c, "tenant-tsunagi", clock, random.Random(seed))
        one, two, three = (town.household() for _ in range(3))
        steps = town.dice.choice((((one, two),), ((one, two), (one, three)), ((two, three), (one, two))))
        seen, made = [as_stored(c)], []
        for kept, gone in steps:
            made.append(town.unite(kept, gone))
            seen.append(as_stored(c))
        for merge_id, before in zip(reversed(made), reversed(seen[:-1]), strict=True):
            part(c, tenant_id="tenant-tsunagi", merge_id=merge_id, by=town.desk, at=clock.move(minutes=1))
            after = as_stored(c)
            assert {name for name in before if before[name] != after[name]} == set()
        c.rollback()


def test_every_table_that_hangs_on_a_household_is_in_it(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    with engine.connect() as c:
        town = Households(c, "tenant-tsunagi", clock, random.Random(1))
        main = town.person()
        home, other = (str(town.things.add(case, tenant_id="tenant-tsunagi", person_id=main)) for _ in range(2))
        talk = town.things.add(conversation, tenant_id="tenant-tsunagi", case_id=home)
        for table in _tables():
            town.row(table, home, main, talk)
        before = as_stored(c)
        made = unite(c, tenant_id="tenant-tsunagi", kept=other, gone=home, same=[], by=town.desk, at=clock())
        for table in _tables():
            there = set(c.execute(select(table.c.case_id)).scalars())
            assert other in there and home not in there, table.name
        assert {name for name, rows in as_stored(c).items() if rows != before[name]} >= {table.name for table in _tables()}
        part(c, tenant_id="tenant-tsunagi", merge_id=made, by=town.desk, at=clock())
        assert as_stored(c) == before
        c.rollback()


@pytest.mark.parametrize("name", ["case", "person"])
def test_what_is_not_moved_is_so_for_a_reason(name: str) -> None:
    """A new table that refers to a household moves with it, or is named here."""
    stays = {
        "case": {"case_lock", "household_change", "match_proposal", "merge"},  # held for moments; history of a household; what was decided about it
        "person": {"case", "person_change", "person_token", "approach", "match_proposal", *TRACES},  # who is the same: `person.merged_into`
    }[name]  # fmt: skip
    moved = {str(table.name) for table in _tables()}
    refers = {str(table.name) for table in metadata.sorted_tables
              if any((target := referred(column)) is not None and target.table.name == name for column in table.columns)}
    assert refers - moved - {"person"} <= stays and (name == "person" or refers - moved == stays)
