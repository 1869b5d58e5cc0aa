"""Programs in the resident's chat, in a real browser: the list under the cards, one looked at closely, nothing for axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert, select

from backend import ids
from backend.clock import in_japan, now
from backend.db import reading
from backend.journal.models import message
from backend.messages import OutMessage, RawEvent
from backend.tenants.models import disaster
from bots.web.parse import body_chose, body_said
from tests.browser.looking import faults_here
from tests.browser.test_chat import SIZES, begin, page
from tests.web.conftest import conversations_of

pytestmark = pytest.mark.browser
__all__ = ["page"]

SAYS = {
    "trouble": "home,money", "name": "=山田 花子（やまだ はなこ）", "disaster_address": "=緑町1-2", "damage_level": "half",
    "certificate": "issued", "household_size": "=2人", "living_now": "home", "rebuild_method": "repair", "contact_way": "here",
    "household_includes": "none,none", "cannot_fund": "yes",
}  # fmt: skip


@pytest.fixture(autouse=True)
def struck(web_shell):
    """A disaster on record: without one nothing is suggested."""
    with web_shell.engine.begin() as connection:
        connection.execute(insert(disaster).values(
            id="d", tenant_id="tenant-tsunagi", name={"ja": "大雨"}, happened_on=in_japan(now()).date(), prefecture="40",
            municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True}))  # fmt: skip


def answer_everything(shell, worker):
    """The rest of the questions, posted as the page would: this file is about what comes after them."""
    home = conversations_of(shell)[0]
    for _ in range(40):
        with reading(shell.engine).connect() as connection:
            newest = select(message.c.content).where(message.c.direction == "out").order_by(message.c.id.desc()).limit(8)
            asked = next(out for out in map(OutMessage.from_json, connection.execute(newest).scalars()) if out.step)
        if asked.key == "programs.cards":
            return
        first = asked.numbered[0].data.rpartition("|")[2] if asked.numbered else ""
        says = SAYS.get(asked.field, first)
        body = body_said(says[1:]) if says.startswith("=") else body_chose(asked.session, asked.step, says or "-unknown")
        worker.put_now([RawEvent("web", home["address"], ids.new(), now(), body)])
    raise AssertionError(f"no programs were listed: {asked.key}")


def tap(page, words):
    """Tap, and wait until it has arrived: while one answer is under way the page takes no second."""
    page.locator(".option", has_text=words).click()
    expect(page.locator("body.sending")).to_have_count(0)


@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_the_list_and_a_program_fit_every_screen_and_axe_finds_nothing(page, site, web_shell, worker):
    begin(page, site)
    answer_everything(web_shell, worker)
    page.reload()
    expect(page.locator(".option")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults_here(page) == []
    page.locator(".option").first.click()
    expect(page.locator(".option").first).to_contain_text("どうして")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults_here(page) == []


def test_why_and_what_is_needed_and_a_reminder_are_a_tap_each(page, site, web_shell, worker):
    begin(page, site)
    answer_everything(web_shell, worker)
    page.reload()
    tap(page, "応急修理")
    tap(page, "必要なもの")
    expect(page.locator(".said").filter(has_text="見積書")).to_have_count(1)
    tap(page, "締め切り")
    expect(page.locator(".said").filter(has_text="締め切り")).not_to_have_count(0)
    tap(page, "一覧にもどる")
    expect(page.locator(".option", has_text="次へ進む")).to_have_count(1)
