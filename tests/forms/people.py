"""The household of the manual's own example (記載例), and others that nobody lives in."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.forms.household import Household

FUKUSHI: dict[str, Any] = {
    "district": "中央", "name": "福祉 福子", "kana": "ふくし ふくこ", "sex": "female", "age": 40,
    "birth_date": date(1986, 4, 2), "head_name": "福祉 福男", "head_kana": "ふくし ふくお",
    "disaster_address": "〇〇市××一丁目2番3号", "current_address": "〇〇市××一丁目2番3号",
    "phone": "090-0000-0000", "landline": "000-000-0000", "household_size": 3, "household_situation": "other",
    "tenure": "owned_house", "certificate": "issued", "damage_level": "medium_half", "rebuild_method": "repair",
    "rebuild_started": "not_started", "moving": "stay", "meals": "not_enough", "sleep": "not_enough",
    "work": "regular", "work_detail": "会社員 週休2日", "income_work": 300000, "debts": "yes", "debts_kind": "住宅ローン",
    "debts_balance": 15000000, "worries": "補修費用を捻出できるか不安", "wishes": "現在の場所で生活を再建したい",
    "confidant": "want", "flood_level": "above_floor", "category": 3,
}  # fmt: skip
MEMBERS = (
    {"member_name": "福祉 福男", "member_sex": "male", "member_age": 42, "member_relation": "spouse", "member_work": "regular"},
    {"member_name": "福祉 一郎", "member_sex": "male", "member_birth_date": date(2016, 12, 1), "member_age": 9, "member_relation": "child", "member_work": "school"},
)  # fmt: skip
LOG = ({"log_on": date(2026, 7, 1), "log_words": "・被災者生活再建支援制度を紹介"},)


def fukushi(**values: Any) -> Household:
    return Household("case-1", "T-2026-000010-6", {**FUKUSHI, **values}, {}, {"members": MEMBERS, "log": LOG})
