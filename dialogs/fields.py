"""The one vocabulary of answers: every question there is, whoever asks it.

Order and wording of a conversation live in the dialogs and the catalogues; what an answer *is* lives here. Sources:
福岡県 災害ケースマネジメント手引き 資料編 2 (visit list ①–⑩, supported list ①–㉛, first survey sheet), 災害対策基本法 90条の3.
Option ids of `damage_level`, `flood_level`, `rebuild_method`, `tenure` are those of `./run programs assess`.
"""

from __future__ import annotations

from functools import lru_cache

from dialogs.core.model import (
    CHOICE,
    DATE,
    KANA,
    LANGUAGE,
    MONEY,
    MULTI,
    NAME,
    NUMBER,
    PHONE,
    PLACE,
    WORDS,
    Field,
)
from dialogs.core.words import PERSONAL, SENSITIVE

CASE, PROGRAMS, CONTACT, SAFETY, REFERRAL = "case", "programs", "contact", "safety", "referral"

LOCALES = ("ja", "ja@simple", "en")
RECIPIENTS = ("welfare_council", "welfare_commissioner", "professional", "npo")
"""社協 · 民生委員 · 士業 · NPO: the classes that a resident decides on, one by one."""
DECISIONS = ("given", "deferred", "refused")
PROFESSIONS = ("lawyer", "architect", "judicial_scrivener", "tax_accountant", "financial_planner", "not_sure")

_ALL = (
    # --- first things ---
    Field("language", LANGUAGE, "contact", (CONTACT,), LOCALES, required=True, ask_once=False),
    Field("safe_now", CHOICE, "contact", (SAFETY,), ("safe", "uneasy", "danger"), ask_once=False),
    Field("trouble", MULTI, "notes", (CASE, PROGRAMS), ("home", "money", "health", "daily", "family", "papers"), form="first_survey.3"),
    Field("for_whom", CHOICE, "identity", (CASE,), ("self", "family", "other"), form="first_survey.1"),
    Field("relation", CHOICE, "identity", (CASE,), ("parent", "spouse", "child", "relative", "neighbour", "helper"), completes="for_whom"),
    # --- consent: one decision per recipient class ---
    Field("sharing", CHOICE, "contact", (CASE,), ("each", "later", "nobody"), consent="all", ask_once=False),
    *(Field(f"share_{who}", CHOICE, "contact", (CASE, REFERRAL), DECISIONS, consent=who, ask_once=False) for who in RECIPIENTS),
    # --- the eight short questions ---
    Field("name", NAME, "identity", (CASE,), sensitivity=PERSONAL, column="③", form="first_survey.1"),
    Field("name_kana", KANA, "identity", (CASE,), sensitivity=PERSONAL, column="④", form="first_survey.1", completes="name"),
    Field("contact_way", CHOICE, "contact", (CONTACT,), ("here", "phone", "letter", "none"), required=True),
    Field("phone", PHONE, "contact", (CONTACT,), sensitivity=PERSONAL, column="⑨", form="first_survey.1", completes="contact_way"),
    Field("disaster_address", PLACE, "household", (CASE, PROGRAMS), sensitivity=PERSONAL, column="⑧", form="first_survey.1"),
    Field(
        "damage_level", CHOICE, "damage", (CASE, PROGRAMS),
        ("total", "large_half", "medium_half", "half", "quasi_half", "partial", "none"),
        column="⑮", form="first_survey.2", trauma=1,
    ),
    Field("flood_level", CHOICE, "damage", (CASE, PROGRAMS), ("above_floor", "below_floor", "none"), completes="damage_level"),
    Field("certificate", CHOICE, "damage", (CASE, PROGRAMS), ("issued", "applied", "planned", "not_needed", "other"), column="⑭", form="first_survey.2"),
    Field("household_size", NUMBER, "household", (CASE, PROGRAMS), column="⑩", form="first_survey.1", least=1, most=30),
    Field(
        "living_now", CHOICE, "address_current", (CASE, PROGRAMS),
        ("home", "shelter", "temporary", "rented", "public_housing", "relatives", "other"), column="⑫⑰", form="first_survey.2",
    ),
    Field(
        "rebuild_method", CHOICE, "housing_plan", (CASE, PROGRAMS),
        ("build_or_buy", "repair", "rent", "public_housing", "undecided", "other"), column="⑯", form="first_survey.2",
    ),
    # --- the rest of the first survey sheet, section by section ---
    Field("birth_date", DATE, "identity", (CASE, PROGRAMS), sensitivity=PERSONAL, column="⑥", form="first_survey.1"),
    Field("sex", CHOICE, "identity", (CASE,), ("female", "male", "other"), sensitivity=PERSONAL, column="⑦", form="first_survey.1"),
    Field("head_of_household", CHOICE, "household", (CASE, PROGRAMS), ("me", "someone_else"), form="first_survey.1"),
    Field("head_name", NAME, "household", (CASE,), sensitivity=PERSONAL, form="first_survey.1", completes="head_of_household"),
    Field("current_address", PLACE, "address_current", (CASE, CONTACT), sensitivity=PERSONAL, column="⑫", form="first_survey.1"),
    Field("landline", PHONE, "contact", (CONTACT,), sensitivity=PERSONAL, column="⑨", form="first_survey.1"),
    Field(
        "household_situation", CHOICE, "household", (CASE,),
        ("elderly_single", "elderly_only", "single_parent", "other"), column="⑪", form="first_survey.1",
    ),
    Field(
        "tenure", CHOICE, "household", (CASE, PROGRAMS),
        ("owned_house", "owned_apartment", "rented", "public_housing", "other"), column="⑬", form="first_survey.2",
    ),
    # What most programs hang on, asked one or two at a time after the case is there.
    Field("home_habitable", CHOICE, "damage", (CASE, PROGRAMS), ("yes", "no"), form="first_survey.2"),
    Field("demolished", CHOICE, "damage", (CASE, PROGRAMS), ("done", "planned", "no"), form="first_survey.2", trauma=1),
    Field("rebuild_started", CHOICE, "housing_plan", (CASE,), ("started", "not_started"), column="⑯", form="first_survey.2"),
    Field("moving", CHOICE, "housing_plan", (CASE,), ("stay", "will_move", "cannot_move"), column="⑰", form="first_survey.2"),
    Field("moving_to", CHOICE, "housing_plan", (CASE,), ("temporary", "home", "other"), column="⑰", form="first_survey.2", completes="moving"),
    Field("moving_reason", WORDS, "housing_plan", (CASE,), free=True, column="⑰", form="first_survey.2", completes="moving"),
    Field(
        "household_includes", MULTI, "household", (CASE, PROGRAMS),
        ("business", "preschool", "school", "university", "single_parent", "none"), sensitivity=PERSONAL, form="first_survey.1",
    ),
    Field("meals", CHOICE, "health", (CASE,), ("enough", "not_enough", "no_appetite"), sensitivity=SENSITIVE, column="⑱", form="first_survey.3", trauma=1),
    Field("sleep", CHOICE, "health", (CASE,), ("well", "not_enough", "cannot_sleep"), sensitivity=SENSITIVE, column="⑲", form="first_survey.3", trauma=1),
    Field("special_care", WORDS, "health", (CASE,), sensitivity=SENSITIVE, free=True, column="㉘", form="supported_list"),
    Field("work", CHOICE, "money", (CASE, PROGRAMS), ("regular", "part_time", "none"), sensitivity=SENSITIVE, column="⑳", form="first_survey.3"),
    Field("work_detail", WORDS, "money", (CASE,), sensitivity=SENSITIVE, free=True, column="⑳", form="first_survey.3", completes="work"),
    Field("income_work", MONEY, "money", (CASE, PROGRAMS), sensitivity=SENSITIVE, column="㉑", form="first_survey.3"),
    Field("income_pension", MONEY, "money", (CASE,), sensitivity=SENSITIVE, column="㉑", form="first_survey.3"),
    Field("income_other", MONEY, "money", (CASE,), sensitivity=SENSITIVE, column="㉑", form="first_survey.3"),
    Field("income_year", MONEY, "money", (CASE, PROGRAMS), sensitivity=SENSITIVE, column="㉑", form="first_survey.3"),
    Field("cannot_fund", CHOICE, "money", (CASE, PROGRAMS), ("yes", "no"), sensitivity=SENSITIVE, form="first_survey.3"),
    Field("debts", CHOICE, "debt", (CASE, PROGRAMS), ("yes", "no"), sensitivity=SENSITIVE, column="㉒", form="first_survey.3"),
    Field("debts_kind", WORDS, "debt", (CASE,), sensitivity=SENSITIVE, free=True, column="㉓", form="first_survey.3", completes="debts"),
    Field("debts_balance", MONEY, "debt", (CASE,), sensitivity=SENSITIVE, column="㉔", form="first_survey.3", completes="debts"),
    Field("worries", WORDS, "notes", (CASE,), sensitivity=SENSITIVE, free=True, column="㉕", form="first_survey.3", trauma=1),
    Field("wishes", WORDS, "notes", (CASE,), sensitivity=PERSONAL, free=True, column="㉖", form="first_survey.3"),
    Field("confidant", CHOICE, "notes", (CASE,), ("yes", "want", "no_need"), sensitivity=PERSONAL, column="㉗", form="first_survey.3"),
    Field("confidant_who", WORDS, "notes", (CASE,), sensitivity=PERSONAL, free=True, column="㉗", form="first_survey.3", completes="confidant"),
    # --- each member of the household ---
    Field("member_name", NAME, "household", (CASE,), sensitivity=PERSONAL, form="support_record"),
    Field("member_relation", CHOICE, "household", (CASE,), ("spouse", "child", "parent", "grandchild", "sibling", "other"), sensitivity=PERSONAL, form="support_record"),
    Field("member_age", NUMBER, "household", (CASE, PROGRAMS), sensitivity=PERSONAL, form="support_record", least=0, most=120),
    Field("member_work", CHOICE, "household", (CASE,), ("regular", "part_time", "none", "school"), sensitivity=PERSONAL, form="support_record"),
    # --- news that nobody asked for ---
    Field("program_news", CHOICE, "contact", (CONTACT,), ("yes", "no")),
    # --- a home visit ---
    Field("visit_times", MULTI, "contact", (CONTACT,), ("weekday_morning", "weekday_afternoon", "weekend_morning", "weekend_afternoon"), ask_once=False),
    Field("visit_interpreter", CHOICE, "contact", (CONTACT,), ("no", "yes")),
    # --- asking for a professional ---
    Field("profession_wanted", CHOICE, "notes", (REFERRAL,), PROFESSIONS, ask_once=False),
)

HEARD_TOO = (
    *(f"language.{name}" for name in ("ja", "ja@simple", "en")),
    *(f"safe_now.{name}" for name in ("safe", "uneasy", "danger")),
    *(f"trouble.{name}" for name in ("home", "money", "health", "daily", "family", "papers")),
    *(f"for_whom.{name}" for name in ("self", "family", "other")),
    *(f"relation.{name}" for name in ("parent", "spouse", "child", "relative", "neighbour")),
    *(f"sharing.{name}" for name in ("each", "later", "nobody")),
    *(f"share_{who}.{name}" for who in RECIPIENTS for name in DECISIONS),
    *(f"contact_way.{name}" for name in ("here", "phone", "letter", "none")),
    *(f"damage_level.{name}" for name in ("total", "large_half", "medium_half", "half", "quasi_half", "partial", "none")),
    *(f"flood_level.{name}" for name in ("above_floor", "below_floor", "none")),
    *(f"certificate.{name}" for name in ("issued", "applied", "planned", "not_needed")),
    *(f"living_now.{name}" for name in ("home", "shelter", "temporary", "rented", "public_housing", "relatives", "other")),
    *(f"rebuild_method.{name}" for name in ("build_or_buy", "repair", "rent", "public_housing", "undecided")),
    *(f"tenure.{name}" for name in ("owned_house", "owned_apartment", "rented", "public_housing")),
    *(f"profession_wanted.{name}" for name in ("lawyer", "architect", "judicial_scrivener", "tax_accountant", "financial_planner", "not_sure")),
    *(f"{name}.{option}" for name, option in (
        ("meals", "enough"), ("sleep", "well"), ("work", "none"), ("work", "regular"), ("work", "part_time"),
        ("debts", "yes"), ("debts", "no"), ("confidant", "yes"),
        ("home_habitable", "yes"), ("home_habitable", "no"), ("demolished", "done"), ("demolished", "planned"), ("demolished", "no"),
        ("cannot_fund", "yes"), ("cannot_fund", "no"), ("program_news", "yes"), ("program_news", "no"),
    )),
    *(f"household_includes.{name}" for name in ("business", "preschool", "school", "university", "single_parent", "none")),
)
"""`<field>.<option>` with words of its own in the catalogues (`field.<field>.option.<option>.hear`, by `|`): what
people write instead of the label."""

FIELDS: dict[str, Field] = {field.id: field for field in _ALL}
"""Every field by id."""

COMPLETED_BY: dict[str, tuple[str, ...]] = {
    field.id: tuple(other.id for other in _ALL if other.completes == field.id) for field in _ALL
}
"""The fields that only complete another one, by that one."""


@lru_cache(maxsize=4096)
def field_of(key: str) -> Field:
    """The field of an answer key: `damage_level`, or `members.m1.member_age` for a repeated one."""
    return FIELDS[key.rsplit(".", 1)[-1]]
