"""A partner sees the referrals made to it, cut to what the person agreed to, for exactly as long as that holds."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases import policy
from backend.cases.models import case, support_entry
from backend.consent import rules
from backend.consent.models import consent_event
from backend.consent.rules import link
from backend.conversations.offices import read_office
from backend.referrals.models import referral
from backend.staff.models import staff
from backend.staff.roles import PARTNER
from backend.tasks.models import task
from backend.tenants.models import recipient
from tests.conftest import MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser
from tests.console.world import Home, alert, settle

HOME = "/console/referred"


@pytest.fixture
def home(shell: Shell, tenant_id: str) -> Home:
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def lawyer(home: Home, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("bengoshi", PARTNER, recipient_id=home.ids["recipient"])
    return new_browser("bengoshi")


def decide(shell: Shell, home: Home, event: str) -> None:
    """The household says something else about professionals."""
    with shell.engine.begin() as c:
        last = c.execute(select(consent_event).order_by(consent_event.c.id.desc())).mappings().first()
        assert last
        row = {**last, "event": event, "at": shell.clock()}
        row.pop("id")
        row |= {"prev_hash": last["hash"]}
        c.execute(insert(consent_event).values({**row, "hash": link(last["hash"], row)}))


def test_a_lawyer_sees_whom_it_is_about_and_nothing_that_was_not_agreed_to(lawyer: Browser, home: Home) -> None:
    assert lawyer.path == HOME and lawyer.has("山田 花子", "お返事待ち")
    page = lawyer.open(f"{HOME}/{home.ids['referral']}")
    assert page.has("090-1234-5678", "半壊", "1948")
    assert not page.has("120,000") and "借入" not in page.html and "心配" not in page.html, "money, debt and worries were not in the notice"
    for path in (f"/console/cases/{home.ids['case']}", f"/console/conversations/{home.ids['conversation']}", "/console/live/entries"):
        assert page.client.get(path).status_code == 403


def test_the_support_policy_is_free_words_and_shown_where_the_notice_names_them_alone(
    lawyer: Browser, home: Home, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shell.engine.begin() as c:
        author = c.execute(select(staff.c.id)).scalars().first()
        for number, words in enumerate(("まず片付け", "借入を弁護士と整理する"), start=1):
            policy.write(c, case_id=home.ids["case"], based_on=number - 1, wish_home="自宅を直したい", wish_life="", policy=words,
                         as_of=date(2026, 7, number), by=str(author), at=shell.clock())  # fmt: skip
    page = lawyer.open(f"{HOME}/{home.ids['referral']}")
    assert page.has("090-1234-5678") and not page.has("自宅を直したい") and "借入" not in page.html, "today's notice names no free words"
    monkeypatch.setattr(rules, "COVERED", rules.COVERED | {"notes"})
    assert page.open(f"{HOME}/{home.ids['referral']}").has("自宅を直したい", "借入を弁護士と整理する", "第2版") and not page.has("まず片付け")
    decide(shell, home, "withdrawn")
    assert "借入" not in page.open(f"{HOME}/{home.ids['referral']}").html


@pytest.mark.parametrize("what", ["withdrawn", "refused", "deferred", "pledge over", "no pledge"])
def test_what_no_longer_holds_is_no_longer_shown(what: str, lawyer: Browser, home: Home, shell: Shell, clock: MovableClock) -> None:
    with shell.engine.begin() as c:
        if what == "pledge over":
            c.execute(update(recipient).values(pledge_until=date(2026, 7, 5)))
        elif what == "no pledge":
            c.execute(update(recipient).values(pledge_until=None))
    if what in ("withdrawn", "refused", "deferred"):
        decide(shell, home, what)
    assert not lawyer.open(HOME).has("山田") and lawyer.has("お名前は見られません")
    page = lawyer.open(f"{HOME}/{home.ids['referral']}")
    assert page.status == 200 and not page.has("山田") and not page.has("090-1234") and "半壊" not in page.html
    page.send(f"{HOME}/{home.ids['referral']}/answer", act="accept")
    assert page.status == 409 and page.has("同意を確かめられない")


@pytest.mark.parametrize("what", ["protected", "withdrawn", "somebody else's", "closed recipient", "other town"])
def test_what_is_not_theirs_is_not_there(
    what: str, lawyer: Browser, home: Home, shell: Shell, make_tenant: object
) -> None:
    with shell.engine.begin() as c:
        if what == "protected":
            c.execute(update(case).values(restricted=True))
        elif what == "withdrawn":
            c.execute(update(referral).values(state="withdrawn"))
        elif what == "closed recipient":
            c.execute(update(recipient).values(active=False))
        elif what == "somebody else's":
            c.execute(insert(recipient).values(id="other", tenant_id=home.tenant, kind="professional", name={"ja": "別"}))
            c.execute(update(referral).values(recipient_id="other"))
    path = f"{HOME}/{home.ids['referral']}"
    if what == "other town":
        make_tenant(shell.engine, "tonari")  # type: ignore[operator]
        path = f"{HOME}/{settle(shell, 'tenant-tonari', '隣 町子').ids['referral']}"
    assert lawyer.open(path).status == 404
    hidden = lawyer.open("/console/me").hidden("/console/logout")
    assert lawyer.client.post(f"{path}/answer", data={**hidden, "act": "accept", "version": "1"}).status_code == 404
    if what != "other town":
        assert not lawyer.open(HOME).has("山田")


def test_every_look_is_kept_with_what_was_shown(lawyer: Browser, home: Home, shell: Shell) -> None:
    """台帳: to whom what was provided, and when (災害対策基本法施行規則 8条の5)."""
    lawyer.open(f"{HOME}/{home.ids['referral']}")
    with shell.engine.begin() as c:
        kept = c.execute(select(audit).where(audit.c.action == "referral.shown")).one()
    assert kept.object_id == home.ids["referral"] and kept.detail["recipient"] == home.ids["recipient"]
    assert kept.detail["categories"] == ["address_current", "contact", "damage", "household", "housing_plan", "identity"]


def test_taking_it_on_reporting_and_finishing_reach_the_caseworker(lawyer: Browser, home: Home, shell: Shell) -> None:
    path = f"{HOME}/{home.ids['referral']}"
    lawyer.open(path).send(f"{path}/answer", act="accept", note="木曜にお電話します。")
    assert lawyer.has("引き受け済み", "木曜にお電話します。")
    assert lawyer.send(f"{path}/answer", act="report").status == 422, "a report says something"
    lawyer.open(path).send(f"{path}/answer", act="report", note="契約書を確かめています。")
    lawyer.send(f"{path}/answer", act="done", note="解約できました。")
    assert lawyer.has("終わり") and f"{path}/answer" not in lawyer.html
    with shell.engine.begin() as c:
        states = [row.args["state"] for row in c.execute(select(support_entry).order_by(support_entry.c.id))]
        topics = [row.topic for row in c.execute(select(task).where(task.c.kind == "refer", task.c.done_at.is_(None)))]
        assert c.execute(select(referral.c.state)).scalar_one() == "done"
    assert states == ["accepted", "reported", "done"] and topics.count("reported") == 3


def test_sending_it_back_needs_a_reason_and_can_be_put_before_somebody_else(
    lawyer: Browser, home: Home, shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    path = f"{HOME}/{home.ids['referral']}"
    assert lawyer.open(path).send(f"{path}/answer", act="decline").status == 422
    lawyer.open(path).send(f"{path}/answer", act="decline", note="利益相反のため")
    with shell.engine.begin() as c:
        assert [row.topic for row in c.execute(select(task)) if row.topic == "returned"]
        c.execute(insert(recipient).values(
            id="second", tenant_id=home.tenant, kind="professional", profession="lawyer", name={"ja": "別の事務所"},
            pledge_until=date(2027, 3, 31)))
    make_staff("hanako")
    make_staff("second", PARTNER, recipient_id="second")
    worker = new_browser("hanako").open(f"/console/cases/{home.ids['case']}")
    assert worker.has("利益相反のため")


def test_a_caseworker_puts_an_open_referral_before_a_partner_and_only_with_a_yes(
    home: Home, shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    with shell.engine.begin() as c:
        c.execute(update(referral).values(recipient_id=None))
    make_staff("hanako")
    make_staff("bengoshi", PARTNER, recipient_id=home.ids["recipient"])
    lawyer = new_browser("bengoshi")
    assert not lawyer.has("山田 花子"), "nobody has been asked yet"
    worker = new_browser("hanako").open(f"/console/cases/{home.ids['case']}")
    mark = f"/console/referrals/{home.ids['referral']}/mark"
    worker.send(mark, state="asked", recipient=home.ids["recipient"])
    assert lawyer.open(HOME).has("山田 花子")
    decide(shell, home, "refused")
    worker.open(f"/console/cases/{home.ids['case']}").send(mark, state="asked", recipient=home.ids["recipient"])
    assert worker.status == 409


def test_two_who_answer_at_once_do_not_overwrite_each_other(lawyer: Browser, home: Home, new_browser: NewBrowser) -> None:
    path = f"{HOME}/{home.ids['referral']}"
    second = new_browser("bengoshi").open(path)
    lawyer.open(path).send(f"{path}/answer", act="accept")
    assert second.send(f"{path}/answer", act="decline", note="むずかしい").status == 409


def test_no_alarm_rings_and_nobody_pages_those_who_are_not_of_the_house(
    home: Home, shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    for login, role in (("bengoshi", PARTNER), ("ken", "prefecture"), ("kansa", "auditor"), ("hanako", "caseworker")):
        make_staff(login, role, recipient_id=home.ids["recipient"] if role == PARTNER else None)
    alert(shell, home)
    rings = {login: home.ids["case"] in new_browser(login).open("/console/me").html for login in ("bengoshi", "ken", "hanako")}
    assert rings == {"bengoshi": False, "ken": False, "hanako": True}
    with shell.engine.begin() as c:
        paged = {member.id for member in read_office(c, home.tenant, shell.clock()).members}
        assert [row.login for row in c.execute(select(staff)) if row.id in paged] == ["hanako"]
