"""A campaign in a real browser: preview, a second person, sending, answers, and the households that are left become visits."""

from __future__ import annotations

from typing import Any

import pytest

from backend.campaigns import service
from backend.campaigns.models import outreach
from backend.cases.models import case
from backend.visits.models import visit
from tests.browser import outreach as served
from tests.browser.conftest import press
from tests.browser.looking import faults_here
from tests.browser.outreach import PHONE, WIDE, Desk
from tests.campaigns.field import Town

pytestmark = pytest.mark.browser
town, site = served.town, served.site


def test_from_the_preview_to_the_doors(town: Town, site: str, chrome: Any) -> None:
    homes = [town.household(f"U{n}" if n % 3 else "", phone="0944-00-0000", damage_level="half") for n in range(9)]
    town.household("U-shut", damage_level="half", restricted=True)
    with town.engine.begin() as c:
        c.execute(outreach.insert().values(tenant_id="tenant-tsunagi", approve_over=5))
    planner, chief = Desk(chrome, site, "keikaku"), Desk(chrome, site, "kacho", PHONE)
    page = planner.open("/console/outreach/new")
    page.fill("#f-name", "梅雨の声かけ")
    page.check("input[name=damage][value=half]")
    page.select_option("#pace", "36000")
    press(page, "text=下書きを保存して、対象を確かめる")
    assert "9世帯" in page.inner_text("#preview ~ .big") and "U-shut" not in page.inner_text("main")
    press(page, "text=承認を依頼する")
    path = page.url.removeprefix(site)
    chief.open(path)
    press(chief.page, "text=承認して始める")
    assert "実施中" in chief.page.inner_text(".list-head")
    town.enrol()
    town.tick()
    for home in homes[1:3]:
        town.clock.move(minutes=5)
        town.writes(home)
    planner.open(path)
    assert planner.figures()["返事があった・所在が分かった"] == "2" and planner.figures()["まだ返事がない"] == "7"
    town.days(60)
    again = Desk(chrome, site, "keikaku")
    again.open(path)
    assert again.figures()["返事があった・所在が分かった"] == "2" and again.figures()["ほかの理由で終わり"] == "7"
    assert {row.case_id for row in town.rows(visit)} == set(homes) - set(homes[1:3])
    assert town.count(case) == 10


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(town: Town, site: str, chrome: Any, viewport: dict[str, int]) -> None:
    home = town.household("U1", damage_level="half")
    id = town.begin()
    town.tick()
    draft = service.draw_up(town.engine, town.clock, town.planner, service.Plan("下書き"))
    desk = Desk(chrome, site, "kacho", viewport)
    for path in ("/console/outreach", "/console/outreach/new", f"/console/campaigns/{draft}", f"/console/campaigns/{id}", f"/console/cases/{home}/contacts"):
        page = desk.open(path)
        assert faults_here(page) == [], path


def test_without_javascript_the_switch_stops_everything(town: Town, site: str, chrome: Any) -> None:
    desk = Desk(chrome, site, "kacho", PHONE, java_script_enabled=False)
    page = desk.open("/console/outreach")
    page.click(".switch summary")
    press(page, "button.danger")
    assert "自動の送信は止まっています" in page.inner_text("main")
    assert town.rows(outreach)[0].stopped_at is not None
