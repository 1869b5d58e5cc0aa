"""Borrowed staff, partners, districts: the terms of an account, and that they end what they should."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from backend.app import Shell
from backend.audit.models import audit
from backend.followups.run import run_due
from backend.staff.models import notice_route, staff
from backend.staff.terms import ENDS, Terms, end_due
from backend.tenants.models import district, recipient, tenant
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import PASSWORD, Browser, MakeStaff, NewBrowser
from tests.console.world import settle

HOME = "/console/accounts"


@pytest.fixture
def admin(tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell) -> Browser:
    make_staff("admin", "administrator")
    with shell.engine.begin() as c:
        for number, name in enumerate(("緑町", "川上")):
            c.execute(insert(district).values(id=f"d{number}", tenant_id=tenant_id, name=name))
        c.execute(insert(recipient).values(
            id="midori", tenant_id=tenant_id, kind="professional", profession="lawyer", name={"ja": "みどり法律事務所"}))
    return new_browser("admin").open(HOME)


def row_of(shell: Shell, login: str) -> dict[str, object]:
    with shell.engine.begin() as c:
        return dict(c.execute(select(staff).where(staff.c.login == login)).mappings().one())


def first_login(new_browser: NewBrowser, page: Browser, login: str) -> Browser:
    password = page.html.split('class="one-time">')[1].split("<")[0]
    browser = new_browser().log_in(login, password)
    return browser.send("/console/password", old=password, new=PASSWORD, again=PASSWORD)


def test_somebody_lent_by_another_town_is_here_until_the_evening_of_their_last_day(
    admin: Browser, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    last = date(2026, 7, 10)
    made = admin.send(f"{HOME}/create", name="応援 太郎", login="ouen", role="caseworker", sent_by="熊本県八代市", last_day=str(last))
    lent = first_login(new_browser, made, "ouen")
    assert admin.open(HOME).has("派遣元：熊本県八代市", "7月10日（金）まで")
    clock.set(clock().replace(day=10, hour=14, minute=50))  # 23:50 in Japan
    lent.log_in("ouen")
    assert lent.path == "/console"
    clock.move(minutes=11)
    assert lent.open("/console").path == "/console/login", "and the open window with it"
    assert lent.log_in("ouen").status == 401


def test_at_the_end_the_account_closes_by_itself_and_no_private_telephone_is_told_any_more(
    admin: Browser, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    made = admin.send(f"{HOME}/create", name="応援 太郎", login="ouen", role="caseworker", last_day="2026-07-10")
    first_login(new_browser, made, "ouen")
    me = row_of(shell, "ouen")["id"]
    with shell.engine.begin() as c:
        c.execute(insert(notice_route).values(
            id="r", staff_id=me, kind="line", address="U1", address_index="x", bound_at=clock()))
    settle(shell, "tenant-tsunagi", "山田 花子", assigned_to=me)
    clock.move(days=3)
    assert run_due(shell.engine, clock, {ENDS: end_due}) == 0, "not yet"
    clock.move(days=2)
    assert run_due(shell.engine, clock, {ENDS: end_due}) == 1
    with shell.engine.begin() as c:
        assert c.execute(select(notice_route)).first() is None
        trail = c.execute(select(audit.c.staff_id).where(audit.c.action == "staff.ended")).scalars().all()
    assert row_of(shell, "ouen")["active"] is False and trail == [None]
    fresh = new_browser("admin").open(HOME)
    assert fresh.has("担当のままのケース 1件"), "what they left behind is seen"


def test_a_longer_stay_moves_the_end(admin: Browser, shell: Shell, clock: MovableClock) -> None:
    admin.send(f"{HOME}/create", name="応援 太郎", login="ouen", role="caseworker", last_day="2026-07-10")
    me = str(row_of(shell, "ouen")["id"])
    admin.open(f"{HOME}?edit={me}").send(f"{HOME}/change", role="caseworker", last_day="2026-08-10", sent_by="八代市")
    clock.move(days=6)
    assert run_due(shell.engine, clock, {ENDS: end_due}) == 0
    assert row_of(shell, "ouen")["active"] is True and row_of(shell, "ouen")["sent_by"] == "八代市"
    admin.log_in("admin").open(f"{HOME}?edit={me}").send(f"{HOME}/change", role="caseworker", last_day="")
    clock.move(days=100)
    assert run_due(shell.engine, clock, {ENDS: end_due}) == 0 and row_of(shell, "ouen")["ends_at"] is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"role": "caseworker", "last_day": "2026-07-05"}, "今日から3年以内"),
        ({"role": "caseworker", "last_day": "2036-07-05"}, "今日から3年以内"),
        ({"role": "caseworker", "last_day": "あした"}, "今日から3年以内"),
        ({"role": "supervisor", "district": "緑町"}, "校区を指定できるのは"),
        ({"role": "partner"}, "連携先を1つ"),
        ({"role": "caseworker", "recipient": "midori"}, "連携先を1つ"),
        ({"role": "partner", "recipient": "theirs"}, "連携先を1つ"),
        ({"role": "king"}, ""), ({"role": "caseworker", "district": "ない町"}, ""),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused_and_no_account_is_made(
    fields: dict[str, str], why: str, admin: Browser, shell: Shell, make_tenant: MakeTenant
) -> None:
    make_tenant(shell.engine, "tonari")
    with shell.engine.begin() as c:
        c.execute(insert(recipient).values(id="theirs", tenant_id="tenant-tonari", kind="npo", name={"ja": "となり"}))
    assert admin.send(f"{HOME}/create", name="新人", login="shinjin", **fields).status == 422
    assert admin.has(why, 'value="shinjin"'), "what was typed is still there"
    with shell.engine.begin() as c:
        assert c.execute(select(staff.c.id).where(staff.c.login == "shinjin")).first() is None


def test_a_caseworker_is_kept_to_districts_from_the_next_page_on(
    admin: Browser, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell
) -> None:
    me = make_staff("hanako", on_duty=1)
    home = settle(shell, "tenant-tsunagi", "山田 花子", district="川上")
    hanako = new_browser("hanako")
    assert hanako.open(f"/console/cases/{home.ids['case']}").status == 200
    admin.open(f"{HOME}?edit={me}").send(f"{HOME}/change", role="caseworker", district="緑町")
    assert hanako.open(f"/console/cases/{home.ids['case']}").status == 404
    assert row_of(shell, "hanako")["on_duty"] == 1
    admin.open(f"{HOME}?edit={me}").send(f"{HOME}/change", role="auditor")
    assert hanako.open("/console").path == "/console/login", "another role is another work: its windows end"
    assert new_browser("hanako").open("/console").path == "/console/audit" and row_of(shell, "hanako")["on_duty"] is None


def test_nobody_changes_their_own_terms_and_one_administrator_stays(
    admin: Browser, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell
) -> None:
    me = str(row_of(shell, "admin")["id"])
    admin.open(HOME)
    form = admin.hidden(f"{HOME}/create")
    assert admin.client.post(f"{HOME}/change", data={**form, "id": me, "role": "caseworker"}).status_code == 422
    other = make_staff("second", "administrator")
    second = new_browser("second").open(f"{HOME}?edit={me}")
    assert second.send(f"{HOME}/change", role="caseworker").path == HOME
    assert second.open(f"{HOME}?edit={other}").html.count(f"{HOME}/change") == 1  # one can look, and is refused
    assert second.send(f"{HOME}/change", role="caseworker").status == 422


def test_which_roles_must_use_codes_is_chosen_here(admin: Browser, shell: Shell, make_staff: MakeStaff) -> None:
    make_staff("hanako", "supervisor")
    admin.open(HOME)
    form = admin.hidden(f"{HOME}/codes")
    admin.client.post(f"{HOME}/codes", data={**form, "role": ["supervisor", "king"]})
    with shell.engine.begin() as c:
        assert c.execute(select(tenant.c.totp_roles)).scalar_one() == ["supervisor"]
    assert admin.open(HOME).has("未設定")
    assert admin.client.post(f"{HOME}/codes", data={**form, "form": "f2", "role": "auditor"}).status_code == 409


def test_an_administrator_takes_the_codes_off_somebody_elses_account(
    admin: Browser, shell: Shell, make_staff: MakeStaff, clock: MovableClock
) -> None:
    make_staff("hanako", totp_secret="JBSWY3DPEHPK3PXP", totp_since=clock())
    admin.open(HOME).send(f"{HOME}/reset-codes")
    assert row_of(shell, "hanako")["totp_since"] is None


def test_the_end_of_a_day_is_midnight_in_japan() -> None:
    ends = Terms("caseworker", date(2026, 7, 10)).ends_at
    assert ends is not None and ends.utcoffset() == timedelta(hours=9) and (ends.day, ends.hour) == (11, 0)
