"""Decisions on sharing stand in chains: whoever changes one, or takes one out, is found (R17, PR-03)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backend.cases.models import case
from backend.consent import service
from backend.consent.models import consent_event
from backend.consent.oral import record_oral
from backend.journal.batch import Batch
from tests.conversations.conftest import Town, complete_intake, small_town, words  # noqa: F401


@pytest.fixture
def decided(small_town: Town) -> Town:  # noqa: F811
    """A household that decided in the chat, staff to whom two things were told, and two decisions of the booth."""
    small_town.staff("sato", 1)
    complete_intake(small_town.person(), sharing=("each",))
    home = small_town.row(case)["id"]
    for event in ("given", "withdrawn"):
        record_oral(small_town.engine, small_town.clock, small_town.words, home, "staff-sato", "npo", event)
    with small_town.engine.begin() as c:
        for event in ("refused", "given"):
            batch = Batch(c, small_town.clock())
            service.record(batch, {"id": None, "tenant_id": small_town.tenant_id, "case_id": home}, recipient="professional", event=event,
                           notice_text_id=None, method="paper", channel="booth", locale="ja", recorded_by="staff-sato")  # fmt: skip
            batch.flush()
    return small_town


def proof(town: Town) -> Any:
    with town.engine.connect() as c:
        return service.verify(c, town.tenant_id)


def numbered(town: Town) -> list[int]:
    with town.engine.connect() as c:
        return list(c.execute(select(consent_event.c.id).order_by(consent_event.c.id)).scalars())


def test_untouched_decisions_hold(decided: Town) -> None:
    count, wrong = proof(decided)
    assert count == len(numbered(decided)) >= 8 and wrong is None


def test_two_cases_that_became_one_still_hold(decided: Town) -> None:
    """A merge moves the booth's decisions: what followed another case's last decision goes on following it."""
    with decided.engine.begin() as c:
        first = c.execute(select(case)).mappings().one()
        c.execute(case.insert().values({**first, "id": "other", "number": "T-2026-000099-1"}))
        told = c.execute(select(consent_event).where(consent_event.c.conversation_id.is_(None))).mappings().first()
        assert told is not None
        c.execute(update(consent_event).where(consent_event.c.id == told["id"]).values(case_id="other"))
    assert proof(decided)[1] is None


@pytest.mark.parametrize("change", [{"event": "given"}, {"recipient": "welfare_council"}, {"recorded_by": None}, {"method": "oral"}])
def test_a_changed_decision_is_named(decided: Town, change: dict[str, Any]) -> None:
    with decided.engine.begin() as c:
        wrong = c.execute(select(consent_event.c.id).where(consent_event.c.recipient == "npo", consent_event.c.event == "withdrawn")).scalar_one()
        c.execute(update(consent_event).where(consent_event.c.id == wrong).values(change))
    assert proof(decided)[1] == wrong


@pytest.mark.parametrize("home", ["chat", "booth"])
def test_a_decision_that_was_taken_out_is_missed_by_the_one_after_it(decided: Town, home: str) -> None:
    mine = consent_event.c.conversation_id.is_(None) if home == "booth" else consent_event.c.conversation_id.is_not(None)
    with decided.engine.begin() as c:
        first, second = c.execute(select(consent_event.c.id).where(mine).order_by(consent_event.c.id).limit(2)).scalars().all()
        c.execute(delete(consent_event).where(consent_event.c.id == first))
    assert proof(decided)[1] == second
