"""The port for chat and console: from the intake's answers to programs worth saying."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.programs import service
from backend.programs.answers import looked_at
from backend.words import Catalogues
from dialogs.core.heard import FoundProgram
from dialogs.core.words import SENSITIVE, Text
from dialogs.fields import FIELDS

TODAY = date(2026, 7, 6)
JUNE_RAIN = service.disaster_of(
    happened_on=date(2026, 6, 20), prefecture="40", municipality="40202",
    acts={"relief_act_applied": True, "recovery_support_act_applied": True}, extended_deadlines={"disaster_relief_loan": "2026-10-30"},
)  # fmt: skip
INTAKE = {
    "safe_now": "safe", "trouble": ("home", "money"), "name": "山田 花子", "damage_level": "total", "flood_level": "above_floor",
    "certificate": "applied", "household_size": 2, "living_now": "shelter", "rebuild_method": "undecided", "tenure": "owned_house",
}  # fmt: skip


def suggest(**answers: Any) -> dict[str, FoundProgram]:
    return {program.id: program for program in service.suggest(answers, JUNE_RAIN, TODAY)}


def test_a_destroyed_home_hears_of_the_recovery_grant_first() -> None:
    first = service.suggest(INTAKE, JUNE_RAIN, TODAY)[0]
    assert first.id == "livelihood_recovery_grant"
    assert (first.verdict, first.amount_kind, first.min_yen, first.max_yen) == ("eligible", "range", 1_000_000, 3_000_000)
    assert first.missing == ("rebuild_method",)
    assert [text.key for text in first.why] == [
        "program.why.damage_level", "program.why.rebuild_method", "program.why.household_size", "program.why.disaster",
    ]  # fmt: skip
    assert (first.deadline, first.days_left) == (date(2027, 7, 20), 379)
    assert first.name.in_locale("en") == "Livelihood recovery grant"


def test_money_to_be_repaid_comes_after_help_that_is_given() -> None:
    order = list(suggest(**INTAKE))
    assert order.index("emergency_repair") < min(order.index("disaster_relief_loan"), order.index("jhf_rebuilding_loan"))


def test_nothing_known_still_finds_what_could_apply() -> None:
    found = suggest()
    assert {"livelihood_recovery_grant", "emergency_repair", "temporary_housing", "disaster_relief_loan"} <= found.keys()
    assert {program.verdict for program in found.values()} == {"possible"}
    assert "damage_level" in found["livelihood_recovery_grant"].missing


def test_nobody_is_asked_for_their_dead_by_a_list() -> None:
    assert not {"disaster_condolence_grant", "disaster_disability_grant"} & suggest(**INTAKE).keys()


def test_slight_damage_does_not_begin_with_what_only_long_evacuation_would_open() -> None:
    order = list(suggest(damage_level="partial", household_size=2))
    assert order.index("livelihood_recovery_grant") > 20
    assert next(iter(suggest(damage_level="total", household_size=2))) == "livelihood_recovery_grant"


def test_half_is_told_of_the_case_of_demolition() -> None:
    grant = suggest(damage_level="half", household_size=2)["livelihood_recovery_grant"]
    assert grant.verdict == "possible"
    assert "program.why.if_demolished" in [text.key for text in grant.why]


@pytest.mark.parametrize(("level", "higher"), [("partial", "quasi_half"), ("quasi_half", "half"), ("half", "medium_half"), ("large_half", "total")])
def test_below_a_threshold_a_second_survey_is_pointed_out(level: str, higher: str) -> None:
    survey = suggest(damage_level=level, certificate="issued", household_size=2)["second_survey"]
    assert survey.verdict == "eligible"
    assert survey.why[0].key == "program.why.boundary"
    assert survey.why[0].args["answer"] == Text(f"field.damage_level.option.{higher}")
    assert {"architect", "lawyer"} <= set(survey.professions)
    assert "second_survey" not in suggest(damage_level="total", certificate="issued")


def test_what_cannot_be_had_is_not_said() -> None:
    assert "emergency_repair" not in suggest(damage_level="partial")
    assert "debt_relief_guideline" not in suggest(debts="no")


def test_a_reason_that_quotes_a_debt_is_as_sensitive_as_the_debt() -> None:
    [why] = [text for text in suggest(debts="yes", damage_level="half")["debt_relief_guideline"].why if text.key.endswith("debts")]
    assert why.sensitivity == SENSITIVE


def test_an_entered_deadline_counts_down() -> None:
    loan = suggest(**INTAKE)["disaster_relief_loan"]
    assert (loan.deadline, loan.days_left) == (date(2026, 10, 30), 116)


def test_ages_come_from_birth_dates_and_from_the_members_told_of() -> None:
    alone = {"damage_level": "half", "rebuild_method": "repair", "household_size": 1}
    assert "jhf_reverse_mortgage" in suggest(**alone, birth_date="1966-07-06")
    assert "jhf_reverse_mortgage" not in suggest(**alone, birth_date="1966-07-07")
    assert "jhf_reverse_mortgage" in suggest(**{**alone, "household_size": 2}, birth_date="1990-01-01", **{"members.m1.member_age": 81})


@pytest.mark.parametrize(
    "odd",
    [
        {"damage_level": "other"}, {"damage_level": 3}, {"household_size": 0}, {"household_size": "2"}, {"birth_date": "1966-13-99"},
        {"members.m1.member_age": -3}, {"certificate": ()}, {"rebuild_method": "other"}, {"debts": None},
    ],
)  # fmt: skip
def test_an_odd_answer_counts_as_unknown(odd: dict[str, Any]) -> None:
    assert suggest(**odd).keys() == suggest().keys()


@pytest.mark.parametrize("answers", [INTAKE, {}, {"damage_level": "half", "certificate": "issued", "debts": "yes", "birth_date": "1950-01-01", "household_situation": "single_parent"}])
def test_every_reason_has_words_and_every_open_field_exists(answers: dict[str, Any]) -> None:
    catalogues = Catalogues.load()
    for program in suggest(**answers).values():
        assert set(program.missing) <= FIELDS.keys()
        for locale in ("ja", "ja@simple", "en"):
            for text in program.why:
                assert "{" not in catalogues.render(text, locale)
                assert catalogues.has(text.key)


def test_the_same_answers_always_give_the_same() -> None:
    assert service.suggest(INTAKE, JUNE_RAIN, TODAY) == service.suggest(dict(reversed(INTAKE.items())), JUNE_RAIN, TODAY)


@given(st.fixed_dictionaries({}, optional={
    **{name: st.sampled_from(field.options) for name, field in FIELDS.items() if field.options},
    "household_size": st.integers(1, 6), "birth_date": st.sampled_from(["1940-01-01", "1990-04-01"]), "name": st.just("山田 花子"),
    "members.m1.member_age": st.integers(0, 90), "members.m1.member_name": st.just("山田 太郎"),
}))  # fmt: skip
@example({"damage_level": "half", "debts": "yes", "household_situation": "single_parent", "members.m1.member_age": 3})
def test_nothing_makes_a_difference_but_what_is_said_to(answers: dict[str, Any]) -> None:
    """What is found is remembered under those answers alone: another that mattered would give one household another's help."""
    assert service.suggest(answers, JUNE_RAIN, TODAY) == service.suggest(looked_at(answers), JUNE_RAIN, TODAY)


class TestLikely:
    """An ordinary household gets few suggestions; what waits for a reason comes up when the reason was told."""

    HALF = INTAKE | {"damage_level": "medium_half", "rebuild_method": "repair", "certificate": "issued", "living_now": "home"}

    def test_few_are_pushed_and_none_is_lost(self) -> None:
        found = suggest(**self.HALF)
        likely = [program for program in found.values() if program.likely]
        assert 8 <= len(likely) <= 25 < len(found)
        assert list(found)[: len(likely)] == [program.id for program in likely], "the likely ones stand first"

    @pytest.mark.parametrize(("includes", "program"), [
        ("business", "small_business_subsidy"), ("school", "school_expense_aid"), ("university", "jasso_disaster_grant"),
        ("single_parent", "single_parent_loan"),
    ])  # fmt: skip
    def test_school_business_and_single_parents_wait_for_a_reason(self, includes: str, program: str) -> None:
        assert not suggest(**self.HALF)[program].likely
        assert program not in suggest(**self.HALF, household_includes=("none",)), "nobody there: it is none of theirs"
        before, after = list(suggest(**self.HALF)), list(suggest(**self.HALF, household_includes=(includes,)))
        assert after.index(program) < before.index(program)

    def test_the_usual_sum_stands_beside_the_highest(self) -> None:
        grant = suggest(**self.HALF)["livelihood_recovery_grant"]
        assert (grant.usual_yen, grant.max_yen) == (500_000, 2_000_000)
        assert [text.key for text in grant.lifted_by] == ["program.lifted.demolished", "program.lifted.long_term_evacuation"]
        settled = suggest(**self.HALF, demolished="done")["livelihood_recovery_grant"]
        assert settled.usual_yen is None or settled.usual_yen >= 1_500_000

    def test_whoever_repairs_is_not_shown_demolition_first(self) -> None:
        repairs = list(suggest(**self.HALF))
        assert repairs.index("emergency_repair") < repairs.index("public_demolition")
        assert "public_demolition" not in repairs[:6]

    def test_whoever_will_not_demolish_is_not_shown_demolition_first(self) -> None:
        home = {"damage_level": "total", "household_size": 2, "rebuild_method": "undecided"}
        asked, keeps = list(suggest(**home)), list(suggest(**home, demolished="no"))
        assert asked.index("public_demolition") < 6 <= keeps.index("public_demolition")

    def test_a_roof_cover_for_the_first_days_is_not_what_to_begin_with_two_months_later(self) -> None:
        home = {"damage_level": "half", "household_size": 2}
        soon, later = (list(p.id for p in service.suggest(home, JUNE_RAIN, TODAY + timedelta(days=days))) for days in (0, 60))
        assert soon.index("urgent_roof_cover") < later.index("urgent_roof_cover")
        assert soon.index("emergency_repair") == later.index("emergency_repair") == 0


def test_the_second_survey_is_named_with_who_helps() -> None:
    found = tuple(suggest(damage_level="quasi_half", certificate="issued", household_size=2).values())
    boundary = service.boundary_of(found)
    assert boundary is not None and boundary.higher == "half" and "architect" in boundary.professions
    assert service.boundary_of(tuple(suggest(damage_level="total", certificate="issued").values())) is None
