"""What the forms can say about one household: values by key, and what follows from them.

Keys are those of `dialogs.fields` and the few below. A key that is absent is an empty box for the pen: nothing is
made up. Values are raw (option ids, whole yen, dates); `wording.py` puts them into the forms' words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from dialogs.fields import FIELDS

Value: TypeAlias = str | int | date | tuple[str, ...]
Line: TypeAlias = Mapping[str, Value]

OF_EVERYBODY = frozenset({"number", "municipality"})
"""What says nothing about the household: on every sheet, whoever reads it."""

CATEGORY = {
    "age": "identity", "head_name": "household", "head_kana": "household", "district": "household",
    "household_situation_other": "household", "tenure_other": "household", "certificate_other": "damage",
    "rebuild_method_other": "housing_plan", "moving_to_other": "housing_plan",
    "category": "notes", "need": "notes", "policy": "notes", "policy_on": "notes", "home_wishes": "notes",
    "wishes_on": "notes", "log_on": "notes", "log_words": "notes",
    "member_sex": "household", "member_birth_date": "household", "member_income": "money", "member_note": "notes",
    "member_register": "household", "status": "notes", "first_contact_on": "contact", "review_on": "notes",
    "opened_on": "notes", "assigned": "notes",
}  # fmt: skip
"""Category (consent) of the keys that are no question; those of a question are in its field."""

FREE = ("worries", "wishes", "home_wishes", "special_care", "policy", "log_words", "member_note", "moving_reason", "work_detail")
"""Where somebody may have written a name."""


@dataclass(frozen=True, slots=True)
class Household:
    """One household as the forms see it. `lists` hold repeated lines (members, log), `not_given` how a question ended."""

    case_id: str
    number: str
    values: Mapping[str, Value] = field(default_factory=dict)
    not_given: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)

    def cut_to(self, allowed: frozenset[str]) -> Household:
        """Only what belongs to these categories of data; a key whose category nobody has named goes too."""
        return replace(
            self,
            values=_within(self.values, allowed),
            not_given={key: state for key, state in self.not_given.items() if _may(key, allowed)},
            lists={name: tuple(_within(line, allowed) for line in lines) for name, lines in self.lists.items()},
        )

    def without_identity(self, called: str) -> Household:
        """For a meeting on facts alone: `called` stands for the number, an age becomes its decade, names go.

        Free text keeps its sense, with the household's own names, addresses and numbers blotted out where they occur.
        """
        gone = ("name", "kana", "head_name", "head_kana", "birth_date", "phone", "landline", "disaster_address", "current_address")
        words = {str(self.values[key]) for key in gone if isinstance(self.values.get(key), str)}
        words |= {str(line["member_name"]) for line in self.lists.get("members", ()) if line.get("member_name")}
        words |= {part for name in tuple(words) for part in name.replace("　", " ").split() if len(part) > 1}
        blot = sorted((word for word in words if word.strip()), key=len, reverse=True)

        def plain(line: Line) -> Line:
            kept: dict[str, Value] = {}
            for key, value in line.items():
                if key in gone or key in ("member_name", "member_birth_date"):
                    continue
                if key in ("age", "member_age") and isinstance(value, int):
                    value = decade(value)
                elif key in FREE and isinstance(value, str):
                    for word in blot:
                        value = str(value).replace(word, "●●")
                kept[key] = value
            return kept

        values = {**plain(self.values), "number": called}
        lists = {name: tuple(plain(line) for line in lines) for name, lines in self.lists.items()}
        return Household(self.case_id, called, values, self.not_given, lists)


def category_of(key: str) -> str:
    """The category of data that a key belongs to; "" when it says nothing about anybody, "?" when nobody has said."""
    if key in OF_EVERYBODY:
        return ""
    known = FIELDS.get(key)
    return known.category if known else CATEGORY.get(key, "?")


def decade(age: int) -> str:
    """40代; the very old together, who are few."""
    return "90歳以上" if age >= 90 else "10歳未満" if age < 10 else f"{age // 10 * 10}代"


def age_on(born: date, day: date) -> int:
    """Full years on a day; whoever was born on 29 February grows older on 1 March in other years (as is shown here)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def derived(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with those that a form asks for in another way than the record keeps them.

    `work_regular` is the detail of the work where that box is ticked, `build_or_buy` whether that has begun, …
    """
    made = dict(values)
    work, detail = values.get("work"), values.get("work_detail")
    if work in ("regular", "part_time") and detail:
        made[f"work_{work}"] = detail
    method, started = values.get("rebuild_method"), values.get("rebuild_started")
    if method in ("build_or_buy", "repair") and started:
        made[str(method)] = started
    if method == "public_housing":
        made |= {"rebuild_method": "other", "rebuild_method_other": "公営住宅"}
    if values.get("confidant") in ("want", "no_need"):
        made["no_confidant"] = "yes"
    if not values.get("moving") and values.get("living_now") == "home":
        made["moving"] = "stay"
    if values.get("current_address") and values["current_address"] == values.get("disaster_address"):
        made["current_address"] = "同上"
    both = (("【心配事】", values.get("worries")), ("【今後の生活に関する意向】", values.get("wishes")))
    made_text = "\n".join(f"{head}\n{words}" for head, words in both if words)
    if made_text:
        made["worries_and_wishes"] = made_text
    return made


def _may(key: str, allowed: frozenset[str]) -> bool:
    category = category_of(key)
    return not category or category in allowed


def _within(line: Line, allowed: frozenset[str]) -> Line:
    return {key: value for key, value in line.items() if _may(key, allowed)}
