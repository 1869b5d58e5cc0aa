"""A reminder keeps to the rules of every message that nobody asked for: decent hours, the week's room, a line in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from backend.cases.models import case
from backend.contacts.service import keep
from backend.followups.models import due
from backend.followups.plan import TOLD
from backend.followups.run import remind, run_due
from backend.journal.models import conversation, inbox
from tests.campaigns.field import HOME, Town


@pytest.fixture
def town(engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(engine)
    return Town(engine, clock, tmp_path)


def waits(town: Town, reminder: str = "mid_way_1") -> str:
    """A household whose reminder is due; its conversation."""
    town.household("U1")
    (home,) = town.rows(conversation)
    with town.engine.begin() as c:
        c.execute(insert(due).values(kind="reminder", subject=home.id, due_at=town.clock(), detail={"reminder": reminder}))
    return str(home.id)


def told_by_the_clock(town: Town, times: int) -> None:
    (home,), person_id = town.rows(conversation), who(town)
    for number in range(times):
        with town.engine.begin() as c:
            keep(c, tenant_id=HOME, case_id=home.case_id, person_id=person_id, channel="chat", direction="out", result="sent",
                 at=town.clock() - timedelta(days=number), made_at=town.clock(), step="news")


def who(town: Town) -> str:
    return str(town.rows(case)[0].person_id)


def heard(town: Town) -> int:
    run_due(town.engine, town.clock, {"reminder": remind})
    return town.count(inbox)


def test_what_was_said_is_looked_after_for_the_log(town):
    waits(town)
    assert heard(town) == 1
    (row,) = town.rows(due)
    assert (row.kind, row.detail) == (TOLD, {"step": "reminder"})


@pytest.mark.parametrize(("now", "opens"), [
    (datetime(2026, 7, 6, 13, tzinfo=UTC), datetime(2026, 7, 7, 0, tzinfo=UTC)),  # ten in the evening
    (datetime(2026, 7, 11, 3, tzinfo=UTC), datetime(2026, 7, 13, 0, tzinfo=UTC)),  # Saturday noon
    (datetime(2026, 7, 20, 3, tzinfo=UTC), datetime(2026, 7, 21, 0, tzinfo=UTC)),  # Marine Day
])
def test_at_night_and_on_days_off_it_waits_for_the_morning(town, now, opens):
    town.clock.set(now)
    waits(town)
    assert heard(town) == 0 and town.rows(due)[0].due_at == opens
    town.clock.set(opens)
    assert heard(town) == 1


def test_a_full_week_puts_a_reminder_off_and_never_the_look_of_a_human(town):
    waits(town)
    told_by_the_clock(town, 2)
    assert heard(town) == 0
    (row,) = town.rows(due)
    assert row.due_at > town.clock() + timedelta(days=5)


def test_a_human_looks_at_a_silence_whatever_the_week_holds(town):
    waits(town, "mid_way_task")
    told_by_the_clock(town, 2)
    assert heard(town) == 1
