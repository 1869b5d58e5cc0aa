"""What was shown, what was decided on it, and what a withdrawal does (PR-02 … PR-05)."""

import hashlib

import pytest

from backend.cases.models import case
from backend.consent import rules, service
from backend.consent.models import consent_event, notice_shown, notice_text
from backend.consent.oral import record_oral
from backend.referrals.models import referral
from backend.referrals.rules import NotAllowed
from backend.referrals.service import mark
from backend.tasks.models import task
from backend.tenants.models import recipient
from tests.conversations.conftest import Person, Town, complete_intake


def decided(town: Town) -> dict[str, str]:
    return {row["recipient"]: row["event"] for row in town.rows(consent_event)}


def each(town: Town) -> Person:
    return complete_intake(town.person(), sharing=("each",))


def test_the_notice_is_shown_before_the_first_personal_question_in_words_that_are_kept(town: Town) -> None:
    hanako = complete_intake(town.person())
    keys = [out.key for out in hanako.messages()]
    assert keys.index("notice.purpose.1") < keys.index("field.sharing.ask") < keys.index("field.name.ask")
    shown = {row["notice_text_id"] for row in town.rows(notice_shown)}
    texts = {row["notice"]: row for row in town.rows(notice_text) if row["id"] in shown}
    assert set(texts) == {"welcome", "purpose"}
    body = next(out.text for out in hanako.messages() if out.key == "notice.purpose.1")
    assert texts["purpose"]["body"] == body
    assert texts["purpose"]["sha256"] == hashlib.sha256(body.encode()).hexdigest()


def test_the_same_words_shown_to_two_people_are_kept_once(town: Town) -> None:
    town.person("a").came().presses("ja")
    town.person("b").came().presses("ja")
    town.person("c").came().presses("en")
    assert sorted(row["locale"] for row in town.rows(notice_text)) == ["en", "ja"]
    assert len(town.rows(notice_shown)) == 3


def test_each_recipient_class_is_decided_by_itself(town: Town) -> None:
    each(town)
    assert decided(town) == {
        "welfare_council": "given", "welfare_commissioner": "refused", "professional": "given", "npo": "deferred",
    }  # fmt: skip


def test_later_defers_all_and_nobody_refuses_all(town: Town) -> None:
    complete_intake(town.person("a"))
    assert set(decided(town).values()) == {"deferred"}


def test_every_decision_says_on_which_words_in_which_language_on_which_channel(town: Town) -> None:
    each(town)
    opened = town.row(case)
    for row in town.rows(consent_event):
        assert (row["locale"], row["channel"], row["method"], row["actor"]) == ("ja", "line", "chat", "self")
        assert row["case_id"] == opened["id"]
        words = town.row(notice_text, id=row["notice_text_id"])["body"]
        assert any(out.text == words for out in town.person().messages())


def test_the_chain_holds_and_a_forged_decision_breaks_it(town: Town) -> None:
    each(town)
    events = town.rows(consent_event)
    assert rules.first_broken(events) is None
    with town.engine.begin() as connection:
        connection.execute(consent_event.update().where(consent_event.c.id == events[1]["id"]).values(event="given"))
    assert rules.first_broken(town.rows(consent_event)) == 1


# --- withdrawal ----------------------------------------------------------------------------------------------------


def lawyer(town: Town) -> str:
    row = {
        "id": "lawyer", "tenant_id": town.tenant_id, "kind": "professional", "profession": "lawyer",
        "name": {"ja": "見本法律事務所"}, "contact": "",
    }  # fmt: skip
    with town.engine.begin() as connection:
        connection.execute(recipient.insert(), row)
    return "lawyer"


def asks_for_a_lawyer(person: Person, decision: str) -> None:
    person.presses("professional").presses("lawyer")
    if person.messages()[-1].field == "share_professional":
        person.presses(decision)


def test_withdrawing_takes_back_what_is_under_way_and_names_who_has_seen_it(town: Town) -> None:
    town.staff("sato", 1)
    hanako = each(town)
    asks_for_a_lawyer(hanako, "given")
    made = town.row(referral)
    assert (made["profession"], made["consent"], made["state"]) == ("lawyer", "given", "open")
    mark(town.engine, town.clock, made["id"], "staff-sato", "accepted", "電話しました", 1, lawyer(town))

    hanako.says("同意をやめる")
    hanako.presses("professional")
    assert town.row(referral)["state"] == "withdrawn"
    assert town.rows(consent_event)[-1]["event"] == "withdrawn"
    assert rules.first_broken(town.rows(consent_event)) is None
    assert "見本法律事務所" in "".join(out.text for out in hanako.messages()[-3:])
    follow_up = town.rows(task, topic="withdrawn")
    assert len(follow_up) == 1 and follow_up[0]["done_at"] is None


def test_after_a_withdrawal_nothing_may_be_shared(town: Town) -> None:
    hanako = each(town)
    hanako.says("同意をやめる").presses("all")
    with town.engine.connect() as connection:
        made = service.decisions_of(connection, case_id=town.row(case)["id"])
    assert set(rules.standing(made, town.clock()).values()) == {"withdrawn", "refused", "deferred"}


def test_a_referral_without_a_yes_is_kept_but_nobody_may_be_told(town: Town) -> None:
    """PR-02: service does not depend on consent; sharing does."""
    town.staff("sato", 1)
    hanako = complete_intake(town.person())
    asks_for_a_lawyer(hanako, "refused")
    made = town.row(referral)
    assert made["consent"] == "refused"
    assert town.row(task, kind="refer")["referral_id"] == made["id"]
    with pytest.raises(NotAllowed) as refused:
        mark(town.engine, town.clock, made["id"], "staff-sato", "accepted", "", 1)
    assert refused.value.now == {"consent": "refused"}


def test_a_yes_told_on_the_phone_opens_the_door_and_stands_in_the_same_chain(town: Town) -> None:
    town.staff("sato", 1)
    hanako = complete_intake(town.person())
    asks_for_a_lawyer(hanako, "deferred")
    made = town.row(referral)
    record_oral(town.engine, town.clock, town.words, town.row(case)["id"], "staff-sato", "professional", "given")
    told = town.rows(consent_event)[-1]
    assert (told["method"], told["recorded_by"], told["conversation_id"]) == ("staff", "staff-sato", hanako.conversation["id"])
    asked = town.row(notice_text, id=told["notice_text_id"])["body"]
    assert asked == next(out.text for out in hanako.messages() if out.key == "field.share_professional.ask")
    assert rules.first_broken(town.rows(consent_event)) is None
    mark(town.engine, town.clock, made["id"], "staff-sato", "accepted", "", 1)
