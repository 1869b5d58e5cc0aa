"""How alike two people are, and why: 0 to 100 and a list of reasons. Pure; a person decides.

Two records of one human being agree in most of: reading, written name, birth date, telephone, old or new address. What is
missing says nothing. A birth date that differs weighs heavily: twins and namesakes exist, typing errors of one digit too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.people.spelling import fold_address, fold_kana, fold_name, fold_phone, kana_parts, name_parts

LEAST = 50
"""Below this nothing is proposed."""
SURE = 90
"""From here on two records agree in whatever they both hold."""

FAMILY = 55
"""Two people of one family name in one home."""

SAME, LIKE, OTHER, MOVED, GIVEN = "same", "like", "other", "moved", "given"
_POINTS = {
    ("name", SAME): 30, ("name", LIKE): 12, ("name", GIVEN): 10, ("name", OTHER): -20,
    ("kana", SAME): 25, ("kana", LIKE): 12, ("kana", GIVEN): 8, ("kana", OTHER): -20,
    ("birth_date", SAME): 30, ("birth_date", LIKE): 12, ("birth_date", OTHER): -35,
    ("phone", SAME): 25,
    ("address", SAME): 20, ("address", MOVED): 15, ("address", OTHER): -5,
    ("sex", OTHER): -15,
}  # fmt: skip
_NAMED = {("name", SAME), ("kana", SAME), ("name", LIKE), ("kana", LIKE), ("name", GIVEN), ("kana", GIVEN)}


@dataclass(frozen=True, slots=True)
class Likeness:
    """`reasons`: (what, how) pairs in the order of the record; keys `console.matching.reason.<what>.<how>`."""

    score: int
    reasons: tuple[tuple[str, str], ...]


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> Likeness:
    """Two people's rows (columns of `person`)."""
    reasons = tuple(
        (what, how) for what, how in (
            ("name", _name(one.get("name"), other.get("name"))), ("kana", _kana(one.get("kana"), other.get("kana"))),
            ("birth_date", _birth(one.get("birth_date"), other.get("birth_date"))), ("phone", _phone(one, other)),
            ("address", _address(one, other)), ("sex", _sex(one.get("sex"), other.get("sex"))),
        ) if how
    )  # fmt: skip
    points = sum(_POINTS.get(reason, 0) for reason in reasons)
    if ("name", OTHER) in reasons and ("kana", SAME) in reasons:
        points -= _POINTS["name", OTHER]  # 花子, はな子, ハナ子: read alike, written as they come
    if not _NAMED & set(reasons):
        points = min(points, LEAST - 1)  # a telephone is a family's: without a name it is no match
    if points < FAMILY and ("address", SAME) in reasons and _family(one, other):
        # The list names one of them, the chat heard another: one home, one household, most of the time.
        return Likeness(FAMILY + (10 if ("phone", SAME) in reasons else 0), (*reasons, ("family", SAME)))
    return Likeness(max(0, min(100, points)), reasons)


def _name(one: str | None, other: str | None) -> str:
    first, second = fold_name(one or ""), fold_name(other or "")
    if not first or not second:
        return ""
    if first == second:
        return SAME
    if _one_sign_apart(first, second):
        return LIKE
    return GIVEN if _same_given(name_parts(one or ""), name_parts(other or ""), first, second) else OTHER


def _kana(one: str | None, other: str | None) -> str:
    first, second = fold_kana(one or ""), fold_kana(other or "")
    if not first or not second:
        return ""
    if first == second:
        return SAME
    if _one_sign_apart(first, second):
        return LIKE
    return GIVEN if _same_given(kana_parts(one or ""), kana_parts(other or ""), first, second) else OTHER


def _family(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    for parts, key in ((name_parts, "name"), (kana_parts, "kana")):
        first, second = parts(one.get(key) or ""), parts(other.get(key) or "")
        if len(first) > 1 and len(second) > 1 and first[0] == second[0]:
            return True
    return False


def _same_given(one: tuple[str, ...], other: tuple[str, ...], first: str, second: str) -> bool:
    """The same given name under another family name: married, divorced, or the maiden name in an old list."""
    given = {parts[-1] for parts in (one, other) if len(parts) > 1 and len(parts[-1]) > 1}
    return any(first.endswith(name) and second.endswith(name) for name in given)


def _one_sign_apart(one: str, other: str) -> bool:
    """One sign more, less, or other: a slip of the pen in a name of three signs or more."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 3:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _birth(one: str | None, other: str | None) -> str:
    if not one or not other:
        return ""
    if one == other:
        return SAME
    # 4月3日 and 3月4日; S30 and H30 are 63 years apart; one digit typed wrong.
    swapped = one[:5] + one[8:] + "-" + one[5:7] == other
    return LIKE if swapped or sum(a != b for a, b in zip(one, other, strict=False)) == 1 else OTHER


def _phone(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """One number in common; another one says nothing: people have several."""
    first, second = ({fold_phone(row[key]) for key in ("phone", "landline") if row.get(key)} - {""} for row in (one, other))
    return SAME if first & second else ""


def _address(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """`MOVED`: where one is now is where the other was."""
    old, now = ([fold_address(row[key]) if row.get(key) else "" for row in (one, other)] for key in ("address", "current_address"))
    if old[0] and old[0] == old[1]:
        return SAME
    if any(place and place in {old[at], now[at]} for place, at in ((now[0], 1), (now[1], 0), (old[0], 1))):
        return MOVED
    return OTHER if old[0] and old[1] and any(map(str.isdigit, old[0])) and any(map(str.isdigit, old[1])) else ""


def _sex(one: str | None, other: str | None) -> str:
    return OTHER if one and other and one != other and "other" not in (one, other) else ""
