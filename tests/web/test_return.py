"""Back in after a lost cookie: case number plus one-time code; the number alone opens nothing (PR-33)."""

import re

import pytest
from sqlalchemy import insert, select, update

from backend.booth.models import case_binding
from backend.cases.models import case
from backend.cases.rules import case_number
from backend.journal.models import conversation
from backend.people.models import person
from backend.staff.codes import make_code
from tests.web.conftest import Browser, conversations_of

NUMBER = case_number(2026, 123)


@pytest.fixture
def known(browser, shell, clock):
    """A case that began in a web chat whose cookie is lost."""
    browser.begin()
    browser.press("日本語")
    with shell.engine.begin() as connection:
        connection.execute(insert(person).values(id="p", tenant_id="tenant-tsunagi", name="山田 花子", created_at=clock()))
        connection.execute(insert(case).values(
            id="c", tenant_id="tenant-tsunagi", number=NUMBER, person_id="p", opened_at=clock(), changed_at=clock()))
        connection.execute(update(conversation).values(case_id="c"))
    return "c"


def code_for(shell, clock, case_id="c"):
    with shell.engine.begin() as connection:
        return make_code(
            connection, purpose="case", tenant_id="tenant-tsunagi", now=clock(), case_id=case_id, scope=case_id
        )


@pytest.fixture
def lost(app, worker):
    return Browser(app, worker)


def attempt(browser, number, code):
    browser.open("/chat/return")
    return browser.post("/chat/return", {**browser.hidden(), "number": number, "code": code})


def test_number_and_code_lead_back_into_the_conversation(known, lost, shell, clock):
    code = code_for(shell, clock)
    attempt(lost, NUMBER, code)
    assert lost.path == "/chat" and "日本語" in lost.bubbles()
    assert len(conversations_of(shell)) == 1


def test_numbers_may_be_typed_as_people_type_them(known, lost, shell, clock):
    code = code_for(shell, clock)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    attempt(lost, NUMBER.lower().replace("-", " ").translate(wide), f" {code[:3]}-{code[3:]} ".translate(wide))
    assert lost.path == "/chat" and lost.bubbles()


def test_a_code_works_once(known, lost, app, worker, shell, clock):
    code = code_for(shell, clock)
    attempt(lost, NUMBER, code)
    second = Browser(app, worker)
    attempt(second, NUMBER, code)
    assert second.status == 403


def test_an_old_code_opens_nothing(known, lost, shell, clock):
    code = code_for(shell, clock)
    clock.move(hours=1)
    attempt(lost, NUMBER, code)
    assert lost.status == 403


def test_the_number_alone_opens_nothing_and_says_nothing(known, lost, shell, clock):
    code = code_for(shell, clock)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    exists = attempt(lost, NUMBER, wrong)
    unknown = attempt(lost, case_number(2026, 999), wrong)
    garbage = attempt(lost, "わかりません", wrong)
    hide = re.compile(r'value="[^"]*"')
    assert hide.sub("", exists) == hide.sub("", unknown) == hide.sub("", garbage)
    assert lost.status == 403


def test_ten_wrong_tries_lock_the_number_for_a_day(known, app, worker, shell, clock):
    code = code_for(shell, clock)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    browser = Browser(app, worker)
    for _ in range(10):
        attempt(browser, NUMBER, wrong)
    attempt(browser, NUMBER, code)
    assert browser.status == 403, "even the right code, within the day"
    clock.move(hours=25)
    attempt(browser, NUMBER, code_for(shell, clock))
    assert browser.status == 200


def test_ten_wrong_tries_lock_the_code_itself_whatever_happens_to_the_process(known, shell, clock, worker):
    from tests.web.conftest import make_web_app

    code = code_for(shell, clock)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(10):
        attempt(Browser(make_web_app(shell, worker), worker), NUMBER, wrong)
    fresh = Browser(make_web_app(shell, worker), worker)
    attempt(fresh, NUMBER, code)
    assert fresh.status == 403


def test_a_case_from_another_chat_gets_a_web_conversation_of_its_own(known, lost, shell, clock):
    with shell.engine.begin() as connection:
        connection.execute(update(conversation).values(channel="line"))
    attempt(lost, NUMBER, code_for(shell, clock))
    both = conversations_of(shell)
    assert sorted(row["channel"] for row in both) == ["line", "web"]
    assert {row["case_id"] for row in both} == {"c"}
    assert lost.asked() and "日本語" not in lost.bubbles()[:1]


def test_the_mistakes_of_others_in_a_shelter_lock_nobody_out(known, app, worker, shell, clock):
    """One address for a whole shelter: only the number that was tried is locked."""
    code = code_for(shell, clock)
    neighbour = Browser(app, worker)
    for serial in range(200, 215):
        attempt(neighbour, case_number(2026, serial), "000000")
    mine = Browser(app, worker)
    attempt(mine, NUMBER, code)
    assert mine.status == 200


def test_one_address_cannot_try_numbers_for_ever(known, worker, shell, clock, monkeypatch):
    from tests.web.conftest import make_web_app

    monkeypatch.setattr("bots.web.comeback.MOST_WRONG_OF_ADDRESS", 5)
    code = code_for(shell, clock)
    stranger = Browser(make_web_app(shell, worker), worker)
    for serial in range(200, 206):
        attempt(stranger, case_number(2026, serial), "000000")
    attempt(stranger, NUMBER, code)
    assert stranger.status == 403


def test_somebody_who_knows_a_number_cannot_end_the_codes_of_that_household(known, app, worker, shell, clock):
    """Case numbers count up. Locked out after ten wrong tries, a stranger counts for nobody but themselves."""
    stranger = Browser(app, worker)
    for _ in range(10):
        attempt(stranger, NUMBER, "000000")
    code = code_for(shell, clock)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(15):
        assert "wrong" in attempt(stranger, NUMBER, wrong) and stranger.status == 403
    at_home = Browser(app, worker)
    at_home.client._transport.client = ("192.0.2.7", 50000)
    attempt(at_home, NUMBER, code)
    assert at_home.status == 200 and at_home.path == "/chat"


def test_the_way_back_never_leads_into_what_another_telephone_says(known, lost, shell, clock):
    """A chat that a code bound to the case may be that of whom the person must be safe from."""
    with shell.engine.begin() as connection:
        other = connection.execute(select(conversation.c.id)).scalar_one()
        connection.execute(insert(case_binding).values(
            id="b", tenant_id="tenant-tsunagi", conversation_id=other, case_id="c", speaker="proxy", relation="spouse", bound_at=clock()))
    attempt(lost, NUMBER, code_for(shell, clock))
    assert lost.status == 200 and "日本語" not in lost.bubbles()
    assert len(conversations_of(shell)) == 2 and {row["case_id"] for row in conversations_of(shell)} == {"c"}


def test_on_the_lost_telephone_nothing_of_it_opens_any_more(known, browser, lost, shell, clock):
    assert "日本語" in browser.open() and browser.bubbles()
    attempt(lost, NUMBER, code_for(shell, clock))
    assert lost.bubbles()
    browser.open()
    assert browser.status == 200 and not browser.bubbles()
    clock.move(minutes=1)
    browser.post("/chat/say", {**browser.hidden(), "start": "1"})
    lost.write("新しい電話です")
    browser.open()
    assert "新しい電話です" not in browser.html
    assert lost.open() and "新しい電話です" in lost.html
