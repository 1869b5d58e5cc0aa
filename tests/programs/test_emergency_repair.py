"""住宅の応急修理: the ceiling changes with the fiscal year of the disaster (programs.md G5)."""

from __future__ import annotations

import pytest

from tests.programs.households import NOTO, ask, verdict

REPAIR = "emergency_repair"
HOME = {"damage_level": "half", "cannot_fund_self": True}

# day of the disaster, ceiling for half or worse, for quasi half; None: not known for that year
YEARS = [
    ("2019-09-30", None, None),
    ("2019-10-01", 595_000, 300_000),
    ("2022-03-31", 595_000, 300_000),
    ("2022-04-01", None, None),
    ("2023-03-31", None, None),
    ("2023-04-01", 706_000, 343_000),
    ("2024-01-01", 706_000, 343_000),
    ("2024-03-31", 706_000, 343_000),
    ("2024-04-01", 717_000, 348_000),
    ("2025-03-31", 717_000, 348_000),
    ("2025-04-01", 739_000, 358_000),
    ("2026-03-31", 739_000, 358_000),
    ("2026-04-01", None, None),
]


@pytest.mark.parametrize(("day", "half", "quasi"), YEARS)
def test_ceilings_by_year(day: str, half: int | None, quasi: int | None) -> None:
    for level, yen in (("half", half), ("medium_half", half), ("large_half", half), ("quasi_half", quasi)):
        amount = ask(REPAIR, {**HOME, "damage_level": level}, {**NOTO, "date": day}).amount
        assert amount == (("unknown", None, None) if yen is None else ("up_to", None, yen))


def test_an_unknown_day_gives_no_figure() -> None:
    result = ask(REPAIR, HOME, {"relief_act_applied": True})
    assert result.amount.kind == "unknown"
    assert "disaster.date" in result.missing


def test_who_can_have_it() -> None:
    assert verdict(REPAIR, HOME) == "eligible"
    for level in ("partial", "none"):
        assert verdict(REPAIR, {**HOME, "damage_level": level, "flood_level": "above_floor"}) == "not_eligible"
    destroyed = ask(REPAIR, {**HOME, "damage_level": "total"})
    assert (destroyed.verdict, destroyed.missing) == ("possible", ("repair_makes_habitable",))
    assert verdict(REPAIR, {**HOME, "cannot_fund_self": False}) == "not_eligible"
    assert verdict(REPAIR, {**HOME, "damage_level": "large_half", "cannot_fund_self": False}) == "possible"
    assert verdict(REPAIR, HOME, {**NOTO, "relief_act_applied": False}) == "not_eligible"


def test_not_with_public_demolition() -> None:
    assert verdict(REPAIR, {**HOME, "using": ["public_demolition"]}) == "not_eligible"
    assert verdict(REPAIR, {**HOME, "demolished": True}) == "not_eligible"
    assert verdict(REPAIR, {**HOME, "using": ["temporary_housing"]}) == "possible"
    assert verdict(REPAIR, {**HOME, "using": []}) == "eligible"
