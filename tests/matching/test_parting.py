"""What was made one becomes two again, as it was; what came since stays where it belongs."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from backend.cases.models import answer, case
from backend.files.service import File
from backend.followups.models import due
from backend.journal.models import conversation
from backend.lists.models import list_row
from backend.matching import merging
from backend.matching import service as matching
from backend.matching.merging import CannotMerge, merges_of
from backend.programs.recompute import RECOMPUTE
from backend.search.find import find
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, sheet
from tests.matching.world import chat, compared, decide, everything, proposals


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
