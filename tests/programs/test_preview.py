"""What a draft would mean for the households: worked out in slices, the same however often it is cut off."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.cases.models import answer, case
from backend.jobs.models import job
from backend.jobs.run import LEASE, run_slice
from backend.people.models import person
from backend.programs.editing import drafts, preview
from backend.programs.of_case import Place, place_of
from backend.programs.sheet.changes import Change
from backend.programs.situation import Disaster
from backend.staff.roles import ROLES, SUPERVISOR
from tests.programs.conftest import approve_all

REPAIR = "emergency_repair"
ONLY_PARTIAL = Change(own={"conditions": "- damage_level: [partial]"})


@pytest.fixture
def town(either_shell: Any) -> Any:
    """The one case of the furnished municipality (half), and nine more: four half, four partial, one of them closed."""
    with either_shell.engine.begin() as c:
        for n in range(9):
            c.execute(insert(person).values(id=f"p{n}", tenant_id="tenant-tsunagi", created_at=either_shell.clock()))
            c.execute(insert(case).values(
                id=f"c{n}", tenant_id="tenant-tsunagi", number=f"T-{n}", person_id=f"p{n}", opened_at=either_shell.clock(),
                changed_at=either_shell.clock(), status="closed" if n == 8 else "open", restricted=n == 0))
            c.execute(insert(answer).values(
                tenant_id="tenant-tsunagi", case_id=f"c{n}", field="damage_level", state="given", value="half" if n < 4 else "partial",
                by="self", about="self", source="web", at=either_shell.clock()))
    return either_shell


def draft(shell: Any, change: Change = ONLY_PARTIAL, program: str = REPAIR) -> Any:
    with shell.engine.begin() as c:
        made = drafts.begin(c, "tenant-tsunagi", None, {program: change}, origin="command", at=shell.clock(), waiting=True)
        row = drafts.draft_of(c, "tenant-tsunagi", made)
        preview.begin(c, row, None, shell.clock())
        return drafts.draft_of(c, "tenant-tsunagi", made)


def work(shell: Any) -> None:
    while run_slice(shell, {preview.KIND: preview.look_at_some}):
        pass


def found(shell: Any, row: Any) -> Any:
    with shell.engine.connect() as c:
        return c.execute(select(job).where(job.c.id == row["preview_id"])).one()


def test_households_are_counted_by_verdict_before_and_after(town: Any) -> None:
    row = draft(town)
    work(town)
    done = found(town, row)
    assert (done.state, done.done, done.total) == ("done", 8, 8)
    moves = done.result["moves"][REPAIR]
    assert sum(moves.values()) == 8, "the restricted one is counted apart"
    assert moves["not_eligible>eligible"] == 4


def test_no_restricted_person_is_named_and_nobody_more_than_needed(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "SAMPLE", 2)
    row = draft(town)
    work(town)
    samples = found(town, row).result["samples"][REPAIR]
    assert all(len(some) == 2 and "c0" not in some for some in samples.values())


def test_restricted_people_are_counted_for_those_alone_who_may_see_all_of_them(town: Any) -> None:
    row = draft(town)
    work(town)
    kept = dict(found(town, row)._mapping)
    whole = preview.seen_by(SUPERVISOR, kept)
    assert (whole["done"], whole["total"], sum(whole["result"]["moves"][REPAIR].values())) == (9, 9, 9)
    for role in set(ROLES) - {SUPERVISOR}:
        seen = preview.seen_by(role, kept)
        assert (seen["done"], seen["total"], sum(seen["result"]["moves"][REPAIR].values())) == (8, 8, 8), role


def test_in_slices_or_at_once_it_is_the_same(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = draft(town)
    work(town)
    at_once = found(town, one).result
    monkeypatch.setattr(preview, "CHUNK", 2)
    again = draft(town)
    work(town)
    in_slices = found(town, again)
    assert in_slices.result == at_once and in_slices.turn > 4


def test_a_slice_that_was_cut_off_is_done_again_and_counts_once(town: Any, monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    monkeypatch.setattr(preview, "CHUNK", 3)
    row = draft(town)

    class Killed(BaseException):
        pass

    def killed(work: Any) -> None:
        raise Killed

    assert run_slice(town, {preview.KIND: preview.look_at_some})
    with pytest.raises(Killed):
        run_slice(town, {preview.KIND: killed})
    clock.move(LEASE)
    work(town)
    done = found(town, row)
    assert done.done == 8 and sum(done.result["moves"][REPAIR].values()) == 8


def test_switched_off_it_is_not_there_and_a_new_one_was_not(town: Any) -> None:
    row = draft(town, Change(off=True))
    work(town)
    assert all(move.endswith(">absent") for move in found(town, row).result["moves"][REPAIR])


def test_only_the_amount_changes(town: Any) -> None:
    row = draft(town, Change(own={"amount": "{kind: up_to, table: [{yen: 1}]}", "confirmed": "true", "conditions": "- damage_level: [half]"}))
    work(town)
    approve_all(town)
    more = draft(town, Change(own={"amount": "{kind: up_to, table: [{yen: 2}]}", "confirmed": "true", "conditions": "- damage_level: [half]"}))
    work(town)
    result = found(town, more).result
    assert result["amounts"] == {REPAIR: 4} and result["guarded"]["amounts"] == {REPAIR: 1} and set(result["moves"][REPAIR]) == {"eligible>eligible", "not_eligible>not_eligible"}
    assert found(town, row).result["amounts"].get(REPAIR, 0) <= 5


def test_figures_of_another_state_are_known_to_be_old(town: Any) -> None:
    row = draft(town)
    with town.engine.connect() as c:
        before = preview.rests_on(place_of(c, "tenant-tsunagi"), row["touched"])
    assert found(town, row).detail["rests_on"] == before
    with town.engine.begin() as c:
        drafts.begin(c, "tenant-tsunagi", None, {"temporary_housing": Change(off=True)}, origin="command", at=town.clock(), waiting=True)
    approve_all(town)
    with town.engine.connect() as c:
        assert preview.rests_on(place_of(c, "tenant-tsunagi"), row["touched"]) != before


def test_begun_again_the_one_under_way_ends(town: Any) -> None:
    row = draft(town)
    with town.engine.begin() as c:
        preview.begin(c, row, None, town.clock())
    assert found(town, row).state == "stopped"


def test_without_a_draft_every_program_is_counted(town: Any) -> None:
    with town.engine.begin() as c:
        preview.count(c, "tenant-tsunagi", None, town.clock())
    work(town)
    with town.engine.connect() as c:
        counted = preview.last_count(c, "tenant-tsunagi")
    assert counted is not None and counted["result"]["moves"][REPAIR]["not_eligible"] == 4
    assert all(sum(verdicts.values()) == 8 for verdicts in counted["result"]["moves"].values())


LEVELS = st.sampled_from(["total", "large_half", "medium_half", "half", "quasi_half", "partial", "none"])


@settings(max_examples=60)
@given(before=st.sets(LEVELS, min_size=1), after=st.sets(LEVELS, min_size=1), level=LEVELS | st.none())
def test_what_moves_is_what_the_conditions_say(before: set[str], after: set[str], level: str | None) -> None:
    """Whoever is in neither or both list stays; an unanswered question is possible on both sides."""
    def change(levels: set[str]) -> Change:
        return Change(own={"conditions": f"- damage_level: [{', '.join(sorted(levels))}]", "exclusions": "[]", "deadlines": "[]"})


    where = Place("t", "t", {}, Disaster.of(date(2026, 7, 1), "40", "40202"), {}, {REPAIR: change(before)})
    looks = preview.Looks(where, {REPAIR: change(after)}, date(2026, 7, 6))
    [(_, old, new, _)] = looks.at({"damage_level": level} if level else {})
    if level is None:
        assert (old, new) == ("possible", "possible")
    else:
        assert (old == "eligible", new == "eligible") == (level in before, level in after)
