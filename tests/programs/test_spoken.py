"""Whatever the rules can ask about has words in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from backend.programs import spoken
from backend.programs.amounts import Amount
from backend.programs.conditions import Reason
from backend.programs.edition import FOLDER
from backend.programs.facts import FACTS
from backend.programs.vocabulary import DISASTER, HOUSEHOLD, MEMBER, PROGRAM_KINDS
from backend.words import Catalogues
from dialogs.core.words import Text

WORDS = Catalogues.load()
CATALOGUE = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.yaml")))


def conditions() -> Iterator[str]:
    """Every condition that the closed vocabulary can make, as the engine writes it."""
    for name, kind in (HOUSEHOLD | DISASTER | MEMBER).items():
        if kind.choices:
            yield f"{name} is one of {', '.join(kind.choices)}"
        elif kind.name == "bool":
            yield from (f"{name} is true", f"{name} is false")
        elif kind.name == "whole":
            yield f"{name} at least 1 and below 60"
        elif kind.name == "date":
            yield f"{name} at least 2024-01-01 and at most 2024-12-31"
    for fact in FACTS.values():
        yield f"{fact.name} is one of {', '.join(str(value).lower() for value in fact.domain)}"
    yield from set(re.findall(r"desk_decides: *(\w+)", CATALOGUE))
    for used in set(re.findall(r"(?:using|received): *\[?([a-z_, ]+)", CATALOGUE)):
        yield from (f"excluded when using includes {one.strip()}" for one in used.split(",") if one.strip() in ("temporary_housing", "public_demolition"))
    yield "any member: age at least 60 and at most 64 and breadwinner is true"
    yield "deadline_passed"


@pytest.mark.parametrize("condition", sorted(set(conditions())))
@pytest.mark.parametrize("locale", ["ja", "ja@simple", "en"])
def test_every_condition_can_be_said(condition: str, locale: str) -> None:
    said = WORDS.render(spoken.reason(Reason("household.x", condition, None)), locale)
    assert said
    assert "{" not in said
    assert "_" not in said


def test_every_input_has_a_name_and_every_kind_of_program() -> None:
    for name in (set(HOUSEHOLD) | set(DISASTER) | set(MEMBER)) - {"prefecture", "municipality", "extended_deadlines"}:
        for locale in WORDS.locales:
            assert WORDS.raw(f"program.input.{name}", locale), name
    assert all(WORDS.has(f"program.kind.{kind}") for kind in PROGRAM_KINDS)


def test_a_reason_names_the_input_and_the_values() -> None:
    said = WORDS.render(spoken.reason(Reason("household.damage_level", "damage_level is one of total, half", True)), "ja")
    assert said.endswith("：全壊、半壊")
    said = WORDS.render(spoken.reason(Reason("household.members", "any member: age at least 60 and job is lost", None)), "ja")
    assert said == "家族のどなたかが「家族の年齢：60以上、仕事の状況：失った」"


def test_a_missing_answer_is_named_once_for_the_whole_household() -> None:
    paths = ("household.members[0].income_yen", "household.members[1].income_yen", "household.size")
    assert spoken.missing(paths) == (Text("program.input.income_yen"), Text("program.input.size"))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Amount("fixed", 3_000_000, 3_000_000), "最大300万円"),
        (Amount("range", 1_000_000, 3_000_000), "最大300万円（条件により、100万円の場合もあります）"),
        (Amount("unknown"), "金額や内容は、窓口で確かめてください"),
        (Amount("none"), "お金の給付ではない支援です"),
    ],
)
def test_an_amount_is_a_ceiling_or_words(amount: Amount, said: str) -> None:
    assert WORDS.render(spoken.amount(amount), "ja") == said
