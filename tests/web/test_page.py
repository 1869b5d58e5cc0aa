"""The secure page: a one-time link out of a chat opens the same conversation, and nothing but it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend import ids
from backend.journal.models import conversation, inbox, message, page_link
from backend.messages import RawEvent
from bots.web.client import WebChannel
from bots.web.parse import body_came, body_said
from tests.web.conftest import Browser, messages_of


class LineOfSorts(WebChannel):
    name = "line"


@pytest.fixture
def link(shell, worker, clock):
    """A conversation on LINE in which something was said, and the secure link that it got."""
    worker.channels["line"] = LineOfSorts()
    for number, body in enumerate((body_came(), body_said("日本語"), body_said("屋根が壊れました"))):
        clock.move(seconds=1)
        worker.put_now([RawEvent("line", "U-invented", f"e{number}", clock(), body)])
    clock.move(seconds=1)
    token = ids.token()
    with shell.engine.begin() as connection:
        owner = connection.execute(select(conversation.c.id).where(conversation.c.channel == "line")).scalar_one()
        connection.execute(
            page_link.insert().values(
                id=ids.hashed(token), conversation_id=owner, purpose="secure", made_at=clock(),
                expires_at=clock() + timedelta(minutes=30),
            )
        )
    return f"/p/{token}"


def surfaces(shell):
    return [row["surface"] for row in messages_of(shell)]


def test_looking_at_a_link_uses_nothing_up(browser, link, shell):
    before = len(messages_of(shell))
    for _ in range(3):
        browser.open(link)
        assert browser.status == 200 and "続ける" in browser.buttons()
    assert len(messages_of(shell)) == before
    assert "屋根" not in browser.html


def test_pressing_the_button_opens_the_conversation_once(browser, link, app, worker):
    browser.open(link)
    browser.post(link, browser.hidden())
    assert browser.path == "/page" and browser.status == 200
    assert browser.asked()
    thief = Browser(app, worker)
    thief.open(link)
    assert thief.status == 404 and "使えなくなりました" in thief.html
    thief.post(link, {})
    assert thief.status == 404 and thief.client.get("/page").status_code == 404


def test_a_second_press_lands_on_the_open_page(browser, link):
    browser.open(link)
    hidden = browser.hidden()
    browser.post(link, hidden)
    browser.post(link, hidden)
    assert browser.path == "/page" and browser.status == 200


def test_the_page_shows_nothing_of_the_chat(browser, link, shell):
    browser.open(link)
    browser.post(link, browser.hidden())
    assert "屋根" not in browser.html
    assert "page" in surfaces(shell) and "chat" in surfaces(shell)


def test_what_is_answered_there_belongs_to_the_chats_conversation(browser, link, shell):
    browser.open(link)
    browser.post(link, browser.hidden())
    browser.write("安全です")
    with shell.engine.connect() as connection:
        owners = set(connection.execute(select(inbox.c.conversation_id)).scalars())
        said = connection.execute(
            select(message.c.surface).where(message.c.direction == "in").order_by(message.c.id.desc()).limit(1)
        ).scalar_one()
    assert len(owners) == 1
    assert said == "page"


def test_an_old_link_asks_for_a_new_one(browser, link, clock):
    clock.move(minutes=31)
    browser.open(link)
    assert browser.status == 404 and "チャットにもどって" in browser.html
    browser.post(link, {})
    assert browser.status == 404


def test_the_open_page_closes_by_itself(browser, link, clock):
    browser.open(link)
    browser.post(link, browser.hidden())
    clock.move(hours=3)
    browser.open("/page")
    assert browser.status == 404
    browser.post("/page/say", {**browser.hidden(), "text": "はい"})
    assert browser.status in (403, 404)


def test_the_link_still_holds_when_the_database_was_away(browser, link, worker):
    browser.open(link)
    worker.away = True
    browser.post(link, browser.hidden())
    assert browser.status == 503
    worker.away = False
    browser.post(link, {})
    assert browser.path == "/page" and browser.status == 200


def test_an_invented_link_looks_like_an_old_one(browser, link, clock):
    clock.move(minutes=31)
    old = browser.open(link)
    new = browser.open("/p/" + "x" * 43)
    strip = re.compile(r'value="\w+"')
    assert strip.sub("", old) == strip.sub("", new)


def test_a_page_cookie_opens_no_chat_and_a_chat_cookie_no_page(browser, link):
    browser.open(link)
    browser.post(link, browser.hidden())
    browser.open("/chat")
    assert "相談を始める" in browser.buttons()
    browser.begin()
    browser.client.cookies.delete("tsunagi_page")
    browser.open("/page")
    assert browser.status == 404


def test_when_the_questions_are_done_the_page_sends_people_back(browser, link, shell, clock):
    browser.open(link)
    browser.post(link, browser.hidden())
    assert "LINEにもどってください" not in browser.html
    clock.move(seconds=30)
    with shell.engine.begin() as connection:
        owner = connection.execute(select(conversation.c.id)).scalars().first()
        connection.execute(message.insert().values(
            conversation_id=owner, direction="out", author="dialog", surface="chat", at=clock(),
            content={"text": "おかえりなさい。", "locale": "ja"},
        ))
    browser.open("/page")
    assert "LINEにもどってください" in browser.html
    assert "おかえりなさい" not in browser.html
    assert browser.asked() == "" and 'id="text"' not in browser.html
