"""The demonstration: ten invented households whose conversations went the way of real ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from backend.app import Shell
from backend.audit import service as audit
from backend.booth.models import booth_day
from backend.campaigns.models import campaign
from backend.cases.models import case
from backend.demo import seed_demonstration
from backend.demo.households import HOUSEHOLDS
from backend.journal.models import conversation, message
from backend.referrals.models import referral
from backend.staff.accounts import FirstPassword
from backend.staff.models import notice, staff
from backend.staff.roles import ROLES
from backend.tasks.models import task
from backend.tenants.models import recipient, tenant
from tests.conftest import MovableClock
from tests.console.conftest import NewBrowser, make_test_shell


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def accounts(shell: Shell) -> list[FirstPassword]:
    return seed_demonstration(shell)


def test_it_is_marked_as_one_and_complete(shell: Shell, accounts: list[FirstPassword]) -> None:
    with shell.engine.begin() as c:
        home = c.execute(select(tenant)).one()
        assert home.demonstration and "実演" in home.name["ja"]
        assert all(c.execute(select(staff.c.demonstration)).scalars())
        assert {"lawyer", "architect"} <= set(c.execute(select(recipient.c.profession)).scalars())
        assert c.execute(select(func.count()).select_from(conversation)).scalar_one() == len(HOUSEHOLDS) == 10
        assert c.execute(select(func.count()).select_from(case)).scalar_one() == 9, "one fell silent before"
        assert all(c.execute(select(case.c.demonstration)).scalars())
        assert {"talk", "visit", "refer", "orange", "yellow"} <= set(c.execute(select(task.c.kind)).scalars())
        assert set(c.execute(select(referral.c.state)).scalars()) == {"open", "accepted"}
        assert {"dialog", "person", "staff"} <= set(c.execute(select(message.c.author)).scalars())
        assert not c.execute(select(notice.c.id).where(notice.c.state == "pending")).all()
        assert audit.verify(c, home.id) is None


def test_its_passwords_open_the_console(
    shell: Shell, accounts: list[FirstPassword], new_browser: NewBrowser
) -> None:
    assert len(accounts) == len(ROLES)
    for account in accounts:
        page = new_browser().log_in(account.login, account.password)
        assert page.status == 200 and page.has("実演（架空の記録）")
    partner = next(one for one in accounts if one.login == "demo-partner")
    page = new_browser().log_in(partner.login, partner.password)
    assert page.path == "/console/referred" and page.has("引き受け済み")
    page = new_browser().log_in("demo-caseworker", accounts[0].password)
    assert page.has("山田 花子", "Maria Example", "※取扱注意") and not page.has("渡辺 久美")


def test_every_page_of_it_opens(shell: Shell, accounts: list[FirstPassword], new_browser: NewBrowser) -> None:
    supervisor = next(one for one in accounts if one.login == "demo-supervisor")
    page = new_browser().log_in(supervisor.login, supervisor.password)
    with shell.engine.begin() as c:
        ids = c.execute(select(conversation.c.id)).scalars().all()
    for locale in ("ja", "en"):
        page.open("/console").send("/console/language", locale=locale)
        for one in ids:
            assert page.open(f"/console/conversations/{one}").status == 200
            assert "console." not in page.html.replace("/console.css", "").replace("console.static", "")


def test_a_program_of_its_own_waits_for_the_supervisor(shell: Shell, accounts: list[FirstPassword], new_browser: NewBrowser) -> None:
    supervisor = next(one for one in accounts if one.login == "demo-supervisor")
    page = new_browser().log_in(supervisor.login, supervisor.password).open("/console/program-drafts")
    assert page.has("つなぎ市災害見舞金（実演）", "承認待ち")
    draft = page.html.split('href="/console/program-drafts/')[1].split('"')[0]
    page.open(f"/console/program-drafts/{draft}").send(f"/console/program-drafts/{draft}/approve")
    assert page.has("第1版") and page.open("/console/programs?q=見舞金").has("つなぎ市災害見舞金（実演）")


def test_whoever_looks_around_finds_something_on_every_page_of_today(shell: Shell, accounts: list[FirstPassword], new_browser: NewBrowser) -> None:
    supervisor = next(one for one in accounts if one.login == "demo-supervisor")
    page = new_browser().log_in(supervisor.login, supervisor.password).open("/console/days")
    assert page.has("緑町の相談会（実演）")
    with shell.engine.begin() as c:
        day, running = c.execute(select(booth_day.c.id)).scalar_one(), c.execute(select(campaign.c.id)).scalar_one()
    assert page.open(f"/console/days/{day}").has("出した番号札 3枚", "弁護士")
    assert page.open(f"/console/campaigns/{running}").has("緑町・本町への声かけ（実演）", "実施中")
    assert page.open("/console/visits/field").has("鈴木 ゆき", "14:00", "山田 花子", "集会所の横")
    assert page.open("/console/visits/day").has("鈴木 ゆき", "川上3丁目1")
