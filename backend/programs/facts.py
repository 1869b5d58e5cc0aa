"""Facts derived from the inputs: what a law calls one thing and the form asks as several.

A fact looks at a `Situation` and gives every value it could still have, with the inputs that would narrow it. Facts of
a few closed inputs are plain functions of complete answers; the unknown ones are tried out, so that the result is
exact (`derived`). Facts over household members and money stand in `member_facts.py` and `money_facts.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from backend.programs.situation import Situation, path_of
from backend.programs.vocabulary import BOOL, CHOICE, DISASTER, HALF_OR_WORSE, HOUSEHOLD


class Possible(NamedTuple):
    """The values a fact or an input could still have, and the key paths whose answer would narrow them."""

    values: frozenset[Any]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact: all its values, the input named in a reason, and how to look it up."""

    name: str
    domain: tuple[Any, ...]
    field: str
    look: Callable[[Situation], Possible]


FACTS: dict[str, Fact] = {}
"""Every derived fact by the name that catalogue entries use."""


def register(name: str, domain: tuple[Any, ...], field: str, look: Callable[[Situation], Possible]) -> None:
    """Add a fact; what it finds is kept for the situation it was found in."""

    def kept(situation: Situation) -> Possible:
        found: Possible | None = situation.looked_up.get(name)
        if found is None:
            found = situation.looked_up[name] = look(situation)
        return found

    FACTS[name] = Fact(name, domain, field, kept)


def _domain(name: str) -> tuple[Any, ...]:
    kind = DISASTER[name[9:]] if name.startswith("disaster.") else HOUSEHOLD[name]
    if kind.name == BOOL:
        return (True, False)
    assert kind.name == CHOICE, f"{name} has no closed list of values"
    return kind.choices


def derived(domain: tuple[Any, ...], *inputs: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function of complete answers a fact: unknown inputs are tried with all their values."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        domains = tuple(_domain(name) for name in inputs)
        paths = tuple(path_of(name) for name in inputs)

        @lru_cache(maxsize=8192)
        def values(known: tuple[Any, ...]) -> frozenset[Any]:
            tried = (all_of if value is None else (value,) for value, all_of in zip(known, domains, strict=True))
            return frozenset(function(*complete) for complete in product(*tried))

        @lru_cache(maxsize=8192)
        def possible(known: tuple[Any, ...]) -> Possible:
            found = values(known)
            if len(found) == 1:
                return Possible(found)
            unknown = [index for index, value in enumerate(known) if value is None]
            narrowing = [
                index
                for index in unknown
                if any(values((*known[:index], value, *known[index + 1 :])) != found for value in domains[index])
            ]
            return Possible(found, tuple(paths[index] for index in narrowing or unknown))

        def look(situation: Situation) -> Possible:
            return possible(tuple(map(situation.get, inputs)))

        register(function.__name__, domain, paths[0], look)
        return function

    return decorate


def one_person(situation: Situation) -> Possible:
    size = situation.household.get("size")
    return Possible(frozenset((True, False)), ("household.size",)) if size is None else Possible(frozenset((size == 1,)))


register("one_person", (True, False), "household.size", one_person)

_REBUILDING = ("build_or_buy", "repair", "rent")


def rebuild(situation: Situation) -> Possible:
    """How the household rebuilds, as the grant counts it; a decision that is still open could end in any way."""
    method = situation.household.get("rebuild_method")
    if method in (None, "undecided"):
        return Possible(frozenset((*_REBUILDING, "no_addition")), ("household.rebuild_method",))
    return Possible(frozenset((method if method in _REBUILDING else "no_addition",)))


register("rebuild", (*_REBUILDING, "no_addition"), "household.rebuild_method", rebuild)


def _as_total(damage: str, demolished: bool, site: bool, evacuation: bool) -> bool:
    # 被災者生活再建支援法 2条2号イ・ロ・ハ: destroyed; half or worse (or its site damaged) and demolished of
    # necessity; long-term evacuation.
    return damage == "total" or evacuation or (demolished and (damage in HALF_OR_WORSE or site))


@lru_cache(maxsize=8192)
def _recovery_class(
    damage: str | None, demolished: bool | None, site: bool | None, evacuation: bool | None, method: str | None
) -> Possible:
    known = (damage, demolished, site, evacuation, method)
    domains = (HOUSEHOLD["damage_level"].choices, (True, False), (True, False), (True, False), (*_REBUILDING, "no_addition"))

    def classes(given: tuple[Any, ...]) -> frozenset[str]:
        found = set()
        for level, *rest, how in product(*(all_of if value is None else (value,) for value, all_of in zip(given, domains, strict=True))):
            if _as_total(level, *rest):
                found.add("as_total")
            elif level == "medium_half" and how != "no_addition":
                found.add("medium_half")
            else:
                found.add("large_half" if level == "large_half" else "nothing")
        return frozenset(found)

    found = classes(known)
    if len(found) == 1:
        return Possible(found)
    names = ("damage_level", "demolished", "site_damaged", "long_term_evacuation", "rebuild_method")
    missing = tuple(
        path_of(names[index])
        for index, value in enumerate(known)
        if value is None and any(classes((*known[:index], one, *known[index + 1 :])) != found for one in domains[index])
    )
    return Possible(found, missing)


def recovery_class(situation: Situation) -> Possible:
    """Which row of the recovery grant's table: medium half pays only with an addition, half only when demolished."""
    household = situation.household
    methods = rebuild(situation).values
    return _recovery_class(
        household.get("damage_level"),
        household.get("demolished"),
        household.get("site_damaged"),
        household.get("long_term_evacuation"),
        next(iter(methods)) if len(methods) == 1 else None,
    )


register("recovery_class", ("as_total", "large_half", "medium_half", "nothing"), "household.damage_level", recovery_class)


@derived((True, False), "disaster.relief_act_in_prefecture", "disaster.relief_act_applied")
def relief_act_nearby(in_prefecture: bool, here: bool) -> bool:
    """災害救助法 applied in at least one municipality of the prefecture."""
    return in_prefecture or here


def condolence_area(situation: Situation) -> Possible:
    """災害弔慰金法 3条: decided by itself, else it follows the Disaster Relief Act in the prefecture."""
    applied = situation.disaster.get("condolence_act_applied")
    if applied is not None:
        return Possible(frozenset((applied,)))
    return FACTS["relief_act_nearby"].look(situation)


register("condolence_area", (True, False), "disaster.condolence_act_applied", condolence_area)


@derived(
    ("lost", "total_torn", "total", "half_torn", "half", "goods", "none"),
    "damage_level", "house_lost", "remainder_must_be_torn_down", "goods_damage",
)  # fmt: skip
def relief_loan_loss(damage: str, lost: bool, torn: bool, goods: str) -> str:
    """Row of 災害弔慰金法施行令 7条; the rest of the house having to be torn down lifts a row to its bracket."""
    if damage == "total":
        return "lost" if lost else "total_torn" if torn else "total"
    if damage in HALF_OR_WORSE:
        return "half_torn" if torn else "half"
    return "goods" if goods == "one_third_or_more" else "none"


@derived(("unusable", "usable_half", "no"), "damage_level", "own_home_habitable", "evacuation_order", "long_term_evacuation")
def home_use(damage: str, habitable: bool, order: bool, evacuation: bool) -> str:
    """Whether the home cannot be lived in for long (応急仮設住宅: no home, unusable half or worse, or an order to leave)."""
    if order or evacuation:
        return "unusable"
    if damage in HALF_OR_WORSE:
        return "usable_half" if habitable else "unusable"
    return "no"


@derived((True, False), "damage_level", "disaster.specific_emergency")
def demolition_covered(damage: str, specific_emergency: bool) -> bool:
    """公費解体: half or worse in a 特定非常災害, total destruction only in an ordinary disaster."""
    return damage in HALF_OR_WORSE if specific_emergency else damage == "total"


@derived((True, False), "damage_level", "flood_level")
def half_or_above_floor(damage: str, flood: str) -> bool:
    """Half or worse, or flooded above the floor: the line that NHK, relief in kind and many local grants draw."""
    return damage in HALF_OR_WORSE or flood == "above_floor"


def any_damage(situation: Situation) -> Possible:
    """Whether anything of theirs was damaged, by any answer that says so."""
    look = situation.household.get
    said: list[bool | None] = [
        None if (value := look(name)) is None else value not in ("none", False)
        for name in ("damage_level", "flood_level", "goods_damage", "car_lost", "demolished", "site_damaged")
    ]
    loss = look("loss_yen")
    said.append(None if loss is None else loss > 0)
    if True in said:
        return Possible(frozenset((True,)))
    if look("affected") is False or None not in said:
        return Possible(frozenset((False,)))
    return Possible(frozenset((True, False)), ("household.damage_level",))


register("any_damage", (True, False), "household.damage_level", any_damage)
