"""No page, list, file, search or answer of the API names a household that the account may not see: generated from both tables of routes.

Planted are a household of another district and a protected one, with everything that hangs on a household. Whoever is
limited must not find a word of them anywhere; what they may see is there, so that an empty page cannot pass for a good one.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from backend import ids as new_ids
from backend.api.routes import CALLS
from backend.app import Shell
from backend.booth.models import booth_stop
from backend.campaigns.models import member
from backend.cases.models import answer, case, internal_note, policy_version
from backend.cases.record import add
from backend.console.routes import PAGES
from backend.contacts.service import keep
from backend.journal.models import message
from backend.matching.models import match_proposal, merge
from backend.meetings.models import meeting_item
from backend.people import service as people
from backend.people.models import household_member, person
from backend.staff.roles import BOOTH, OPERATOR, PARTNER, PREFECTURE
from backend.visits.models import visit
from tests.api import test_policy as calls
from tests.api.program import program_of
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.lists_world import settle_lists
from tests.console.test_policy import filled
from tests.console.world import Home, settle

NEAR, FAR, HIDDEN = "緑町 花子", "川上 トオル", "秘田 カクレ"
PLANTED = {
    FAR: ("川上 トオル", "かわかみとおる", "090-5555-0001", "川上通り", "川上の子", "川上の覚え"),
    HIDDEN: ("秘田 カクレ", "ひめだかくれ", "090-5555-0002", "秘田通り", "秘田の子", "秘田の覚え"),
}
"""Name, kana, number, street, a child's name, and what somebody wrote about them."""
DONE = "家を見てほしいとのこと"
"""What a station of the booth did: the next station reads it on the number of whoever sits there, wherever they live."""
WATCHERS = {"midori": "caseworker", "outsourced": OPERATOR, "partner": PARTNER, "prefecture": PREFECTURE, "booth": BOOTH}
COLLEAGUE = "colleague"
"""A caseworker of the whole municipality, who handles nobody protected."""


def plant(shell: Shell, home: Home, campaign: str, meeting: str) -> None:
    """Whatever else hangs on a household and could be listed somewhere, with its words in it."""
    now, (name, kana, phone, street, child, words) = shell.clock(), PLANTED[home.name]
    tenant_id, case_id, person_id = home.tenant, home.ids["case"], home.ids["person"]
    about = {"tenant_id": tenant_id, "case_id": case_id}
    author = home.ids["author"]
    with shell.engine.begin() as c:
        people.write(c, person_id, {"name": name, "kana": kana, "phone": phone, "address": f"広川町{street}1-1"}, source="console", by=None, at=now)
        for field, value in (("name", name), ("disaster_address", f"広川町{street}1-1"), ("contact_note", words)):
            c.execute(insert(answer).values(**about, conversation_id=home.ids["conversation"], field=field, state="given", value=value,
                                            by="self", about="self", source="line", at=now))
        young = new_ids.new()
        c.execute(insert(person).values(id=young, tenant_id=tenant_id, name=child, created_at=now, restricted=home.name == HIDDEN))
        c.execute(insert(household_member).values(id=new_ids.new(), **about, person_id=young, relation="child"))
        c.execute(insert(internal_note).values(id=new_ids.new(), **about, text=words, staff_id=author, at=now, changed_at=now))
        c.execute(insert(policy_version).values(id=new_ids.new(), **about, number=1, wish_home=words, wish_life=words, policy=words,
                                                as_of=now.date(), author=author, at=now))
        c.execute(insert(message).values(conversation_id=home.ids["conversation"], direction="in", author="person", surface="chat",
                                         content={"shown": words, "shown_key": "", "kind": "said"}, at=now))
        add(c, tenant_id=tenant_id, case_id=case_id, kind="note", at=now, staff_id=author, text=words)
        for days in (0, 3):
            keep(c, **about, person_id=person_id, channel="visit", direction="out", result="absent", at=now - timedelta(days=days),
                 made_at=now, staff_id=author, note=words, next_on=now.date() + timedelta(days=2))
        c.execute(insert(meeting_item).values(id=new_ids.new(), **about, meeting_id=meeting, why="category", question=words, at=now))
        c.execute(insert(member).values(**about, campaign_id=campaign, person_id=person_id, since=now))
        for planned in (None, now.date()):
            c.execute(insert(visit).values(
                id=new_ids.new(), **about, state="planned" if planned else "wanted", why="request", planned_on=planned,
                first_worker=author, safety=words, made_at=now, changed_at=now))
        c.execute(insert(booth_stop).values(
            id=new_ids.new(), tenant_id=tenant_id, ticket_id=home.ids["booth_ticket"], day_id=home.ids["booth_day"],
            station_id=home.ids["booth_station"], staff_id=author, result="done", done=DONE if home.name == FAR else words, waited_from=now, called_at=now, ended_at=now))
        c.execute(update(case).where(case.c.id == case_id).values(category=1, review_on=now.date(), waiting_since=now - timedelta(days=2)))


@pytest.fixture
def homes(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> dict[str, Home]:
    handler = make_staff("handler")
    found = {
        FAR: settle(shell, tenant_id, FAR, district="川上", number="T-2026-1", assigned_to=handler),
        HIDDEN: settle(shell, tenant_id, HIDDEN, district="緑町", number="T-2026-2", restricted=True, assigned_to=handler),
    }
    outsourced = make_staff("outsourced", OPERATOR)
    near = found[NEAR] = settle(shell, tenant_id, NEAR, district="緑町", number="T-2026-3", assigned_to=outsourced)
    make_staff("midori", districts=["緑町"])
    make_staff(COLLEAGUE)
    make_staff("partner", PARTNER, recipient_id=near.ids["recipient"])
    make_staff("prefecture", PREFECTURE)
    make_staff("booth", BOOTH)
    with shell.engine.begin() as c:
        c.execute(update(person).where(person.c.id == found[HIDDEN].ids["person"]).values(restricted=True))
    for name in (FAR, HIDDEN):
        found[name].ids["author"] = handler
        plant(shell, found[name], near.ids["campaign"], near.ids["meeting"])
    for home in found.values():
        settle_lists(shell, home)
    both = {"tenant_id": tenant_id, "one_case": near.ids["case"], "one_person": near.ids["person"], "score": 90, "reasons": [["kana", "same"]]}
    with shell.engine.begin() as c:
        for name in (FAR, HIDDEN):
            two = found[name].ids
            c.execute(insert(match_proposal).values(
                id=new_ids.new(), **both, other_case=two["case"], other_person=two["person"], made_at=shell.clock()))
            c.execute(insert(merge).values(id=new_ids.new(), tenant_id=tenant_id, kept_case=near.ids["case"], gone_case=two["case"],
                                           moved={}, by=None, at=shell.clock()))
        c.execute(insert(meeting_item).values(id=new_ids.new(), tenant_id=tenant_id, case_id=near.ids["case"],
                                              meeting_id=near.ids["meeting"], why="category", at=shell.clock()))
    return found


def found_in(text: str, names: tuple[str, ...]) -> list[str]:
    return [word for name in names for word in PLANTED[name] if word in text]


def unseen_by(login: str) -> tuple[str, ...]:
    return (HIDDEN,) if login == COLLEAGUE else (FAR, HIDDEN)


WAYS = ("", "?district=川上", "?q=トオル&status=all&who=all&sort=name&district=all&team=&state=all&show=all", "?format=geojson&by=district")
"""As lists are asked for; what a page does not know it leaves."""


@pytest.mark.parametrize("login", [*WATCHERS, COLLEAGUE])
def test_no_page_names_whom_one_may_not_see(login: str, homes: dict[str, Home], shell: Shell, new_browser: NewBrowser) -> None:
    client, role = new_browser(login).client, WATCHERS.get(login, "caseworker")
    leaks: list[str] = []
    good = 0
    for page in PAGES:
        if page.method != "GET" or role not in page.roles:
            continue
        kinds = homes.values() if "{id}" in page.path else (homes[NEAR],)
        for path in dict.fromkeys(filled(page.path, home) for home in kinds):
            for way in WAYS if "{id}" not in page.path else WAYS[:1]:
                answer = client.get(path + way)
                good += answer.status_code == 200
                leaks += [f"{path}{way}: {word}" for word in found_in(answer.text, unseen_by(login))]
    assert leaks == []
    assert good > 10, "it did open pages"


@pytest.mark.parametrize("login", ["midori", "outsourced", COLLEAGUE])
def test_no_search_finds_whom_one_may_not_see(
    login: str, homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_staff("chief", "supervisor")
    asked = [(homes[name], words) for name in unseen_by(login) for words in PLANTED[name][:3]]

    def found_by(name: str) -> list[str]:
        browser = new_browser(name)
        found = []
        for home, words in asked:
            hidden = browser.open("/console/me").hidden("/console/logout")  # a form that is sent twice does its work once
            if home.ids["case"] in browser.client.post("/console/search", data={**hidden, "words": words}).text:
                found.append(words)
        return found

    assert found_by(login) == []
    assert found_by("chief") == [words for _, words in asked]


def test_what_the_booth_did_is_read_in_the_summary_within_ones_reach(homes: dict[str, Home], make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("kawakami", districts=["川上"])
    for login, there in (("kawakami", True), ("midori", False), ("outsourced", False)):
        browser = new_browser(login)
        for page in ("summary", "summary.csv"):
            text = browser.client.get(f"/console/days/{homes[FAR].ids['booth_day']}/{page}").text
            assert (DONE in text) is (there), (login, page)


@pytest.mark.parametrize("login", ["midori", "outsourced", "prefecture", COLLEAGUE])
def test_no_call_names_whom_one_may_not_see(
    login: str, homes: dict[str, Home], shell: Shell, app: TestClient, clock: MovableClock
) -> None:
    program = program_of(shell, app, login)
    leaks: list[str] = []
    good = 0
    for call in CALLS:
        if call.method != "GET" or WATCHERS.get(login, "caseworker") not in call.roles:
            continue
        for path in dict.fromkeys(calls.filled(call.path, home) for home in homes.values()):
            answer = program.get(path)
            good += answer.status_code == 200
            leaks += [f"{path}: {word}" for word in found_in(answer.text, unseen_by(login))]
    assert leaks == []
    assert good > 2, "it did get answers"


def test_the_planted_words_are_there_for_whoever_may_see_them(
    homes: dict[str, Home], shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    """Otherwise the tests above would look for what is written nowhere."""
    make_staff("chief", "supervisor")
    client = new_browser("chief").client
    for name in (FAR, HIDDEN):
        home = homes[name]
        paths = [f"/console/cases/{home.ids['case']}{part}" for part in ("", "/household", "/notes", "/support", "/contacts", "/timeline")]
        text = " ".join(client.get(path).text for path in paths)
        assert [word for word in PLANTED[name] if word not in text and word not in ("ヒメダ")] == []
    for path in ("/console", "/console/cases", f"/console/meetings/{homes[NEAR].ids['meeting']}"):
        assert FAR in client.get(path).text, path
    assert new_browser("midori").open("/console").has(NEAR)
