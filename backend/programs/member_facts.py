"""Facts about the members of a household: the head, the unlisted, the ones an amount depends on."""

from __future__ import annotations

from backend.programs.facts import Possible, register
from backend.programs.situation import Situation

_YES, _NO, _OPEN = frozenset((True,)), frozenset((False,)), frozenset((True, False))


def head_injured(situation: Situation) -> Possible:
    """Whether the head of the household needs treatment for a month or more."""
    candidates = []
    for index, member in enumerate(situation.members):
        if member.get("head") is True:
            candidates = [(index, member)]
            break
        if member.get("head") is None:
            candidates.append((index, member))
    head_known = len(candidates) == 1 and candidates[0][1].get("head") is True
    missing: list[str] = []
    injuries: set[bool | None] = set()
    for index, member in candidates:
        injury = member.get("injury_treatment")
        if injury is None:
            missing.append(f"household.members[{index}].injury_treatment")
        elif not head_known:
            missing.append(f"household.members[{index}].head")
        injuries.add(None if injury is None else injury == "1_month_or_more")
    if not head_known and not situation.listed:
        injuries.add(None)
        missing.extend(situation.unlisted("injury_treatment"))
    if injuries == {True}:
        return Possible(_YES)
    if injuries == {False} or not injuries:
        return Possible(_NO)
    return Possible(_OPEN, tuple(missing))


register("head_injured", (True, False), "household.members", head_injured)


def affected(situation: Situation) -> Possible:
    """Any damage, injury or loss of income from the disaster (緊急小口資金: any affected household)."""
    given = situation.household.get("affected")
    if given is not None:
        return Possible(_YES if given else _NO)
    look = situation.household.get
    harmed = any(look(name) not in (None, "none", False) for name in ("damage_level", "flood_level", "goods_damage", "car_lost", "evacuation_order"))
    hurt = any(
        member.get("died")
        or member.get("injury_treatment") in ("under_1_month", "1_month_or_more")
        or member.get("job") in ("suspended", "lost")
        for member in situation.members
    )
    return Possible(_YES) if harmed or hurt else Possible(_OPEN, ("household.affected",))


register("affected", (True, False), "household.affected", affected)
