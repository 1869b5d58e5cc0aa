"""Figures that Omuta published about its outreach after the flood of July 2020 (大牟田市地域支え合いセンター; domain.md §8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

HOUSEHOLDS, MONTHS = 2847, 29
BEGAN = date(2020, 11, 2)
"""The first working day of the support centre's round; it closed at the end of March 2023."""

TRIES: Mapping[str, int] = {"one": 1585, "two_to_four": 1199, "five_up": 43, "never": 20}
"""Approaches until first contact."""
CHANNELS: Mapping[str, int] = {"visit": 2447, "phone": 335, "letter": 45}
"""First contacts, by what they came about."""
PERIODS: tuple[tuple[date, date, int], ...] = (
    (date(2020, 11, 1), date(2021, 3, 31), 1447), (date(2021, 4, 1), date(2021, 7, 31), 1083),
    (date(2021, 8, 1), date(2022, 7, 31), 246), (date(2022, 8, 1), date(2023, 3, 31), 51),
)  # fmt: skip
"""First contacts, by first and last day."""
STANDINGS: Mapping[date, Mapping[str, int]] = {
    date(2021, 3, 31): {"reached": 2429, "assessed": 1422, "absent": 645, "unknown": 84, "vacant": 258, "refused": 20,
                        "died": 0, "visits": 2723},
    date(2022, 3, 31): {"reached": 2847, "assessed": 2687, "absent": 97, "unknown": 7, "vacant": 0, "refused": 17,
                        "died": 39, "visits": 6251},
    date(2023, 3, 31): {"reached": 2847, "assessed": 2770, "absent": 11, "unknown": 9, "vacant": 0, "refused": 18,
                        "died": 39, "visits": 7013},
}  # fmt: skip
"""The end of each fiscal year: households visited or reached, what was known of them, and visits in total."""

# --- what follows from these about how people answer -----------------------------------------------------------------

VACANT, MOVED, REFUSES = (STANDINGS[date(2021, 3, 31)][name] / STANDINGS[date(2021, 3, 31)]["reached"] for name in ("vacant", "unknown", "refused"))
"""Of the homes visited in the first months: empty, not known there, refused."""
DIED, NEVER, LOST = (STANDINGS[date(2023, 3, 31)][name] / HOUSEHOLDS for name in ("died", "absent", "unknown"))
"""Of all, at the closing: died; never met; never found. The last two are the 20 that nobody reached."""
AT_HOME = 1 - VACANT - MOVED - REFUSES - DIED - NEVER - LOST
_LATE = 1 - STANDINGS[date(2021, 3, 31)]["reached"] / HOUSEHOLDS
"""Part of the homes that were first visited after the first year's end, when those who died were known."""

FIRST_DOOR = (TRIES["one"] / HOUSEHOLDS - REFUSES - DIED * _LATE) / AT_HOME
"""Who is at home opens at the first visit: what is left of the 1,585 without those who refused or were found dead."""
_TRIED = TRIES["two_to_four"] + TRIES["five_up"]
"""1,242 households that one approach did not reach, and another one did."""
_SPOKEN = {day: row["assessed"] + row["refused"] + row["died"] for day, row in STANDINGS.items()}
_LAST_YEAR = _SPOKEN[date(2023, 3, 31)] - _SPOKEN[date(2022, 3, 31)]
"""84 of them were first spoken with in the last year: by then two visits and a call had not reached them."""
LATER = 1 - (_LAST_YEAR / _TRIED) ** (1 / 2)
"""A later visit or a call reaches somebody: of 1,242 two more approaches leave 84."""
LETTER = 1 - TRIES["five_up"] / _LAST_YEAR
"""A letter is answered: the fourth approach leaves 43 of the 84. (The 45 first contacts by letter are nearly the other 41.)"""
CALMS = 1 - STANDINGS[date(2023, 3, 31)]["refused"] / (REFUSES * HOUSEHOLDS)
"""Whoever refused and does not any more the next time: of as many as the first year's refusals make of the whole list, 18 are left."""
_AFTER = STANDINGS[date(2023, 3, 31)]["visits"] - HOUSEHOLDS - (CHANNELS["visit"] - TRIES["one"]) / LATER
FOLLOW_UP = _AFTER / (_AFTER + HOUSEHOLDS - TRIES["never"])
"""After a visit another one is agreed on: the 7,013 visits, without the first to each home and those of the later first contacts."""
