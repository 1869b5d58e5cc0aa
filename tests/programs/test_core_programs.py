"""The other core programs of programs.md §2: who can have them, who cannot, and what stays open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs.households import NOTO, SETTLED, ask, verdict

UNLIVABLE = {**SETTLED, "damage_level": "half", "own_home_habitable": False, "cannot_fund_self": True}


def test_temporary_housing() -> None:
    assert verdict("temporary_housing", UNLIVABLE) == "eligible"
    assert verdict("temporary_housing", {**UNLIVABLE, "damage_level": "quasi_half"}) == "not_eligible"
    assert verdict("temporary_housing", {**UNLIVABLE, "damage_level": "none", "evacuation_order": True}) == "eligible"
    assert verdict("temporary_housing", {**UNLIVABLE, "cannot_fund_self": False}) == "not_eligible"
    assert verdict("temporary_housing", {**UNLIVABLE, "using": ["emergency_repair"]}) == "possible"
    while_repairing = ask("temporary_housing", {**UNLIVABLE, "own_home_habitable": True})
    assert (while_repairing.verdict, while_repairing.missing) == ("possible", ("repair_takes_over_a_month",))


@pytest.mark.parametrize(
    ("level", "emergency", "expected"),
    [
        ("total", True, "eligible"),
        ("total", False, "eligible"),
        ("total", None, "eligible"),
        ("half", True, "eligible"),
        ("large_half", False, "not_eligible"),
        ("half", None, "possible"),
        ("quasi_half", True, "not_eligible"),
        ("partial", None, "not_eligible"),
    ],
)
def test_public_demolition(level: str, emergency: bool | None, expected: str) -> None:
    assert verdict("public_demolition", {"damage_level": level}, {} if emergency is None else {"specific_emergency": emergency}) == expected


def test_public_demolition_after_repair_is_for_the_desk() -> None:
    assert verdict("public_demolition", {"damage_level": "total", "received": ["emergency_repair"]}) == "possible"


@pytest.mark.parametrize(
    ("loss", "paid", "income", "expected"),
    [(2_000_000, 0, 3_000_000, "eligible"), (300_000, 0, 3_000_000, "possible"), (2_000_000, 2_000_000, 3_000_000, "possible")],
)
def test_casualty_loss(loss: int, paid: int, income: int, expected: str) -> None:
    home = {"size": 1, "damage_level": "partial", "loss_yen": loss, "insurance_payout_yen": paid, "members": [{"income_yen": income}]}
    assert verdict("casualty_loss_deduction", home) == expected


def test_casualty_loss_needs_a_loss() -> None:
    whole = {
        "damage_level": "none", "flood_level": "none", "goods_damage": "none", "car_lost": False, "loss_yen": 0,
        "demolished": False, "site_damaged": False,
    }  # fmt: skip
    assert verdict("casualty_loss_deduction", whole) == "not_eligible"
    assert verdict("casualty_loss_deduction", {**whole, "car_lost": True}) == "possible"


def test_tax_relief_needs_half_of_it_lost_and_a_limited_income() -> None:
    home = {"size": 1, "damage_level": "half", "insurance_payout_yen": 0, "members": [{"income_yen": 10_000_000}]}
    assert verdict("disaster_tax_relief", home) == "eligible"
    assert verdict("disaster_tax_relief", {**home, "members": [{"income_yen": 10_000_001}]}) == "not_eligible"
    assert verdict("disaster_tax_relief", {**home, "insurance_payout_yen": 3_000_000}) == "possible"
    assert verdict("disaster_tax_relief", {**home, "damage_level": "partial", "goods_damage": "none"}) == "not_eligible"


def test_debt_relief_is_for_lender_and_expert_to_say() -> None:
    result = ask("debt_relief_guideline", {"loans_before_disaster": True, "affected": True})
    assert (result.verdict, result.missing) == ("possible", ("cannot_repay",))
    assert verdict("debt_relief_guideline", {"loans_before_disaster": False, "affected": True}) == "not_eligible"
    assert verdict("debt_relief_guideline", {"loans_before_disaster": True}, {**NOTO, "date": "2015-09-01"}) == "not_eligible"


def test_houterasu_for_a_year() -> None:
    result = ask("houterasu_consultation", {})
    assert (result.verdict, str(result.deadline)) == ("eligible", "2024-12-31")
    assert verdict("houterasu_consultation", {}, {**NOTO, "houterasu_designated": False}) == "not_eligible"
    assert verdict("houterasu_consultation", {}, {**NOTO, "relief_act_applied": False}) == "not_eligible"


@pytest.mark.parametrize(
    ("household", "yen"),
    [
        ({"size": 1, "members": [{"died": False, "care_level": "support_2", "injury_treatment": "none", "pregnant": False, "student": "none"}]}, 100_000),
        ({"size": 4}, 200_000),
        ({"members": [{"care_level": "care_1"}]}, 200_000),
        ({"members": [{"pregnant": True}]}, 200_000),
        ({"members": [{"student": "elementary"}]}, 200_000),
        ({"members": [{"injury_treatment": "1_month_or_more"}]}, 200_000),
        ({"members": [{"died": True}]}, 200_000),
    ],
)
def test_emergency_small_loan(household: dict[str, Any], yen: int) -> None:
    result = ask("emergency_small_loan", {"affected": True, **household})
    assert (result.verdict, *result.amount) == ("eligible", "up_to", None, yen)
    assert verdict("emergency_small_loan", {"affected": False, **household}) == "not_eligible"
    assert verdict("emergency_small_loan", {"affected": True, **household}, {**NOTO, "emergency_small_loan_open": False}) == "not_eligible"


def test_welfare_fund() -> None:
    home = {"size": 1, "damage_level": "partial", "rebuild_method": "repair", "resident_tax_exempt": False}
    for person, expected in (({"age": 65}, "eligible"), ({"disability_certificate": True}, "eligible"), ({"age": 40, "disability_certificate": False}, "not_eligible")):
        assert verdict("welfare_fund_repair", {**home, "members": [person]}) == expected
    assert ask("welfare_fund_repair", {**home, "resident_tax_exempt": True}).amount == ("up_to", None, 2_500_000)
    assert ask("welfare_fund_disaster", {**home, "resident_tax_exempt": True}).amount == ("up_to", None, 1_500_000)
    assert verdict("welfare_fund_repair", {**home, "resident_tax_exempt": True, "rebuild_method": "rent"}) == "not_eligible"


@pytest.mark.parametrize(
    ("answers", "amount"),
    [
        ({"rebuild_method": "repair", "damage_level": "partial"}, ("up_to", None, 25_000_000)),
        ({"rebuild_method": "build_or_buy", "damage_level": "half", "owns_land": False}, ("up_to", None, 55_000_000)),
        ({"rebuild_method": "build_or_buy", "damage_level": "half", "owns_land": True}, ("up_to", 45_000_000, 55_000_000)),
    ],
)
def test_rebuilding_loan(answers: dict[str, Any], amount: tuple[str, int | None, int]) -> None:
    result = ask("jhf_rebuilding_loan", answers)
    # Whether the payments fit the income is the lender's to say, so it never promises.
    assert (result.verdict, result.amount) == ("possible", amount)
    assert "repayment_ratio" in result.missing


def test_rebuilding_loan_is_not_for_building_after_slight_damage() -> None:
    assert verdict("jhf_rebuilding_loan", {"rebuild_method": "build_or_buy", "damage_level": "quasi_half"}) == "not_eligible"
    assert verdict("jhf_rebuilding_loan", {"rebuild_method": "rent", "damage_level": "total"}) == "not_eligible"


def test_reverse_mortgage_from_sixty() -> None:
    home = {"size": 1, "rebuild_method": "repair", "damage_level": "half"}
    assert verdict("jhf_reverse_mortgage", {**home, "members": [{"age": 60}]}) == "possible"
    assert verdict("jhf_reverse_mortgage", {**home, "members": [{"age": 59}]}) == "not_eligible"
