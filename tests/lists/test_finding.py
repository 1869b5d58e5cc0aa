"""Whoever a long list brought in is found while the rest still comes, and nobody is lost on the way, whatever becomes of the work."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from backend import ids
from backend.audit.models import audit
from backend.jobs.models import job
from backend.jobs.run import LEASE, run_slice
from backend.lists import ahead, finding
from backend.lists import service as lists
from backend.lists.finding import FIND
from backend.lists.models import list_chunk, list_row, token_run
from backend.lists.runs import Run
from backend.matching import merging
from backend.matching.propose import MATCH
from backend.people import service as people
from backend.people.models import person
from backend.search.find import find
from tests.lists.conftest import FEW, HOMES, SLICES, Town, homes, text

ALL = FEW * 6 + 3


@pytest.fixture(autouse=True)
def small(few_a_chunk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three chunks' tokens go in together, in some twenty pieces."""
    monkeypatch.setattr(ahead, "processes", lambda: 0)
    monkeypatch.setattr(finding, "LONG", FEW)
    monkeypatch.setattr(finding, "TOGETHER", 3)
    monkeypatch.setattr(finding, "PIECE", 100)
    monkeypatch.setattr(finding, "ROOMY", 1)
    finding._opened.clear()


@pytest.fixture
def begun(both_towns: Town) -> tuple[Town, str]:
    """A long list that is checked, and is about to be taken in."""
    id_ = both_towns.bring(text(HOMES, *homes()), kind="evacuee")
    both_towns.begin(id_)
    return both_towns, id_


def expected(town: Town) -> list[tuple[int, str]]:
    """By what everybody is to be found: what their records say."""
    with town.engine.connect() as c:
        rows = c.execute(select(person).where(person.c.tenant_id == town.tenant_id)).mappings().all()
        return sorted((token, row["name"]) for row in rows for token in finding.found_by(c, dict(row)))


def runs(town: Town) -> int:
    with town.engine.connect() as c:
        return len(c.execute(select(token_run.c.id)).all())


def found(town: Town, words: str) -> int:
    desk = town.staff()
    with town.engine.connect() as c:
        return len(find(c, desk, words, limit=1000).hits)


def until(town: Town, there: Callable[[], bool]) -> int:
    """Slices until it is so."""
    for done in range(1000):
        if there():
            return done
        assert run_slice(town.shell, SLICES), "it never came so far"
    raise AssertionError


def under_way(town: Town) -> dict[str, Any]:
    with town.engine.connect() as c:
        details = c.execute(select(job.c.detail).where(job.c.state.in_(("waiting", "running")))).scalars().all()
    return next((detail["finding"] for detail in details if detail.get("finding")), {})


def test_what_waited_and_went_in_together_is_what_would_have_gone_in_at_once(begun: tuple[Town, str], monkeypatch: pytest.MonkeyPatch) -> None:
    town, id_ = begun
    town.work()
    assert town.look(id_)["state"] == "applied" and town.tokens() == expected(town) and runs(town) == 0
    waited = town.taken()
    monkeypatch.setattr(finding, "LONG", ALL + 1)
    again = town.import_(text(HOMES, *homes()), kind="evacuee")
    assert again["counts"]["did_same"] == ALL and town.taken() == waited
    others = [[f"9{row[0]}", f"9{row[1]}", row[2].replace("山田", "佐藤"), *row[3:]] for row in homes()]
    town.import_(text(HOMES, *others), kind="evacuee")
    assert town.tokens() == expected(town) != waited[1], "a short one goes in with its rows"


def test_people_are_found_while_the_rest_still_comes(begun: tuple[Town, str]) -> None:
    town, id_ = begun
    assert town.work(2) == 2
    assert (len(town.who()), found(town, "1234"), runs(town)) == (FEW * 2, 0, 2), "their turn has not come"
    until(town, lambda: found(town, "はなこ") > 0)
    until(town, lambda: runs(town) == 0)
    there = len(town.who())
    assert there == FEW * 3 and town.look(id_)["state"] == "applying"
    assert found(town, "はなこ") == there and town.tokens() == expected(town)


def test_a_second_list_is_matched_with_all_of_the_first(begun: tuple[Town, str]) -> None:
    """Matching looks people up by their tokens: it begins when all are there."""
    town, _ = begun
    until(town, lambda: any(one.kind == MATCH for one in _jobs(town)))
    assert runs(town) == 0 and town.tokens() == expected(town)


@pytest.mark.parametrize("slices", [1, 2, 4, 8])
def test_stopped_anywhere_everybody_who_came_is_found(slices: int, begun: tuple[Town, str]) -> None:
    """After a chunk, after two, and among the pieces: whoever is there is found without the list going on."""
    town, id_ = begun
    assert town.work(slices) == slices and runs(town)
    assert town.stop(id_)
    town.work()
    there = min(slices, 3) * FEW
    assert (town.look(id_)["state"], len(town.who()), runs(town)) == ("stopped", there, 0) and town.tokens() == expected(town)
    assert [one.state for one in _jobs(town) if one.kind == FIND] == ["done"]
    town.take(id_)
    assert len(town.who()) == ALL and town.tokens() == expected(town) and runs(town) == 0


@pytest.mark.parametrize("slices", [2, 8])
def test_stopped_and_taken_up_at_once_both_put_them_in(slices: int, begun: tuple[Town, str]) -> None:
    town, id_ = begun
    town.work(slices)
    assert town.stop(id_)
    town.take(id_)
    assert town.look(id_)["state"] == "applied" and town.tokens() == expected(town) and runs(town) == 0
    assert {one.state for one in _jobs(town)} == {"done", "stopped"}


@pytest.mark.parametrize("piece", [0, 1, 9])
def test_killed_among_the_pieces_another_process_goes_on(piece: int, begun: tuple[Town, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after the rows of a piece are written and before it is saved: the whole piece is done again, by one that knows nothing of it."""
    town, _ = begun
    until(town, lambda: under_way(town).get("piece", -1) == piece if piece else runs(town) == 3)
    put = finding.put

    def cut_off(*what: Any) -> None:
        put(*what)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(finding, "put", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run_slice(town.shell, SLICES)
    finding._opened.clear()
    assert run_slice(town.shell, SLICES) is False, "its lease still runs"
    town.clock.move(minutes=LEASE.total_seconds() // 60 + 1)
    town.work()
    assert len(town.who()) == ALL and town.tokens() == expected(town) and runs(town) == 0


def test_killed_between_the_rows_and_their_tokens_neither_is_there(begun: tuple[Town, str], monkeypatch: pytest.MonkeyPatch) -> None:
    town, _ = begun
    assert town.work(1) == 1

    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(finding, "keep", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run_slice(town.shell, SLICES)
    assert (len(town.who()), runs(town)) == (FEW, 1)
    town.clock.move(minutes=LEASE.total_seconds() // 60 + 1)
    town.work()
    assert len(town.who()) == ALL and town.tokens() == expected(town)


def test_where_the_work_fails_those_who_came_are_found(begun: tuple[Town, str], monkeypatch: pytest.MonkeyPatch) -> None:
    town, id_ = begun
    assert town.work(2) == 2
    with monkeypatch.context() as patched:
        patched.setattr("backend.lists.applying._Taking.read", lambda *_: 1 / 0)
        assert run_slice(town.shell, SLICES)
    town.work()
    home = town.look(id_)
    assert (home["state"], home["error"], len(town.who()), runs(town)) == ("stopped", "console.job.failed", FEW * 2, 0)
    assert town.tokens() == expected(town)


def test_where_finding_itself_fails_somebody_sees_it_and_takes_it_up(begun: tuple[Town, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both the list and what would have seen to its people failed: nobody may stay unfound without a word."""
    town, id_ = begun
    assert town.work(4) == 4 and not town.look(id_)["unfound"], "it is under way"
    with monkeypatch.context() as patched:
        patched.setattr(finding, "put", lambda *_: 1 / 0)
        town.work()
    assert [one.state for one in _jobs(town) if one.kind == FIND] == ["failed"]
    assert town.look(id_)["unfound"] and town.tokens() != expected(town)
    desk = town.staff()
    for again in (True, False):
        with town.engine.begin() as c:
            assert [one["unfound"] for one in lists.imports_of(c, town.tenant_id)] == [again]
            assert lists.find_again(c, tenant_id=town.tenant_id, import_id=id_, by=desk.id, at=town.clock()) is again
        assert not town.look(id_)["unfound"], "it is under way"
    town.work()
    assert town.tokens() == expected(town) and runs(town) == 0 and not town.look(id_)["unfound"]
    with town.engine.connect() as c:
        assert c.execute(select(audit.c.staff_id).where(audit.c.action == "list.find_again")).scalars().all() == [desk.id]
        assert not lists.find_again(c, tenant_id=town.tenant_id, import_id=id_, by=None, at=town.clock())


def test_who_was_corrected_while_they_waited_is_not_found_by_what_was_wrong(begun: tuple[Town, str]) -> None:
    town, _ = begun
    town.work(1)
    who = town.who()["山田 7"]["id"]
    with town.engine.begin() as c:
        people.write(c, who, {"name": "鈴木 七", "phone": "090-9999-0007"}, source="console", by=None, at=town.clock())
    assert found(town, "鈴木") == 1, "at once by what they are called now"
    town.work()
    assert (found(town, "090-1234-0007"), found(town, "090-9999-0007"), found(town, "7")) == (0, 1, 1)
    assert town.tokens() == expected(town)


@pytest.mark.parametrize("slices", [1, 5])
def test_who_became_another_while_they_waited_is_found_by_every_number(slices: int, begun: tuple[Town, str]) -> None:
    town, _ = begun
    town.work(slices)
    desk, who = town.staff(), town.who()
    rows = {row["person_id"]: row["case_id"] for row in town.rows()}
    keeps, goes = who["山田 4"]["id"], who["山田 11"]["id"]
    with town.engine.begin() as c:
        made = merging.unite(c, tenant_id=town.tenant_id, kept=rows[keeps], gone=rows[goes], same=[(keeps, goes)], by=desk.id, at=town.clock())
    town.work()
    assert [found(town, f"090-1234-{at:04}") for at in (4, 11)] == [1, 1]
    with town.engine.begin() as c:
        merging.part(c, tenant_id=town.tenant_id, merge_id=made, by=desk.id, at=town.clock())
    assert town.tokens() == expected(town)


def test_who_was_brought_by_another_list_meanwhile_leaves_no_tokens(begun: tuple[Town, str]) -> None:
    """They were made ready as somebody new, and are not."""
    town, _ = begun
    assert town.work(1) == 1
    with town.engine.begin() as c:
        key = c.execute(select(list_chunk.c.found).where(list_chunk.c.number == 2)).scalar_one()["rows"][0][2]
        there = dict(c.execute(select(list_row).limit(1)).mappings().one())
        c.execute(insert(list_row).values(there | {"id": ids.new(), "key": key, "digest": "another", "cells": {}, "household": "", "number": None}))
    town.work()
    assert len(town.who()) == ALL - 1 and town.tokens() == expected(town)


def test_who_is_new_after_all_is_found_like_the_others(begun: tuple[Town, str]) -> None:
    """The dry run knew the row; when it is taken in nobody does."""
    town, _ = begun
    town.work()
    rows = homes()
    rows[4][2] = "佐藤 五"
    id_ = town.bring(text(HOMES, *rows, ["9000", "9000", "佐藤 六", *rows[0][3:]]), kind="evacuee")
    assert (town.look(id_)["counts"]["new"], town.look(id_)["counts"]["changed"]) == (1, 1)
    with town.engine.begin() as c:
        c.execute(delete(list_row).where(list_row.c.place == 6))
    town.take(id_)
    new = {"佐藤 五", "佐藤 六"}
    assert new <= town.who().keys() and found(town, "佐藤") == 2
    assert [one for one in town.tokens() if one[1] in new] == [one for one in expected(town) if one[1] in new]


def _jobs(town: Town) -> list[Any]:
    with town.engine.connect() as c:
        return list(c.execute(select(job.c.kind, job.c.state).order_by(job.c.id)))


TOKENS = st.integers(-(1 << 63), (1 << 63) - 1)
PEOPLE = st.integers(0, 9).map(lambda at: f"{at:026}")


@given(st.dictionaries(PEOPLE, st.sets(TOKENS), max_size=10), st.integers(1, 9))
def test_a_run_holds_what_was_put_in_and_its_pieces_are_all_of_it(known: dict[str, set[int]], of: int) -> None:
    run = Run.unpacked(Run.of(known).packed())
    pairs = sorted((token, id_) for id_, tokens in known.items() for token in tokens)
    bounds = [finding._bound(piece, of) for piece in range(of + 1)]
    assert sorted(pair for low, high in pairwise(bounds) for pair in run.between(low, high)) == pairs == sorted(run.pairs())
    assert [token for token, _ in run.pairs()] == [token for token, _ in pairs]
    assert run.everybody() == [*known] and all(run.of_person(id_) == tokens for id_, tokens in known.items())
