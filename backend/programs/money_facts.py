"""Facts that compare money: income limits and losses. All in whole yen; 総所得金額等 of the year before."""

from __future__ import annotations

from backend.programs.facts import FACTS, Possible, register
from backend.programs.situation import Situation
from backend.programs.vocabulary import HALF_OR_WORSE

_YES, _NO, _OPEN = frozenset((True,)), frozenset((False,)), frozenset((True, False))

MAN = 10_000
RELIEF_LOAN_LIMITS = {1: 220 * MAN, 2: 430 * MAN, 3: 620 * MAN, 4: 730 * MAN}
"""Total income must stay strictly below, by household size (災害弔慰金法施行令 4条); each further person adds 30万円."""
RELIEF_LOAN_PER_PERSON_MORE = 30 * MAN
RELIEF_LOAN_LIMIT_LOST = 1270 * MAN
TAX_RELIEF_LIMIT = 1000 * MAN
"""災害減免法 2条: 所得 of at most 1,000万円."""


def relief_loan_limit(size: int) -> int:
    """The ordinary income limit for a household of `size`, in yen; the sum must be below it."""
    return RELIEF_LOAN_LIMITS.get(size) or RELIEF_LOAN_LIMITS[4] + RELIEF_LOAN_PER_PERSON_MORE * (size - 4)


def _incomes(situation: Situation) -> tuple[int, tuple[str, ...]]:
    """The known sum, and the key paths of incomes that nobody has told."""
    known, missing = 0, []
    for index, member in enumerate(situation.members):
        income = member.get("income_yen")
        if income is None:
            missing.append(f"household.members[{index}].income_yen")
        else:
            known += income
    if not situation.listed:
        missing.extend(situation.unlisted("income_yen"))
    return known, tuple(missing)


def relief_loan_income(situation: Situation) -> Possible:
    """Whether the household's income is below the relief loan's limit.

    With the whole house lost the limit is 1,270万円. Whether 全壊 alone counts as lost is not settled (programs.md §8),
    so between the two limits a destroyed home stays open.
    """
    damage, lost = situation.household.get("damage_level"), situation.household.get("house_lost")
    size = situation.household.get("size")
    ordinary = None if size is None else relief_loan_limit(size)
    could_be_lost = damage in (None, "total")
    surely_lost = damage == "total" and lost is True
    known, missing = _incomes(situation)
    limits: list[int | None] = [] if surely_lost else [ordinary]
    if could_be_lost:
        limits.append(RELIEF_LOAN_LIMIT_LOST)
    # A size nobody has told yet could be large enough for any sum.
    if all(limit is not None and known >= limit for limit in limits):
        return Possible(_NO)
    if not missing and all(limit is not None and known < limit for limit in limits):
        return Possible(_YES)
    if missing:
        open_now = missing if ordinary is not None or surely_lost else ("household.size", *missing)
        return Possible(_OPEN, tuple(dict.fromkeys(open_now)))
    if damage is None:
        return Possible(_OPEN, ("household.damage_level",))
    return Possible(_OPEN, ("household.house_lost",) if lost is None else ("destroyed_counts_as_lost",))


register("relief_loan_income", (True, False), "household.members", relief_loan_income)


def casualty_loss(situation: Situation) -> Possible:
    """雑損控除: whether loss less insurance passes a tenth of the income. Related spending is not in the format."""
    harm = FACTS["any_damage"].look(situation)
    if harm.values == _NO:
        return harm
    loss = situation.household.get("loss_yen")
    paid = situation.household.get("insurance_payout_yen")
    income, missing = _incomes(situation)
    if loss is not None and paid is not None and not missing and (loss - paid) * 10 > income:
        return Possible(_YES)
    if loss is not None and paid is not None and (loss - paid) * 10 <= income:
        return Possible(_OPEN, ("spending_because_of_the_disaster",))
    open_now = [f"household.{name}" for name, value in (("loss_yen", loss), ("insurance_payout_yen", paid)) if value is None]
    return Possible(_OPEN, (*harm.missing, *open_now, *missing))


register("casualty_loss", (True, False), "household.loss_yen", casualty_loss)


def tax_relief_loss(situation: Situation) -> Possible:
    """災害減免法: whether at least half of the house or the goods was lost, insurance deducted.

    The tax office's simple loss ratios give half or worse at least 50 percent of the house (NTA 2018 table).
    """
    damage, goods = situation.household.get("damage_level"), situation.household.get("goods_damage")
    paid = situation.household.get("insurance_payout_yen")
    if damage in HALF_OR_WORSE and paid == 0:
        return Possible(_YES)
    if damage not in (None, *HALF_OR_WORSE) and goods in ("none", "under_one_third"):
        return Possible(_NO)
    missing = [
        f"household.{name}"
        for name, value in (("damage_level", damage), ("insurance_payout_yen", paid), ("goods_damage", goods))
        if value is None and not (name == "goods_damage" and damage in HALF_OR_WORSE)
    ]
    return Possible(_OPEN, tuple(missing) or ("loss_of_half_after_insurance",))


register("tax_relief_loss", (True, False), "household.damage_level", tax_relief_loss)


def tax_relief_income(situation: Situation) -> Possible:
    """災害減免法: whether the taxpayer's income is at most 1,000万円; who of several owns the loss is not in the format."""
    incomes = [member.get("income_yen") for member in situation.members]
    below = [income <= TAX_RELIEF_LIMIT for income in incomes if income is not None]
    complete = situation.listed and len(below) == len(incomes) and bool(below)
    if complete and all(below):
        return Possible(_YES)
    if complete and not any(below):
        return Possible(_NO)
    return Possible(_OPEN, _incomes(situation)[1] or ("who_owns_the_loss",))


register("tax_relief_income", (True, False), "household.members", tax_relief_income)
