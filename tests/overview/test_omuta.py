"""Omuta's own figures come out of rows that tell its story; and sums hold for any rows."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.contacts.rules import CHANNELS, RESULTS
from backend.overview.omuta import STATES, Approach, fiscal_year, fiscal_years, tables, year_ends

START = date(2020, 11, 1)
CLOSING = date(2023, 3, 31)
YEARS = [date(2021, 3, 31), date(2022, 3, 31), CLOSING]
PERIODS = [
    (date(2020, 11, 1), date(2021, 3, 31)), (date(2021, 4, 1), date(2021, 7, 31)),
    (date(2021, 8, 1), date(2022, 7, 31)), (date(2022, 8, 1), CLOSING),
]  # fmt: skip


def omuta() -> tuple[dict[str, date], list[Approach]]:
    """2,847 invented households that met with what Omuta reports: tries, ways, periods and how it stood at the closing."""
    known = {f"h{n}": START for n in range(2847)}
    tries = [1] * 1585 + [3] * 1199 + [5] * 43
    ways = ["visit"] * 2447 + ["phone"] * 335 + ["letter"] * 45
    when = [date(2021, 1, 10)] * 1447 + [date(2021, 5, 10)] * 1083 + [date(2022, 1, 10)] * 246 + [date(2022, 10, 10)] * 51
    ends = ["met"] * 2770 + ["refused"] * 18 + ["died"] * 39
    rows = []
    for n, (number, way, day, end) in enumerate(zip(tries, ways, when, ends, strict=True)):
        rows += [Approach(f"h{n}", day - timedelta(days=9 - k), "visit", "absent") for k in range(number - 1)]
        rows.append(Approach(f"h{n}", day, way, end))
    for n in range(2827, 2847):
        rows.append(Approach(f"h{n}", date(2022, 12, 1), "visit", "absent" if n < 2838 else "moved"))
    return known, rows


def test_the_figures_of_omuta_at_its_closing() -> None:
    known, rows = omuta()
    made = tables(known, rows, YEARS, PERIODS)
    assert made.households == 2847
    assert made.tries == {"by_itself": 0, "one": 1585, "two_to_four": 1199, "five_up": 43, "never": 20}
    assert made.channels == {"visit": 2447, "phone": 335, "letter": 45}
    assert list(made.periods.values()) == [1447, 1083, 246, 51]
    closing = made.standings[-1]
    assert (closing.known, closing.reached) == (2847, 2847)
    assert closing.states == {"assessed": 2770, "absent": 11, "unknown": 9, "vacant": 0, "refused": 18, "died": 39}


def one(*results: str, channel: str = "visit") -> str:
    """The state of one household after these results, a day apart."""
    rows = [Approach("h", START + timedelta(days=n), channel, result) for n, result in enumerate(results)]
    states = tables({"h": START}, rows, [CLOSING]).standings[0].states
    return next((state for state, count in states.items() if count), "")


def test_a_later_absence_does_not_undo_that_somebody_was_met() -> None:
    assert one("met", "absent", "moved", "refused") == "assessed"
    assert one("absent", "card_left", "met") == "assessed"


def test_a_house_that_stood_empty_is_lived_in_again() -> None:
    """258 vacant at the end of the first year, none a year later."""
    assert one("vacant") == "vacant" and one("vacant", "absent") == "absent" and one("vacant", "met") == "assessed"


def test_who_refused_is_refused_until_they_are_met() -> None:
    assert one("refused", "absent") == "refused" and one("refused", "met") == "assessed"


def test_a_letter_that_was_only_sent_reaches_nobody() -> None:
    assert one("sent", "unknown", "blocked", channel="letter") == ""


def test_who_comes_by_itself_needed_no_approach() -> None:
    rows = [Approach("h", START, "booth", "met", "in")]
    assert tables({"h": START}, rows, [CLOSING]).tries["by_itself"] == 1


def test_what_happened_after_the_last_day_is_not_in_the_tables() -> None:
    rows = [Approach("h", CLOSING + timedelta(days=1), "visit", "met")]
    made = tables({"h": START, "later": CLOSING + timedelta(days=1)}, rows, YEARS)
    assert made.tries["never"] == made.households == 1 and made.standings[-1].visits == 0


def test_a_fiscal_year_ends_in_march() -> None:
    assert year_ends(date(2020, 11, 1), date(2022, 6, 30)) == [date(2021, 3, 31), date(2022, 3, 31), date(2022, 6, 30)]
    assert year_ends(date(2021, 2, 1), date(2021, 3, 31)) == [date(2021, 3, 31)]
    assert fiscal_years(date(2021, 2, 1), date(2021, 5, 1)) == [
        (date(2021, 2, 1), date(2021, 3, 31)), (date(2021, 4, 1), date(2021, 5, 1))]
    assert (fiscal_year(date(2021, 3, 31)), fiscal_year(date(2021, 4, 1))) == (2020, 2021)


approaches = st.builds(
    Approach, st.sampled_from("abcdef"), st.dates(START, CLOSING), st.sampled_from(CHANNELS), st.sampled_from(RESULTS),
    st.sampled_from(("in", "out")),
)  # fmt: skip


@given(st.lists(approaches, max_size=60), st.dictionaries(st.sampled_from("abcdef"), st.dates(START, CLOSING), min_size=1))
def test_every_sum_holds_for_any_rows(rows: list[Approach], known: dict[str, date]) -> None:
    made = tables(known, rows, YEARS, PERIODS)
    firsts = sum(made.channels.values())
    assert sum(made.tries.values()) == made.households == len(known)
    assert firsts == made.households - made.tries["never"] == sum(made.periods.values())
    closing = made.standings[-1]
    assert sum(closing.states[state] for state in ("assessed", "refused", "died")) == firsts
    assert closing.reached <= len(known) and set(closing.states) == set(STATES)
    assert all(later.visits >= sooner.visits and later.reached >= sooner.reached
               for sooner, later in zip(made.standings, made.standings[1:], strict=False))  # fmt: skip
