"""Whose work is mine today: my own, my teams' unclaimed, and that of a colleague who is away."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from backend.audit.models import audit
from backend.cases.models import case
from backend.conflict import Conflict
from backend.teams import service
from backend.teams.models import team
from backend.teams.rules import away, work_of
from backend.teams.service import TeamTrouble
from tests.cases.conftest import Household, new_case, new_staff
from tests.cases.conftest import home as home
from tests.conftest import MovableClock

MONDAY = date(2026, 7, 6)


def test_the_last_day_away_is_a_day_away() -> None:
    assert away(MONDAY, MONDAY)
    assert not away(date(2026, 7, 5), MONDAY)
    assert not away(None, MONDAY)


def test_a_colleague_of_my_team_who_is_away_is_stood_in_for() -> None:
    members = {"北班": ["me", "jiro", "saburo"], "南班": ["shiro"]}
    mine = work_of("me", members, {"jiro": MONDAY, "saburo": date(2026, 7, 1), "shiro": MONDAY}, MONDAY)
    assert (set(mine.carriers), set(mine.standing_in), set(mine.teams)) == ({"me", "jiro"}, {"jiro"}, {"北班"})


@given(st.dictionaries(st.sampled_from("東西南北"), st.sets(st.sampled_from("abcd"))), st.dictionaries(st.sampled_from("abcd"), st.dates()), st.dates())
def test_the_work_of_somebody_away_is_somebodys(members: dict[str, set[str]], absent: dict[str, date], today: date) -> None:
    for who, last in absent.items():
        team_mates = {mate for team_ in members.values() if who in team_ for mate in team_} - {who}
        for mate in team_mates:
            assert (who in work_of(mate, members, absent, today).carriers) == away(last, today)


def keep(home: Household, name: str, *members: str, team_id: str = "", version: int = 0) -> str:
    with home.engine.begin() as c:
        return service.keep(c, tenant_id=home.office, team_id=team_id, name=name, members=members, by=home.hanako, version=version, at=home.clock())


def test_a_team_changes_its_name_and_its_box_goes_along(home: Household) -> None:
    north = keep(home, "北班", home.hanako, home.jiro)
    in_box = new_case(home.engine, home.office, home.clock, team="北班")
    keep(home, "きた班", home.jiro, team_id=north, version=1)
    with home.engine.begin() as c:
        assert c.execute(select(case.c.team).where(case.c.id == in_box)).scalar_one() == "きた班"
        assert service.mine(c, home.office, home.jiro, MONDAY).teams == {"きた班"}
        assert service.mine(c, home.office, home.hanako, MONDAY).teams == frozenset()
    with pytest.raises(Conflict):
        keep(home, "東班", team_id=north, version=1)
    with home.engine.begin() as c:
        service.drop(c, tenant_id=home.office, team_id=north, by=home.hanako, version=2, at=home.clock())
        assert c.execute(select(case.c.team).where(case.c.id == in_box)).scalar_one() == ""
    assert home.rows(team) == []


def test_a_team_has_a_name_of_its_own_and_members_of_this_municipality(home: Household, make_tenant: object, clock: MovableClock, engine: Engine) -> None:
    keep(home, "北班")
    other = make_tenant(engine, "tonari")  # type: ignore[operator]
    stranger = new_staff(engine, other, "stranger", clock)
    for name, members, why in (("北班", (), "name"), (" ", (), "name"), ("南班", (stranger,), "member")):
        with pytest.raises(TeamTrouble) as told:
            keep(home, name, *members)
        assert told.value.why == why
    with pytest.raises(TeamTrouble), home.engine.begin() as c:
        service.set_absence(c, tenant_id=home.office, staff_id=stranger, last_day=MONDAY, by=home.hanako, at=home.clock())


def test_away_and_back(home: Household) -> None:
    keep(home, "北班", home.hanako, home.jiro)
    for day, carriers in ((MONDAY, {home.hanako, home.jiro}), (None, {home.hanako})):
        with home.engine.begin() as c:
            service.set_absence(c, tenant_id=home.office, staff_id=home.jiro, last_day=day, by=home.jiro, at=home.clock())
            assert service.mine(c, home.office, home.hanako, MONDAY).carriers == carriers
    assert [row.action for row in home.rows(audit)] == ["team.changed", "staff.absent", "staff.back"]
