"""A caseworker looks at a household's programs: every reason, what is open, what was said before, and what is otherwise now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import answer, case, suggestion
from backend.conversations.offices import read_office
from backend.followups.models import due
from backend.followups.run import run_due
from backend.programs.recompute import RECOMPUTE, recompute, soon
from backend.programs.reminders import DEADLINE, of_case, remind_before
from backend.tasks.models import task
from backend.tenants.models import disaster
from tests.console.conftest import Browser, MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    """A household of two, half destroyed, a month after the rain."""
    make_staff("hanako")
    home = settle(shell, tenant_id, "山田 花子")
    with shell.engine.begin() as c:
        c.execute(insert(disaster).values(
            id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=shell.clock().date(), prefecture="40",
            municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
        c.execute(insert(answer).values(
            tenant_id=tenant_id, case_id=home.ids["case"], field="household_size", state="given", value=2, by="self", about="self",
            source="web", at=shell.clock()))
    return home


@pytest.fixture
def hanako(new_browser: NewBrowser, home: Home) -> Browser:
    return new_browser("hanako")


def test_the_case_page_says_why_with_the_answer_that_was_given(hanako: Browser, home: Home) -> None:
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    assert page.has("応急修理", "住まいの被害の程度", "答え：半壊", "不明", "必要な書類", "罹災証明書", "出典")
    assert page.has("約束しないでください")


def test_a_grade_near_a_threshold_speaks_for_a_second_survey(hanako: Browser, home: Home) -> None:
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    assert page.has("判定は「半壊」です。一つ上の「中規模半壊」になると", "二次調査", "建築士")


def test_what_one_asks_next_is_named_with_what_it_settles(hanako: Browser, home: Home) -> None:
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    assert page.has("あと2つ聞くと", "件がはっきりし")


def test_what_somebody_declined_to_say_is_not_asked_for(shell: Shell, hanako: Browser, home: Home) -> None:
    """Debts would settle something, and the person did not want to say."""
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    asks = page.html[page.html.index('class="ask-next"') :].split("</p>")[0]
    assert "借" not in asks
    with shell.engine.begin() as c:
        c.execute(update(answer).where(answer.c.field == "rebuild_method").values(withdrawn=True))
        for field in ("tenure", "home_habitable", "demolished", "household_includes", "rebuild_method", "cannot_fund", "income_year", "flood_level"):
            c.execute(insert(answer).values(
                tenant_id=home.tenant, case_id=home.ids["case"], field=field, state="declined", value=None, by="self", about="self",
                source="web", at=shell.clock()))
    assert "ask-next" not in hanako.open(f"/console/cases/{home.ids['case']}").html


def test_what_was_said_before_stands_beside_what_is_so_now(hanako: Browser, home: Home) -> None:
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    assert page.has("そのときの制度の一覧：2026.1", "被災者生活再建支援金：", "住宅の応急修理：新しく候補になりました")


def test_what_became_possible_is_named_where_its_task_leads(shell: Shell, hanako: Browser, home: Home) -> None:
    """A second survey: half becomes large half. The clock looks again; the task leads to the case, which names the programs."""
    case_id = home.ids["case"]
    later(shell, case_id)
    with shell.engine.begin() as c:
        c.execute(update(answer).where(answer.c.case_id == case_id, answer.c.field == "damage_level").values(value="large_half"))
    later(shell, case_id)
    with shell.engine.begin() as c:
        raised = c.execute(select(task.c.topic).where(task.c.case_id == case_id)).scalars().all()
    page = hanako.open(f"/console/cases/{case_id}")
    assert "programs_new" in raised and page.has("新しく使えるかもしれなくなった支援")


def later(shell: Shell, case_id: str) -> None:
    """The clock looks at the case again."""
    with shell.engine.begin() as c:
        soon(c, case_id, shell.clock())
    shell.clock.move(seconds=5)  # type: ignore[attr-defined]
    while run_due(shell.engine, shell.clock, {RECOMPUTE: recompute}):
        pass


def test_the_dead_are_not_brought_up_by_a_list(hanako: Browser, home: Home) -> None:
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    told = page.html.index("本人から話があったときだけ")
    assert page.html.index("災害弔慰金", told) > told
    assert page.html.index('id="p-disaster_condolence_grant"') > told


def test_all_programs_filtered_by_verdict_and_kind(hanako: Browser, home: Home) -> None:
    path = f"/console/cases/{home.ids['case']}/programs"
    everything = hanako.open(path).html.count('class="program"')
    loans = hanako.open(f"{path}?kind=loan").html.count('class="program"')
    closed = hanako.open(f"{path}?group=not_eligible").html.count('class="program"')
    assert 0 < loans < everything and 0 < closed < everything
    assert hanako.open(f"{path}?group=nonsense").has("0件")


def test_a_reminder_that_the_person_wished_for_is_seen_and_taken_back(shell: Shell, hanako: Browser, home: Home, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    case_id, today = home.ids["case"], shell.clock().date()
    with shell.engine.begin() as c:
        office = read_office(c, home.tenant, shell.clock())
        for program, days in (("livelihood_recovery_grant", 300), ("emergency_repair", 90)):
            remind_before(c, office, case_id=case_id, conversation_id=home.ids["conversation"], program=program,
                          deadline=today + timedelta(days=days), now=shell.clock())
        first = of_case(c, case_id)[0]
    action = f"/console/cases/{case_id}/reminders/cancel"
    make_staff("far", districts=["川上"])
    with shell.engine.begin() as c:
        c.execute(update(case).where(case.c.id == case_id).values(district="緑町"))
    assert hanako.open(f"/console/cases/{case_id}").has("締め切りのお知らせ", "被災者生活再建支援金</strong>", "住宅の応急修理</strong>")
    stranger = new_browser("far")
    assert stranger.client.post(action, data={**stranger.open("/console/me").hidden("/console/logout"), "reminder": first.id}).status_code == 404
    hanako.send(action, reminder=first.id)
    assert hanako.status == 200 and not hanako.has("住宅の応急修理</strong>") and hanako.has("被災者生活再建支援金</strong>")
    with shell.engine.connect() as c:
        assert [one.program for one in of_case(c, case_id)] == ["livelihood_recovery_grant"]
        assert c.execute(select(due).where(due.c.kind == DEADLINE, due.c.subject == first.id)).first() is None
        assert c.execute(select(audit.c.detail).where(audit.c.action == "reminder.cancelled")).scalars().all() == [{"program": "emergency_repair"}]


def test_without_a_disaster_nothing_is_made_up(shell: Shell, hanako: Browser, home: Home) -> None:
    with shell.engine.begin() as c:
        c.execute(delete(disaster))
        c.execute(delete(suggestion))
    page = hanako.open(f"/console/cases/{home.ids['case']}")
    assert page.has("災害の登録がない", "まだ調べていません") and not page.has('class="program"')
