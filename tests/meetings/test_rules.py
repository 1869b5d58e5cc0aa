"""Who comes before a case meeting, and what is shown across its table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consent.rules import CATEGORIES, COVERED, Decision, Recipient
from backend.meetings.rules import (
    REASONS,
    Standing,
    reasons_for,
    view_for_partner,
    view_for_staff,
    view_of_nobody,
)

NOW = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
TODAY = date(2026, 7, 6)


@pytest.mark.parametrize(("standing", "why"), [
    (Standing(1, NOW, None), ()),
    (Standing(None, NOW, None), ()),
    (Standing(4, NOW, None), ("category",)),
    (Standing(4, NOW, None, last_meeting=TODAY - timedelta(days=59)), ()),
    (Standing(3, NOW, None, last_meeting=TODAY - timedelta(days=60)), ("category",)),
    (Standing(1, NOW, TODAY), ("review",)),
    (Standing(1, NOW, TODAY + timedelta(days=1)), ()),
    (Standing(4, NOW - timedelta(days=46), None), ("stalled", "category")),
    (Standing(4, NOW - timedelta(days=46), None, last_meeting=TODAY - timedelta(days=1)), ()),
    (Standing(1, NOW, None, returned=True, flagged=True), ("flagged", "returned")),
    (Standing(None, NOW, None, unreached=True), ("unreached",)),
])  # fmt: skip
def test_why_a_household_comes_before_a_meeting(standing: Standing, why: tuple[str, ...]) -> None:
    assert reasons_for(standing, NOW, TODAY) == why
    assert set(why) <= set(REASONS)


COUNCIL = Recipient("welfare_council", True, TODAY + timedelta(days=30))


def decided(event: str, recipient: str = "welfare_council") -> list[Decision]:
    return [Decision(recipient, event, NOW - timedelta(days=1))]


@pytest.mark.parametrize(("recipient", "pledged", "decisions", "mode"), [
    (COUNCIL, True, decided("given"), "cut"),
    (COUNCIL, False, decided("given"), "plain"),  # 本人の誓約書がない
    (Recipient("welfare_council", True, TODAY - timedelta(days=1)), True, decided("given"), "plain"),  # 機関の誓約書が切れた
    (Recipient("welfare_council", False, TODAY + timedelta(days=30)), True, decided("given"), "plain"),
    (COUNCIL, True, decided("refused"), "plain"),
    (COUNCIL, True, decided("given") + decided("withdrawn"), "plain"),
    (COUNCIL, True, decided("given", "npo"), "plain"),
    (COUNCIL, True, [], "plain"),
    (None, True, decided("given"), "plain"),  # 知らない機関の人
])  # fmt: skip
def test_a_name_needs_consent_and_both_pledges(recipient: Recipient | None, pledged: bool, decisions: list[Decision], mode: str) -> None:
    view = view_for_partner(False, recipient, pledged, decisions, NOW)
    assert view.mode == mode
    assert view.allowed == (COVERED if mode == "cut" else frozenset())
    assert {category for category, _ in view.withheld} == set(CATEGORIES) - view.allowed


@given(st.sampled_from([None, COUNCIL]), st.booleans(), st.sampled_from(["given", "refused", "withdrawn", "deferred"]))
def test_a_restricted_household_is_on_nobodys_sheet_but_its_handlers(recipient: Any, pledged: bool, event: str) -> None:
    assert view_for_partner(True, recipient, pledged, decided(event), NOW).mode == "out"
    assert view_of_nobody(True).mode == "out"
    assert view_for_staff(True, handles=False).mode == "out"
    assert view_for_staff(True, handles=True).mode == "all"


@given(st.sampled_from(["given", "refused", "withdrawn", "deferred"]), st.booleans())
def test_health_money_and_free_notes_never_go_by_this_consent(event: str, pledged: bool) -> None:
    assert not view_for_partner(False, COUNCIL, pledged, decided(event), NOW).allowed & {"health", "money", "debt", "notes", "violence"}
