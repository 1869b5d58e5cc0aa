"""Messy answers as people write them, in tables that a case worker can read and add to."""

from datetime import date
from pathlib import Path

import pytest

from dialogs.core import understand

TODAY = date(2026, 8, 1)
TABLES = Path(__file__).parent / "answers"

DAMAGE = (
    ("total", ("全壊", "ぜんかい", "全壊（ぜんかい）", "Totally destroyed")),
    ("large_half", ("大規模半壊", "だいきぼはんかい", "Large-scale half destroyed")),
    ("half", ("半壊", "はんかい", "Half destroyed")),
    ("flooded", ("床上まで来た", "Above the floor")),
    ("dry", ("入っていない", "No water inside")),
    ("other", ("その他", "Other")),
)
TROUBLES = (
    ("home", ("住まい", "住（す）まい", "Home")),
    ("money", ("お金", "お金（かね）", "Money")),
    ("health", ("体と心の健康", "体（からだ）と 心（こころ）の 健康（けんこう）", "Health")),
    ("work", ("仕事", "仕事（しごと）", "Work")),
    ("none", ("特にない", "Nothing")),
)


def rows(name: str) -> list[tuple[str, ...]]:
    lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("# ")]


@pytest.mark.parametrize(("said", "number"), rows("number"))
def test_a_number_of_people_is_read_or_asked_again(said: str, number: str) -> None:
    assert understand.read_number(said, 0, 2000) == (int(number) if number else None)


@pytest.mark.parametrize(("said", "yen"), rows("money"))
def test_an_amount_is_read_or_asked_again(said: str, yen: str) -> None:
    assert understand.read_money(said) == (int(yen) if yen else None)


@pytest.mark.parametrize(("said", "day"), rows("date"))
def test_a_day_is_read_or_asked_again(said: str, day: str) -> None:
    assert understand.read_date(said, TODAY) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(("said", "national", "e164"), rows("phone"))
def test_a_telephone_number_is_read_or_asked_again(said: str, national: str, e164: str) -> None:
    assert understand.read_phone(said) == (national or None)
    assert understand.phone_e164(said) == (e164 or None)


@pytest.mark.parametrize(("said", "written", "reading", "needs"), rows("name"))
def test_a_name_and_its_reading_are_told_apart(said: str, written: str, reading: str, needs: str) -> None:
    name = understand.read_name(said.replace("|", "\n"))
    assert (name.written, name.reading, name.needs_reading) == (written, reading or None, needs == "yes")


@pytest.mark.parametrize(("said", "code"), rows("postal"))
def test_a_postal_code_is_found_or_not(said: str, code: str) -> None:
    assert understand.read_postal(said) == (code or None)


@pytest.mark.parametrize(("said", "chosen"), rows("choice"))
def test_an_option_is_chosen_by_number_or_words(said: str, chosen: str) -> None:
    assert understand.read_choice(said, DAMAGE) == (chosen or None)


@pytest.mark.parametrize(("said", "chosen"), rows("choices"))
def test_several_options_are_chosen_at_once(said: str, chosen: str) -> None:
    assert understand.read_choices(said, TROUBLES) == (tuple(chosen.split()) or None)


def test_a_number_is_not_taken_for_a_place_when_a_label_begins_with_it() -> None:
    sizes = (("few", ("1〜2人",)), ("some", ("3〜5人",)), ("many", ("6人以上",)))
    assert understand.read_choice("3〜5人", sizes) == "some"
    assert understand.read_choice("3", sizes) is None
    assert understand.read_choice("2", sizes) == "some"
