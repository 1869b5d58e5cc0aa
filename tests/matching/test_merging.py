"""Two records become one household without a trace missing."""

from __future__ import annotations

from sqlalchemy import select

from backend.matching import service as matching
from backend.matching.merging import _tables, people_of
from backend.search.find import find
from tests.lists.conftest import HANAKO, HEADER, Town, sheet
from tests.matching.world import chat, decide, proposals


def test_everything_hangs_on_the_case_that_stays(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    listed = next(one["id"] for one in town.cases() if one["id"] != told)
    decide(town, desk)
    home = next(one for one in town.cases() if one["id"] == told)
    gone = next(one for one in town.cases() if one["id"] == listed)
    assert (home["status"], gone["status"], home["district"]) == ("open", "merged", "新栄")
    with town.engine.connect() as c:
        for table in _tables():
            assert c.execute(select(table.c.id).where(table.c.case_id == listed)).first() is None, table.name
        (who,) = people_of(c, told)
        found = find(c, desk, "山田")
        by_number = find(c, desk, "1")
    assert (who["name"], who["sex"], who["address"]) == ("山田 はな子", "female", HANAKO[6]), "what one lacks comes from the other"
    assert [hit.case_id for hit in found.hits] == [told]
    assert by_number.unclear or [hit.case_id for hit in by_number.hits] == [told]


def test_what_the_office_assessed_holds_and_what_they_said_of_themselves_too(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    row = [*HANAKO]
    row[9] = "全壊"
    town.import_(sheet(HEADER, row))
    decide(town, desk)
    now = town.answers(told)
    assert now["damage_level"] == "total", "told half, assessed total"
    assert now["birth_date"] == "1948-04-02" and now["trouble"] == ["home", "money"]
    assert next(one["damage_level"] for one in town.cases() if one["id"] == told) == "total"


def test_the_list_brought_in_again_reaches_the_case_that_stayed(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    decide(town, desk)
    row = [*HANAKO]
    row[6], row[9] = "大牟田市三池99", "大規模半壊"
    again = town.import_(sheet(HEADER, row))
    assert again["counts"]["did_changed"] == 1 and len(town.cases()) == 2
    assert town.answers(told)["damage_level"] == "large_half"
    with town.engine.connect() as c:
        (who,) = people_of(c, told)
    assert who["address"] == "大牟田市三池99"


def test_two_of_one_home_stay_two_people(town: Town) -> None:
    """The list has the husband, the chat heard the wife."""
    desk = town.staff("caseworker")
    told = chat(town, address="新栄町1-2-3")
    town.import_(sheet(HEADER, ["7", "新栄", "山田 太郎", "やまだ たろう", "S20.1.1", "男", "新栄町１丁目２番３号", "", "", "半壊"]))
    (one,) = proposals(town, desk)
    assert not matching.is_one_person(one)
    decide(town, desk)
    with town.engine.connect() as c:
        assert {who["name"] for who in people_of(c, told)} == {"山田 はな子", "山田 太郎"}
        assert [hit.case_id for hit in find(c, desk, "太郎").hits] == [told]
