"""Conditions and amounts made of ticks: what comes out is read by the engine, and says what was ticked."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.programs.editing import simple
from backend.programs.editing.simple import DAMAGES, FLOODS, TENURES, Simple
from backend.programs.edition import current
from backend.programs.engine import assess_one
from backend.programs.sheet.changes import Change, decided
from backend.programs.situation import Situation
from tests.programs.test_drafts import OWN


def some(of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(of)).map(lambda chosen: tuple(one for one in of if one in chosen))


@given(damages=some(DAMAGES), floods=some(FLOODS), tenures=some(TENURES), desk=st.booleans())
def test_whoever_was_ticked_gets_it_and_nobody_else(damages: tuple[str, ...], floods: tuple[str, ...], tenures: tuple[str, ...], desk: bool) -> None:
    ticked = Simple(damages, floods, tenures, "町内に住むこと" if desk else "", sums=(("same", "1万"),))
    written = simple.conditions(ticked)
    if not ticked.says_something:
        assert written == ""
        return
    amount, wrong = simple.amount(ticked)
    assert wrong is None
    entry = decided("own_x", None, Change(own={**OWN, "conditions": written, "amount": amount}), current().shelf)
    for damage, flood, tenure in product((*DAMAGES, "none"), (*FLOODS, "none"), TENURES):
        struck = damage in damages or flood in floods or not (damages or floods)
        fits = struck and (not tenures or tenure in tenures)
        verdict = assess_one(Situation({}, {"damage_level": damage, "flood_level": flood, "tenure": tenure}), entry).verdict
        assert verdict == (("possible" if desk else "eligible") if fits else "not_eligible")


def paid(sums: tuple[tuple[str, str], ...], **household: str) -> int | None:
    amount, _ = simple.amount(Simple(DAMAGES, FLOODS, sums=sums))
    entry = decided("own_x", None, Change(own={**OWN, "conditions": simple.conditions(Simple(DAMAGES, FLOODS)), "amount": amount}), current().shelf)
    return assess_one(Situation({}, household), entry).amount.max_yen


def test_so_much_by_damage_then_by_flooding_then_for_everybody_else() -> None:
    sums = (("total", "10万円"), ("above_floor", "30,000"), ("same", "5000"))
    assert paid(sums, damage_level="total", flood_level="above_floor") == 100_000
    assert paid(sums, damage_level="partial", flood_level="above_floor") == 30_000
    assert paid(sums, damage_level="partial", flood_level="none") == 5_000
    assert paid(sums[:1], damage_level="half", flood_level="none") is None


@pytest.mark.parametrize(("typed", "yen"), [("50000", 50_000), ("50,000円", 50_000), ("５万円", 50_000), ("0", 0), ("五万", None), ("-1", None), ("1e5", None), ("10億", None)])
def test_sums_as_people_write_them(typed: str, yen: int | None) -> None:
    assert simple._whole(typed) == yen


def test_no_sum_is_no_money() -> None:
    assert simple.amount(Simple(("half",))) == ("kind: none", None) or simple.amount(Simple(("half",)))[0] == "{kind: none}"
