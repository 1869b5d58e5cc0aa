"""My work today: mine, my team's, and that of a colleague who is away; taken with one tap."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from backend import ids
from backend.app import Shell
from backend.cases.models import case
from backend.console import lists
from backend.console.pages.home import FIRST, PAGE
from backend.referrals.models import referral
from backend.tasks.models import task
from backend.teams.models import absence, team, team_member
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.console.world import Home, alert, settle


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def staff(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> dict[str, str]:
    """Hanako and Jiro are the north team; Saburo is in none."""
    people = {name: make_staff(name) for name in ("hanako", "jiro", "saburo")} | {"chief": make_staff("chief", "supervisor")}
    north = ids.new()
    with shell.engine.begin() as c:
        c.execute(insert(team).values(id=north, tenant_id=tenant_id, name="北班"))
        c.execute(insert(team_member), [{"team_id": north, "staff_id": people[name]} for name in ("hanako", "jiro")])
    return people


def waits(shell: Shell, home: Home, **columns: object) -> None:
    """A task that is due next week, on a case with these columns."""
    with shell.engine.begin() as c:
        c.execute(update(task).where(task.c.case_id == home.ids["case"]).values(done_at=shell.clock()))
        c.execute(update(case).where(case.c.id == home.ids["case"]).values(**columns))
        c.execute(insert(task).values(
            id=ids.new(), tenant_id=home.tenant, kind="visit", rank=6, case_id=home.ids["case"], made_at=shell.clock(),
            due_at=shell.clock() + timedelta(days=7)))  # fmt: skip


def test_mine_is_my_own_my_teams_and_that_of_whoever_is_away(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str, clock: MovableClock
) -> None:
    of_jiro, in_box, of_saburo = (settle(shell, tenant_id, name, number=name) for name in ("次郎の世帯", "北班の世帯", "三郎の世帯"))
    waits(shell, of_jiro, assigned_to=staff["jiro"])
    waits(shell, in_box, team="北班")
    waits(shell, of_saburo, assigned_to=staff["saburo"])
    page = new_browser("hanako").open("/console?whose=mine")
    assert page.has("北班の世帯") and not page.has("次郎の世帯") and not page.has("三郎の世帯")
    with shell.engine.begin() as c:
        c.execute(insert(absence).values(
            staff_id=staff["jiro"], tenant_id=tenant_id, last_day=clock().date(), set_by=staff["jiro"], at=clock()))
    page.open("/console?whose=mine")
    assert page.has("次郎の世帯", "不在の jiroさん さんの分も") or page.has("次郎の世帯", "jiroさん")
    assert new_browser("saburo").open("/console?team=北班").has("北班の世帯", "次郎の世帯")


def test_a_danger_is_everybodys(new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str) -> None:
    home = settle(shell, tenant_id, "三郎の世帯", assigned_to=staff["saburo"])
    alert(shell, home)
    assert new_browser("hanako").open("/console?whose=mine").has("三郎の世帯")


def test_what_nobody_carries_is_taken_with_one_tap(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str
) -> None:
    home = settle(shell, tenant_id, "山田 花子")
    waits(shell, home, assigned_to=None)
    first, second = new_browser("hanako").open("/console"), new_browser("jiro").open("/console")
    assert first.has("担当者がいない", "自分が担当する")
    action = f"/console/cases/{home.ids['case']}/claim"
    assert first.send(action).path == "/console"
    assert second.send(action).status == 409
    with shell.engine.begin() as c:
        assert c.execute(select(case.c.assigned_to)).scalar_one() == staff["hanako"]
    assert not first.open("/console").has("自分が担当する")


def test_a_referral_that_came_back_has_a_group_of_its_own(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str
) -> None:
    home = settle(shell, tenant_id, "山田 花子", assigned_to=staff["hanako"])
    with shell.engine.begin() as c:
        c.execute(update(referral).values(state="declined"))
    page = new_browser("hanako").open("/console")
    assert page.html.index("断られたつなぎ <span") < page.html.index(home.name)


def test_teams_are_arranged_by_a_supervisor_and_everybody_says_when_they_are_away(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str]
) -> None:
    chief = new_browser("chief").open("/console/teams").send("/console/teams", name="南班", member=staff["saburo"])
    assert chief.has("北班")
    me = new_browser("jiro").open("/console/teams")
    assert not me.has("この班を解散する")
    me.send("/console/teams/absence", until="2026-07-10", who=staff["hanako"])
    with shell.engine.begin() as c:
        assert c.execute(select(absence.c.staff_id)).scalar_one() == staff["jiro"], "a caseworker speaks for themselves alone"
    assert chief.open("/console/teams").send("/console/teams", name="").status == 422


def test_the_keys_have_a_help_and_an_off_switch(new_browser: NewBrowser, staff: dict[str, str]) -> None:
    page = new_browser("hanako").open("/console")
    assert page.has('<dialog id="keys"', "<kbd>j</kbd>", "キーボード操作を使わない", "keys.js")


def test_a_long_group_is_looked_at_by_itself_page_by_page(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str, clock: MovableClock
) -> None:
    """The most urgent of each group at first; the others a tap away, in the same order, and the live part follows."""
    homes = [settle(shell, tenant_id, f"世帯{number:03d}号", number=f"{number:03d}") for number in range(PAGE + 2)]
    with shell.engine.begin() as c:
        for number, home in enumerate(homes):
            c.execute(update(task).where(task.c.case_id == home.ids["case"]).values(due_at=clock() - timedelta(days=99 - number)))
    page = new_browser("hanako").open("/console?whose=mine").open("/console")
    assert page.has("世帯000号", f"世帯{FIRST - 1:03d}号", "ほかに42件あります。", "62件すべて") and not page.has(f"世帯{FIRST:03d}号")
    page.open("/console?group=overdue")
    assert page.has("世帯000号", f"世帯{PAGE - 1:03d}号", "1〜60件目") and not page.has(f"世帯{PAGE:03d}号")
    assert 'data-live="/console/live/entries?group=overdue&amp;from=0"' in page.html
    page.open("/console?group=overdue&from=60")
    assert page.has(f"世帯{PAGE:03d}号", f"世帯{PAGE + 1:03d}号", "61〜62件目") and not page.has("世帯000号")
    assert page.open("/console/live/entries?group=overdue&from=60").has(f"世帯{PAGE:03d}号")
    for odd in ("600000", "-1", "x", "６０"):
        assert page.open(f"/console?group=overdue&from={odd}").status == 200
    assert page.open("/console?group=overdue&from=6000").has(f"世帯{PAGE + 1:03d}号"), "the last page, where fewer wait by now"
    assert page.open("/console?group=nothing").has("世帯000号") and page.open("/console?group=danger").has("ありません。")


def test_where_more_waits_than_is_read_it_is_said(
    new_browser: NewBrowser, shell: Shell, staff: dict[str, str], tenant_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        settle(shell, tenant_id, f"世帯{number}", number=str(number))
    assert not new_browser("hanako").open("/console").has("件までを並べています")
    monkeypatch.setattr(lists, "MOST_TASKS", 2)
    assert new_browser("hanako").open("/console").has("急ぐものから2件までを並べています")
