"""災害弔慰金 and 災害障害見舞金 (programs.md G3, G4; 災害弔慰金法 3条, 8条)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs.households import ask, verdict

DEATH, DISABILITY = "disaster_condolence_grant", "disaster_disability_grant"


def test_a_death_by_who_earned_the_living() -> None:
    for breadwinner, yen in ((True, 5_000_000), (False, 2_500_000)):
        result = ask(DEATH, {"size": 1, "members": [{"died": True, "breadwinner": breadwinner}]})
        assert (result.verdict, *result.amount) == ("eligible", "up_to", None, yen)
    result = ask(DEATH, {"size": 1, "members": [{"died": True}]})
    assert (result.verdict, *result.amount) == ("eligible", "up_to", 2_500_000, 5_000_000)
    assert result.missing == ("household.members[0].breadwinner",)


def test_several_deaths_add_up() -> None:
    family = [{"died": True, "breadwinner": True}, {"died": True, "breadwinner": False}, {"died": False}]
    assert ask(DEATH, {"size": 3, "members": family}).amount.max_yen == 7_500_000


def test_a_disability_grant_already_paid_for_the_same_person_is_deducted() -> None:
    person = {"died": True, "breadwinner": True, "severe_disability_from_disaster": True}
    assert ask(DEATH, {"members": [person], "received": [DISABILITY]}).amount.max_yen == 2_500_000
    assert ask(DEATH, {"members": [person], "received": []}).amount.max_yen == 5_000_000
    assert ask(DEATH, {"members": [person]}).amount.max_yen == 5_000_000
    perhaps = {"died": True, "breadwinner": True}
    assert ask(DEATH, {"members": [perhaps], "received": [DISABILITY]}).amount == ("up_to", 2_500_000, 5_000_000)


def test_nobody_died() -> None:
    alive = {"size": 2, "members": [{"died": False}, {"died": False}]}
    assert verdict(DEATH, alive) == "not_eligible"
    assert verdict(DEATH, {**alive, "size": 3}) == "possible"
    assert verdict(DEATH, {"members": alive["members"]}) == "possible"


def test_a_severe_disability() -> None:
    for breadwinner, yen in ((True, 2_500_000), (False, 1_250_000)):
        result = ask(DISABILITY, {"members": [{"severe_disability_from_disaster": True, "breadwinner": breadwinner}]})
        assert (result.verdict, *result.amount) == ("eligible", "up_to", None, yen)
    assert verdict(DISABILITY, {"size": 1, "members": [{"severe_disability_from_disaster": False}]}) == "not_eligible"


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ({"condolence_act_applied": True, "relief_act_in_prefecture": False}, "eligible"),
        ({"condolence_act_applied": False, "relief_act_applied": True}, "not_eligible"),
        ({"relief_act_in_prefecture": True}, "eligible"),
        ({"relief_act_applied": True}, "eligible"),
        ({"relief_act_in_prefecture": False, "relief_act_applied": False}, "not_eligible"),
        ({"relief_act_applied": False}, "possible"),
        ({}, "possible"),
    ],
)
def test_the_area_follows_the_relief_act_unless_decided(acts: dict[str, Any], expected: str) -> None:
    assert verdict(DEATH, {"members": [{"died": True}]}, acts) == expected
