"""Who lives together and who is registered together: told in the chat, split by the disaster, back under one roof."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select, update

from backend.cases.models import case
from backend.conflict import Conflict
from backend.people import household as home
from backend.people import service as people
from backend.people.models import person
from dialogs.core.answers import Answer
from tests.conftest import MakeTenant, MovableClock
from tests.search.conftest import Town

MOVED = date(2026, 8, 1)


@pytest.fixture
def town(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Town:
    return Town(engine, clock, make_tenant(engine))


def names(town: Town, case_id: str, **more: bool) -> list[str]:
    with town.engine.connect() as c:
        return [one.person["name"] for one in home.household(c, case_id, **more)]


def family(town: Town) -> tuple[str, str, str]:
    """山田 花子 with her son and his wife, in one house and on one register."""
    case_id = town.case(name="山田 花子")
    with town.engine.begin() as c:
        son, wife = (
            home.add_member(c, case_id=case_id, columns={"name": name}, relation=relation, on_register=True, by=None, at=town.clock())
            for name, relation in (("山田 太郎", "child"), ("山田 梅", "other"))
        )
    return case_id, son, wife


def test_the_cases_own_person_is_in_it_even_if_nobody_wrote_it_down(town: Town) -> None:
    case_id = town.case(name="山田 花子")
    assert names(town, case_id) == ["山田 花子"]
    with town.engine.begin() as c:
        first = home.main_member(c, case_id, None, town.clock())
        assert home.main_member(c, case_id, None, town.clock()) == first
    assert names(town, case_id) == ["山田 花子"]


def test_living_and_registered_are_two_things(town: Town) -> None:
    case_id, son, _ = family(town)
    with town.engine.begin() as c:
        assert home.split(c, case_id=case_id, member_ids=[son], own_case=False, on=MOVED, by=None, at=town.clock()) is None
        shown = {one.person["name"]: (one.lives_together, one.on_register) for one in home.household(c, case_id)}
    assert shown == {"山田 花子": (True, None), "山田 太郎": (False, True), "山田 梅": (True, True)}


def test_a_household_divides_and_comes_together_again(town: Town) -> None:
    case_id, son, wife = family(town)
    with town.engine.begin() as c:
        made = home.split(c, case_id=case_id, member_ids=[son, wife], own_case=True, on=MOVED, by=None, at=town.clock())
        assert made
        row = c.execute(select(case).where(case.c.id == made)).mappings().one()
    assert names(town, case_id) == ["山田 花子"] and names(town, made) == ["山田 太郎", "山田 梅"]
    assert names(town, case_id, former=True) == ["山田 花子", "山田 太郎", "山田 梅"]
    assert (row["origin"], row["number"][:6]) == ("split", "T-2026")
    with town.engine.begin() as c:
        assert home.rejoin(c, case_id=case_id, member_ids=[son, wife], on=date(2027, 3, 1), by=None, at=town.clock()) == (made,)
    assert names(town, case_id) == ["山田 花子", "山田 太郎", "山田 梅"]
    with town.engine.connect() as c:
        told = [(row["what"], row["other_case_id"]) for row in home.changes_of(c, case_id)]
    assert told == [("rejoined", made), ("rejoined", made), ("split", made), ("split", made), ("added", None), ("added", None)]


def test_what_is_known_of_the_home_goes_along_and_a_protection_too(town: Town) -> None:
    from sqlalchemy import insert

    from backend.cases.models import answer

    case_id = town.case(name="山田 花子", restricted=True)
    with town.engine.begin() as c:
        son = home.add_member(c, case_id=case_id, columns={"name": "山田 太郎"}, by=None, at=town.clock())
        for field, value in (("damage_level", "total"), ("worries", "母のこと")):
            c.execute(insert(answer).values(tenant_id=town.tenant_id, case_id=case_id, field=field, state="given", value=value, by="self",
                                            about="self", source="line", at=town.clock()))
        made = home.split(c, case_id=case_id, member_ids=[son], own_case=True, on=MOVED, by=None, at=town.clock())
        rows = c.execute(select(answer.c.field, answer.c.value).where(answer.c.case_id == made)).all()
        assert c.execute(select(case.c.restricted).where(case.c.id == made)).scalar_one()
    assert [tuple(row) for row in rows] == [("damage_level", "total")]


def test_a_protected_member_who_gets_a_case_of_their_own_is_protected_in_it(town: Town) -> None:
    """PR-31: the household was in the open, and they are not."""
    case_id, son, wife = family(town)
    with town.engine.begin() as c:
        hidden = next(one.person["id"] for one in home.household(c, case_id) if one.id == wife)
        c.execute(update(person).where(person.c.id == hidden).values(restricted=True))
        alone = home.split(c, case_id=case_id, member_ids=[wife], own_case=True, on=MOVED, by=None, at=town.clock())
        open_ = home.split(c, case_id=case_id, member_ids=[son], own_case=True, on=MOVED, by=None, at=town.clock())
        shut = dict(c.execute(select(case.c.id, case.c.restricted)).all())
    assert (shut[case_id], shut[alone], shut[open_]) == (False, True, False)


def test_whose_case_it_is_does_not_leave_it(town: Town) -> None:
    case_id, _, _ = family(town)
    with town.engine.begin() as c:
        own = home.main_member(c, case_id, None, town.clock())
    with town.engine.begin() as c, pytest.raises(ValueError, match="own person"):
        home.split(c, case_id=case_id, member_ids=[own], own_case=True, on=MOVED, by=None, at=town.clock())


def test_two_who_change_one_member_do_not_cross(town: Town) -> None:
    case_id, son, _ = family(town)
    with town.engine.begin() as c:
        home.change_member(c, case_id=case_id, member_id=son, values={"head": True}, columns={"birth_date": "1975-01-02"}, version=1, by=None, at=town.clock())
    with town.engine.begin() as c, pytest.raises(Conflict):
        home.change_member(c, case_id=case_id, member_id=son, values={"head": False}, version=1, by=None, at=town.clock())
    with town.engine.connect() as c:
        (_, one, _) = home.household(c, case_id)
        assert (one.head, one.person["birth_date"], people.history(c, one.person["id"])[0]["after"]) == (True, "1975-01-02", {"birth_date": "1975-01-02"})


def test_who_is_told_of_in_the_chat_becomes_a_member_once(town: Town) -> None:
    case_id = town.case(name="山田 花子")
    told = {key: Answer(key, value) for key, value in (
        ("members.m1.member_name", "山田 太郎"), ("members.m1.member_relation", "child"), ("members.m1.member_age", 51))}
    with town.engine.begin() as c:
        home.follow(c, case_id, told, "line", town.clock())
        home.follow(c, case_id, {**told, "members.m1.member_name": Answer("members.m1.member_name", "山田 太朗")}, "line", town.clock())
        _, son = home.household(c, case_id)
    assert (son.person["name"], son.relation, son.about) == ("山田 太朗", "child", {"answers": "m1", "age": 51})
