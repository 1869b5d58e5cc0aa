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
