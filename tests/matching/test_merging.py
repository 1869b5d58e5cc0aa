"""Two records become one household, and two again, without a trace missing; and nobody protected is ever drawn in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from backend import ids
from backend.cases.models import answer, case
from backend.conflict import Conflict
from backend.db import metadata
from backend.files.service import File
from backend.followups.models import due
from backend.journal.models import conversation
from backend.lists.models import list_row
from backend.matching import merging
from backend.matching import service as matching
from backend.matching.merging import CannotMerge, _tables, merges_of, people_of
from backend.matching.models import match_proposal, merge
from backend.matching.propose import match_due, propose_for
from backend.people.models import person
from backend.people.service import MATCH
from backend.programs.recompute import RECOMPUTE
from backend.search.find import find
from backend.staff.access import NotForYou, Restricted
from backend.staff.roles import Staff
from tests.console.world import settle
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, make_town, sheet  # noqa: F401


@pytest.fixture
def town(engine: Engine, make_town: Callable[..., Town]) -> Town:  # noqa: F811
    return make_town(engine)


def chat(town: Town, **columns: Any) -> str:
    """Somebody who told their story in the chat, has asked for a lawyer and a visit, and waits."""
    home = settle(town.shell, town.tenant_id, "山田 花子", waiting_since=town.clock(), opened_at=town.clock())
    with town.engine.begin() as c:
        from backend.people import service as people

        people.write(c, home.ids["person"], {"name": "山田 はな子", "kana": "やまだ はなこ", "birth_date": "1948-04-02", "phone": "090-1234-5678", **columns},
                     source="line", by=None, at=town.clock())
    return home.ids["case"]


def proposals(town: Town, staff: Staff, state: str = "open") -> list[Any]:
    with town.engine.connect() as c:
        return matching.waiting(c, staff, state=state)


def compared(town: Town) -> None:
    with town.engine.begin() as c:
        everybody = c.execute(select(person.c.id).where(person.c.tenant_id == town.tenant_id)).scalars().all()
        propose_for(c, town.tenant_id, everybody, town.clock())


def decide(town: Town, staff: Staff, decision: str = "same") -> str | None:
    (one,) = proposals(town, staff)
    with town.engine.begin() as c:
        return matching.decide(c, staff, one["id"], decision, version=one["version"], at=town.clock.move(minutes=1))


def everything(town: Town) -> dict[str, list[Any]]:
    """Every row there is, but for the traces of the acts themselves."""
    with town.engine.connect() as c:
        return {
            table.name: sorted(repr({key: value for key, value in row.items() if key not in ("version", "changed_at", "decided_at", "decided_by", "state")})
                               for row in c.execute(select(table)).mappings())
            for table in metadata.sorted_tables if table.name not in ("audit", "merge", "person_change", "due")
        }  # fmt: skip


# --- how the two meet ------------------------------------------------------------------------------------------


def test_a_row_of_the_list_meets_who_wrote_in_the_chat(town: Town) -> None:
    """The list knows 山田 花子, the chat 山田 はな子: nobody asked for it, and the proposal is there."""
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO, TARO))
    (one,) = proposals(town, desk)
    assert told in (one["one_case"], one["other_case"]) and one["score"] >= 80
    assert ["birth_date", "same"] in one["reasons"] and ["phone", "same"] in one["reasons"]
    with town.engine.connect() as c:
        two = matching.look(c, desk, one["id"], town.clock())
    assert two.kept["id"] == told, "the number that the resident was told is the one that stays"


def test_who_writes_after_the_list_came_is_compared_by_the_clock(town: Town) -> None:
    from backend.followups.models import due
    from backend.followups.run import run_due

    desk = town.staff("caseworker")
    town.import_(sheet(HEADER, HANAKO))
    chat(town)
    assert proposals(town, desk) == []
    town.clock.move(minutes=2)
    assert run_due(town.engine, town.clock, {MATCH: match_due}) >= 1
    assert len(proposals(town, desk)) == 1
    with town.engine.connect() as c:
        assert c.execute(select(due).where(due.c.kind == MATCH)).first() is None


def test_a_decision_is_asked_once(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    assert decide(town, desk, "different") is None
    compared(town)
    assert proposals(town, desk) == [] and len(town.cases()) == 2
    with town.engine.connect() as c:
        row = c.execute(select(match_proposal)).one()
    assert (row.state, row.decided_by) == ("different", desk.id)


def test_later_waits_apart(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    decide(town, desk, "later")
    compared(town)
    assert proposals(town, desk) == [] and len(proposals(town, desk, "later")) == 1


def test_two_who_decide_at_once_do_not_cross(town: Town) -> None:
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    decide(town, desk, "different")
    with town.engine.begin() as c, pytest.raises(Conflict):
        matching.decide(c, desk, one["id"], "same", version=one["version"], at=town.clock())


# --- one household ----------------------------------------------------------------------------------------------


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


# --- and two again ----------------------------------------------------------------------------------------------


def test_a_merge_undone_leaves_everything_as_it_was(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet([*HEADER, "続柄"], [*HANAKO, "世帯主"]))
    before = everything(town)
    made = decide(town, desk)
    assert everything(town) != before and made
    with town.engine.begin() as c:
        assert [row["id"] for row in merges_of(c, told)] == [made]
        matching.undo(c, desk, made, town.clock.move(minutes=1))
    assert everything(town) == before
    assert len(proposals(town, desk)) == 1
    with town.engine.begin() as c, pytest.raises(CannotMerge):
        matching.undo(c, desk, made, town.clock())


def test_the_programs_are_looked_at_again_where_two_become_one_and_two_again(town: Town) -> None:
    desk = town.staff()
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    listed = next(one["id"] for one in town.cases() if one["id"] != told)

    def waiting() -> set[str]:
        with town.engine.begin() as c:
            found = set(c.execute(select(due.c.subject).where(due.c.kind == RECOMPUTE)).scalars())
            c.execute(delete(due))
        return found

    waiting()
    merged = decide(town, desk)
    assert waiting() == {told}
    with town.engine.begin() as c:
        matching.undo(c, desk, str(merged), at=town.clock.move(minutes=5))
    assert waiting() == {told, listed}


def test_what_came_after_the_merge_stays_where_it_belongs(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    listed = next(one["id"] for one in town.cases() if one["id"] != told)
    made = decide(town, desk)
    assert made
    with town.engine.begin() as c:
        talk = c.execute(select(conversation.c.id).where(conversation.c.case_id == told)).scalar_one()
        held = update(answer).where(answer.c.case_id == told, answer.c.field == "flood_level")
        c.execute(held.values(superseded_at=town.clock()))
        c.execute(insert(answer).values(tenant_id=town.tenant_id, case_id=told, conversation_id=talk, field="flood_level", state="given",
                                        value="below_floor", by="self", about="self", source="line", at=town.clock()))
        c.execute(update(case).where(case.c.id == told).values(district="三川"))
    with town.engine.begin() as c:
        matching.undo(c, desk, made, town.clock.move(minutes=1))
    assert town.answers(told)["flood_level"] == "below_floor"
    assert next(one["district"] for one in town.cases() if one["id"] == told) == "三川", "somebody has changed it since"
    assert town.answers(listed)["damage_level"] == "half"


def test_a_file_kept_with_the_case_moves_and_returns(town: Town) -> None:
    from backend.files.models import stored_file
    from backend.files.service import keep

    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    listed = next(one["id"] for one in town.cases() if one["origin"] == "import")
    with town.engine.begin() as c:
        file = keep(c, tenant_id=town.tenant_id, purpose="consent", file=File("s.jpg", "image/jpeg", b"x"), at=town.clock(), case_id=listed)
    made = decide(town, desk)
    assert made
    with town.engine.begin() as c:
        assert c.execute(select(stored_file.c.case_id).where(stored_file.c.id == file)).scalar_one() != listed
        matching.undo(c, desk, made, town.clock())
        assert c.execute(select(stored_file.c.case_id).where(stored_file.c.id == file)).scalar_one() == listed


def test_merges_are_undone_newest_first(town: Town) -> None:
    desk = town.staff("caseworker")
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    first = decide(town, desk)
    town.import_(sheet(HEADER, HANAKO), kind="certificate")
    compared(town)
    second = decide(town, desk)
    assert first and second and len([one for one in town.cases() if one["status"] == "merged"]) == 2
    with town.engine.begin() as c, pytest.raises(CannotMerge):
        matching.undo(c, desk, first, town.clock())
    for made in (second, first):
        with town.engine.begin() as c:
            matching.undo(c, desk, made, town.clock())
    assert {one["status"] for one in town.cases()} == {"open"} and told


def test_whoever_became_another_twice_is_found_by_every_number_they_had(town: Town) -> None:
    """A list's numbers go along from record to record, and back again, newest first."""
    desk = town.staff()
    town.import_(sheet(HEADER, ["A-7001", *HANAKO[1:]]))
    town.import_(sheet(HEADER, ["B-20", *HANAKO[1:6], *TARO[6:]]), kind="certificate")
    listed, certified = (one["id"] for one in town.cases())
    with town.engine.connect() as c:
        rows = {row.case_id: row.person_id for row in c.execute(select(list_row.c.case_id, list_row.c.person_id))}
    told = chat(town)
    mine = next(one["person_id"] for one in town.cases() if one["id"] == told)

    def unite(kept: str, keeps: str, gone: str, goes: str) -> str:
        with town.engine.begin() as c:
            return merging.unite(c, tenant_id=town.tenant_id, kept=kept, gone=gone, same=[(keeps, goes)], by=desk.id, at=town.clock.move(minutes=1))

    def found(words: str) -> set[str]:
        with town.engine.connect() as c:
            return {hit.case_id for hit in find(c, desk, words).hits}

    before = everything(town)
    first = unite(certified, rows[certified], listed, rows[listed])
    assert found("A-7001") == {certified}
    second = unite(told, mine, certified, rows[certified])
    assert found("A-7001") == found("B-20") == {told}
    for made in (second, first):
        with town.engine.begin() as c:
            merging.part(c, tenant_id=town.tenant_id, merge_id=made, by=desk.id, at=town.clock.move(minutes=1))
    assert (found("A-7001"), found("B-20"), everything(town)) == ({listed}, {certified}, before)


# --- protected people -------------------------------------------------------------------------------------------


def test_a_protected_person_is_proposed_to_nobody(town: Town) -> None:
    supervisor = town.staff()
    told = chat(town)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == told).values(restricted=True))
    town.import_(sheet([*HEADER, "閲覧制限"], [*HANAKO, "有"]))
    compared(town)
    assert proposals(town, supervisor) == []


def test_who_becomes_protected_leaves_the_list_of_all_but_handlers(town: Town) -> None:
    desk, supervisor = town.staff("caseworker"), town.staff()
    told = chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == told).values(restricted=True))
    assert proposals(town, desk) == [] and len(proposals(town, supervisor)) == 1
    with town.engine.connect() as c:
        assert matching.how_many(c, desk)["open"] == 0
    for act in (lambda c: matching.look(c, desk, one["id"], town.clock()),
                lambda c: matching.decide(c, desk, one["id"], "same", version=one["version"], at=town.clock())):
        with town.engine.begin() as c, pytest.raises(Restricted):
            act(c)
    assert decide(town, supervisor)
    assert next(row["restricted"] for row in town.cases() if row["id"] == told)


def test_another_municipality_cannot_decide(town: Town, make_town: Callable[..., Town]) -> None:  # noqa: F811
    desk = town.staff("caseworker")
    chat(town)
    town.import_(sheet(HEADER, HANAKO))
    (one,) = proposals(town, desk)
    there = make_town(town.engine, "tonari").staff()
    assert proposals(town, there) == []
    with town.engine.begin() as c, pytest.raises(NotForYou):
        matching.decide(c, there, one["id"], "same", version=one["version"], at=town.clock())
    made = decide(town, desk)
    with town.engine.begin() as c, pytest.raises(NotForYou):
        matching.undo(c, there, str(made), town.clock())
    with town.engine.connect() as c:
        assert c.execute(select(merge.c.undone_at)).scalar_one() is None and ids and c.execute(select(list_row.c.id)).first()


def test_a_merge_draws_nobody_protected_into_the_open(town: Town) -> None:
    """A child stands in both households under one name, protected in one of them: nothing of it comes over, whoever merges."""
    from backend.people import household

    town.import_(sheet(HEADER, HANAKO))
    (listed,) = [row["id"] for row in town.cases()]
    told = chat(town)
    columns = {"name": "山田 秘子"}
    with town.engine.begin() as c:
        household.add_member(c, case_id=told, columns=columns, by=None, at=town.clock())
        household.add_member(c, case_id=listed, columns=columns | {"phone": "090-9999-9999", "current_address": "ヒミツ町1"}, by=None, at=town.clock())
        c.execute(update(person).where(person.c.id.in_([one["id"] for one in people_of(c, listed) if one["name"] == "山田 秘子"])).values(restricted=True))
    compared(town)
    decide(town, town.staff("caseworker"))
    with town.engine.connect() as c:
        (kept,) = {row["id"] for row in town.cases() if row["status"] != "merged"}
        open_, guarded = sorted((one for one in people_of(c, kept) if one["name"] == "山田 秘子"), key=lambda one: bool(one["restricted"]))
    assert (open_["phone"], open_["current_address"], open_["restricted"]) == (None, None, False)
    assert guarded["restricted"] and guarded["phone"] == "090-9999-9999"


def test_one_who_is_protected_stays_protected_under_either_record(town: Town) -> None:
    town.import_(sheet(HEADER, HANAKO))
    told = chat(town)
    chief = town.staff()
    compared(town)
    with town.engine.begin() as c:
        (listed,) = [row["id"] for row in town.cases() if row["id"] != told]
        hidden = case.c.id == listed  # the one that goes: a resident was told the other's number
        c.execute(update(case).where(hidden).values(restricted=True))
        c.execute(update(person).where(person.c.id.in_(select(case.c.person_id).where(hidden))).values(restricted=True))
    before = everything(town)
    made = decide(town, chief)
    with town.engine.begin() as c:
        assert list(c.execute(select(person.c.restricted).where(person.c.merged_into.is_(None))).scalars()) == [True]
        matching.undo(c, chief, str(made), town.clock())
    assert everything(town) == before
