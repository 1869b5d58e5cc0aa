"""Long work goes on where it stood: after a stop, a crash, a second worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from backend.app import Shell
from backend.db import is_postgres
from backend.jobs import service
from backend.jobs.run import LEASE, Refused, Work, run_slice
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Shell:
    make_tenant(engine)
    return make_test_shell(engine, clock, tmp_path)


def begin(shell: Shell, *, to: int = 3) -> str:
    with shell.engine.begin() as c:
        return service.start(c, tenant_id="tenant-tsunagi", kind="count", staff_id=None, detail={"next": 1, "to": to},
                             at=shell.clock(), total=to)


def count(work: Work) -> None:
    work.done = work.detail["next"]
    work.detail = {**work.detail, "next": work.done + 1}
    if work.done == work.total:
        work.result = {"counted": work.done}
    with work.saving():
        pass


def look(shell: Shell, job: str) -> tuple[str, int, object]:
    with shell.engine.connect() as c:
        row = service.find(c, "tenant-tsunagi", job)
    assert row is not None
    return row["state"], row["done"], row["result"]


def test_it_is_done_slice_by_slice_and_shows_how_far_it_is(shell: Shell) -> None:
    job = begin(shell)
    assert look(shell, job) == ("waiting", 0, None)
    assert run_slice(shell, {"count": count})
    assert look(shell, job) == ("running", 1, None)
    while run_slice(shell, {"count": count}):
        pass
    assert look(shell, job) == ("done", 3, {"counted": 3})


def test_a_slice_that_was_cut_off_is_done_again_when_its_lease_is_over(shell: Shell, clock: MovableClock) -> None:
    class Killed(BaseException):
        pass

    def cut_off(work: Work) -> None:
        with work.saving():
            raise Killed

    job = begin(shell)
    with pytest.raises(Killed):
        run_slice(shell, {"count": cut_off})
    assert not run_slice(shell, {"count": count})
    clock.move(LEASE)
    while run_slice(shell, {"count": count}):
        pass
    assert look(shell, job) == ("done", 3, {"counted": 3})


def test_whoever_was_overtaken_keeps_nothing(shell: Shell, clock: MovableClock) -> None:
    def slow(work: Work) -> None:
        clock.move(LEASE)
        assert run_slice(shell, {"count": count})  # another worker takes it up meanwhile
        work.done = 99
        with work.saving():
            pass

    job = begin(shell)
    assert run_slice(shell, {"count": slow})
    assert look(shell, job)[:2] == ("running", 1)


def test_what_is_stopped_stays_as_far_as_it_was(shell: Shell) -> None:
    job = begin(shell)
    run_slice(shell, {"count": count})
    with shell.engine.begin() as c:
        assert service.stop(c, "tenant-tsunagi", job, shell.clock())
        assert not service.stop(c, "tenant-tsunagi", job, shell.clock())
        assert service.find(c, "tenant-other", job) is None
    assert not run_slice(shell, {"count": count})
    assert look(shell, job) == ("stopped", 1, None)


def test_work_that_fails_says_so_and_lets_the_next_one_begin(shell: Shell) -> None:
    def refuse(_work: Work) -> None:
        raise Refused("console.import.no_rows")

    def break_(_work: Work) -> None:
        raise ZeroDivisionError

    first, second = begin(shell), begin(shell)
    run_slice(shell, {"count": refuse})
    run_slice(shell, {"count": break_})
    with shell.engine.connect() as c:
        errors = {id: service.find(c, "tenant-tsunagi", id) for id in (first, second)}
    assert [(row["state"], row["error"]) for row in errors.values() if row] == [
        ("failed", "console.import.no_rows"), ("failed", "console.job.failed")]


def test_a_slice_waits_for_no_disk_on_postgresql_and_its_taking_does(shell: Shell) -> None:
    """Were it not known for sure who has taken it, two workers could save one slice."""
    said: list[str] = []

    def committed(connection: Connection) -> None:
        if is_postgres(connection):
            said.append(connection.exec_driver_sql("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'").scalar_one())

    begin(shell)
    event.listen(shell.engine, "commit", committed)
    try:
        assert run_slice(shell, {"count": count})
    finally:
        event.remove(shell.engine, "commit", committed)
    assert [one == "session" for one in said] == ([False, True] if is_postgres(shell.engine) else []), "taken, saved"
