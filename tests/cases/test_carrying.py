"""A household is carried: category, policy, notes, handing over, review, closing and taking up again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.audit.models import audit
from backend.cases import carrying, closing, deciding, notes, policy, record, review
from backend.cases.carrying import NotACarrier
from backend.cases.closing import CannotClose
from backend.cases.models import case, internal_note, support_entry
from backend.clock import JST
from backend.conflict import Conflict
from backend.followups.models import due
from backend.followups.run import run_due
from backend.tasks.models import task
from backend.words import Catalogues
from dialogs.core.words import Text
from tests.cases.conftest import Household, new_case, new_staff

WORDS = Catalogues.load()


def entries(home: Household) -> list[str]:
    """The support record in Japanese, oldest first."""
    return [
        WORDS.render(record.worded(row.kind, row.args), "ja") + (f" {row.text}" if row.text else "") for row in home.rows(support_entry)
    ]


def actions(home: Household) -> list[str]:
    return [row.action for row in home.rows(audit)]


# --- category ---------------------------------------------------------------------------------------------------


def test_a_person_decides_and_what_was_proposed_is_kept_beside_it(home: Household) -> None:
    home.says(damage_level="half", rebuild_method="undecided", sleep="cannot_sleep")
    with home.engine.begin() as c:
        assert deciding.proposal_for(c, home.id).category == 4
        deciding.decide(c, case_id=home.id, category=3, note="眠れるようになったとのこと", by=home.hanako, version=1, at=home.clock())
    home.clock.move(days=30)
    with home.engine.begin() as c:
        deciding.decide(c, case_id=home.id, category=1, note="", by=home.jiro, version=2, at=home.clock())
        newest, first = deciding.decisions_of(c, home.id)
    assert (home.row().category, newest.category, newest.decided_by) == (1, 1, home.jiro)
    assert (first.category, first.proposed, first.note, first.decided_by) == (3, 4, "眠れるようになったとのこと", home.hanako)
    assert first.reasons == ["housing.undecided", "daily.sleep"]
    assert entries(home)[0] == "支援区分を決めました：3 住まいの再建支援世帯 眠れるようになったとのこと"


def test_two_who_decide_at_once(home: Household) -> None:
    with home.engine.begin() as c:
        deciding.decide(c, case_id=home.id, category=2, note="", by=home.hanako, version=1, at=home.clock())
    with pytest.raises(Conflict) as told, home.engine.begin() as c:
        deciding.decide(c, case_id=home.id, category=4, note="", by=home.jiro, version=1, at=home.clock())
    assert told.value.now["category"] == 2
    assert home.row().category == 2
    with pytest.raises(ValueError, match="category"), home.engine.begin() as c:
        deciding.decide(c, case_id=home.id, category=5, note="", by=home.jiro, version=2, at=home.clock())


# --- policy -----------------------------------------------------------------------------------------------------


def write(home: Household, policy_: str, based_on: int, by: str = "") -> int:
    with home.engine.begin() as c:
        return policy.write(
            c, case_id=home.id, based_on=based_on, wish_home="元の家に住みたい", wish_life="", policy=policy_, as_of=date(2026, 7, 6),
            by=by or home.hanako, at=home.clock())  # fmt: skip


def test_a_policy_grows_in_versions(home: Household) -> None:
    assert write(home, "・制度の申請を手伝う\n・月1回訪問する", 0) == 1
    assert write(home, "・制度の申請を手伝う\n・月1回訪問する", 1) == 1, "the same again is no new version"
    assert write(home, "・制度の申請を手伝う\n・月2回訪問する", 1, by=home.jiro) == 2
    with home.engine.begin() as c:
        newest, first = policy.versions_of(c, home.id)
    assert [line.what for line in policy.difference(first.policy, newest.policy)] == ["same", "gone", "new"]
    assert (newest.author, first.author) == (home.jiro, home.hanako)
    with pytest.raises(Conflict) as told:
        write(home, "・何もしない", 1)
    assert told.value.now["policy"] == "・制度の申請を手伝う\n・月2回訪問する"
    assert entries(home) == ["支援方針（第1版）を書きました。", "支援方針（第2版）を書きました。"]


@given(st.text("あいう\n", max_size=30), st.text("あいう\n", max_size=30))
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    lines = policy.difference(before, after)
    assert [line.text for line in lines if line.what != "new"] == before.splitlines()
    assert [line.text for line in lines if line.what != "gone"] == after.splitlines()


# --- support record ---------------------------------------------------------------------------------------------


def test_replies_of_one_day_are_one_entry(home: Household) -> None:
    for hours in (0, 1, 30):
        home.clock.move(hours=hours)
        with home.engine.begin() as c:
            record.replied(c, tenant_id=home.office, case_id=home.id, conversation_id="talk", channel="line", staff_id=home.hanako, at=home.clock())
    assert entries(home) == ["LINEで返信しました（2回）。", "LINEで返信しました（1回）。"]
    assert home.row().changed_at == home.clock()


def test_a_wrong_entry_is_struck_and_stays_readable(home: Household) -> None:
    with home.engine.begin() as c:
        id_ = record.add(c, tenant_id=home.office, case_id=home.id, kind="note", text="電話で話した", at=home.clock(), staff_id=home.hanako)
        record.strike(c, case_id=home.id, entry_id=id_, by=home.jiro, at=home.clock())
    (row,) = home.rows(support_entry)
    assert (row.text, row.struck_by) == ("電話で話した", home.jiro)
    assert "entry.struck" in actions(home)
    with pytest.raises(Conflict), home.engine.begin() as c:
        record.strike(c, case_id=home.id, entry_id=id_, by=home.jiro, at=home.clock())


@given(st.recursive(st.text(max_size=5) | st.integers(0, 99) | st.dates(), lambda inner: inner.map(lambda one: Text("console.record.note", {"x": one})), max_leaves=3))
def test_what_an_entry_names_comes_back_as_it_was(arg: object) -> None:
    kept = {"state": "accepted", "args": {"profession": record._kept(arg)}}  # type: ignore[arg-type]
    assert record.worded("referral", kept) == Text("console.record.referral.accepted", {"profession": arg})  # type: ignore[dict-item]


def test_an_entry_needs_a_known_kind(home: Household) -> None:
    with pytest.raises(ValueError, match="known kind"), home.engine.begin() as c:
        record.add(c, tenant_id=home.office, case_id=home.id, kind="gossip", at=home.clock())
    with pytest.raises(ValueError, match="has words"), home.engine.begin() as c:
        record.add(c, tenant_id=home.office, case_id=home.id, kind="note", text="  ", at=home.clock())


# --- notes ------------------------------------------------------------------------------------------------------


def test_a_note_is_its_authors_to_change(home: Household) -> None:
    with home.engine.begin() as c:
        id_ = notes.write(c, tenant_id=home.office, case_id=home.id, text="犬がいます。ひと声かけてから。", by=home.hanako, at=home.clock())
        notes.change(c, case_id=home.id, note_id=id_, text="犬が二匹います。", by=home.hanako, version=1, at=home.clock())
    for by, version in ((home.jiro, 2), (home.hanako, 1)):
        with pytest.raises(Conflict), home.engine.begin() as c:
            notes.change(c, case_id=home.id, note_id=id_, text="いません。", by=by, version=version, at=home.clock())
    with home.engine.begin() as c:
        assert [row.text for row in notes.notes_of(c, home.id)] == ["犬が二匹います。"]


# --- handing over -----------------------------------------------------------------------------------------------


def test_a_case_is_handed_over_with_a_note(home: Household) -> None:
    with home.engine.begin() as c:
        carrying.claim(c, case_id=home.id, by=home.hanako, at=home.clock())
        carrying.carry(c, case_id=home.id, to=home.jiro, district="東", team="北班", note="次は来週の月曜に電話。", by=home.hanako,
                       version=2, at=home.clock())  # fmt: skip
    row = home.row()
    assert (row.assigned_to, row.team, row.district) == (home.jiro, "北班", "東")
    assert [note.text for note in home.rows(internal_note)] == ["次は来週の月曜に電話。"]
    assert entries(home) == ["担当：hanakoさん", "担当：jiroさん"]
    with pytest.raises(Conflict), home.engine.begin() as c:
        carrying.claim(c, case_id=home.id, by=home.hanako, at=home.clock())


@pytest.mark.parametrize("role", ["administrator", "auditor", "booth", "partner", "prefecture"])
def test_a_case_is_given_only_to_those_who_carry_cases(home: Household, role: str) -> None:
    other = new_staff(home.engine, home.office, role, home.clock, role)
    with pytest.raises(NotACarrier), home.engine.begin() as c:
        carrying.carry(c, case_id=home.id, to=other, district="", by=home.hanako, version=1, at=home.clock())
    assert home.row().assigned_to is None


# --- review -----------------------------------------------------------------------------------------------------


def test_on_the_morning_of_the_review_a_task_waits(home: Household) -> None:
    for version, on in enumerate((date(2026, 7, 20), date(2026, 8, 3)), 1):
        with home.engine.begin() as c:
            review.set_review(c, case_id=home.id, on=on, by=home.hanako, version=version, at=home.clock())
    home.clock.set(datetime(2026, 7, 21, 9, 0, tzinfo=JST))
    run_due(home.engine, home.clock, {review.REVIEW: review.review_due})
    assert home.rows(task) == [], "it was put off to August"
    home.clock.set(datetime(2026, 8, 3, 8, 0, tzinfo=JST))
    run_due(home.engine, home.clock, {review.REVIEW: review.review_due})
    (waiting,) = home.rows(task)
    assert (waiting.kind, waiting.case_id, waiting.due_at) == ("review", home.id, datetime(2026, 8, 3, 17, 15, tzinfo=JST))


def test_a_review_that_was_taken_away_or_a_closed_case_makes_no_task(home: Household) -> None:
    with home.engine.begin() as c:
        review.set_review(c, case_id=home.id, on=date(2026, 7, 20), by=home.hanako, version=1, at=home.clock())
        review.set_review(c, case_id=home.id, on=None, by=home.hanako, version=2, at=home.clock())
    assert home.rows(due) == []
    with home.engine.begin() as c:
        review.set_review(c, case_id=home.id, on=date(2026, 7, 20), by=home.hanako, version=3, at=home.clock())
        close(home, c)
    assert home.rows(due) == []


@pytest.mark.parametrize(("category", "days", "still"), [(4, 45, False), (4, 46, True), (3, 46, True), (1, 46, False), (None, 91, True)])
def test_nothing_has_happened_for_too_long(home: Household, category: int | None, days: int, still: bool) -> None:
    assert review.stalled(category, home.clock(), home.clock() + timedelta(days=days)) is still


# --- closing ----------------------------------------------------------------------------------------------------


def close(home: Household, c: object, reason: str = "rebuilt", note: str = "", handed_to: str = "") -> None:
    version = c.execute(select(case.c.version).where(case.c.id == home.id)).scalar_one()
    closing.close(c, case_id=home.id, reason=reason, note=note, handed_to=handed_to, handover="", by=home.hanako, version=version,  # type: ignore[arg-type]
                  at=home.clock())  # fmt: skip


def wait(home: Household, kind: str) -> None:
    from sqlalchemy import insert

    with home.engine.begin() as c:
        c.execute(insert(task).values(
            id=f"t-{kind}", tenant_id=home.office, kind=kind, rank=5, case_id=home.id, made_at=home.clock(), due_at=home.clock()))


def test_a_case_is_closed_and_taken_up_again(home: Household) -> None:
    wait(home, "talk")
    with home.engine.begin() as c:
        close(home, c, "community", handed_to="広川町地域包括支援センター")
    row = home.row()
    assert (row.status, row.close_reason, row.closed_at) == ("closed", "community", home.clock())
    assert [one.done_by for one in home.rows(task)] == [home.hanako]
    home.clock.move(days=40)
    with home.engine.begin() as c:
        closing.reopen(c, case_id=home.id, note="また雨漏りがするとの電話", by=home.jiro, version=2, at=home.clock())
        close(home, c, "other", note="本人の希望")
        second, first = closing.closings_of(c, home.id)
    assert (first.handed_to, first.reopened_by, first.reopen_note) == ("広川町地域包括支援センター", home.jiro, "また雨漏りがするとの電話")
    assert (second.reason, second.reopened_at) == ("other", None)
    assert entries(home)[1] == "支援を再開しました。 また雨漏りがするとの電話"
    assert {"case.closed", "case.reopened"} <= set(actions(home))


@pytest.mark.parametrize(("reason", "note", "why"), [("facility", "", "handover"), ("other", " ", "reason"), ("tired", "", "reason")])
def test_a_closing_says_why_and_who_goes_on(home: Household, reason: str, note: str, why: str) -> None:
    with pytest.raises(CannotClose) as told, home.engine.begin() as c:
        close(home, c, reason, note)
    assert told.value.why == why
    assert home.row().status == "open"


def test_nobody_closes_a_case_in_which_a_danger_is_open(home: Household) -> None:
    wait(home, "red")
    with pytest.raises(CannotClose) as told, home.engine.begin() as c:
        close(home, c)
    assert told.value.why == "danger"


def test_a_colleague_who_was_faster_is_not_overwritten(home: Household) -> None:
    other = new_case(home.engine, home.office, home.clock)
    with home.engine.begin() as c:
        closing.close(c, case_id=other, reason="rebuilt", note="", handed_to="", handover="", by=home.hanako, version=1, at=home.clock())
    for version, error in ((1, Conflict), (2, CannotClose)):
        with pytest.raises(error), home.engine.begin() as c:
            closing.close(c, case_id=other, reason="moved", note="", handed_to="", handover="", by=home.jiro, version=version, at=home.clock())
