"""Nobody protected is ever drawn in: not proposed, not compared, not merged into the open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from backend.cases.models import case
from backend.lists.models import list_row
from backend.matching import service as matching
from backend.matching.merging import people_of
from backend.matching.models import merge
from backend.people.models import person
from backend.staff.access import NotForYou, Restricted
from tests.lists.conftest import HANAKO, HEADER, Town, sheet
from tests.matching.world import chat, compared, decide, everything, proposals


def test_a_protected_person_is_proposed_to_nobody(town: Town) -> None:
    supervisor = town.staff()
    told = chat(town)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == told).values(restricted=True))
    town.import_(sheet([*HEADER, "閲覧制限"], [*HANAKO, "有"]))
    compared(town)
    assert proposals(town, supervisor) == []


def test_who_becomes_protected_leaves_the_list_of_all_but_handlers(town: Town) -> None:
    desk, supervisor = town.staff("caseworker"), town.staff()
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == told).values(restricted=True))
    assert proposals(town, desk) == [] and len(proposals(town, supervisor)) == 1
    with town.engine.connect() as c:
        assert matching.how_many(c, desk)["open"] == 0
    for act in (lambda c: matching.look(c, desk, one["id"], town.clock()),
                lambda c: matching.decide(c, desk, one["id"], "same", version=one["version"], at=town.clock())):
        with town.engine.begin() as c, pytest.raises(Restricted):
            act(c)
    assert decide(town, supervisor)
    assert next(row["restricted"] for row in town.cases() if row["id"] == told)


def test_another_municipality_cannot_decide(town: Town, make_town: Callable[..., Town]) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    there = make_town(town.engine, "tonari").staff()
    assert proposals(town, there) == []
    with town.engine.begin() as c, pytest.raises(NotForYou):
        matching.decide(c, there, one["id"], "same", version=one["version"], at=town.clock())
    made = decide(town, desk)
    with town.engine.begin() as c, pytest.raises(NotForYou):
        matching.undo(c, there, str(made), town.clock())
    with town.engine.connect() as c:
        assert c.execute(select(merge.c.undone_at)).scalar_one() is None and c.execute(select(list_row.c.id)).first()


def test_a_merge_draws_nobody_protected_into_the_open(town: Town) -> None:
    """A child stands in both households under one name, protected in one of them: nothing of it comes over, whoever merges."""
    from backend.people import household

    town.import_(sheet(HEADER, HANAKO))
    (listed,) = [row["id"] for row in town.cases()]
    told = chat(town)
    columns = {"name": "山田 秘子"}
    with town.engine.begin() as c:
        household.add_member(c, case_id=told, columns=columns, by=None, at=town.clock())
        household.add_member(c, case_id=listed, columns=columns | {"phone": "090-9999-9999", "current_address": "ヒミツ町1"}, by=None, at=town.clock())
        c.execute(update(person).where(person.c.id.in_([one["id"] for one in people_of(c, listed) if one["name"] == "山田 秘子"])).values(restricted=True))
    compared(town)
    decide(town, town.staff("caseworker"))
    with town.engine.connect() as c:
        (kept,) = {row["id"] for row in town.cases() if row["status"] != "merged"}
        open_, guarded = sorted((one for one in people_of(c, kept) if one["name"] == "山田 秘子"), key=lambda one: bool(one["restricted"]))
    assert (open_["phone"], open_["current_address"], open_["restricted"]) == (None, None, False)
    assert guarded["restricted"] and guarded["phone"] == "090-9999-9999"


def test_one_who_is_protected_stays_protected_under_either_record(town: Town) -> None:
    town.import_(sheet(HEADER, HANAKO))
    told = chat(town)
    chief = town.staff()
    compared(town)
    with town.engine.begin() as c:
        (listed,) = [row["id"] for row in town.cases() if row["id"] != told]
        hidden = case.c.id == listed  # the one that goes: a resident was told the other's number
        c.execute(update(case).where(hidden).values(restricted=True))
        c.execute(update(person).where(person.c.id.in_(select(case.c.person_id).where(hidden))).values(restricted=True))
    before = everything(town)
    made = decide(town, chief)
    with town.engine.begin() as c:
        assert list(c.execute(select(person.c.restricted).where(person.c.merged_into.is_(None))).scalars()) == [True]
        matching.undo(c, chief, str(made), town.clock())
    assert everything(town) == before
