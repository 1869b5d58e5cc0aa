"""The form is the chat's own questions: every one of them, with the same conditions, read into the same answers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.booth.questions import applies, as_data, asked_in, sections
from backend.booth.reading import Unreadable, raw_of, read, value_of
from dialogs.core.answers import Answer
from dialogs.core.model import Dialog, Item, Menu, Open, Question
from dialogs.fields import FIELDS, RECIPIENTS
from dialogs.registry import BOOK

TODAY = date(2026, 7, 6)
FORM = asked_in(sections())
BY_KEY = {one.key: one for one in FORM}


def test_every_question_of_the_intake_and_of_the_survey_is_on_the_form():
    asked = {step.id for dialog in BOOK.values() if dialog.name.split("_")[0] in ("intake", "survey", "member")
             for step in dialog.steps if isinstance(step, Question)}
    assert asked - {one.field for one in FORM} == {"sharing"}, "only 'each, later, nobody' is replaced by the recipients themselves"


def test_a_new_section_of_the_survey_is_on_the_form_by_itself():
    more = dict(BOOK)
    more["survey", 99] = Dialog("survey", 99, (Menu("sections", (Item("new", Open("survey_body")),)),))
    assert [section.id for section in sections(0, more)] == ["first", "sharing", "basic", "new"]


def test_the_notice_is_read_out_before_anybody_decides_on_sharing():
    with_notice = [section.id for section in sections() if section.notice]
    assert with_notice == ["sharing"]
    assert {one.consent for one in FORM if one.consent} == set(RECIPIENTS)


def test_members_of_the_household_have_rows_of_their_own():
    keys = {one.key for one in asked_in(sections(members=3))}
    assert {"members.m3.member_name", "members.m5.member_age"} <= keys and "members.m6.member_name" not in keys


def test_what_is_not_asked_of_this_household_counts_for_nothing():
    found = read(FORM, {"damage_level": "none", "flood_level": "above_floor", "rebuild_method": "repair"}, TODAY)
    assert found.facts.keys() == {"damage_level"}
    assert found.left_out == ["flood_level", "rebuild_method"]


def test_a_daughter_who_answers_for_her_mother_is_kept_with_every_answer():
    found = read(FORM, {"for_whom": "family", "relation": "parent", "name": "山田 ハナ"}, TODAY)
    assert {answer.by for answer in found.facts.values()} == {"proxy"}
    assert found.facts["relation"].value == "parent" and found.facts["name"].about == "other"


def test_three_ways_of_not_answering_are_three_answers():
    raw = {"damage_level": "-unknown", "certificate": "-deferred", "household_size": "-declined"}
    found = read(FORM, raw, TODAY)
    assert {key: answer.state for key, answer in found.facts.items()} == {
        "damage_level": "unknown", "certificate": "deferred", "household_size": "declined"}


def test_language_and_how_to_reach_them_may_be_left_open_but_not_refused():
    assert read(FORM, {"language": "-declined", "contact_way": "-unknown"}, TODAY).facts == {}


@pytest.mark.parametrize(("field", "typed", "value"), [
    ("birth_date", "昭和30年5月3日", "1955-05-03"), ("birth_date", "S30.5.3", "1955-05-03"),
    ("phone", "０９０１２３４５６７８", "090-1234-5678"), ("household_size", "ふたり", 2), ("income_work", "15万円", 150000),
    ("name_kana", "ヤマダ ハナコ", "やまだ はなこ"), ("trouble", ["money", "home"], ("home", "money")),
    ("damage_level", "half", "half"), ("worries", "  夜ねむれない\x00 ", "夜ねむれない"),
])  # fmt: skip
def test_what_is_typed_is_read_as_in_the_chat(field, typed, value):
    assert value_of(field, typed, TODAY) == value


@pytest.mark.parametrize(("field", "typed"), [
    ("birth_date", "3/5/1955"), ("birth_date", "明日"), ("phone", "110"), ("household_size", "2、3人"), ("income_work", "年収300万"),
    ("damage_level", "ぜんぶ"), ("trouble", ["house"]), ("name", "123"),
])  # fmt: skip
def test_what_could_mean_several_things_is_marked_and_not_guessed(field, typed):
    with pytest.raises(Unreadable):
        value_of(field, typed, TODAY)


def test_a_name_with_its_reading_answers_both():
    found = read(FORM, {"name": "山田 花子（やまだ はなこ）"}, TODAY)
    assert (found.facts["name"].value, found.facts["name_kana"].value) == ("山田 花子", "やまだ はなこ")


@given(st.data())
def test_what_the_form_shows_of_an_answer_reads_back_as_the_same_answer(data):
    """Opening a case's answers and saving them untouched changes nothing."""
    one = data.draw(st.sampled_from([one for one in FORM if not one.consent and one.kind in
                                     ("choice", "multi", "number", "money", "language", "date", "words", "place")]))
    field = FIELDS[one.field]
    value = {
        "choice": lambda: st.sampled_from(field.options), "language": lambda: st.sampled_from(field.options),
        "multi": lambda: st.sets(st.sampled_from(field.options), min_size=1).map(
            lambda some: tuple(option for option in field.options if option in some)),
        "number": lambda: st.integers(field.least, field.most or 30), "money": lambda: st.integers(0, 10**9),
        "date": lambda: st.dates(date(1900, 1, 1), TODAY).map(date.isoformat),
        "words": lambda: st.sampled_from(["夜ねむれない", "屋根\n雨もり"]), "place": lambda: st.sampled_from(["大牟田市新栄町1-1", "836-0041 新栄町1"]),
    }[one.kind]()  # fmt: skip
    answer = Answer(one.key, data.draw(value))
    assert value_of(one.field, raw_of(answer), TODAY) == answer.value


def test_the_script_gets_every_condition_that_the_form_has():
    for one in FORM:
        data = as_data(one.when)
        assert (data is None) == (one.when is None)
        assert data is None or data[0] in ("is", "given", "kanji", "not", "all", "any")


def test_a_member_looks_at_its_own_answers_first():
    one = next(one for one in FORM if one.key == "rebuild_started")
    assert applies(one, {"rebuild_method": Answer("rebuild_method", "repair")})
    assert not applies(one, {"rebuild_method": Answer("rebuild_method", "rent")})
