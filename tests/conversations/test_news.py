"""What became possible later is told to whoever wished for it: once, in the day, in their language; and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.cases.models import case
from backend.contacts.models import contact
from backend.contacts.service import keep
from backend.followups.run import run_due
from backend.journal.models import outbox
from backend.programs.logged import LOGGED, log_due
from backend.programs.news import NEWS, tell_due
from backend.programs.recompute import RECOMPUTE, recompute
from backend.tasks.models import task
from backend.tenants.models import disaster
from tests.conversations.conftest import Person, Town, complete_intake
from tests.conversations.test_learned import booth_writes

HANDLERS = {RECOMPUTE: recompute, NEWS: tell_due, LOGGED: log_due}


@pytest.fixture
def here(town: Town) -> Town:
    with town.engine.begin() as connection:
        acts = {"relief_act_applied": True, "recovery_support_act_applied": True}
        connection.execute(update(disaster).values(acts=acts))
    return town


def lightly_damaged(town: Town, locale: str = "ja", wish: str = "yes") -> Person:
    hanako = town.person()
    complete_intake(hanako.came(), language=(locale,), damage_level=("partial",), flood_level=("none",), program_news=(wish,))
    work(town, minutes=1)
    hanako.new()
    return hanako


def work(town: Town, minutes: float = 0) -> None:
    town.clock.move(minutes=minutes)
    while run_due(town.engine, town.clock, HANDLERS):
        pass
    town.work()


def regraded(town: Town, level: str = "large_half") -> None:
    """The second survey gave a higher grade; staff write it down."""
    booth_writes(town, town.row(case)["id"], damage_level=level)


@pytest.mark.parametrize("locale", ["ja", "ja@simple", "en"])
def test_whoever_wished_hears_of_it_in_their_language(here: Town, locale: str) -> None:
    hanako = lightly_damaged(here, locale)
    regraded(here)
    work(here, minutes=1)
    assert hanako.new() == [], "not while somebody may still be typing"
    work(here, minutes=15)
    keys = hanako.new()
    assert keys[0] == "programs.new" and "programs.card" in keys and keys[-1] == "programs.cards"
    assert hanako.messages()[-1].locale == locale
    work(here, minutes=600)
    assert hanako.new() == [], "once"


def test_who_did_not_wish_for_it_hears_nothing_but_the_caseworker_does(here: Town) -> None:
    hanako = lightly_damaged(here, wish="no")
    regraded(here)
    work(here, minutes=1)
    work(here, minutes=15)
    assert hanako.new() == []
    assert "programs_new" in [row["topic"] for row in here.rows(task)]


def test_nobody_is_woken_by_it(here: Town) -> None:
    hanako = lightly_damaged(here)
    here.clock.set(datetime(2026, 7, 8, 12, tzinfo=UTC))  # nine in the evening in Japan
    regraded(here)
    work(here, minutes=1)
    work(here, minutes=15)
    assert hanako.new() == []
    here.clock.set(datetime(2026, 7, 9, 1, tzinfo=UTC))
    work(here)
    assert hanako.new()[0] == "programs.new"


def test_a_slip_that_staff_mend_at_once_is_no_news(here: Town) -> None:
    hanako = lightly_damaged(here)
    regraded(here)
    work(here, minutes=1)
    regraded(here, "partial")
    work(here, minutes=1)
    work(here, minutes=15)
    assert hanako.new() == []


def test_who_looks_themselves_is_not_told_again(here: Town) -> None:
    hanako = lightly_damaged(here)
    regraded(here)
    work(here, minutes=1)
    hanako.says("支援制度")
    hanako.new()
    work(here, minutes=15)
    assert hanako.new() == []


def test_after_stop_there_is_no_news(here: Town) -> None:
    hanako = lightly_damaged(here)
    hanako.says("止める").presses("quiet")
    hanako.new()
    regraded(here)
    work(here, minutes=1)
    work(here, minutes=15)
    assert hanako.new() == []


def test_news_wait_until_the_persons_week_has_room_and_count_in_it(here: Town) -> None:
    hanako = lightly_damaged(here)
    who, now = here.row(case), here.clock()
    with here.engine.begin() as connection:
        for days in (1, 2):
            keep(connection, tenant_id=who["tenant_id"], case_id=who["id"], person_id=who["person_id"], channel="chat", direction="out",
                 result="sent", at=now - timedelta(days=days), made_at=now, step="deadline")
    regraded(here)
    work(here, minutes=1)
    work(here, minutes=15)
    assert hanako.new() == [], "two this week already"
    work(here, minutes=7 * 24 * 60 + 30)  # past the weekend
    assert "programs.new" in hanako.new()
    with here.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.state == "pending").values(state="accepted", finished_at=here.clock()))
    work(here, minutes=6)
    assert [row["result"] for row in here.rows(contact, step="news")] == ["sent"]
