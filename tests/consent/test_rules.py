"""Who may be told what: PR-01 … PR-06, as tables a data-protection officer can read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consent import rules
from backend.consent.rules import Decision, Ground, Recipient, can_share

NOW = datetime(2026, 7, 15, 1, 0, tzinfo=UTC)
LAWYER = Recipient("professional", pledge_until=date(2027, 3, 31))
GIVEN = Decision("professional", "given", NOW - timedelta(days=2))
LONG = "本人が倒れており、命にかかわるため救急と共有する必要がある"


def ask(**changed: Any) -> rules.Verdict:
    asked: dict[str, Any] = {
        "restricted": False, "recipient": LAWYER, "category": "damage", "purpose": "survivor_support",
        "decisions": [GIVEN], "at": NOW,
    }  # fmt: skip
    return can_share(**(asked | changed))


def after(event: str) -> list[Decision]:
    return [GIVEN, Decision("professional", event, NOW - timedelta(days=1))]


def test_consent_given_to_the_class_opens_the_door() -> None:
    assert ask() == rules.Verdict("allow", "consent", "given")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"restricted": True}, "restricted"),
        ({"restricted": None}, "restriction_unknown"),
        ({"recipient": None}, "recipient_unknown"),
        ({"recipient": Recipient("newspaper", pledge_until=date(2030, 1, 1))}, "recipient_unknown"),
        ({"recipient": replace(LAWYER, active=False)}, "recipient_unknown"),
        ({"recipient": replace(LAWYER, pledge_until=None)}, "no_pledge"),
        ({"recipient": replace(LAWYER, pledge_until=date(2026, 7, 14))}, "pledge_expired"),
        ({"category": "horoscope"}, "category_unknown"),
        ({"category": "health"}, "not_in_notice"),
        ({"category": "debt"}, "not_in_notice"),
        ({"purpose": "advertising"}, "purpose_unknown"),
        ({"decisions": []}, "undecided"),
        ({"decisions": after("deferred")}, "deferred"),
        ({"decisions": after("refused")}, "refused"),
        ({"decisions": after("withdrawn")}, "withdrawn"),
        ({"decisions": [replace(GIVEN, recipient="npo")]}, "undecided"),
        ({"decisions": [replace(GIVEN, at=NOW + timedelta(seconds=1))]}, "undecided"),
    ],
)
def test_everything_else_keeps_it_shut(changed: dict[str, Any], reason: str) -> None:
    verdict = ask(**changed)
    assert (verdict.answer, verdict.reason) == ("deny", reason)


def test_the_pledge_holds_through_its_last_day_in_japan() -> None:
    last = replace(LAWYER, pledge_until=date(2026, 7, 15))
    assert ask(recipient=last, at=datetime(2026, 7, 15, 14, 59, tzinfo=UTC)).allowed
    assert not ask(recipient=last, at=datetime(2026, 7, 15, 15, 0, tzinfo=UTC)).allowed


@pytest.mark.parametrize("basis", ["statute", "vital_emergency"])
@pytest.mark.parametrize("said", ["refused", "withdrawn", "deferred"])
def test_only_a_legal_duty_or_danger_to_life_stands_against_a_no(basis: str, said: str) -> None:
    verdict = ask(decisions=after(said), ground=Ground(basis, LONG))
    assert (verdict.answer, verdict.basis) == ("allow", basis)


def test_clear_benefit_does_not_stand_against_a_no() -> None:
    benefit = Ground("clear_benefit", LONG, approved_by=1)
    assert ask(decisions=after("refused"), ground=benefit).reason == "refused"
    assert ask(decisions=after("deferred"), ground=benefit).basis == "clear_benefit"


@pytest.mark.parametrize(
    ("ground", "reason"),
    [
        (Ground("clear_benefit", LONG), "second_approval_missing"),
        (Ground("vital_emergency", "必要だから"), "reason_too_short"),
        (Ground("statute", " " * 40), "reason_too_short"),
        (Ground("because", LONG, 2), "ground_unknown"),
    ],
)
def test_a_ground_must_be_named_reasoned_and_signed(ground: Ground, reason: str) -> None:
    assert ask(ground=ground).reason == reason


def test_not_even_danger_to_life_opens_a_restricted_person_without_a_handler() -> None:
    assert ask(restricted=True, ground=Ground("vital_emergency", LONG)).reason == "restricted"


decisions = st.lists(
    st.builds(
        Decision,
        recipient=st.sampled_from(rules.RECIPIENTS),
        event=st.sampled_from(["given", "deferred", "refused", "withdrawn"]),
        at=st.integers(0, 100).map(lambda hours: NOW - timedelta(hours=hours)),
    ),
    max_size=8,
)


@given(decisions, st.sampled_from(rules.RECIPIENTS), st.sampled_from(sorted(rules.CATEGORIES)))
def test_a_later_withdrawal_always_shuts_the_door(made: list[Decision], who: str, category: str) -> None:
    """PR-04: effective at once, whatever was said before."""
    recipient = Recipient(who, pledge_until=date(2030, 1, 1))
    verdict = ask(recipient=recipient, category=category, decisions=[*made, Decision(who, "withdrawn", NOW)])
    assert not verdict.allowed


@given(decisions, st.sampled_from(rules.RECIPIENTS))
def test_consent_for_one_class_says_nothing_about_another(made: list[Decision], who: str) -> None:
    """PR-02: allowed exactly when the last word for this very class was yes."""
    recipient = Recipient(who, pledge_until=date(2030, 1, 1))
    own = [decision for decision in made if decision.recipient == who]
    assert ask(recipient=recipient, decisions=made).allowed == ask(recipient=recipient, decisions=own).allowed
    assert ask(recipient=recipient, decisions=made).allowed == (rules.standing(made, NOW).get(who) == "given")


@pytest.mark.parametrize(("said", "allowed"), [("given", True), ("deferred", False), ("refused", False), ("", False)])
def test_a_referral_leaves_only_with_a_yes(said: str, allowed: bool) -> None:
    assert rules.may_refer(said).allowed is allowed


# --- the chain ---


def chain(length: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for number in range(length):
        event: dict[str, Any] = {
            "tenant_id": "t", "conversation_id": "c", "recipient": "npo", "event": "given", "purpose": "survivor_support",
            "notice_text_id": "n", "method": "chat", "channel": "line", "locale": "ja", "actor": "self",
            "recorded_by": None, "at": NOW + timedelta(minutes=number), "case_id": None,
        }  # fmt: skip
        event["prev_hash"] = events[-1]["hash"] if events else rules.FIRST
        event["hash"] = rules.link(event["prev_hash"], event)
        events.append(event)
    return events


def test_an_untouched_chain_holds_and_a_case_may_adopt_it() -> None:
    events = chain(5)
    for event in events:
        event["case_id"] = "k"
    assert rules.first_broken(events) is None


@given(st.integers(0, 4), st.sampled_from(["event", "recipient", "locale", "at", "notice_text_id"]))
def test_one_changed_word_is_found(place: int, column: str) -> None:
    events = chain(5)
    events[place][column] = NOW - timedelta(days=9) if column == "at" else "x"
    assert rules.first_broken(events) == place


@given(st.integers(0, 3))
def test_a_removed_decision_is_found(place: int) -> None:
    events = chain(5)
    del events[place]
    assert rules.first_broken(events) == place


def test_the_same_words_have_one_id_and_other_words_another() -> None:
    assert rules.text_id("purpose", 1, "ja", "市の仕事に使います") == rules.text_id("purpose", 1, "ja", "市の仕事に使います")
    assert rules.text_id("purpose", 1, "ja", "市の仕事に使います") != rules.text_id("purpose", 2, "ja", "市の仕事に使います")
