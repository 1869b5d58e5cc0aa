"""A long list is made ready by other processes: the same cases come of it, whatever becomes of the helpers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from backend import ids
from backend.cases.models import case
from backend.jobs.run import run_slice
from backend.lists import ahead
from backend.lists.models import list_chunk, list_row
from backend.settings import Settings
from tests.conftest import SECRET
from tests.lists.conftest import FEW, HOMES, SLICES, Town, homes, text


@pytest.fixture(autouse=True)
def small(few_a_chunk: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ahead, "LONG", FEW)
    monkeypatch.setattr(ahead, "processes", lambda: 1)
    monkeypatch.setattr(Settings, "keys", lambda _: (SECRET,))  # there is a comma in it, and it is one secret
    yield
    ahead._failed.clear()


@pytest.fixture(autouse=True, scope="module")
def afterwards() -> Iterator[None]:
    yield
    for helpers in [*ahead._here]:
        ahead.let_go(helpers)


def begun(town: Town) -> str:
    """A list that is checked, and is about to be taken in."""
    id_ = town.bring(text(HOMES, *homes()), kind="evacuee")
    town.begin(id_)
    return id_


def test_with_helpers_and_without_the_same_comes_of_a_list(both_towns: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town, before = both_towns, ahead.worked["s"]
    home = town.import_(text(HOMES, *homes()), kind="evacuee")
    assert ahead.worked["s"] > before, "helpers did it"
    assert not any(helpers.under_way for helpers in ahead._here), "nothing waits for work that is done"
    with_helpers, counts = town.taken(), home["counts"]
    monkeypatch.setattr(ahead, "processes", lambda: 0)
    again = town.import_(text(HOMES, *homes()), kind="evacuee")
    assert again["counts"]["did_same"] == FEW * 6 + 3 and town.taken() == with_helpers, "once is enough"
    with town.engine.begin() as c:
        for table in ("match_proposal", "person_token", "list_row", "household_member", "answer"):
            c.exec_driver_sql(f"DELETE FROM {table}")
        c.exec_driver_sql('DELETE FROM "case"')
        c.exec_driver_sql("DELETE FROM person")
        c.exec_driver_sql("UPDATE tenant SET next_case = 1")
    alone = town.import_(text(HOMES, *homes()), kind="evacuee")
    assert (town.taken(), alone["counts"]) == (with_helpers, counts)


def test_a_helper_that_is_killed_costs_nothing(town: Town) -> None:
    begun(town)
    assert run_slice(town.shell, SLICES)
    (helpers,) = ahead._here
    for process in list(helpers.pool._processes.values()):
        process.kill()
        process.join()
    town.work()
    assert len(town.who()) == FEW * 6 + 3 and not ahead._here


def test_a_helper_that_hangs_is_not_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(town)
    monkeypatch.setattr(ahead, "PATIENCE", 0.0)
    town.work()
    assert len(town.who()) == FEW * 6 + 3 and not ahead._here


def test_stopped_and_taken_up_again_nothing_is_doubled(both_towns: Town) -> None:
    town = both_towns
    id_ = begun(town)
    assert town.work(2) == 2
    assert town.stop(id_)
    town.work()
    assert len(town.who()) == FEW * 2, "what was made ready and not written is gone"
    town.take(id_)
    with town.engine.connect() as c:
        rows = c.execute(select(list_row.c.person_id, list_row.c.case_id)).all()
        numbers = c.execute(select(case.c.number)).scalars().all()
    assert len(rows) == len({row.person_id for row in rows}) == FEW * 6 + 3
    assert len(numbers) == len(set(numbers)) == len({row.case_id for row in rows})


def test_another_process_goes_on_with_what_one_had_made_ready(town: Town) -> None:
    """A worker that is killed between two slices leaves chunks that its helpers had finished."""
    begun(town)
    assert town.work(3) == 3
    for helpers in [*ahead._here]:
        ahead.let_go(helpers)
    town.work()
    assert len(town.rows()) == FEW * 6 + 3 == len(town.who())


def test_what_changed_while_it_waited_is_seen_when_it_is_written(town: Town) -> None:
    """Rows are looked up when they are taken in, not when they are made ready: another list may have brought them meanwhile."""
    begun(town)
    assert town.work(1) == 1
    with town.engine.begin() as c:
        place, verdict, key, digest, *_ = c.execute(select(list_chunk.c.found).where(list_chunk.c.number == 2)).scalar_one()["rows"][0]
        there = dict(c.execute(select(list_row).limit(1)).mappings().one())
        c.execute(insert(list_row).values(there | {"id": ids.new(), "key": key, "digest": "another", "cells": {}, "household": "", "number": None}))
    town.work()
    (row,) = [one for one in town.rows() if one["key"] == key]
    assert (verdict, row["digest"], row["person_id"], row["place"]) == ("new", digest, there["person_id"], place)
    assert len(town.who()) == FEW * 6 + 2


def test_helpers_of_work_that_was_stopped_go_away(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(town)
    monkeypatch.setattr(ahead, "IDLE", 0.01)
    assert town.work(1) == 1
    for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
        timer.join()
    assert not ahead._here


def test_a_short_list_is_done_here(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LONG", FEW * 100)
    before = ahead.worked["s"]
    town.import_(text(HOMES, *homes(5)), kind="evacuee")
    assert ahead.worked["s"] == before and len(town.who()) == 5


@pytest.mark.parametrize("slices", [8, 9, 10])
def test_stopped_while_the_chunks_go_it_ends_where_it_would_have(slices: int, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven chunks are taken in, then three slices clear them away; the last of them ends the import."""
    monkeypatch.setattr("backend.lists.applying.TOGETHER", 3)
    id_ = begun(town)
    assert town.work(slices) == slices
    assert town.stop(id_) == (slices < 10)
    town.work()
    assert town.look(id_)["state"] == ("applied" if slices == 10 else "stopped") and len(town.who()) == FEW * 6 + 3
    if slices < 10:
        town.take(id_)
    assert town.look(id_)["state"] == "applied" and len(town.who()) == FEW * 6 + 3 == len(town.rows())
    with town.engine.connect() as c:
        assert c.execute(select(list_chunk)).first() is None
