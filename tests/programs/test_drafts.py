"""Editing the catalogue: one writes, another publishes, everybody reads the same, and there is a way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.audit import service as audits
from backend.audit.models import audit
from backend.conflict import Conflict
from backend.followups.models import due
from backend.programs.editing import drafts
from backend.programs.editing.drafts import NotAllowed
from backend.programs.edition import current
from backend.programs.engine import assess_one
from backend.programs.nodes import CatalogueError
from backend.programs.sheet.changes import LAST, Change, decided, misfits, with_changes
from backend.programs.sheet.store import changes_of
from backend.programs.situation import Disaster, Situation
from backend.staff.models import staff

HERE = Disaster.of(None, "40", "40202", {"relief_act_applied": True, "recovery_support_act_applied": True})
REPAIR = "emergency_repair"
OWN = {
    "name": "{ja: 住まい応援金}", "summary": "{ja: 半壊以上の世帯への町のお金です。}", "kind": "grant",
    "conditions": "- damage_level: [total, large_half, medium_half, half]", "amount": "{kind: fixed, table: [{yen: 100_000}]}",
    "source": "{text: つなぎ市要綱, collected_on: 2026-07-01}", "as_of": "2026", "confirmed": "true",
}  # fmt: skip


@pytest.fixture
def people(either_shell: Any) -> Any:
    with either_shell.engine.begin() as c:
        for login, role in (("author", "caseworker"), ("second", "supervisor"), ("third", "supervisor")):
            c.execute(insert(staff).values(
                id=login, tenant_id="tenant-tsunagi", login=login, name=login, role=role, password_hash="-", created_at=either_shell.clock()))
    return either_shell


def write(shell: Any, program: str, change: Change, who: str = "author") -> str:
    with shell.engine.begin() as c:
        return drafts.put(c, "tenant-tsunagi", who, program, change, shell.clock())


def act(shell: Any, draft_id: str, what: Any, who: str, *more: Any) -> Any:
    with shell.engine.begin() as c:
        draft = drafts.draft_of(c, "tenant-tsunagi", draft_id)
        return what(c, draft, who, draft["version"], *more, shell.clock())


def holds(shell: Any) -> dict[str, Change]:
    with shell.engine.connect() as c:
        return changes_of(c, "tenant-tsunagi")


def publish(shell: Any, program: str, change: Change) -> int:
    draft = write(shell, program, change)
    act(shell, draft, drafts.ask, "author", "町長決裁")
    return int(act(shell, draft, drafts.approve, "second"))


def test_nothing_holds_before_a_second_person_said_yes(people: Any) -> None:
    draft = write(people, REPAIR, Change(phone="0943-32-0000"))
    assert holds(people) == {}
    act(people, draft, drafts.ask, "author", "番号が変わりました")
    assert holds(people) == {}
    assert act(people, draft, drafts.approve, "second") == 1
    assert holds(people) == {REPAIR: Change(phone="0943-32-0000")}
    with people.engine.connect() as c:
        assert [row.kind for row in c.execute(select(due))] == ["reassess"]
        assert list(c.execute(select(audit.c.action)).scalars()) == ["programs.drafted", "programs.asked", "programs.changed"]
        assert audits.verify(c, "tenant-tsunagi") is None


def test_nobody_publishes_what_they_wrote_themselves(people: Any) -> None:
    """The supervisor may approve, but not her own."""
    draft = write(people, REPAIR, Change(off=True), who="second")
    act(people, draft, drafts.ask, "second", "")
    with pytest.raises(NotAllowed, match="second"):
        act(people, draft, drafts.approve, "second")
    assert holds(people) == {}
    act(people, draft, drafts.approve, "third")
    assert holds(people)[REPAIR].off


def test_only_its_author_asks_drops_or_takes_a_draft_back(people: Any) -> None:
    draft = write(people, REPAIR, Change(off=True))
    for what, more in ((drafts.ask, ("",)), (drafts.drop, ())):
        with pytest.raises(NotAllowed, match="author"):
            act(people, draft, what, "third", *more)
    act(people, draft, drafts.ask, "author", "")
    with pytest.raises(NotAllowed, match="author"):
        act(people, draft, drafts.take_back, "third")
    act(people, draft, drafts.take_back, "author")
    act(people, draft, drafts.drop, "author")
    with pytest.raises(NotAllowed, match="state"):
        act(people, draft, drafts.ask, "author", "")


def test_given_back_with_a_word_it_is_mended_and_asked_for_again(people: Any) -> None:
    draft = write(people, REPAIR, Change(note="a"))
    act(people, draft, drafts.ask, "author", "")
    act(people, draft, drafts.give_back, "second", "日付を入れてください")
    assert write(people, REPAIR, Change(note="7月1日から")) == draft
    act(people, draft, drafts.ask, "author", "")
    act(people, draft, drafts.approve, "second")
    assert holds(people)[REPAIR].note == "7月1日から"


def test_several_programs_are_one_draft_and_wanting_nothing_drops_it(people: Any) -> None:
    draft = write(people, REPAIR, Change(note="a"))
    assert write(people, "temporary_housing", Change(note="b")) == draft
    assert write(people, REPAIR, Change()) == draft
    assert write(people, "temporary_housing", Change()) == ""
    with people.engine.connect() as c:
        assert drafts.open_drafts(c, "tenant-tsunagi") == []


def test_what_somebody_published_meanwhile_is_not_overwritten(people: Any) -> None:
    mine = write(people, REPAIR, Change(note="mine"))
    act(people, mine, drafts.ask, "author", "")
    theirs = write(people, REPAIR, Change(note="theirs"), who="third")
    act(people, theirs, drafts.ask, "third", "")
    act(people, theirs, drafts.approve, "second")
    with pytest.raises(NotAllowed, match="overtaken"):
        act(people, mine, drafts.approve, "second")
    assert holds(people)[REPAIR].note == "theirs"


def test_a_draft_that_is_gone_on_with_does_not_forget_what_it_found(people: Any) -> None:
    write(people, REPAIR, Change(note="mine"))
    theirs = write(people, REPAIR, Change(note="theirs"), who="third")
    act(people, theirs, drafts.ask, "third", "")
    act(people, theirs, drafts.approve, "second")
    mine = write(people, "temporary_housing", Change(off=True))
    act(people, mine, drafts.ask, "author", "")
    with pytest.raises(NotAllowed, match="overtaken"):
        act(people, mine, drafts.approve, "second")
    act(people, mine, drafts.take_back, "author")
    write(people, REPAIR, Change(note="theirs, and mine"))
    act(people, mine, drafts.ask, "author", "")
    act(people, mine, drafts.approve, "second")
    assert holds(people)[REPAIR].note == "theirs, and mine"


def test_words_that_no_longer_fit_are_not_published(people: Any) -> None:
    """As after a new release of the catalogue: the draft waited, and what it names is gone."""
    draft = write(people, REPAIR, Change(own={"documents": "[a_paper_nobody_knows]"}))
    act(people, draft, drafts.ask, "author", "")
    with pytest.raises(NotAllowed, match="misfit"):
        act(people, draft, drafts.approve, "second")
    assert holds(people) == {}


def test_two_drafts_about_different_programs_both_come_to_hold(people: Any) -> None:
    mine, theirs = write(people, REPAIR, Change(note="a")), write(people, "temporary_housing", Change(off=True), who="third")
    act(people, mine, drafts.ask, "author", "")
    act(people, theirs, drafts.ask, "third", "")
    assert [act(people, one, drafts.approve, "second") for one in (theirs, mine)] == [1, 2]
    assert set(holds(people)) == {REPAIR, "temporary_housing"}


def test_several_approvals_at_once_follow_each_other(people: Any) -> None:
    """Each edition holds everything of the ones before it, whoever was faster."""
    programs = ("emergency_repair", "temporary_housing", "public_demolition", "nhk_fee_exemption")
    with people.engine.begin() as c:
        waiting = [
            drafts.begin(c, "tenant-tsunagi", "author", {program: Change(note=program)}, origin="form", at=people.clock(), waiting=True)
            for program in programs
        ]
    with ThreadPoolExecutor(len(waiting)) as hands:
        numbers = list(hands.map(lambda one: act(people, one, drafts.approve, "second"), waiting))
    assert sorted(numbers) == [1, 2, 3, 4] and set(holds(people)) == set(programs)


def test_a_page_that_is_out_of_date_is_told_so(people: Any) -> None:
    draft = write(people, REPAIR, Change(note="a"))
    act(people, draft, drafts.ask, "author", "")
    with people.engine.begin() as c, pytest.raises(Conflict):
        drafts.approve(c, drafts.draft_of(c, "tenant-tsunagi", draft), "second", 1, people.clock())


def test_the_way_back_is_a_draft_that_needs_a_second_person_too(people: Any) -> None:
    publish(people, REPAIR, Change(note="one"))
    publish(people, "temporary_housing", Change(off=True))
    publish(people, REPAIR, Change(note="three"))
    with people.engine.begin() as c:
        back = drafts.roll_back(c, "tenant-tsunagi", "author", 1, people.clock())
    assert holds(people)[REPAIR].note == "three"
    act(people, back, drafts.ask, "author", "")
    assert act(people, back, drafts.approve, "second") == 4
    assert holds(people) == {REPAIR: Change(note="one")}
    with people.engine.begin() as c:
        empty = drafts.roll_back(c, "tenant-tsunagi", "author", 0, people.clock())
    act(people, empty, drafts.ask, "author", "")
    act(people, empty, drafts.approve, "second")
    assert holds(people) == {}
    with people.engine.begin() as c, pytest.raises(LookupError):
        drafts.roll_back(c, "tenant-tsunagi", "author", 99, people.clock())


def test_another_municipality_s_draft_is_not_there(people: Any, make_tenant: Any) -> None:
    make_tenant(people.engine, "elsewhere")
    draft = write(people, REPAIR, Change(off=True))
    with people.engine.connect() as c, pytest.raises(LookupError):
        drafts.draft_of(c, "tenant-elsewhere", draft)


# --- what the engine sees -------------------------------------------------------------------------------------


def seen(program: str, change: Change) -> Any:
    edition, _ = with_changes(current(), HERE, {program: change})
    return {one.id: one for one in edition.entries_for("40", "40202", None)}.get(program)


def found(program: str, change: Change, **household: Any) -> Any:
    return assess_one(Situation(HERE.known, household), seen(program, change))


def test_conditions_and_amounts_of_its_own_are_what_the_engine_uses() -> None:
    change = Change(own={"conditions": "- damage_level: [quasi_half]", "amount": "{kind: up_to, table: [{yen: 50_000}]}", "confirmed": "true"})
    assert found(REPAIR, change, damage_level="quasi_half").verdict == "eligible"
    assert found(REPAIR, change, damage_level="quasi_half").amount.max_yen == 50_000
    assert found(REPAIR, change, damage_level="half").verdict == "not_eligible"


def test_a_program_of_its_own_is_one_like_all_the_others() -> None:
    result = found("own_money", Change(desk="建設課", own=OWN), damage_level="half")
    assert (result.verdict, result.amount.max_yen, result.entry.rank) == ("eligible", 100_000, LAST)
    assert result.entry.name.in_locale("en") == "住まい応援金"
    assert result.entry.desk.in_locale("ja") == "建設課"


def test_words_in_japanese_alone_stand_for_the_other_languages() -> None:
    entry = seen(REPAIR, Change(own={"name": "{ja: 町の応急修理, en: Town repairs}"}))
    assert (entry.name.in_locale("ja@simple"), entry.name.in_locale("en")) == ("町の応急修理", "Town repairs")


def test_a_program_that_ended_before_this_disaster_is_not_there() -> None:
    there = Disaster.of(HERE.known.get("date"), "40", "40202")
    edition, _ = with_changes(current(), there, {REPAIR: Change(own={"valid": "{prefecture: '13'}"})})
    assert REPAIR not in {one.id for one in edition.entries_for("40", "40202", None)}


def test_own_words_that_no_longer_fit_fall_back_to_the_catalogue_and_are_named() -> None:
    change = Change(desk="建設課", own={"conditions": "- no_such_input: true"})
    assert seen(REPAIR, change).conditions == next(one for one in current().national if one.id == REPAIR).conditions
    assert seen(REPAIR, change).desk.in_locale("ja") == "建設課"
    assert misfits(current(), HERE, {REPAIR: change})[REPAIR].field == "conditions.1.no_such_input"
    assert seen("own_half", Change(own={"name": "{ja: 途中}"})) is None


@pytest.mark.parametrize(
    ("own", "field", "problem"),
    [
        ({"conditions": "- damage_level: [huge]"}, "conditions.1.damage_level", "choose one of"),
        ({"conditions": "- damage_level: [half"}, "conditions", "not YAML"),
        ({"conditions": ""}, "conditions", "empty"),
        ({"conditions": "a: &a [*a]"}, "conditions", "aliases"),
        ({"conditions": "[" * 50}, "conditions", "too deep"),
        ({"conditions": "- " * 5000 + "x"}, "conditions", "too deep"),
        ({"amount": "{kind: fixed, table: [{yen: たくさん}]}"}, "amount.table.yen", "whole number"),
        ({"amount": "{kind: fixed, table: [{yen: 1:30}]}"}, "amount.table.yen", "whole number"),
        ({"deadlines": "- {part: application, months: 99999999}"}, "deadlines.1.months", "months long"),
        ({"documents": "[a_paper_nobody_knows]"}, "documents.1", "no shared words"),
        ({"name": "{en: Repairs}"}, "name", "language ja"),
        ({"id": "x"}, "id", "no such key"),
        ({"kind": "gift"}, "kind", "choose one of"),
        ({"source": "{text: a, collected_on: 2026-01-01, url: 'http://10.0.0.1/'}"}, "source.url", "https"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_key_and_what_is_wrong(own: dict[str, str], field: str, problem: str) -> None:
    entry = next(one for one in current().national if one.id == REPAIR)
    with pytest.raises(CatalogueError) as wrong:
        decided(REPAIR, entry, Change(own=own), current().shelf)
    assert wrong.value.field.startswith(field.partition(".")[0]) and field.rpartition(".")[2] in wrong.value.field
    assert problem in wrong.value.problem


@given(key=st.sampled_from(["conditions", "amount", "deadlines", "documents", "warnings", "source", "valid", "name"]), text=st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_its_key(key: str, text: str) -> None:
    entry = next(one for one in current().national if one.id == REPAIR)
    told = None
    try:
        decided(REPAIR, entry, Change(own={key: text}), current().shelf)
    except CatalogueError as wrong:
        told = wrong
    assert told is None or (told.field.split(".", maxsplit=1)[0] == key and told.problem)


def test_every_key_of_every_entry_reads_back_as_it_is_written() -> None:
    """What the form shows of an entry is the entry: written back untouched, nothing changes."""
    for entry in current().national:
        own = {key: entry.parts[key].written() for key in entry.parts if key not in ("id", "desk")}
        again = decided(entry.id, entry, Change(own=own), current().shelf)
        assert (again.name, again.kind, again.documents, again.source) == (entry.name, entry.kind, entry.documents, entry.source)
        for household in ({"damage_level": "half", "size": 2}, {"damage_level": "total", "size": 1, "rebuild_method": "repair"}):
            one, two = (assess_one(Situation(HERE.known, household), each) for each in (entry, again))
            assert (one.verdict, one.amount, one.reasons, one.missing) == (two.verdict, two.amount, two.reasons, two.missing)
            assert one.deadlines == two.deadlines
