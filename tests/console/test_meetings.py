"""The pages of a case meeting, without JavaScript."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case, support_entry
from backend.meetings.models import meeting
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    make_staff("hanako")
    make_staff("jiro")
    return settle(shell, tenant_id, "山田 花子")


def test_from_the_wish_for_a_meeting_to_its_minutes(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    address = f"/console/cases/{home.ids['case']}"
    page = new_browser("hanako").open(f"{address}/support").send(f"{address}/flag", question="住宅ローンをどうするか")
    assert page.has("次の会議にかけます", "住宅ローンをどうするか"), "whoever asked sees that it waits"
    page.open("/console/meetings")
    assert page.has("山田 花子", "職員が希望", "住宅ローンをどうするか")
    page.send("/console/meetings", held_on="2026-07-10", starts_at="13:30", place="本庁舎2階")
    here = page.path
    (chosen,) = re.findall(r'name="case" value="([^"]+)"', page.html)
    page.send(f"{here}/items", case=chosen)
    assert new_browser("hanako").open(f"{address}/support").has("7月10日（金）の会議で話し合います")
    page.send(f"{here}/participants", name="東 健", organisation="自治会")
    assert page.has("誓約書なし（氏名は見せません）")
    page.send(f"{here}/decisions", decision="弁護士に相談する", review_on="2026-08-20")
    page.send(f"{here}/assignments", what="書類を集める", owner="花子", due_on="2026-07-15")
    reader = re.findall(r"sheet\?for=([^\"]+)", page.html)[0]
    shown = new_browser("jiro").open(f"{here}/sheet?for={reader}")
    assert shown.has("名前を出していません", "世帯1", "半壊") and not shown.has("山田") and not shown.has("弁護士に相談する")
    page.send(f"{here}/hold", minutes="1件を検討", present=reader)
    assert page.has("開催済み", "1件を検討", "弁護士に相談する")
    assert not new_browser("jiro").open(here).has("1件を検討")
    assert "会議で話し合います" not in new_browser("hanako").open(f"{address}/support").html, "it was talked over"
    with shell.engine.begin() as c:
        assert c.execute(select(support_entry.c.text).where(support_entry.c.kind == "meeting")).scalar_one() == "弁護士に相談する"
        done = set(c.execute(select(audit.c.action)).scalars())
    assert {"meeting.planned", "meeting.item_added", "meeting.invited", "meeting.decided", "meeting.assigned", "meeting.held",
            "meeting.sheet_viewed"} <= done  # fmt: skip


def test_minutes_are_read_by_those_at_the_table_those_who_carry_its_households_and_supervisors(
    new_browser: NewBrowser, shell: Shell, home: Home, make_staff: MakeStaff
) -> None:
    jiro, saburo = make_staff("shiro"), make_staff("saburo")
    make_staff("chief", "supervisor")
    page = new_browser("hanako").open("/console/meetings").send("/console/meetings", held_on="2026-07-10")
    here = page.path
    page.client.post(f"{here}/items", data={**page.hidden(f"{here}/participants"), "case": f"{home.ids['case']} category"})
    page.open(here).send(f"{here}/participants", colleague=jiro)
    outside = new_browser("jiro").open(here)
    assert outside.has("議事録は、") and f"{here}/hold" not in outside.html
    sent = outside.hidden("/console/logout")
    assert outside.client.post(f"{here}/hold", data={**sent, "version": "1", "minutes": "x"}).status_code == 422
    page.open(here).send(f"{here}/hold", minutes="息子さんの借金のこと")
    secret = "借金のこと"

    def readers() -> set[str]:
        return {name for name in ("hanako", "jiro", "shiro", "saburo", "chief") if new_browser(name).open(here).has(secret)}

    assert readers() == {"hanako", "shiro", "chief"}
    with shell.engine.begin() as c:
        c.execute(update(case).values(assigned_to=saburo))
    assert readers() == {"hanako", "shiro", "saburo", "chief"}
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert readers() == {"saburo", "chief"}


def test_a_restricted_household_stays_a_mark_for_others(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    page = new_browser("hanako").open("/console/meetings").send("/console/meetings", held_on="2026-07-10")
    here = page.path
    page.client.post(f"{here}/items", data={**page.hidden(f"{here}/participants"), "case": f"{home.ids['case']} category"})
    assert page.open(here).has("山田 花子")
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert page.open(here).has("※取扱注意") and not page.has("山田")
    assert not page.open(f"{here}/sheet").has("山田") and page.has("見せられない世帯：1")


def test_what_is_missing_is_said(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    page = new_browser("hanako").open("/console/meetings")
    assert page.send("/console/meetings").status == 422 and page.has("会議の日を入れてください")
    page.open("/console/meetings").send("/console/meetings", held_on="2026-07-10")
    assert page.send(f"{page.path}/participants").status == 422
    with shell.engine.begin() as c:
        assert len(c.execute(select(meeting)).all()) == 2
