"""The port for chat and console: programs that could help, from the intake's answers. Pure but for the loaded catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from backend.programs.answers import field_of, situation_of
from backend.programs.edition import Edition, current
from backend.programs.engine import ELIGIBLE, NOT_ELIGIBLE, Result, assess, assess_one, surely_closed
from backend.programs.entry import Entry
from backend.programs.likely import ordinary, speaks_for, usual_yen, waits
from backend.programs.situation import Disaster, Situation
from backend.programs.vocabulary import LEVELS
from dialogs.core.heard import Boundary, FoundProgram
from dialogs.core.words import Arg, Text
from dialogs.fields import FIELDS

disaster_of = Disaster.of
"""`disaster_of(happened_on, prefecture, municipality, acts, extended_deadlines)`: the staff's row as the rules want it."""

_TO_BE_REPAID = "loan"


def catalogue_version(edition: Edition | None = None) -> str:
    """Digest of the catalogue that answers now; kept with every suggestion."""
    return (edition or current()).version


def suggest(
    answers: Mapping[str, Any], disaster: Disaster, today: date, edition: Edition | None = None
) -> tuple[FoundProgram, ...]:
    """What could help, best first: little open before much, help that is given before reductions, advice and money to be repaid.

    What is far off or waits for a reason (nobody told of a business, of pupils) comes last and is not `likely`. `answers`
    are values by field id; whatever is unknown, deferred or declined is simply absent. Programs for the families of the
    dead and gravely injured come up only when that was told.
    """
    situation = situation_of(answers, disaster, today)
    ranked = best_first(situation, [result for result in assess(situation, edition or current()) if worth_saying(result)])
    asks_again = any(result.entry.id == SECOND_SURVEY for result, _ in ranked)
    higher = higher_grade_helps(situation, edition or current()) if asks_again else None
    return tuple(
        _found(situation, result, answers, higher if result.entry.id == SECOND_SURVEY else None, likely=likely)
        for result, likely in ranked
    )


def best_first(situation: Situation, found: Iterable[Result]) -> list[tuple[Result, bool]]:
    """Programs as they are told, with whether each is likely: the same order for the resident and for staff."""
    usual = ordinary(situation)
    ranked = []
    for result in found:
        far = _distance(result, not surely_closed(usual, result.entry), _plan(situation))
        if _for_the_first_days(situation, result.entry):
            far += _PAST_ITS_DAYS
        if speaks_for(situation, result):
            far -= _SPOKEN_FOR
        ranked.append((far, result, far <= FAR and not waits(situation, result)))
    ranked.sort(key=lambda one: (not one[2], one[0], one[1].entry.order))
    return [(result, likely) for _, result, likely in ranked]


FAR = 2.5
"""Programs further than this (`_distance`) are not pushed; whoever asks for more sees them."""

SECOND_SURVEY = "second_survey"
"""The program (a second look at the damage) that a grade near a threshold speaks for."""


def boundary_of(programs: Iterable[FoundProgram]) -> Boundary | None:
    """What a second survey is worth asking for, as found with the programs; None where no higher grade would help."""
    survey = next((one for one in programs if one.id == SECOND_SURVEY), None)
    reason = survey.why[0] if survey is not None and survey.why else None
    if survey is None or reason is None or reason.key != "program.why.boundary":
        return None
    grade = reason.args["answer"]
    assert isinstance(grade, Text)
    return Boundary(grade.key.rsplit(".", 1)[-1], survey.professions)


def higher_grade_helps(situation: Situation, edition: Edition) -> str | None:
    """The next higher grade, if it would open a program that is closed now or raise a sum: where a second survey is worth asking for."""
    level = situation.household.get("damage_level")
    if level in (None, "total", "none"):
        return None
    higher: str = LEVELS[LEVELS.index(level) - 1]
    # A house that is still standing: demolition would lift every grade at once and hide the difference.
    standing = {"demolished": False, "long_term_evacuation": False, **situation.household}
    here = Situation(situation.disaster, standing, situation.members, situation.as_of)
    lifted = Situation(situation.disaster, {**standing, "damage_level": higher}, situation.members, situation.as_of)
    where = here.disaster
    entries = edition.entries_for(where.get("prefecture", ""), where.get("municipality", ""), where.get("date"))
    return higher if any(_better(entry, here, lifted) for entry in entries) else None


def _better(entry: Entry, here: Situation, lifted: Situation) -> bool:
    if surely_closed(lifted, entry):
        return False
    if surely_closed(here, entry):
        return True
    if entry.amount.kind in ("none", "unknown"):
        return False
    return (assess_one(lifted, entry).amount.max_yen or 0) > (assess_one(here, entry).amount.max_yen or 0)


_LESS_DIRECT = {"reduction": 1.0, "deferral": 1.0, "consultation": 1.5, _TO_BE_REPAID: 2.0}
_UNCONFIRMED = 1.5
_ONLY_IF_DEMOLISHED = 1.0
_UNLIKELY = 4.0
_AGAINST_THE_PLAN = 2.0
_SPOKEN_FOR = 1.0
_OTHER_PLANS = {"repair": frozenset(("public_demolition", "disaster_public_housing")), "keep": frozenset(("public_demolition",))}
"""What is to become of the home → programs that would end it: possible all the same, but not what to begin with."""


_PAST_ITS_DAYS = 1.0
_FIRST_DAYS = frozenset(("urgent_roof_cover", "obstacle_removal", "daily_necessities"))
"""Ten days by the standard of the Disaster Relief Act (災害救助基準); often extended, so that only the order changes."""
LONG_PAST = timedelta(days=30)


def _for_the_first_days(situation: Situation, entry: Entry) -> bool:
    """Whether the disaster lies so far back that what is given in its first days is nothing to begin with."""
    happened, today = situation.disaster.get("date"), situation.as_of
    return entry.id in _FIRST_DAYS and happened is not None and today is not None and today - happened > LONG_PAST


def _plan(situation: Situation) -> str | None:
    """`keep` of whoever said that the home will not be demolished, and has not said that it will be repaired."""
    method: str | None = situation.get("rebuild_method")
    return "keep" if method != "repair" and situation.household.get("demolished") is False else method


def _distance(result: Result, likely: bool, plan: str | None = None) -> float:
    """How far the program is from helping now; within the same distance what people need first stands first."""
    entry = result.entry
    far = result.open + _LESS_DIRECT.get(entry.kind, 0.0)
    if not entry.confirmed:
        far += _UNCONFIRMED
    if _hangs_on_demolition(result):
        far += _ONLY_IF_DEMOLISHED
    if entry.id in _OTHER_PLANS.get(plan or "", ()):
        far += _AGAINST_THE_PLAN
    return far if likely else far + _UNLIKELY


def _hangs_on_demolition(result: Result) -> bool:
    missing = result.missing
    return result.verdict != ELIGIBLE and "household.demolished" in missing and "household.damage_level" not in missing


def worth_saying(result: Result) -> bool:
    """Whether a program comes up by itself: not what is closed, and not what is for the families of the dead unless told."""
    return result.verdict == ELIGIBLE or (result.verdict != NOT_ELIGIBLE and not result.entry.only_when_told)


def _found(situation: Situation, result: Result, answers: Mapping[str, Any], higher: str | None, likely: bool) -> FoundProgram:
    entry = result.entry
    asked = (field_of(path) for path in result.missing)
    usual, lifting = usual_yen(situation, result)
    return FoundProgram(
        id=entry.id,
        name=entry.name,
        verdict=result.verdict,
        amount_kind=result.amount.kind,
        min_yen=result.amount.min_yen,
        max_yen=result.amount.max_yen,
        why=(*_boundary(higher), *_why(result, answers)),
        missing=tuple(dict.fromkeys(name for name in asked if name)),
        desk=entry.desk,
        deadline=result.deadline,
        days_left=result.days_left,
        documents=entry.documents,
        professions=entry.professions,
        warnings=entry.warnings,
        summary=entry.summary,
        likely=likely,
        usual_yen=usual,
        lifted_by=tuple(Text(f"program.lifted.{name}") for name in lifting),
    )


def _boundary(higher: str | None) -> tuple[Text, ...]:
    return (Text("program.why.boundary", {"answer": Text(f"field.damage_level.option.{higher}")}),) if higher else ()


def _why(result: Result, answers: Mapping[str, Any]) -> tuple[Text, ...]:
    """The answers that speak for it, in the order of the conditions; the disaster's Acts last."""
    fields: dict[str, None] = {}
    by_disaster = False
    for reason in result.reasons:
        if not reason.met:
            continue
        if reason.field.startswith("disaster."):
            by_disaster = True
            continue
        name = "damage_level" if reason.field == "household.affected" else field_of(reason.field)
        if name == "household_includes" and reason.field == "household.single_parent" and name not in answers:
            name = "household_situation"
        if name and name in answers:
            fields[name] = None
    if result.amount.kind in ("fixed", "range", "up_to"):
        # What the amount rests on is a reason as well.
        rests_on = result.entry.amount.rests_on
        fields.update((name, None) for fact, name in _BEHIND_AMOUNTS.items() if fact in rests_on and name in answers)
    texts = [Text(f"program.why.{name}", _args(name, answers[name]), FIELDS[name].sensitivity) for name in fields]
    if _hangs_on_demolition(result):
        texts.append(Text("program.why.if_demolished"))
    if by_disaster:
        texts.append(Text("program.why.disaster"))
    return tuple(texts)


_BEHIND_AMOUNTS = {"rebuild": "rebuild_method", "one_person": "household_size", "size": "household_size"}
"""Fact in an amount's table → the field it comes from."""


def _args(name: str, value: Any) -> dict[str, Arg]:
    if isinstance(value, str) and value in FIELDS[name].options:
        return {"answer": Text(f"field.{name}.option.{value}")}
    return {"answer": value} if isinstance(value, int) and not isinstance(value, bool) else {}
