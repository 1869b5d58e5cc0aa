"""Propose the support category (支援区分 1–4) on its two axes, with reasons. A person decides.

Sources: 福岡県手引き Ⅱ 3(1) 【参考】(分類1–4), domain.md §3. A fact counts once: money, work or family that stand in the way of
rebuilding belong to the housing axis as long as there is a home to rebuild, else to daily life.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.core.answers import Answer, Facts

NUMBERS = (1, 2, 3, 4)
_OF = {(True, True): 1, (True, False): 2, (False, True): 3, (False, False): 4}
"""(rebuilding is decided, daily life stands) -> category."""

_DECIDED = frozenset({"build_or_buy", "repair", "rent", "public_housing", "other"})
_MEALS = frozenset({"not_enough", "no_appetite"})
_SLEEP = frozenset({"not_enough", "cannot_sleep"})
_DAILY_TROUBLE = ("health", "daily")
_BLOCKING_TROUBLE = ("money", "family")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis. `stands` is None while nothing is known; `reasons` name `console.support.reason.…`; `missing` are fields to ask."""

    stands: bool | None
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the answers say. `category` is None while an axis is unknown."""

    housing: Axis
    daily: Axis

    @property
    def category(self) -> int | None:
        if self.housing.stands is None or self.daily.stands is None:
            return None
        return _OF[self.housing.stands, self.daily.stands]

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.housing.reasons + self.daily.reasons

    @property
    def missing(self) -> tuple[str, ...]:
        return self.housing.missing + self.daily.missing


def propose(facts: Facts) -> Proposal:
    """The category that the answers of a case point to. What was not answered is never taken for a no."""
    to_rebuild = not _is(facts, "damage_level", "none")
    blocking = tuple(_blocking(facts))
    return Proposal(_housing(facts, blocking if to_rebuild else ()), _daily(facts, () if to_rebuild else blocking))


def _housing(facts: Facts, blocking: tuple[str, ...]) -> Axis:
    method = _value(facts, "rebuild_method")
    missing = tuple(name for name in ("rebuild_method", "work", "debts") if name not in facts)
    if method == "undecided":
        return Axis(False, ("housing.undecided", *_stuck(facts), *blocking), missing)
    if _is(facts, "moving", "cannot_move") or blocking:
        return Axis(False, (*_stuck(facts), *blocking), missing)
    if method in _DECIDED:
        return Axis(True, ("housing.decided",), missing)
    if _is(facts, "damage_level", "none"):
        return Axis(True, ("housing.no_damage",))
    return Axis(None, (), missing or ("rebuild_method",))


def _daily(facts: Facts, blocking: tuple[str, ...]) -> Axis:
    reasons = []
    if _value(facts, "meals") in _MEALS:
        reasons.append("daily.meals")
    if _value(facts, "sleep") in _SLEEP:
        reasons.append("daily.sleep")
    if _value(facts, "special_care"):
        reasons.append("daily.special_care")
    reasons += [f"daily.trouble_{name}" for name in _DAILY_TROUBLE if name in _troubles(facts)]
    if _is(facts, "confidant", "want"):
        reasons.append("daily.nobody_to_talk_to")
    missing = tuple(name for name in ("meals", "sleep") if name not in facts)
    if reasons or blocking:
        return Axis(False, (*reasons, *blocking), missing)
    if _is(facts, "meals", "enough") or _is(facts, "sleep", "well"):
        return Axis(True, ("daily.stands",), missing)
    return Axis(None, (), missing or ("meals", "sleep"))


def _blocking(facts: Facts) -> Iterator[str]:
    """Money, work and family that are in the way of something."""
    if _is(facts, "work", "none") and not _value(facts, "income_pension"):
        yield "blocking.no_work"
    if _is(facts, "debts", "yes"):
        yield "blocking.debts"
    for name in _BLOCKING_TROUBLE:
        if name in _troubles(facts):
            yield f"blocking.trouble_{name}"


def _stuck(facts: Facts) -> Iterator[str]:
    if _is(facts, "moving", "cannot_move"):
        yield "housing.cannot_move"


def _troubles(facts: Facts) -> tuple[str, ...]:
    value = _value(facts, "trouble")
    return value if isinstance(value, tuple) else ()


def _value(facts: Facts, name: str) -> object:
    answer: Answer | None = facts.get(name)
    return answer.value if answer is not None and answer.given else None


def _is(facts: Facts, name: str, value: str) -> bool:
    return _value(facts, name) == value
