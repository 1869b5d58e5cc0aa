"""災害援護資金: ceilings and income limits (programs.md G2; 災害弔慰金法 10条)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs.households import NOTO, ask, verdict

LOAN = "disaster_relief_loan"
MAN = 10_000


def household(incomes: list[int | None], head_injured: bool = False, **answers: Any) -> dict[str, Any]:
    members: list[dict[str, Any]] = [{"head": index == 0, "injury_treatment": "none"} for index in range(len(incomes))]
    for member, income in zip(members, incomes, strict=True):
        if income is not None:
            member["income_yen"] = income
    members[0]["injury_treatment"] = "1_month_or_more" if head_injured else "under_1_month"
    base = {"size": len(incomes), "house_lost": False, "remainder_must_be_torn_down": False, "goods_damage": "none"}
    return {**base, **answers, "members": members}


# damage, ceiling with the head not injured, with the head injured a month or more (万円); None: not eligible
CEILINGS: list[tuple[dict[str, Any], int | None, int]] = [
    ({"damage_level": "none"}, None, 150),
    ({"damage_level": "partial", "goods_damage": "one_third_or_more"}, 150, 250),
    ({"damage_level": "quasi_half", "goods_damage": "under_one_third"}, None, 150),
    ({"damage_level": "half"}, 170, 270),
    ({"damage_level": "medium_half"}, 170, 270),
    ({"damage_level": "large_half"}, 170, 270),
    ({"damage_level": "half", "remainder_must_be_torn_down": True}, 250, 350),
    ({"damage_level": "total"}, 250, 350),
    ({"damage_level": "total", "remainder_must_be_torn_down": True}, 350, 350),
    ({"damage_level": "total", "house_lost": True}, 350, 350),
]


@pytest.mark.parametrize(("damage", "unhurt", "hurt"), CEILINGS)
def test_ceilings(damage: dict[str, Any], unhurt: int | None, hurt: int) -> None:
    calm = ask(LOAN, household([1_000_000, 0], **damage))
    if unhurt is None:
        assert calm.verdict == "not_eligible"
    else:
        assert (calm.verdict, *calm.amount) == ("eligible", "up_to", None, unhurt * MAN)
    injured = ask(LOAN, household([1_000_000, 0], head_injured=True, **damage))
    assert (injured.verdict, *injured.amount) == ("eligible", "up_to", None, hurt * MAN)


@pytest.mark.parametrize(("size", "limit"), [(1, 220), (2, 430), (3, 620), (4, 730), (5, 760), (6, 790), (10, 910)])
def test_income_is_strictly_below_the_limit(size: int, limit: int) -> None:
    others: list[int | None] = [0] * (size - 1)
    assert verdict(LOAN, household([limit * MAN - 1, *others], damage_level="half")) == "eligible"
    assert verdict(LOAN, household([limit * MAN, *others], damage_level="half")) == "not_eligible"


def test_a_lost_house_has_the_higher_limit() -> None:
    for income, expected in ((1270 * MAN - 1, "eligible"), (1270 * MAN, "not_eligible")):
        assert verdict(LOAN, household([income], damage_level="total", house_lost=True)) == expected


def test_destroyed_and_between_the_two_limits_is_possible() -> None:
    between = household([800 * MAN], damage_level="total")
    del between["house_lost"]
    result = ask(LOAN, between)
    assert result.verdict == "possible"
    assert "household.house_lost" in result.missing
    assert verdict(LOAN, household([1270 * MAN], damage_level="total")) == "not_eligible"
    assert verdict(LOAN, {**between, "damage_level": "half"}) == "not_eligible"


def test_an_unknown_income_is_asked_for_and_the_known_sum_can_already_be_too_much() -> None:
    result = ask(LOAN, household([1_000_000, None], damage_level="half"))
    assert result.verdict == "possible"
    assert result.missing == ("household.members[1].income_yen",)
    assert verdict(LOAN, household([430 * MAN, None], damage_level="half")) == "not_eligible"


def test_people_nobody_listed_are_missing() -> None:
    result = ask(LOAN, {**household([1_000_000], damage_level="half"), "size": 3})
    assert result.verdict == "possible"
    assert result.missing == ("household.members[1].income_yen", "household.members[2].income_yen")


def test_an_unknown_size_could_be_large_enough() -> None:
    home = household([900 * MAN], damage_level="half")
    del home["size"]
    assert verdict(LOAN, home) == "possible"


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ({"relief_act_in_prefecture": True}, "eligible"),
        ({"relief_act_applied": True}, "eligible"),
        ({"relief_act_applied": False, "relief_act_in_prefecture": True}, "eligible"),
        ({"relief_act_applied": False}, "possible"),
        ({"relief_act_applied": False, "relief_act_in_prefecture": False}, "not_eligible"),
        ({}, "possible"),
    ],
)
def test_one_municipality_of_the_prefecture_is_enough(acts: dict[str, bool], expected: str) -> None:
    assert verdict(LOAN, household([0], damage_level="half"), acts) == expected


def test_its_deadline_is_not_settled_until_somebody_enters_it() -> None:
    home = household([0], damage_level="half")
    assert ask(LOAN, home).deadline is None
    entered = {**NOTO, "extended_deadlines": {LOAN: "2024-09-30"}}
    assert str(ask(LOAN, home, entered).deadline) == "2024-09-30"
    assert verdict(LOAN, home, entered, "2024-10-01") == "not_eligible"


def test_an_unknown_head_leaves_the_ceiling_open() -> None:
    home = household([0, 0], damage_level="half")
    home["members"][1] = {"income_yen": 0, "injury_treatment": "1_month_or_more"}
    home["members"][0].pop("head")
    result = ask(LOAN, home)
    assert (result.amount.min_yen, result.amount.max_yen) == (1_700_000, 2_700_000)
    assert "household.members[0].head" in result.missing
