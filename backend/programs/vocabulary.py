"""The closed vocabulary: every input the rules may ask about, its values, and the lists that entries choose from.

The names and values are those of the line format of `./run programs assess`; other programs speak it, so a name here
never changes its meaning. Codes are JIS X 0402 (prefecture two digits, municipality five).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEVELS: Final = ("total", "large_half", "medium_half", "half", "quasi_half", "partial", "none")
"""全壊 · 大規模半壊 · 中規模半壊 · 半壊 · 準半壊 · 準半壊に至らない（一部損壊） · 被害なし, worst first."""
HALF_OR_WORSE: Final = LEVELS[:4]

BOOL, WHOLE, CHOICE, DATE, CODE, IDS, DATES = "bool", "whole", "choice", "date", "code", "ids", "dates"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one input holds. `choices` of a choice in the order of the format; `least` and `most` of a whole number."""

    name: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 10**13


_YES_NO = Kind(BOOL)
_YEN = Kind(WHOLE)


def _one_of(*choices: str) -> Kind:
    return Kind(CHOICE, choices)


DISASTER: Final[dict[str, Kind]] = {
    "date": Kind(DATE),
    "prefecture": Kind(CODE),
    "municipality": Kind(CODE),
    "relief_act_applied": _YES_NO,
    "relief_act_in_prefecture": _YES_NO,
    "recovery_support_act_applied": _YES_NO,
    "condolence_act_applied": _YES_NO,
    "specific_emergency": _YES_NO,
    "houterasu_designated": _YES_NO,
    "emergency_small_loan_open": _YES_NO,
    "extended_deadlines": Kind(DATES),
}

HOUSEHOLD: Final[dict[str, Kind]] = {
    "size": Kind(WHOLE, least=1, most=1000),
    "damage_level": _one_of(*LEVELS),
    "flood_level": _one_of("above_floor", "below_floor", "none"),
    "certificate": _one_of("none", "applied", "issued"),
    "house_lost": _YES_NO,
    "demolished": _YES_NO,
    "site_damaged": _YES_NO,
    "remainder_must_be_torn_down": _YES_NO,
    "long_term_evacuation": _YES_NO,
    "evacuation_order": _YES_NO,
    "own_home_habitable": _YES_NO,
    "cannot_fund_self": _YES_NO,
    "tenure": _one_of("owned_house", "owned_apartment", "rented", "public_housing", "other"),
    "rebuild_method": _one_of("build_or_buy", "repair", "rent", "public_housing", "undecided", "none"),
    "planned_loan": _YES_NO,
    "goods_damage": _one_of("none", "under_one_third", "one_third_or_more"),
    "loss_yen": _YEN,
    "insurance_payout_yen": _YEN,
    "loans_before_disaster": _YES_NO,
    "car_lost": _YES_NO,
    "owns_land": _YES_NO,
    "farm_or_business": _YES_NO,
    "single_parent": _YES_NO,
    "resident_tax_exempt": _YES_NO,
    "affected": _YES_NO,
    "nhk_contract": _YES_NO,
    "using": Kind(IDS),
    "received": Kind(IDS),
}

MEMBER: Final[dict[str, Kind]] = {
    "age": Kind(WHOLE, most=130),
    "head": _YES_NO,
    "breadwinner": _YES_NO,
    "income_yen": _YEN,
    "died": _YES_NO,
    "injury_treatment": _one_of("none", "under_1_month", "1_month_or_more"),
    "severe_disability_from_disaster": _YES_NO,
    "disability_certificate": _YES_NO,
    "care_level": _one_of("none", "support_1", "support_2", "care_1", "care_2", "care_3", "care_4", "care_5"),
    "student": _one_of("none", "preschool", "elementary", "junior_high", "high", "university_or_vocational"),
    "job": _one_of("kept", "suspended", "lost", "none"),
    "pension": _one_of("category_1", "category_2", "category_3", "receiving", "none"),
    "health_insurance": _one_of("national", "employee", "late_elderly"),
    "pregnant": _YES_NO,
}
# The format writes `pension` as category_1|2|3|receiving|none and `care_level` as support_1..2|care_1..5; the bare
# figures that the short form could also be read as are accepted and mean the same.
SPELLINGS: Final[dict[str, dict[str, str]]] = {"pension": {"1": "category_1", "2": "category_2", "3": "category_3"}}

PROGRAM_KINDS: Final = ("grant", "loan", "reduction", "deferral", "in_kind", "subsidy", "consultation")
"""給付 · 貸付 · 減免 · 猶予 · 現物 · 補助 · 相談."""
AMOUNT_KINDS: Final = ("fixed", "up_to", "none", "unknown")
"""What an entry may declare; `range` only comes out, when an answer is still open."""

PROFESSIONS: Final = (
    "lawyer", "judicial_scrivener", "administrative_scrivener", "tax_accountant", "labor_consultant", "architect",
    "builder", "land_house_investigator", "real_estate_appraiser", "real_estate_agent", "financial_planner",
    "accountant", "housing_finance_agency", "financial_institution", "housing_support_corporation",
    "self_reliance_center", "social_worker", "welfare_council", "public_health_nurse", "doctor", "care_manager",
    "disability_counsellor", "school_social_worker", "consumer_center", "business_consultant", "volunteer_center",
)  # fmt: skip
"""士業 and partner organisations (福岡県手引き; programs.md §5)."""

DESK_DECIDES: Final = (
    "buying_a_home", "cannot_repay", "check_by_the_lender", "decision_of_the_committee", "employer_failed_or_injury_at_work",
    "exemption_extended_to_evacuees", "flooded_homes_count", "income_and_savings", "income_and_supply", "insured_for_six_months",
    "living_rooms_blocked", "loan_is_of_the_jhf", "loss_of_half_after_insurance", "means_test_for_large_damage", "need_and_means",
    "opened_for_this_disaster", "paid_for_this_disaster", "policy_and_its_terms", "rain_comes_in", "repair_makes_habitable",
    "repair_takes_over_a_month", "repayment_ratio", "rooms_are_free", "rows_of_the_sheet", "rule_of_the_company",
    "rule_of_the_insurer", "rule_of_the_legal_affairs_bureau", "rule_of_the_municipality", "rule_of_the_prefecture",
    "rule_of_the_school", "rule_of_the_tax_office", "school_things_lost", "value_of_house_and_land",
)  # fmt: skip
"""Conditions that only the desk can see and that have words in every language; a municipality may write others in Japanese."""
PARTS: Final = ("application", "basic", "addition", "completion", "consultation", "refund_claim")
"""Parts of a program that have a deadline of their own."""
