"""The people of a household: living together and registered, side by side; split off, and back again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import answer, case
from backend.people import household
from backend.people.models import household_member, person
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.staff.tokens import make_token
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    make_staff("hanako")
    return settle(shell, tenant_id, "山田 花子")


def part(html: str, id_: str) -> str:
    return str(re.findall(rf'<section[^>]*aria-labelledby="{id_}".*?</section>', html, re.S)[0])


def test_living_together_and_registered_stand_side_by_side(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    here = f"/console/cases/{home.ids['case']}/household"
    page = new_browser("hanako").open(here)
    page.send(here, name="山田 太郎", kana="やまだ たろう", birth_date="1946-02-03", relation="spouse", on_register="yes", lives_together="yes", head="yes")
    page.send(here, name="山田 次郎", relation="child", on_register="yes")
    assert "太郎" in part(page.html, "together") and "80歳" in part(page.html, "together") and "次郎" not in part(page.html, "together")
    assert "次郎" in part(page.html, "registered") and "今は別に暮らしている" in part(page.html, "registered")
    with shell.engine.begin() as c:
        assert "household.changed" in set(c.execute(select(audit.c.action)).scalars())


def test_somebody_becomes_a_household_of_their_own_and_comes_back(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    here = f"/console/cases/{home.ids['case']}/household"
    page = new_browser("hanako").open(here).send(here, name="山田 次郎", relation="child", on_register="yes", lives_together="yes")
    page.send(f"{here}/split", own="yes", on="2026-07-01")
    with shell.engine.begin() as c:
        assert len(c.execute(select(case.c.id)).all()) == 2
    assert page.has("世帯を離れた", "そのケース")
    page.send(f"{here}/rejoin")
    assert "次郎" in part(page.html, "together")
    assert page.open(here.replace("household", "support")).has("世帯の1人が、別の世帯になりました。", "1人が、またいっしょに暮らしています。")


def test_a_late_change_and_a_stranger_are_told(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    here = f"/console/cases/{home.ids['case']}/household"
    page = new_browser("hanako").open(here).send(here, name="山田 次郎", lives_together="yes")
    with shell.engine.begin() as c:
        c.execute(update(household_member).values(version=7))
    sent = {**page.hidden(f"{here}/change", 1), "relation": "child"}
    assert page.client.post(f"{here}/change", data=sent).status_code == 409
    page.open(here)
    assert page.send(here).status == 422 and page.has("名前を書いてください")
    assert page.client.post(f"{here}/split", data={**page.open(here).hidden(here), "member": "nobody"}).status_code == 422


def test_a_protected_member_is_a_mark(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    here = f"/console/cases/{home.ids['case']}/household"
    page = new_browser("hanako").open(here).send(here, name="山田 秘子", lives_together="yes", on_register="yes")
    with shell.engine.begin() as c:
        c.execute(update(person).where(person.c.id != home.ids["person"]).values(restricted=True))
    assert not page.open(here).has("秘子") and page.has("※取扱注意")


@pytest.mark.parametrize("linked", ["by the answers' place", "by the name alone"])
def test_what_was_answered_about_a_protected_member_is_for_their_handlers(
    linked: str, new_browser: NewBrowser, shell: Shell, home: Home, make_staff: MakeStaff
) -> None:
    make_staff("chief", "supervisor")
    me, now, case_id = make_staff("tanaka"), shell.clock(), home.ids["case"]
    said = {"m1": ("山田 太郎", 41), "m2": ("山田　秘子", 77)}
    with shell.engine.begin() as c:
        for key, (name, age) in said.items():
            for field, value in (("member_name", name), ("member_age", age)):
                c.execute(insert(answer).values(tenant_id="tenant-tsunagi", case_id=case_id, field=f"members.{key}.{field}",
                                                state="given", value=value, by="self", about="self", source="web", at=now))
        about = {"answers": "m2"} if linked.endswith("place") else {}
        household.add_member(c, case_id=case_id, columns={"name": "山田 秘子"}, by=None, at=now, about=about)
        c.execute(update(person).where(person.c.id != home.ids["person"]).values(restricted=True))
        token = make_token(c, Staff.of(c.execute(select(staff).where(staff.c.login == "hanako")).one()), name="x",
                           scopes=("cases:read",), lasts=timedelta(days=1), at=now)
    here = f"/console/cases/{case_id}"
    hanako, chief = new_browser("hanako"), new_browser("chief")
    assert hanako.open(here).has("山田 太郎", "41") and not hanako.has("秘子") and not hanako.has(">77")
    assert chief.open(here).has("山田 太郎", "秘子", "77")
    got = hanako.client.get(f"/api/v1/cases/{case_id}/answers?history=yes", headers={"Authorization": f"Bearer {token}"})
    assert "太郎" in got.text and "秘子" not in got.text and "m2" not in got.text
    seeded = f"/console/seeded/{case_id}"
    assert hanako.client.post(f"{seeded}/edit", data=hanako.open(seeded).hidden(f"{seeded}/edit")).status_code == 403
    draft = chief.open(seeded).send(f"{seeded}/edit")
    assert draft.has("秘子") and hanako.open(draft.path).status == 403
    with shell.engine.begin() as c:
        c.execute(update(case).values(assigned_to=me))
    assert new_browser("tanaka").open(here).has("秘子", "77")


@pytest.mark.parametrize("act", ["change", "split", "rejoin"])
def test_a_protected_member_is_left_to_their_handlers(act: str, new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    """Coming back would take them out of the case that protects them; and where that case is, nobody else is told."""
    here = f"/console/cases/{home.ids['case']}/household"
    page = new_browser("hanako").open(here).send(here, name="山田 秘子", lives_together="yes", on_register="yes")
    page.send(f"{here}/split", own="yes", on="2026-07-01")
    with shell.engine.begin() as c:
        own = c.execute(select(case.c.id).where(case.c.id != home.ids["case"])).scalar_one()
        sent = {name: page.hidden(here)[name] for name in ("csrf", "form")}
        assert page.has(f'href="/console/cases/{own}"')
        c.execute(update(case).where(case.c.id == own).values(restricted=True))
        c.execute(update(person).where(person.c.id != home.ids["person"]).values(restricted=True))
        member = c.execute(select(household_member.c.id).where(household_member.c.case_id == home.ids["case"], household_member.c.left_on.is_not(None))).scalar_one()
        before = c.execute(select(household_member).order_by(household_member.c.id)).all()
    sent |= {"member": member, "version": "2", "lives_together": "yes", "own": "yes"}
    assert page.client.post(f"{here}/{act}", data=sent).status_code == 404
    with shell.engine.begin() as c:
        assert c.execute(select(household_member).order_by(household_member.c.id)).all() == before
    assert own not in page.open(here).html
