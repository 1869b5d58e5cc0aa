"""A form becomes a case like one from the chat; changed later by the same form, and nothing that others wrote is lost."""

import pytest
from sqlalchemy import insert, select

from backend.booth import drafts, merge
from backend.booth.drafts import Clash, Finished
from backend.booth.intake import Wrong
from backend.booth.models import booth_draft
from backend.cases.models import answer, case, suggestion, support_entry
from backend.cases.service import facts_of_case
from backend.consent.models import consent_event, notice_text
from backend.consent.rules import first_broken
from backend.contacts.models import contact
from backend.people.models import person
from backend.staff.access import NotForYou, Restricted
from backend.staff.seeded import draft_for, seeded_for
from backend.tasks.models import task
from tests.booth.conftest import HANA


def facts(booth, case_id):
    with booth.town.engine.begin() as connection:
        return facts_of_case(connection, case_id)


def test_a_form_becomes_a_case_with_a_number_a_person_and_programs(booth):
    mori = booth.staff("森")
    case_id = booth.seed(mori)
    row = booth.town.row(case, id=case_id)
    assert row["number"].startswith("T-2026-") and row["origin"] == "booth" and row["damage_level"] == "half"
    assert booth.town.row(person)["name"] == "山田 花子"
    kept = {one["field"]: one for one in booth.town.rows(answer)}
    assert kept["damage_level"]["value"] == "half" and kept["birth_date"]["value"] == "1955-05-03"
    assert {one["source"] for one in kept.values()} == {"booth"} and {one["by"] for one in kept.values()} == {"self"}
    assert booth.town.row(suggestion)["result"], "programs are there at once, to speak about at the table"


def test_everything_may_be_left_empty(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori, {})
    assert facts(small_booth, case_id) == {}


def test_consent_is_kept_with_who_explained_it_how_and_the_words_that_were_read(booth):
    mori, aoki = booth.staff("森"), booth.staff("青木")
    with booth.town.engine.begin() as connection:
        draft = drafts.begin(connection, mori, locale="en", at=booth.town.clock())
    from backend.booth import intake
    intake.finish(booth.town.engine, booth.town.clock, booth.town.words, mori, draft, 1, HANA | {"language": "en"}, intake.Explained(aoki.id, "paper"))
    events = booth.town.rows(consent_event)
    assert {one["recipient"]: one["event"] for one in events} == {
        "professional": "given", "npo": "refused", "welfare_council": "given", "welfare_commissioner": "deferred"}
    assert {(one["method"], one["recorded_by"], one["explained_by"], one["locale"]) for one in events} == {("paper", mori.id, aoki.id, "en")}
    words = {one["id"]: one for one in booth.town.rows(notice_text)}
    assert all(words[one["notice_text_id"]]["locale"] == "en" for one in events)
    assert first_broken(sorted(events, key=lambda one: one["id"])) is None
    forged = [{**one, "explained_by": mori.id} for one in sorted(events, key=lambda one: one["id"])]
    assert first_broken(forged) == 0, "who explained it is in the chain"


def test_a_daughter_speaks_for_her_mother(small_booth):
    mori = small_booth.staff("森")
    small_booth.seed(mori, for_whom="family", relation="parent")
    rows = small_booth.town.rows(answer)
    assert {(one["by"], one["about"]) for one in rows} == {("proxy", "other")}
    assert next(one for one in rows if one["field"] == "relation")["value"] == "parent"
    assert {one["actor"] for one in small_booth.town.rows(consent_event)} == {"proxy"}


def test_words_that_cannot_be_read_stop_nothing_but_the_end(small_booth):
    mori = small_booth.staff("森")
    with pytest.raises(Wrong) as wrong:
        small_booth.seed(mori, birth_date="たぶん昭和", phone="110", contact_way="phone")
    assert wrong.value.fields == ["phone", "birth_date"]
    assert small_booth.town.rows(case) == []
    (draft,) = small_booth.town.rows(booth_draft)
    assert merge.now(draft["fields"])["birth_date"] == "たぶん昭和", "what was typed stands in the form"


def test_what_was_done_is_written_into_the_record_and_the_contact_log(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    assert small_booth.town.row(support_entry, case_id=case_id)["kind"] == "booth"
    met = small_booth.town.row(contact, case_id=case_id)
    assert (met["channel"], met["result"], met["staff_id"]) == ("booth", "met", mori.id)


def test_danger_that_is_told_at_the_table_rings_as_in_the_chat(small_booth):
    mori = small_booth.staff("森", on_duty=1)
    small_booth.seed(mori, safe_now="danger", worries="もう死にたいと言っている")
    kinds = {one["kind"] for one in small_booth.town.rows(task)}
    assert {"red", "orange"} <= kinds


def test_the_form_is_emptied_once_it_is_finished_and_cannot_be_finished_twice(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    (draft,) = small_booth.town.rows(booth_draft)
    assert draft["fields"] == {} and draft["seeded"] and draft["case_id"] == case_id
    with pytest.raises(Finished):
        small_booth.finish(mori, draft["id"], HANA)
    assert len(small_booth.town.rows(case)) == 1


# --- changing a case by the form -----------------------------------------------------------------------------------


def opened(booth, staff, case_id):
    with booth.town.engine.begin() as connection:
        draft = drafts.begin_from_case(connection, staff, case_id, at=booth.town.clock())
        return draft, merge.now(connection.execute(select(booth_draft.c.fields).where(booth_draft.c.id == draft)).scalar_one())


def test_an_untouched_form_changes_nothing(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    before = small_booth.town.rows(answer), small_booth.town.rows(consent_event)
    draft, raw = opened(small_booth, mori, case_id)
    small_booth.finish(mori, draft, raw)
    assert (small_booth.town.rows(answer), small_booth.town.rows(consent_event)) == before


def test_a_changed_answer_keeps_the_one_before_and_closes_what_hung_on_it(booth):
    mori = booth.staff("森")
    case_id = booth.seed(mori)
    draft, raw = opened(booth, mori, case_id)
    booth.finish(mori, draft, {**raw, "damage_level": "none", "name": "山田 華子", "share_professional": "refused"})
    now = facts(booth, case_id)
    assert now["damage_level"].value == "none" and "flood_level" not in now and "rebuild_method" not in now
    old = [one for one in booth.town.rows(answer, field="damage_level") if one["superseded_at"]]
    assert [one["value"] for one in old] == ["half"]
    assert booth.town.row(person)["name"] == "山田 華子" and booth.town.row(case)["damage_level"] == "none"
    assert booth.town.rows(consent_event, recipient="professional")[-1]["event"] == "withdrawn"


def test_what_was_answered_elsewhere_without_the_question_before_it_stays(booth):
    """A list says what they earn and not what they work: the form does not ask it, and takes nothing away."""
    mori = booth.staff("森")
    case_id = booth.seed(mori)
    assert "work" not in facts(booth, case_id)
    with booth.town.engine.begin() as connection:
        connection.execute(insert(answer).values(
            tenant_id=mori.tenant_id, case_id=case_id, field="income_work", state="given", value=120_000, by="staff", about="self",
            source="list", at=booth.town.clock()))
    draft, raw = opened(booth, mori, case_id)
    booth.finish(mori, draft, raw | {"damage_level": "total"})
    assert facts(booth, case_id)["income_work"].value == 120_000
    draft, raw = opened(booth, mori, case_id)
    booth.finish(mori, draft, raw | {"work": "regular"})
    assert facts(booth, case_id)["income_work"].value == 120_000, "asked now, and shown as it was"
    draft, raw = opened(booth, mori, case_id)
    booth.finish(mori, draft, raw | {"work": "none"})
    assert "income_work" not in facts(booth, case_id), "closed by this form"


def test_what_the_chat_heard_meanwhile_is_shown_and_not_overwritten(booth):
    """R18: somebody wrote at home while the form was open at the table."""
    mori = booth.staff("森")
    case_id = booth.seed(mori)
    draft, raw = opened(booth, mori, case_id)
    other, theirs = opened(booth, mori, case_id)
    booth.finish(mori, other, {**theirs, "household_size": "3", "living_now": "rented"})
    with pytest.raises(Clash) as clash:
        booth.finish(mori, draft, {**raw, "household_size": "4"})
    assert clash.value.fields == {"household_size": ("4", "3")}
    assert facts(booth, case_id)["household_size"].value == 3
    booth.finish(mori, draft, {"household_size": "4"}, seen=clash.value.version)
    now = facts(booth, case_id)
    assert now["household_size"].value == 4, "chosen knowing the other"
    assert now["living_now"].value == "rented", "what only they changed stands"


# --- who may open what ---------------------------------------------------------------------------------------------


def test_the_booth_sees_what_it_seeded_until_the_end_of_the_day(booth):
    sato, ito = booth.staff("佐藤", role="booth"), booth.staff("伊藤", role="booth")
    case_id = booth.seed(sato)
    with booth.town.engine.begin() as connection:
        assert seeded_for(connection, sato, case_id, booth.town.clock())["id"] == case_id
        with pytest.raises(NotForYou):
            seeded_for(connection, ito, case_id, booth.town.clock())
    booth.town.clock.move(hours=13, minutes=59)  # 23:59 in Japan
    with booth.town.engine.begin() as connection:
        seeded_for(connection, sato, case_id, booth.town.clock())
    booth.town.clock.move(minutes=2)
    with booth.town.engine.begin() as connection, pytest.raises(NotForYou):
        seeded_for(connection, sato, case_id, booth.town.clock())


def test_editing_a_case_makes_nobody_its_seeder(small_booth):
    sato, mori = small_booth.staff("佐藤", role="booth"), small_booth.staff("森")
    case_id = small_booth.seed(sato)
    small_booth.town.clock.move(hours=20)
    draft, raw = opened(small_booth, mori, case_id)
    small_booth.finish(mori, draft, raw)
    with small_booth.town.engine.begin() as connection, pytest.raises(NotForYou):
        seeded_for(connection, sato, case_id, small_booth.town.clock())


def test_a_protected_person_is_for_handlers_whoever_typed_the_form(small_booth):
    sato, mori = small_booth.staff("佐藤", role="booth"), small_booth.staff("森")
    case_id = small_booth.seed(sato)
    draft, _ = opened(small_booth, mori, case_id)
    with small_booth.town.engine.begin() as connection:
        connection.execute(case.update().values(restricted=True))
        for one in (sato, mori):
            with pytest.raises(Restricted):
                seeded_for(connection, one, case_id, small_booth.town.clock())
        with pytest.raises(Restricted):
            draft_for(connection, mori, draft, small_booth.town.clock())
        assert drafts.seeded_today(connection, sato, small_booth.town.clock()) == []


def test_a_form_is_its_authors_and_of_whoever_carries_cases(small_booth):
    sato, ito, mori = small_booth.staff("佐藤", role="booth"), small_booth.staff("伊藤", role="booth"), small_booth.staff("森")
    with small_booth.town.engine.begin() as connection:
        draft = drafts.begin(connection, sato, at=small_booth.town.clock())
        assert draft_for(connection, sato, draft, small_booth.town.clock()) and draft_for(connection, mori, draft, small_booth.town.clock())
        with pytest.raises(NotForYou):
            draft_for(connection, ito, draft, small_booth.town.clock())
        assert [one["id"] for one in drafts.unfinished(connection, ito)] == []


def test_what_nobody_finished_is_forgotten_after_a_month(small_booth):
    mori = small_booth.staff("森")
    with small_booth.town.engine.begin() as connection:
        drafts.begin(connection, mori, at=small_booth.town.clock())
    small_booth.seed(mori)
    small_booth.town.clock.move(days=31)
    assert drafts.drop_forgotten(small_booth.town.engine, small_booth.town.clock) == 1
    assert [one["finished_at"] is None for one in small_booth.town.rows(booth_draft)] == [False]
