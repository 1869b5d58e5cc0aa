"""Looking at every case again: snapshots where something changed, tasks for what is newly possible, stopped and resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from backend.audit.models import audit
from backend.cases.models import answer, case, suggestion
from backend.programs import reassess as again
from backend.programs.edition import current
from backend.programs.of_case import place
from backend.programs.reassess import Household, found_now, look_at
from backend.programs.service import suggest
from backend.programs.sheet.changes import Change
from backend.programs.snapshot import kept
from backend.tasks.models import task
from tests.programs.conftest import decide, run

HALF = {"damage_level": "half", "household_size": 2, "flood_level": "above_floor"}


def snapshots(shell: Any) -> list[Any]:
    with shell.engine.connect() as connection:
        return list(connection.execute(select(suggestion).order_by(suggestion.c.id)))


def tasks(shell: Any) -> list[str]:
    with shell.engine.connect() as connection:
        return list(connection.execute(select(task.c.topic).order_by(task.c.id)).scalars())


@pytest.fixture
def here(shell: Any, tmp_path: Path) -> Any:
    shell.settings = type("Settings", (), {"data_dir": tmp_path})
    return shell


@pytest.fixture
def either(either_shell: Any, tmp_path: Path) -> Any:
    either_shell.settings = type("Settings", (), {"data_dir": tmp_path})
    return either_shell


@pytest.mark.slow
def test_a_second_look_without_a_change_writes_nothing(either: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(either, "reassess") == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 1, "changed": 1, "tasks": 0, "skipped": 0}
    assert run(either, "reassess") == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 1, "changed": 0, "tasks": 0, "skipped": 0}
    [only] = snapshots(either)
    assert only.inputs["answers"] == HALF
    assert only.catalogue == current().version
    with either.engine.connect() as connection:
        assert list(connection.execute(select(audit.c.action)).scalars()) == ["programs.reassessed"] * 2


class InThisProcess:
    """Stands for the pool: the same work, without starting processes."""

    def __init__(self, _many: int, _context: Any, prepare: Any, arguments: tuple[Any, ...]) -> None:
        prepare(*arguments)

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def submit(self, work: Any, *arguments: Any) -> Any:
        made = work(*arguments)
        return type("Done", (), {"result": staticmethod(lambda: made)})


@pytest.fixture
def look(here: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `reassess` in this process, and give its tally."""
    monkeypatch.setattr(again, "ProcessPoolExecutor", InThisProcess)

    def run_it() -> again.Tally:
        with here.engine.connect() as connection:
            where = place(connection, "")
        return again.reassess(here.engine, here.clock, where, here.settings.data_dir / "again.json", lambda _: None)

    return run_it


def test_what_is_newly_possible_becomes_one_task(here: Any, look: Any) -> None:
    decide(here, emergency_repair=Change(off=True))
    look()
    assert "emergency_repair" not in {program["id"] for program in snapshots(here)[0].result}
    decide(here, emergency_repair=Change())
    tally = look()
    assert (tally.changed, tally.tasks) == (1, 1)
    assert "emergency_repair" in {program["id"] for program in snapshots(here)[1].result}
    assert tasks(here) == ["programs_new"]
    decide(here, temporary_housing=Change(off=True))
    look()
    decide(here)
    assert look().tasks == 0, "one open task per case is enough"


def test_what_is_no_longer_possible_is_a_snapshot_and_no_task(here: Any, look: Any) -> None:
    look()
    decide(here, emergency_repair=Change(off=True))
    tally = look()
    assert (tally.changed, tally.tasks) == (1, 0)


def test_a_changed_answer_is_looked_at_again_and_a_closed_case_is_not(here: Any, look: Any) -> None:
    look()
    with here.engine.begin() as connection:
        connection.execute(update(answer).where(answer.c.field == "damage_level").values(superseded_at=here.clock()))
        connection.execute(
            insert(answer).values(
                tenant_id="tenant-tsunagi", case_id="c", field="damage_level", state="given", value="total", by="staff", about="self",
                source="console", at=here.clock(),
            )
        )  # fmt: skip
    assert look().changed == 1
    assert snapshots(here)[-1].inputs["answers"]["damage_level"] == "total"
    with here.engine.begin() as connection:
        connection.execute(update(case).values(status="closed"))
    assert look().cases == 0


def test_a_snapshot_of_the_chat_counts_as_before(here: Any) -> None:
    with here.engine.connect() as connection:
        disaster = place(connection, "").disaster
    today = here.clock().date()
    said = [kept(program) for program in suggest(HALF, disaster, today)]
    before = {one["id"]: tuple(one[name] for name in ("verdict", "amount_kind", "min_yen", "max_yen", "deadline")) for one in said}
    assert before == found_now(HALF, current(), disaster, today)
    assert look_at(Household("c", HALF, before), current(), disaster, today) is None
    assert look_at(Household("c", HALF, None), current(), disaster, today).newly == ()  # type: ignore[union-attr]


def test_a_case_that_changed_meanwhile_is_left_to_its_own_turn(here: Any, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = again.read_households

    def read_and_then_somebody_answers(connection: Any, chunk: list[str]) -> Any:
        found = read(connection, chunk)
        with here.engine.begin() as other:
            other.execute(insert(suggestion).values(tenant_id="tenant-tsunagi", case_id="c", at=here.clock(), catalogue="x", inputs={}, result=[], counts={}))
        return found

    monkeypatch.setattr(again, "read_households", read_and_then_somebody_answers)
    tally = look()
    assert tally.skipped == ["c"]
    assert len(snapshots(here)) == 1


def test_a_run_that_was_stopped_goes_on_where_it_was(here: Any, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with here.engine.begin() as connection:
        for at in range(3):
            connection.execute(insert(case).values(id=f"d{at}", tenant_id="tenant-tsunagi", number=f"n{at}", person_id="p",
                                                   opened_at=here.clock(), changed_at=here.clock()))  # fmt: skip
    monkeypatch.setattr(again, "CHUNK", 1)
    write, written = again._write, []

    def power_cut(*arguments: Any) -> None:
        written.append(1)
        if len(written) == 3:
            raise KeyboardInterrupt
        write(*arguments)

    monkeypatch.setattr(again, "_write", power_cut)
    with pytest.raises(KeyboardInterrupt):
        look()
    assert len(snapshots(here)) == 2
    tally = look()
    assert (tally.cases, tally.done, tally.changed) == (4, 4, 2)
    assert sorted(row.case_id for row in snapshots(here)) == ["c", "d0", "d1", "d2"]
    assert not (here.settings.data_dir / "again.json").exists()


def test_a_mark_of_another_day_or_catalogue_is_not_followed(here: Any, look: Any) -> None:
    (here.settings.data_dir / "again.json").write_text('{"state": "yesterday", "after": "zzz"}')
    assert look().changed == 1
