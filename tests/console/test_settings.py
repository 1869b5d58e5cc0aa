"""The settings page: what a municipality decides, who changed it, and what is still missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit as trail
from backend.cases.models import case
from backend.cases.selection import Selection
from backend.forms import choosing
from backend.staff.models import notice_route, staff
from backend.staff.roles import Staff
from backend.tenants import golive
from backend.tenants.models import disaster, district, recipient, tenant
from tests.conftest import MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser
from tests.console.world import settle

HOME = "/console/settings"
OFFICE = {
    "name_ja": "つなぎ市", "name_en": "Tsunagi City", "phone": "000-111-2222", "hours_ja": "平日", "hours_en": "",
    "hours_simple": "月曜日（げつようび）から 金曜日（きんようび）", "opens_at": "09:00", "closes_at": "17:00",
}  # fmt: skip
RAIN = {"name_ja": "七月の大雨", "name_en": "", "happened_on": "2026-07-01", "prefecture": "40", "municipality": "40544"}


@pytest.fixture
def admin(tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("admin", "administrator")
    return new_browser("admin").open(HOME)


def test_name_phone_and_hours(admin: Browser, shell: Shell) -> None:
    admin.send(f"{HOME}/office", **OFFICE)
    assert admin.path == HOME and admin.has("000-111-2222")
    with shell.engine.begin() as c:
        row = c.execute(select(tenant)).one()
        assert (row.name, row.hours, row.opens_at, row.version) == (
            {"ja": "つなぎ市", "en": "Tsunagi City"},
            {"ja": "平日", "ja@simple": "月曜日（げつようび）から 金曜日（きんようび）"}, "09:00", 2,
        )
        assert c.execute(select(trail.c.detail).where(trail.c.action == "tenant.changed")).scalar_one()["phone"] == [
            "000-000-0000", "000-111-2222"]


def test_two_administrators_see_the_difference(admin: Browser, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("other", "administrator")
    late = new_browser("other").open(HOME)
    admin.send(f"{HOME}/office", **OFFICE)
    late.send(f"{HOME}/office", **{**OFFICE, "phone": "000-333-4444"})
    assert late.status == 409 and late.has("000-333-4444", "000-111-2222", "ほかの人が先に変更しました")


def test_acts_are_yes_no_or_not_known_yet(admin: Browser, shell: Shell) -> None:
    admin.send(f"{HOME}/disaster", **RAIN, relief_act_applied="yes", specific_emergency="no", condolence_act_applied="")
    with shell.engine.begin() as c:
        row = c.execute(select(disaster)).one()
        assert row.acts == {"relief_act_applied": True, "specific_emergency": False}
        assert (row.prefecture, row.municipality, row.happened_on.isoformat()) == ("40", "40544", "2026-07-01")
    admin.send(f"{HOME}/disaster", **RAIN, relief_act_applied="")
    with shell.engine.begin() as c:
        row = c.execute(select(disaster)).one()
        assert (row.acts, row.version) == ({}, 2)


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("office", {**OFFICE, "opens_at": "18:00"}),
        ("office", {**OFFICE, "name_ja": ""}),
        ("office", {**OFFICE, "closes_at": "5pm"}),
        ("disaster", {**RAIN, "happened_on": "きのう"}),
        ("disaster", {**RAIN, "municipality": "13101"}),
        ("promises", {"talk": "1", "visit": "3", "refer": "3", "reminder_1": "14", "reminder_2": "3"}),
        ("promises", {"talk": "soon", "visit": "3", "refer": "3", "reminder_1": "3", "reminder_2": "14"}),
        ("promises", {"talk": "1", "visit": "3", "refer": "3", "reminder_1": "3", "reminder_2": "14", "holidays": "盆"}),
        ("recipients", {"name_ja": "", "kind": "npo"}),
        ("recipients", {"name_ja": "たすけあい", "kind": "army"}),
        ("recipients", {"name_ja": "たすけあい", "kind": "npo", "pledge_until": "いつまでも"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_nothing_is_kept(
    admin: Browser, shell: Shell, section: str, fields: dict[str, str]
) -> None:
    admin.send(f"{HOME}/{section}", **fields)
    assert admin.status == 422 and admin.has("保存していません")
    with shell.engine.begin() as c:
        assert c.execute(select(tenant.c.version)).scalar_one() == 1
        assert not c.execute(select(disaster.c.id)).all() and not c.execute(select(recipient.c.id)).all()


def test_after_how_many_days_a_case_stands_still_is_the_municipalitys_to_say(
    admin: Browser, shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_staff("chief", "supervisor")
    home = settle(shell, "tenant-tsunagi", "山田 花子")
    with shell.engine.begin() as c:
        c.execute(update(case).values(category=3, changed_at=shell.clock() - timedelta(days=30)))
    support, listed = f"/console/cases/{home.ids['case']}/support", "/console/cases?stalled=yes"
    chief = new_browser("chief")
    assert not chief.open(support).has("から動きがありません") and not chief.open(listed).has("山田 花子")
    for wrong in ("0", "366", "", "soon"):
        assert admin.open(HOME).send(f"{HOME}/standstill", **{**STILL, "stalled_2": wrong}).status == 422
    admin.open(HOME).send(f"{HOME}/standstill", **{**STILL, "stalled_3": "21"})
    assert chief.open(support).has("から動きがありません") and chief.open(listed).has("山田 花子")
    assert chief.open("/console/meetings").has("山田 花子", "動きがない")
    with shell.engine.begin() as c:
        who = Staff.of(c.execute(select(staff).where(staff.c.login == "chief")).one())
        assert choosing.count(c, who, Selection.of({"stalled": "yes"}), shell.clock()) == (1, 0)
        c.execute(update(case).values(category=4))
    assert not chief.open(support).has("から動きがありません"), "each category has its own"


STILL = {"stalled_1": "90", "stalled_2": "60", "stalled_3": "45", "stalled_4": "45", "stalled_none": "90"}


def test_promises_and_holidays(admin: Browser, shell: Shell) -> None:
    days = {"talk": "2", "visit": "5", "refer": "4", "reminder_1": "2", "reminder_2": "10"}
    admin.send(f"{HOME}/promises", **days, holidays="2026-08-14\n2026-08-13\n")
    with shell.engine.begin() as c:
        row = c.execute(select(tenant)).one()
        assert row.contact_days == {"talk": 2, "visit": 5, "refer": 4}
        assert (row.reminder_days, row.extra_holidays) == ([2, 10], ["2026-08-13", "2026-08-14"])


def test_districts_and_recipients(admin: Browser, shell: Shell) -> None:
    admin.send(f"{HOME}/districts", districts="緑町\n 川上 \n緑町\n")
    lawyer = {"name_ja": "みどり法律事務所", "kind": "professional", "profession": "lawyer", "pledge_until": "2027-03-31"}
    admin.send(f"{HOME}/recipients", **lawyer)
    with shell.engine.begin() as c:
        assert sorted(c.execute(select(district.c.name)).scalars()) == ["川上", "緑町"]
        row = c.execute(select(recipient)).one()
        assert (row.profession, row.pledge_until.isoformat(), row.active) == ("lawyer", "2027-03-31", True)
    form = {**admin.hidden(f"{HOME}/recipients"), **lawyer, "active": "no"}
    admin.client.post(f"{HOME}/recipients", data=form)
    with shell.engine.begin() as c:
        assert c.execute(select(recipient.c.active)).scalar_one() is False


def test_duty_in_order_and_only_those_who_carry_cases(admin: Browser, shell: Shell, make_staff: MakeStaff) -> None:
    first, second = make_staff("first"), make_staff("second", "supervisor")
    outsider = make_staff("outsider", "auditor")
    admin.open(HOME)
    form = admin.hidden(f"{HOME}/duty")
    admin.client.post(f"{HOME}/duty", data={**form, "duty": [second, outsider, "", first, second]})
    with shell.engine.begin() as c:
        rows = c.execute(select(staff.c.id, staff.c.on_duty).where(staff.c.on_duty.is_not(None))).all()
        assert {row.id: row.on_duty for row in rows} == {second: 1, first: 2}


def test_a_chat_can_be_tightened_but_never_loosened(admin: Browser, shell: Shell) -> None:
    admin.send(f"{HOME}/channels", line="0", telegram="2", line_confirmed="yes")
    with shell.engine.begin() as c:
        assert c.execute(select(tenant.c.channel_limits)).scalar_one() == {
            "line": {"max_in": 0, "max_out": 0, "confirmed": True},
            "telegram": {"max_in": 1, "max_out": 1, "confirmed": False},
        }


def test_accounts_are_made_reset_and_closed(admin: Browser, new_browser: NewBrowser) -> None:
    admin.open("/console/accounts")
    admin.send("/console/accounts/create", name="佐藤 次郎", login="jiro", role="caseworker")
    first = admin.html.split('class="one-time">')[1].split("<")[0]
    page = new_browser()
    assert page.log_in("jiro", first).path == "/console/password"
    admin.open("/console/accounts").send("/console/accounts/create", name="だれか", login="jiro", role="caseworker")
    assert admin.status == 422 and admin.has("保存していません")
    form = next(h for n in range(4) if (h := admin.hidden("/console/accounts/reset", n))["login"] == "jiro")
    admin.client.post("/console/accounts/reset", data=form)
    assert page.open("/console").path == "/console/login"


def test_i_say_how_i_am_told(admin: Browser, shell: Shell) -> None:
    admin.open("/console/me").send("/console/me/email", address="tani@example.jp")
    with shell.engine.begin() as c:
        row = c.execute(select(notice_route)).one()
        assert (row.kind, row.address) == ("email", "tani@example.jp")
    admin.send("/console/me/email", address="tani@example.jp\nBcc: x@example.com")
    assert admin.status == 422
    admin.open("/console/me").send("/console/me/drop", kind="email")
    with shell.engine.begin() as c:
        assert not c.execute(select(notice_route.c.id)).all()


# --- going live ------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_in_sentences_and_bars_the_way(admin: Browser, shell: Shell, make_staff: MakeStaff) -> None:
    admin.open("/console/readiness")
    assert admin.has("災害が決まっていません", "当番の職員がいません", "TSUNAGI_PUBLIC_URL")
    assert not admin.has('value="yes"')
    with shell.engine.begin() as c:
        reasons = golive.blocking(c, shell.settings, shell.words)
    assert all(reason.startswith("tsunagi: ") and reason.endswith(".") for reason in reasons)


def test_nothing_is_missing_once_everything_is_there(
    admin: Browser, shell: Shell, make_staff: MakeStaff, clock: MovableClock
) -> None:
    from backend.conversations.binding import bind

    hanako = make_staff("hanako", on_duty=1)
    admin.send(f"{HOME}/office", **OFFICE)
    admin.send(f"{HOME}/disaster", **RAIN)
    ready = replace(
        shell.settings, public_url="https://tsunagi.example.jp", secret_key="k" * 40, smtp_url="smtps://mail.example.jp",
        line_channel_secret="s" * 32, line_channel_access_token="t" * 32,
    )  # fmt: skip
    with shell.engine.begin() as c:
        bind(c, hanako, "email", "hanako@example.jp", clock())
        assert golive.blocking(c, ready, shell.words) == ["tsunagi: What may be asked on LINE has not been confirmed."]
    admin.open(HOME).send(f"{HOME}/channels", line="1", telegram="1", line_confirmed="yes")
    with shell.engine.begin() as c:
        assert golive.blocking(c, ready, shell.words) == []
        assert golive.blocking(c, replace(ready, smtp_url=""), shell.words) != []


def test_a_demonstration_never_goes_live(shell: Shell, make_tenant: object, make_staff: MakeStaff) -> None:
    make_tenant(shell.engine, demonstration=True)  # type: ignore[operator]
    with shell.engine.begin() as c:
        assert golive.blocking(c, shell.settings, shell.words) == [
            "There is no municipality yet: make one with ./run tenant create."
        ]
    make_tenant(shell.engine, "real")  # type: ignore[operator]
    with shell.engine.begin() as c:
        reasons = golive.blocking(c, shell.settings, shell.words)
    assert any(reason.startswith("tsunagi: This is the demonstration municipality") for reason in reasons)


def test_the_auditor_reads_and_proves_the_trail(admin: Browser, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    admin.send(f"{HOME}/office", **OFFICE)
    make_staff("auditor", "auditor")
    page = new_browser("auditor")
    assert page.path == "/console/audit" and page.has("自治体の設定を変えた", "adminさん")
    page.send("/console/audit/prove")
    assert page.has("件すべて、変えられていません", "同意の記録0件すべて")
