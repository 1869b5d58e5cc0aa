"""What the forms can say about one household: values by key, and what follows from them.

Keys are those of `dialogs.fields` and the few below. A key that is absent is an empty box for the pen: nothing is
made up. Values are raw (option ids, whole yen, dates); `wording.py` puts them into the forms' words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from backend.written import money
from dialogs.fields import FIELDS

Value: TypeAlias = str | int | date | tuple[str, ...]
Line: TypeAlias = Mapping[str, Value]

OF_EVERYBODY = frozenset({"number", "municipality"})
"""What says nothing about the household: on every sheet, whoever reads it."""

CATEGORY = {
    "kana": "identity", "age": "identity", "head_name": "household", "head_kana": "household", "district": "household",
    "household_situation_other": "household", "tenure_other": "household", "certificate_other": "damage",
    "rebuild_method_other": "housing_plan", "moving_to_other": "housing_plan",
    "category": "notes", "need": "notes", "policy": "notes", "policy_on": "notes", "home_wishes": "notes", "life_wishes": "notes",
    "wishes_on": "notes", "log_on": "notes", "log_words": "notes",
    "member_sex": "household", "member_birth_date": "household", "member_income": "money", "member_note": "notes",
    "member_register": "household", "status": "notes", "first_contact_on": "contact", "review_on": "notes",
    "opened_on": "notes", "assigned": "notes", "members_line": "household", "address_now": "address_current", "rebuild": "housing_plan", "for_now": "housing_plan",
    "occupation": "money", "income": "money", "confidants": "notes", "remarks": "notes", "closed_on": "notes", "close_reason": "notes",
    "close_note": "notes", "handed_to": "notes", "handover": "notes", "author": "notes", "question": "notes", "decision": "notes",
    "owner": "notes", "what": "notes", "due_on": "notes", "row": "household",
}  # fmt: skip
"""Category (consent) of the keys that are no question; those of a question are in its field."""

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


def category_of(key: str) -> str:
    """The category of data that a key belongs to; "" when it says nothing about anybody, "?" when nobody has said."""
    if key in OF_EVERYBODY:
        return ""
    known = FIELDS.get(key)
    return known.category if known else CATEGORY.get(key, "?")


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
    if values.get("income_year") is not None and not values.get("income_other"):
        made["income_other"] = f"年間 {money(int(str(values['income_year'])), 'ja')}"
    method, started = values.get("rebuild_method"), values.get("rebuild_started")
    if method in ("build_or_buy", "repair") and started:
        made[str(method)] = started
    if method == "public_housing":
        made |= {"rebuild_method": "other", "rebuild_method_other": "公営住宅"}
    if values.get("confidant") in ("want", "no_need"):
        made["no_confidant"] = "yes"
    if values.get("wishes") and not values.get("life_wishes"):
        made["life_wishes"] = values["wishes"]
    if where := values.get("current_address") or values.get("disaster_address"):
        made["address_now"] = where
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
