"""A row of a list meets who wrote in the chat: proposed, decided once, by one person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.conflict import Conflict
from backend.followups.models import due
from backend.matching import service as matching
from backend.matching.models import match_proposal
from backend.matching.propose import match_due
from backend.people.service import MATCH
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, sheet
from tests.matching.world import chat, compared, decide, proposals


def test_a_row_of_the_list_meets_who_wrote_in_the_chat(town: Town) -> None:
    """The list knows 山田 花子, the chat 山田 はな子: nobody asked for it, and the proposal is there."""
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO, TARO))
    (one,) = proposals(town, desk)
    assert told in (one["one_case"], one["other_case"]) and one["score"] >= 80
    assert ["birth_date", "same"] in one["reasons"] and ["phone", "same"] in one["reasons"]
    with town.engine.connect() as c:
        two = matching.look(c, desk, one["id"], town.clock())
    assert two.kept["id"] == told, "the number that the resident was told is the one that stays"


def test_who_writes_after_the_list_came_is_compared_by_the_clock(town: Town) -> None:
    from backend.followups.run import run_due

    desk = town.staff("caseworker")
    town.import_(sheet(HEADER, HANAKO))
    chat(town)
    assert proposals(town, desk) == []
    town.clock.move(minutes=2)
    assert run_due(town.engine, town.clock, {MATCH: match_due}) >= 1
    assert len(proposals(town, desk)) == 1
    with town.engine.connect() as c:
        assert c.execute(select(due).where(due.c.kind == MATCH)).first() is None


def test_a_decision_is_asked_once(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    assert decide(town, desk, "different") is None
    compared(town)
    assert proposals(town, desk) == [] and len(town.cases()) == 2
    with town.engine.connect() as c:
        row = c.execute(select(match_proposal)).one()
    assert (row.state, row.decided_by) == ("different", desk.id)


def test_later_waits_apart(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    decide(town, desk, "later")
    compared(town)
    assert proposals(town, desk) == [] and len(proposals(town, desk, "later")) == 1


def test_two_who_decide_at_once_do_not_cross(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    decide(town, desk, "different")
    with town.engine.begin() as c, pytest.raises(Conflict):
        matching.decide(c, desk, one["id"], "same", version=one["version"], at=town.clock())
