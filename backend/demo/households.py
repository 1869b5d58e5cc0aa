"""Ten invented households, in different places of the way. Names, addresses and worries are made up."""

from __future__ import annotations

from datetime import timedelta

from backend.demo.resident import Household

_EACH = {
    "sharing": "each", "share_welfare_council": "given", "share_welfare_commissioner": "given",
    "share_professional": "given", "share_npo": "deferred",
}  # fmt: skip
_SAFE = {"language": "ja", "safe_now": "safe", "for_whom": "self", "contact_way": "here"}

HOUSEHOLDS: dict[str, Household] = {
    "overdue": Household(
        {
            **_SAFE, **_EACH, "trouble": "home,money", "name": "山田 花子", "name_kana": "やまだ はなこ",
            "disaster_address": "つなぎ市緑町1丁目2-3", "damage_level": "large_half", "flood_level": "above_floor",
            "certificate": "issued", "household_size": "１人", "living_now": "temporary", "rebuild_method": "undecided",
            "birth_date": "昭和23年4月2日", "sex": "female", "head_of_household": "me",
            "current_address": "つなぎ市緑町 仮設住宅 5号", "household_situation": "elderly_single",
        },
        timedelta(days=6, hours=2), offers=("talk", "more"), sections=("person",), district="緑町",
    ),
    "architect": Household(
        {
            **_SAFE, **_EACH, "trouble": "home,papers", "name": "佐藤 一郎", "name_kana": "さとう いちろう",
            "disaster_address": "つなぎ市川上2丁目8", "damage_level": "half", "flood_level": "above_floor",
            "certificate": "issued", "household_size": "4", "living_now": "home", "rebuild_method": "repair",
            "profession_wanted": "architect",
        },
        timedelta(days=4, hours=5), offers=("professional",), district="川上",
    ),
    "visit": Household(
        {
            **_SAFE, "language": "ja@simple", "sharing": "later", "trouble": "daily", "name": "鈴木 ゆき",
            "name_kana": "すずき ゆき", "disaster_address": "つなぎ市川上3丁目1", "damage_level": "quasi_half",
            "flood_level": "below_floor", "certificate": "applied", "household_size": "二人", "living_now": "home",
            "rebuild_method": "repair",
        },
        timedelta(hours=20), offers=("visit",), district="川上",
    ),
    "english": Household(
        {
            **_SAFE, **_EACH, "language": "en", "trouble": "home,papers", "name": "Maria Example", "name_kana": "マリア",
            "disaster_address": "Midori-cho 4-5, Tsunagi City", "damage_level": "partial", "flood_level": "-unknown",
            "certificate": "planned", "household_size": "3", "living_now": "relatives", "rebuild_method": "rent",
        },
        timedelta(hours=3), offers=("talk",), then_says=("Can somebody explain the certificate to me in English?",),
    ),
    "strain": Household(
        {
            **_SAFE, "sharing": "later", "trouble": "health", "name": "高橋 正", "name_kana": "たかはし ただし",
            "disaster_address": "つなぎ市本町5-1", "damage_level": "half", "flood_level": "above_floor",
            "certificate": "issued", "household_size": "1", "living_now": "rented", "rebuild_method": "undecided",
            "meals": "not_enough", "sleep": "cannot_sleep", "special_care": "-declined",
        },
        timedelta(hours=9), offers=("more",), sections=("body",), then_says=("眠れない日が続いています",), district="本町",
    ),
    "silent": Household(
        {**_SAFE, "sharing": "nobody", "trouble": "home", "name": "田中 和子", "name_kana": "たなか かずこ"},
        timedelta(days=2, hours=6), stops_at="damage_level",
    ),
    "simple": Household(
        {
            **_SAFE, **_EACH, "language": "ja@simple", "trouble": "money,family", "name": "グエン・ヴァン・アン",
            "name_kana": "ぐえん ゔぁん あん", "disaster_address": "つなぎ市本町2-7", "damage_level": "medium_half",
            "flood_level": "above_floor", "certificate": "applied", "household_size": "５", "living_now": "shelter",
            "rebuild_method": "rent", "work": "part_time", "work_detail": "工場で週3日", "income_work": "12万円",
            "income_pension": "0円", "income_other": "-unknown",
        },
        timedelta(days=1, hours=1), offers=("more",), sections=("work",), district="本町",
    ),
    "lawyer": Household(
        {
            **_SAFE, "sharing": "nobody", "trouble": "money,papers", "name": "伊藤 健", "name_kana": "いとう けん",
            "disaster_address": "つなぎ市緑町3丁目9", "damage_level": "total", "flood_level": "above_floor",
            "certificate": "issued", "household_size": "2", "living_now": "temporary", "rebuild_method": "build_or_buy",
            "profession_wanted": "lawyer", "share_professional": "deferred", "debts": "yes", "debts_kind": "住宅ローン",
            "debts_balance": "1,200万円",
        },
        timedelta(days=1, hours=4), offers=("more", "professional"), sections=("debts",), district="緑町",
    ),
    "protected": Household(
        {
            **_SAFE, "sharing": "nobody", "trouble": "daily", "name": "渡辺 久美", "name_kana": "わたなべ くみ",
            "contact_way": "none", "disaster_address": "-declined", "damage_level": "quasi_half",
            "flood_level": "below_floor", "certificate": "applied", "household_size": "2", "living_now": "other",
            "rebuild_method": "undecided",
        },
        timedelta(days=3, hours=3), offers=("talk",),
    ),
    "danger": Household(
        {
            **_SAFE, **_EACH, "safe_now": "uneasy", "trouble": "health,family", "name": "小林 勇",
            "name_kana": "こばやし いさむ", "disaster_address": "つなぎ市川上1丁目4", "damage_level": "total",
            "flood_level": "above_floor", "certificate": "issued", "household_size": "1", "living_now": "temporary",
            "rebuild_method": "undecided",
        },
        timedelta(minutes=45), then_says=("もう消えてしまいたいです",), district="川上",
    ),
}  # fmt: skip
