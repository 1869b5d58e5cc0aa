"""A draft that waits for a second person's yes does not wait unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from backend.programs.editing import drafts
from backend.programs.sheet.changes import Change
from backend.staff.models import notice, staff
from backend.tasks.notices import send_due
from tests.conversations.conftest import Town
from tests.tasks.test_danger import mails, shell_of

WANTED = {"emergency_repair": Change(off=True)}


@pytest.fixture
def office(town: Town) -> Town:
    with town.engine.begin() as c:
        for login, role, active in (("mori", "supervisor", True), ("kato", "supervisor", True), ("ito", "supervisor", False),
                                    ("sato", "caseworker", True), ("admin", "administrator", True)):  # fmt: skip
            c.execute(insert(staff).values(
                id=f"staff-{login}", tenant_id=town.tenant_id, login=login, name=login, password_hash="-", role=role, active=active,
                created_at=town.clock()))
    return town


def ask(town: Town, by: str) -> str:
    with town.engine.begin() as c:
        draft_id = drafts.begin(c, town.tenant_id, by, WANTED, origin="form", at=town.clock())
        draft = drafts.draft_of(c, town.tenant_id, draft_id)
        assert draft is not None
        drafts.ask(c, draft, by, draft["version"], "要綱の改正", town.clock())
    return draft_id


def told(town: Town) -> set[str]:
    return {row["staff_id"] for row in town.rows(notice) if row["state"] == "pending"}


async def test_those_who_may_say_yes_are_told_with_a_link_and_whoever_asked_is_not(office: Town, tmp_path: Path) -> None:
    ask(office, "staff-mori")
    assert told(office) == {"staff-kato"}
    assert await send_due(shell_of(office, tmp_path), {}, office.clock) == 0, "put together for ten minutes, as other work"
    office.clock.move(minutes=10)
    assert await send_due(shell_of(office, tmp_path), {}, office.clock) == 1
    (mail,) = mails(tmp_path)
    assert "支援制度の変更の承認" in mail.get_content() and "https://tsunagi.example.jp/console/program-drafts" in mail.get_content()
    assert "要綱" not in mail.get_content() and "mori" not in mail.get_content()


def test_two_drafts_are_one_notice_and_a_new_one_after_it_was_sent_is_another(office: Town) -> None:
    ask(office, "staff-sato")
    ask(office, "staff-sato")
    assert sorted(row["staff_id"] for row in office.rows(notice)) == ["staff-kato", "staff-mori"]


def test_what_was_decided_or_taken_back_meanwhile_is_not_told(office: Town) -> None:
    first, second = ask(office, "staff-sato"), ask(office, "staff-sato")

    def decide(draft_id: str, what: str) -> None:
        with office.engine.begin() as c:
            draft = drafts.draft_of(c, office.tenant_id, draft_id)
            assert draft is not None
            if what == "back":
                drafts.take_back(c, draft, "staff-sato", draft["version"], office.clock())
            else:
                drafts.approve(c, draft, "staff-mori", draft["version"], office.clock())

    decide(first, "back")
    assert told(office) == {"staff-mori", "staff-kato"}, "another one waits"
    decide(second, "approve")
    assert told(office) == set()


def test_what_the_command_line_brought_in_is_told_to_every_supervisor(office: Town) -> None:
    with office.engine.begin() as c:
        drafts.begin(c, office.tenant_id, None, WANTED, origin="command", at=office.clock(), waiting=True)
    assert told(office) == {"staff-mori", "staff-kato"}
