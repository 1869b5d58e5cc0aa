"""From a chat on LINE to the secure page and back, with the real dialog."""

import re

from sqlalchemy import select

from backend import ids
from backend.db import reading
from backend.journal.models import message
from backend.messages import OutMessage, RawEvent
from bots.web.client import WebChannel
from bots.web.parse import body_came, body_chose, body_said


class LineOfSorts(WebChannel):
    """A chat of another company, with our own plain events."""

    name = "line"


class Phone:
    """Somebody's LINE: says and taps, and sees what was said to them in the chat."""

    def __init__(self, worker, shell, clock):
        self.worker, self.shell, self.clock = worker, shell, clock
        worker.channels["line"] = LineOfSorts()

    def _put(self, body):
        self.clock.move(seconds=5)
        self.worker.put_now([RawEvent("line", "U-invented", ids.new(), self.clock(), body)])

    def seen(self, surface="chat"):
        with reading(self.shell.engine).connect() as connection:
            rows = connection.execute(
                select(message.c.content)
                .where(message.c.direction == "out", message.c.surface == surface)
                .order_by(message.c.id)
            ).scalars().all()
        return [OutMessage.from_json(content) for content in rows]

    def open_question(self):
        return next(message for message in reversed(self.seen()) if message.step)

    def say(self, text):
        self._put(body_said(text))

    def tap(self, option):
        asked = self.open_question()
        self._put(body_chose(asked.session, asked.step, option))

    def add_account(self):
        self._put(body_came())


def to_a_sensitive_question(phone):
    phone.add_account()
    phone.tap("ja")
    phone.tap("safe")
    phone.tap("home,money")
    phone.tap("self")
    phone.tap("later")
    phone.say("山田 花子（やまだ はなこ）")
    for _ in range(12):
        asked = phone.open_question()
        if asked.step.startswith("intake.review"):
            break
        phone.tap("-declined") if any(b.data.endswith("|-declined") for b in asked.aside) else phone.tap(
            asked.numbered[0].data.rpartition("|")[2]
        )
    phone.tap("ok")
    phone.tap("no")  # no news of programs
    phone.tap("more")


def link_in(messages):
    found = [re.search(r"/p/[\w-]{40,}", " ".join([m.text, *(b.url for b in (*m.numbered, *m.aside))])) for m in messages]
    return next((link[0] for link in reversed(found) if link), "")


def test_sensitive_questions_are_answered_on_the_page_and_the_chat_goes_on(browser, worker, shell, clock):
    phone = Phone(worker, shell, clock)
    to_a_sensitive_question(phone)
    phone.tap("body")  # meals, sleep, special care
    link = link_in(phone.seen())
    assert link, [m.key for m in phone.seen()][-12:]

    browser.open(link)
    browser.post(link, browser.hidden())
    assert browser.path == "/page"
    for _ in range(60):
        if not browser.asked():
            break
        browser.press("答えたくない" if "答えたくない" in browser.buttons() else "わからない")
    assert "LINEにもどってください" in browser.html, (browser.asked(), browser.buttons())
    assert "secure.came_back" in [m.key for m in phone.seen()]
    assert phone.open_question().numbered, "the chat goes on by itself"
    answered_there = {m.field for m in phone.seen("page") if m.field}
    assert answered_there and not answered_there & {m.field for m in phone.seen() if m.field}
