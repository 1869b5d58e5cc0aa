"""No page of daily work reads a municipality from end to end: SQLite tells how it goes about each question (`./run bench console`).

It keeps no figures about its tables, so that the plan over ten cases is the plan over a million.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from backend.app import Shell
from backend.cases.models import case
from backend.cases.selection import Selection
from backend.console import register
from backend.console.lists import dangers
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.overview import figures
from backend.plans import afterwards
from backend.staff.models import staff as staff_table
from backend.staff.roles import Staff
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.console.world import alert, settle

DAILY = ("/console", "/console?whose=mine", "/console/cases", "/console/cases?sort=district", "/console/cases?damage=half&status=all",
         "/console/cases?district=東&category=4", "/console/cases?district=none&category=none&status=all")
OF_CARRIERS = ("/console/visits", "/console/visits?district=東", "/console/visits/day?on=2026-07-06", "/console/matching", "/console/meetings")
WHOLE = (
    r"SCAN (case|person|answer|conversation|task|visit|visit_request|contact|referral)\b",
    r"SEARCH case .*\(tenant_id=\?( AND status=\?)?\)$", r"SEARCH (person|answer|conversation|visit|visit_request|contact|referral) .*\(tenant_id=\?\)$",
)  # fmt: skip
FEW = r"ix_conversation_(waiting|held|lone)|ix_case_waiting"
"""Indexes that hold only those who wait."""


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(sqlite_engine, clock, tmp_path)


def whole(shell: Shell, asked: list[tuple[str, Any]]) -> list[str]:
    """The steps that would look at everything a municipality has, in what was asked."""
    with shell.engine.connect() as c:
        plans = [(sql, [str(row[3]) for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]) for sql, values in asked]
    found = []
    for sql, steps in plans:
        # A page of fifty along the index of its order begins with the municipality and ends after fifty; only what streams of
        # fifty gave may be sorted.
        along = "LIMIT" in sql and (steps[0].startswith("CO-ROUTINE") or not any("TEMP B-TREE FOR ORDER BY" in step for step in steps))
        found += [f"{step}: {' '.join(sql.split())[:200]}" for step in steps
                  if any(re.match(one, step) for one in WHOLE) and not re.search(FEW, step) and not along]
    return found


@pytest.mark.parametrize(("role", "districts"), [("supervisor", None), ("caseworker", None), ("caseworker", ["東", "西"]), ("operator", None)])
def test_no_page_of_daily_work_reads_everything(
    new_browser: NewBrowser, shell: Shell, tenant_id: str, make_staff: MakeStaff, role: str, districts: list[str] | None
) -> None:
    me = make_staff("hanako", role)
    with shell.engine.begin() as c:
        c.execute(update(staff_table).where(staff_table.c.id == me).values(districts=districts))
    home = settle(shell, tenant_id, "山田 花子", assigned_to=me)
    alert(shell, home)
    browser, asked = new_browser("hanako"), []

    def hear(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.startswith("SELECT"):
            asked.append((sql, values))

    for path in DAILY + (() if role == "operator" else OF_CARRIERS) + (f"/console/cases/{home.ids['case']}", f"/console/cases/{home.ids['case']}/contacts"):
        asked.clear()
        event.listen(shell.engine, "before_cursor_execute", hear)
        assert browser.open(path).status == 200
        event.remove(shell.engine, "before_cursor_execute", hear)
        assert asked and whole(shell, list(asked)) == [], path


def test_the_page_of_figures_reads_no_household_where_there_are_many(
    new_browser: NewBrowser, shell: Shell, tenant_id: str, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While they are counted and once they are: the worker reads, and counts in pieces."""
    monkeypatch.setattr(figures, "FEW", 0)
    make_staff("chief", "supervisor")
    settle(shell, tenant_id, "山田 花子")
    browser, asked = new_browser("chief"), []

    def hear(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.startswith("SELECT"):
            asked.append((sql, values))

    for words in ("数字を数えています", "時点の数字です"):
        asked.clear()
        event.listen(shell.engine, "before_cursor_execute", hear)
        assert browser.open("/console/overview").has(words)
        event.remove(shell.engine, "before_cursor_execute", hear)
        assert whole(shell, list(asked)) == []
        while run_slice(shell, SLICES):
            pass


def test_every_page_finds_the_dangers_without_walking_along_what_waits(shell: Shell, tenant_id: str) -> None:
    asked: list[tuple[str, Any]] = []
    with shell.engine.connect() as c:
        event.listen(c, "before_cursor_execute", lambda _c, _cursor, sql, values, *_: asked.append((sql, values)))
        dangers(c, tenant_id)
        steps = [str(row[3]) for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])]
    assert "ix_task_unseen" in steps[0]


def test_a_question_for_everything_is_noticed(shell: Shell, tenant_id: str) -> None:
    """The check can fail."""
    assert whole(shell, [('SELECT id FROM "case" WHERE damage_level = ?', ("half",))])
    assert whole(shell, [('SELECT id FROM "case" WHERE tenant_id = ? ORDER BY opened_at, id LIMIT 50', (tenant_id,))])
    assert whole(shell, [('SELECT "case".id FROM "case" JOIN visit ON visit.case_id = "case".id WHERE "case".tenant_id = ?', (tenant_id,))])


def test_two_conditions_with_indexes_are_held_against_each_other_before_any_case_is_read(shell: Shell, tenant_id: str, clock: MovableClock) -> None:
    asked: list[tuple[str, Any]] = []
    chief = Staff("chief", tenant_id, "chief", "係長", "supervisor")
    with shell.engine.connect() as c:
        event.listen(c, "before_cursor_execute", lambda _c, _cursor, sql, values, *_: asked.append((sql, values)))
        register.find(c, chief, Selection(district="東", category="4"), register.Order("changed", True), now=clock(), today=clock().date())
        (sql, values), = [one for one in asked if "case_1" in one[0]]
        steps = [str(row[3]) for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert [step for step in steps if "COVERING" in step] == [step for step in steps if "case_" in step.split(" USING")[0]] and len(steps) == 4, steps


def test_few_are_sorted_after_they_were_found(engine: Engine, tenant_id: str) -> None:
    """On PostgreSQL too: the newest of one colleague's cases are not looked for among everybody's."""
    chosen = select(case.c.id).where(case.c.assigned_to == "somebody").order_by(afterwards(case.c.changed_at).desc()).limit(3)
    with engine.connect() as c:
        assert c.execute(chosen).all() == []
        said = str(chosen.compile(engine))
    assert 'ORDER BY +"case".changed_at DESC' in said or 'ORDER BY ("case".changed_at + 0) DESC' in said
