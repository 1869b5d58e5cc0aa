"""The web's door for a code from the booth: looking uses nothing up and tells nothing; pressing leads into the chat."""

import re

from sqlalchemy import select

from backend.booth import links
from backend.booth.models import case_link
from backend.cases.models import case
from backend.journal.models import inbox
from backend.people.models import person
from backend.staff.models import staff
from backend.staff.roles import Staff
from tests.web.conftest import Browser, app, browser, conversations_of, shell, worker  # noqa: F401

# ruff: noqa: F811  (fixtures)


def paper(shell):
    """A code for a case that the booth made."""
    with shell.engine.begin() as c:
        now = shell.clock()
        c.execute(staff.insert().values(
            id="s", tenant_id="tenant-tsunagi", login="mori", name="森", password_hash="-", role="caseworker", created_at=now))
        c.execute(person.insert().values(id="p", tenant_id="tenant-tsunagi", name="山田 花子", created_at=now))
        c.execute(case.insert().values(
            id="c", tenant_id="tenant-tsunagi", number="T-2026-000123-7", person_id="p", opened_at=now, changed_at=now))
        mori = Staff.of(c.execute(select(staff)).one())
        return links.issue(c, mori, "c", speaker="self", relation="", locale="en", at=now)


def stored(shell):
    with shell.engine.begin() as c:
        return len(c.execute(select(inbox.c.id)).all())


def test_looking_uses_nothing_up_stores_nothing_and_tells_a_good_code_from_no_code_by_nothing(browser, shell):
    link = paper(shell)
    good, none = (browser.open(f"/c/{token}") for token in (link.token, "0" * 20))
    hide = re.compile(r'value="[^"]*"|[0-9a-v]{20}')
    assert hide.sub("", good) == hide.sub("", none) and "山田" not in good
    assert stored(shell) == 0 and conversations_of(shell) == []
    with shell.engine.begin() as c:
        assert c.execute(select(case_link.c.ended_at)).scalar_one() is None


def test_pressing_leads_into_the_chat_in_the_papers_language(browser, shell):
    link = paper(shell)
    browser.open(f"/c/{link.token}")
    browser.post(f"/c/{link.token}", browser.hidden())
    assert browser.path == "/chat" and "six-digit number" in browser.bubbles()[-1]
    browser.write(link.code)
    assert conversations_of(shell)[0]["case_id"] == "c"


def test_pressed_twice_it_is_said_once(browser, shell):
    link = paper(shell)
    browser.open(f"/c/{link.token}")
    form = browser.hidden()
    browser.post(f"/c/{link.token}", form)
    browser.post(f"/c/{link.token}", form)
    assert len(browser.bubbles()) == 1


def test_another_site_cannot_press_for_somebody(browser, shell):
    link = paper(shell)
    browser.open(f"/c/{link.token}")
    browser.post(f"/c/{link.token}", {"form": "x", "csrf": "0" * 64})
    assert browser.status == 403 and stored(shell) == 0
    browser.client.headers["sec-fetch-site"] = "cross-site"
    browser.post(f"/c/{link.token}", browser.hidden())
    assert browser.status == 403 and stored(shell) == 0


def test_a_million_guesses_come_to_nothing(browser, app, worker, shell):
    """PT-06 in small: what is not a code's form is no page; what is, opens nothing; one address is slowed down."""
    paper(shell)
    for path in ("/c/", "/c/x", "/c/" + "z" * 20, "/c/" + "0" * 21, "/c/..%2f..%2fetc", "/c/" + "ＡＢ" * 10):
        assert browser.client.get(path).status_code == 404
    answers = []
    for number in range(40):
        thief = Browser(app, worker)
        token = f"{number:020d}"
        thief.open(f"/c/{token}")
        thief.post(f"/c/{token}", thief.hidden())
        answers.append(thief.status)
        if thief.status == 200:
            thief.write("123456")
    assert 429 in answers
    assert {row["case_id"] for row in conversations_of(shell)} == {None}


def test_a_browser_that_is_in_the_middle_of_a_talk_keeps_it(browser, shell):
    link = paper(shell)
    browser.begin()
    browser.press("日本語")
    before = len(browser.bubbles())
    browser.open(f"/c/{link.token}")
    browser.post(f"/c/{link.token}", browser.hidden())
    assert len(conversations_of(shell)) == 1 and len(browser.bubbles()) > before
    browser.write(link.code)
    assert conversations_of(shell)[0]["case_id"] == "c"
