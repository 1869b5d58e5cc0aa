"""被災者生活再建支援金, row by row (programs.md G1; 被災者生活再建支援法 3条)."""

from __future__ import annotations

import pytest

from tests.programs.households import NOTO, SETTLED, ask, condition_names, verdict

GRANT = "livelihood_recovery_grant"
MAN = 10_000

# level, size, basic, then basic plus building or buying, repair, rent (万円)
TABLE = [
    ("total", 2, 100, 300, 200, 150),
    ("large_half", 2, 50, 250, 150, 100),
    ("medium_half", 2, None, 100, 50, 25),
    ("total", 1, 75, 225, 150, 112.5),
    ("large_half", 1, 37.5, 187.5, 112.5, 75),
    ("medium_half", 1, None, 75, 37.5, 18.75),
]


@pytest.mark.parametrize(("level", "size", "basic", "build", "repair", "rent"), TABLE)
def test_amounts_of_the_law(level: str, size: int, basic: float | None, build: float, repair: float, rent: float) -> None:
    home = {**SETTLED, "damage_level": level, "size": size}
    for method, man in (("build_or_buy", build), ("repair", repair), ("rent", rent)):
        result = ask(GRANT, {**home, "rebuild_method": method})
        assert (result.verdict, *result.amount) == ("eligible", "fixed", man * MAN, man * MAN)
        assert result.missing == ()
    for method in ("public_housing", "none"):
        result = ask(GRANT, {**home, "rebuild_method": method})
        if basic is None:
            assert result.verdict == "not_eligible"
        else:
            assert (result.verdict, *result.amount) == ("eligible", "fixed", basic * MAN, basic * MAN)


@pytest.mark.parametrize(("level", "size", "basic", "build", "repair", "rent"), TABLE)
@pytest.mark.parametrize("plan", [{}, {"rebuild_method": "undecided"}])
def test_an_open_plan_is_a_range(
    level: str, size: int, basic: float | None, build: float, repair: float, rent: float, plan: dict[str, str]
) -> None:
    result = ask(GRANT, {**SETTLED, "damage_level": level, "size": size, **plan})
    assert (result.amount.min_yen, result.amount.max_yen) == ((basic or 0) * MAN, build * MAN)
    assert result.verdict == ("possible" if basic is None else "eligible")
    assert "household.rebuild_method" in result.missing


@pytest.mark.parametrize("method", ["build_or_buy", "repair", "rent", "none"])
@pytest.mark.parametrize("level", ["half", "medium_half", "large_half", "total"])
def test_demolished_of_necessity_counts_as_destroyed(level: str, method: str) -> None:
    demolished = {"damage_level": level, "size": 3, "demolished": True, "rebuild_method": method}
    destroyed = {"damage_level": "total", "size": 3, "rebuild_method": method}
    assert ask(GRANT, demolished).amount == ask(GRANT, destroyed).amount
    assert verdict(GRANT, demolished) == "eligible"


def test_half_pays_nothing_unless_demolished() -> None:
    assert verdict(GRANT, {**SETTLED, "damage_level": "half", "size": 2}) == "not_eligible"
    unknown = ask(GRANT, {"damage_level": "half", "size": 2, "long_term_evacuation": False, "rebuild_method": "rent"})
    assert (unknown.verdict, *unknown.amount) == ("possible", "range", 0, 1_500_000)
    assert "household.demolished" in unknown.missing


@pytest.mark.parametrize("level", ["quasi_half", "partial", "none"])
def test_below_half_and_demolished_hangs_on_the_site(level: str) -> None:
    home = {"damage_level": level, "size": 2, "demolished": True, "long_term_evacuation": False}
    assert verdict(GRANT, {**home, "site_damaged": False}) == "not_eligible"
    assert verdict(GRANT, home) == "possible"
    assert verdict(GRANT, {**home, "site_damaged": True}) == "eligible"
    assert verdict(GRANT, {**home, "demolished": False, "site_damaged": True}) == "not_eligible"


def test_long_term_evacuation_counts_as_destroyed_at_any_level() -> None:
    result = ask(GRANT, {"damage_level": "partial", "size": 2, "long_term_evacuation": True, "rebuild_method": "none"})
    assert (result.verdict, result.amount.max_yen) == ("eligible", 1_000_000)


def test_large_half_could_still_be_demolished() -> None:
    result = ask(GRANT, {"damage_level": "large_half", "size": 2, "rebuild_method": "repair", "long_term_evacuation": False})
    assert (result.verdict, *result.amount) == ("eligible", "range", 1_500_000, 2_000_000)


def test_tenants_are_not_asked_who_owns_the_house() -> None:
    assert verdict(GRANT, {**SETTLED, "damage_level": "total", "size": 1, "tenure": "rented", "rebuild_method": "rent"}) == "eligible"


def test_the_act_must_apply() -> None:
    home = {**SETTLED, "damage_level": "total", "size": 2, "rebuild_method": "rent"}
    assert verdict(GRANT, home, {**NOTO, "recovery_support_act_applied": False}) == "not_eligible"
    unknown = ask(GRANT, home, {"date": "2024-01-01"})
    assert unknown.verdict == "possible"
    assert unknown.missing == ("disaster.recovery_support_act_applied",)
    assert ("disaster.recovery_support_act_applied", None) in {(reason.field, reason.met) for reason in unknown.reasons}


def test_nothing_known_is_possible_and_never_zero() -> None:
    result = ask(GRANT, {}, {}, None)
    assert (result.verdict, *result.amount) == ("possible", "range", 0, 3_000_000)


class TestDeadlines:
    home = {**SETTLED, "damage_level": "total", "size": 2, "rebuild_method": "rent"}

    def test_thirteen_and_thirty_seven_months(self) -> None:
        result = ask(GRANT, self.home)
        assert [(part.part, str(part.date)) for part in result.deadlines] == [("basic", "2025-01-31"), ("addition", "2027-02-01")]
        assert (str(result.deadline), result.days_left) == ("2025-01-31", 365)

    def test_medium_half_has_no_basic_part(self) -> None:
        result = ask(GRANT, {**self.home, "damage_level": "medium_half"})
        assert [str(part.date) for part in result.deadlines] == ["2027-02-01"]

    @pytest.mark.parametrize(
        ("today", "expected"),
        [("2025-01-31", "eligible"), ("2025-02-01", "possible"), ("2027-02-01", "possible"), ("2027-02-02", "possible")],
    )
    def test_a_passed_deadline_may_have_been_extended(self, today: str, expected: str) -> None:
        result = ask(GRANT, self.home, as_of=today)
        assert result.verdict == expected
        assert ("deadline_passed" in condition_names(result)) == (expected == "possible")

    def test_the_second_part_stays_open_after_the_first(self) -> None:
        assert str(ask(GRANT, self.home, as_of="2025-02-01").deadline) == "2027-02-01"

    def test_after_an_entered_extension_it_is_over(self) -> None:
        disaster = {**NOTO, "extended_deadlines": {GRANT: "2028-01-31"}}
        assert verdict(GRANT, self.home, disaster, "2028-01-31") == "eligible"
        late = ask(GRANT, self.home, disaster, "2028-02-01")
        assert late.verdict == "not_eligible"
        assert "deadline_passed" in condition_names(late)

    def test_an_extension_of_the_first_part_does_not_close_the_second(self) -> None:
        disaster = {**NOTO, "extended_deadlines": {GRANT: "2026-01-30"}}
        result = ask(GRANT, self.home, disaster, "2026-03-01")
        assert (result.verdict, str(result.deadline)) == ("possible", "2027-02-01")

    def test_without_a_day_asked_about_nothing_is_late(self) -> None:
        result = ask(GRANT, self.home, as_of=None)
        assert (result.verdict, result.days_left, str(result.deadline)) == ("eligible", None, "2025-01-31")
