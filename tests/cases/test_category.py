"""The support category on its two axes, household by household (福岡県手引き Ⅱ 3(1) 【参考】 分類1–4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.category import propose
from dialogs.core.answers import Answer
from dialogs.fields import FIELDS


def facts(**given: Any) -> dict[str, Answer]:
    """`meals=None` is somebody who said they do not know."""
    return {
        name: Answer(name, None, "unknown") if value is None else Answer(name, tuple(value) if isinstance(value, list) else value)
        for name, value in given.items()
    }


REPAIR = {"damage_level": "half", "rebuild_method": "repair"}
WELL = {"meals": "enough", "sleep": "well"}

HOUSEHOLDS: list[tuple[str, dict[str, Any], int | None, set[str]]] = [
    ("repairs decided, eats and sleeps", {**REPAIR, **WELL}, 1, {"housing.decided", "daily.stands"}),
    ("repairs decided, but cannot sleep", {**REPAIR, "sleep": "cannot_sleep"}, 2, {"housing.decided", "daily.sleep"}),
    ("no appetite, care level 2", {**REPAIR, "meals": "no_appetite", "special_care": "要介護2"}, 2, {"daily.meals", "daily.special_care"}),
    ("wants somebody to talk to", {**REPAIR, **WELL, "confidant": "want"}, 2, {"daily.nobody_to_talk_to"}),
    ("does not know how to rebuild", {**WELL, "damage_level": "total", "rebuild_method": "undecided"}, 3, {"housing.undecided"}),
    ("decided, but the loan is in the way", {**REPAIR, **WELL, "debts": "yes"}, 3, {"blocking.debts"}),
    ("decided, but out of work", {**REPAIR, **WELL, "work": "none"}, 3, {"blocking.no_work"}),
    ("out of work with a pension", {**REPAIR, **WELL, "work": "none", "income_pension": 130000}, 1, {"housing.decided"}),
    ("wants to move and cannot", {**REPAIR, **WELL, "moving": "cannot_move"}, 3, {"housing.cannot_move"}),
    ("the family quarrels about the house", {**REPAIR, **WELL, "trouble": ["home", "family"]}, 3, {"blocking.trouble_family"}),
    ("undecided and sleepless", {"rebuild_method": "undecided", "sleep": "not_enough"}, 4, {"housing.undecided", "daily.sleep"}),
    # 手引きの記載例: 補修と決めたが、住宅ローンが残り、食事も睡眠も足りず、相談相手が欲しい
    ("the manual's own example", {**REPAIR, "meals": "not_enough", "sleep": "not_enough", "debts": "yes", "confidant": "want"}, 4,
     {"blocking.debts", "daily.meals", "daily.sleep", "daily.nobody_to_talk_to"}),
    # A fact counts once: with nothing to rebuild, money is daily life.
    ("no damage, but no money", {**WELL, "damage_level": "none", "trouble": ["money"]}, 2, {"housing.no_damage", "blocking.trouble_money"}),
    ("nothing known", {}, None, set()),
    ("only the home known", REPAIR, None, {"housing.decided"}),
    ("does not know anything", {"rebuild_method": None, "meals": None, "sleep": None}, None, set()),
]  # fmt: skip


@pytest.mark.parametrize(("told", "number", "reasons"), [one[1:] for one in HOUSEHOLDS], ids=[one[0] for one in HOUSEHOLDS])
def test_a_household(told: dict[str, Any], number: int | None, reasons: set[str]) -> None:
    proposal = propose(facts(**told))
    assert proposal.category == number
    assert reasons <= set(proposal.reasons)
    assert len(set(proposal.reasons)) == len(proposal.reasons), "a fact counts once"


def test_what_would_settle_it_is_named() -> None:
    assert set(propose(facts(**REPAIR)).missing) == {"work", "debts", "meals", "sleep"}
    assert "rebuild_method" in propose(facts(**WELL)).missing


_asked = ("damage_level", "rebuild_method", "moving", "meals", "sleep", "work", "debts", "confidant")
_told = st.fixed_dictionaries({}, optional={
    **{name: st.sampled_from(FIELDS[name].options) | st.none() for name in _asked},
    "trouble": st.lists(st.sampled_from(FIELDS["trouble"].options), unique=True),
})  # fmt: skip


@given(_told)
def test_another_worry_never_makes_a_household_easier(told: dict[str, Any]) -> None:
    """4 is worse than 2 and 3, which are worse than 1: one more worry moves a household up or leaves it."""
    before = propose(facts(**told))
    after = propose(facts(**{**told, "sleep": "cannot_sleep", "rebuild_method": "undecided"}))
    assert after.category == 4
    if before.category is not None:
        worse = propose(facts(**{**told, "meals": "no_appetite"}))
        assert worse.category in ({1: (2,), 2: (2,), 3: (4,), 4: (4,)}[before.category])


@given(_told)
def test_every_reason_and_every_missing_answer_has_a_name(told: dict[str, Any]) -> None:
    proposal = propose(facts(**told))
    assert set(proposal.missing) <= FIELDS.keys()
    assert (proposal.category is None) == (proposal.housing.stands is None or proposal.daily.stands is None)
