"""A household without who it is, for a meeting on facts alone (手引き IV: where data cannot be shared)."""

from __future__ import annotations

from collections.abc import Mapping

from backend.forms.household import Household, Line, Value
from backend.forms.wording import members_line, words_of

IDENTITY = frozenset({
    "name", "kana", "head_name", "head_kana", "birth_date", "phone", "landline", "disaster_address", "current_address", "address_now", "district",
    "assigned", "member_name", "member_birth_date", "members_line", "author", "owner", "handed_to",
})  # fmt: skip
"""What goes, in a household's values and in its lines."""

FREE = (
    "worries", "wishes", "home_wishes", "special_care", "policy", "log_words", "member_note", "moving_reason", "work_detail",
    "life_wishes", "occupation", "for_now", "confidants", "confidant_who", "remarks", "need", "debts_kind", "question", "decision", "what",
)  # fmt: skip
"""Where somebody may have written a name."""


"""Where somebody may have written a name."""

BLOT = "●●"


def without_identity(household: Household, called: str) -> Household:
    """`called` stands for the number, an age becomes its decade, names, days of birth and places go.

    Free text keeps its sense, with the household's own names, addresses and numbers blotted out where they occur. What
    else somebody wrote into it only a person can judge: the sheet says so.
    """
    words = _words(household)

    def plain(line: Line) -> dict[str, Value]:
        return {key: _plain(key, value, words) for key, value in line.items() if key not in IDENTITY}

    lists = {name: tuple(plain(line) for line in lines) for name, lines in household.lists.items()}
    values = {**plain(household.values), "number": called}
    if lists.get("members"):
        values["members_line"] = members_line(lists["members"])
    return Household(household.case_id, called, values, household.not_given, lists)


def decade(age: int) -> str:
    """40代; the very old together, who are few."""
    names = words_of("decade")
    return names["old"] if age >= 90 else names["young"] if age < 10 else f"{age // 10 * 10}{names['of']}"


def _plain(key: str, value: Value, words: list[str]) -> Value:
    if key in ("age", "member_age") and isinstance(value, int):
        return decade(value)
    if key in FREE and isinstance(value, str):
        for word in words:
            value = value.replace(word, BLOT)
    return value


def _words(household: Household) -> list[str]:
    """What would give the household away, longest first: whole names and addresses, then the parts of names."""
    lines: tuple[Mapping[str, Value], ...] = (household.values, *household.lists.get("members", ()))
    whole = {str(line[key]).strip() for line in lines for key in IDENTITY if isinstance(line.get(key), str)} - {""}
    names = {str(line[key]) for line in lines for key in ("name", "kana", "head_name", "head_kana", "member_name") if line.get(key)}
    parts = {part for name in names for part in name.replace("　", " ").split() if len(part) > 1}
    digits = {"".join(letter for letter in str(household.values.get(key, "")) if letter.isdigit()) for key in ("phone", "landline")}
    return sorted(whole | parts | {household.number} | {one for one in digits if len(one) > 5}, key=len, reverse=True)
