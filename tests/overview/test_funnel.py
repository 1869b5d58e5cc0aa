"""How far households have come, counted on both databases; and nobody is to be found in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from backend.clock import in_japan
from backend.overview import figures, funnel, load
from backend.overview.load import Asked
from backend.overview.omuta import STATES, Approach, Tables, tables
from backend.overview.printed import CONTACTED, printed
from backend.overview.small import LEAST
from backend.overview.tally import STAGES
from tests.conftest import MakeTenant, MovableClock
from tests.overview.test_omuta import CLOSING, PERIODS, YEARS, approaches, omuta
from tests.overview.town import agreed, approached, helped, household, planned

HOME = "tenant-tsunagi"


def counts(engine: Engine, clock: MovableClock, by: str = "district", days: int = 0) -> dict[str, dict[str, int]]:
    with engine.begin() as c:
        asked = Asked(HOME, clock() - timedelta(days=days) if days else None, clock() + timedelta(seconds=1))
        return figures._counted(c, asked).counted(by)


def whole(found: dict[str, dict[str, int]]) -> dict[str, int]:
    return {stage: sum(row[stage] for row in found.values()) for stage in STAGES}


def test_each_stage_counts_its_own_fact(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    make_tenant(engine, "tonari")
    at = clock()
    with engine.begin() as c:
        household(c, HOME, at)
        household(c, HOME, at, first_contact_at=at, damage_level="")
        one = household(c, HOME, at, origin="booth", category=2)
        agreed(c, HOME, one, at)
        planned(c, HOME, one, at)
        helped(c, HOME, one, at)
        household(c, HOME, at, first_contact_at=at, status="closed", closed_at=at)
        household(c, HOME, at, status="merged")
        household(c, "tenant-tonari", at)
    found = whole(counts(engine, clock))
    assert found == {"known": 4, "reached": 3, "assessed": 2, "consented": 1, "plan": 1, "supported": 1, "closed": 1}


def test_a_consent_that_was_taken_back_no_longer_counts(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    with engine.begin() as c:
        one = household(c, HOME, clock())
        agreed(c, HOME, one, clock())
        agreed(c, HOME, one, clock.move(days=1), "withdrawn")
    assert whole(counts(engine, clock))["consented"] == 0
    clock.move(days=-1)
    assert whole(counts(engine, clock))["consented"] == 1, "as it stood that day"


def test_a_span_takes_in_who_became_known_in_it_as_they_stood_at_its_end(
    engine: Engine, clock: MovableClock, make_tenant: MakeTenant
) -> None:
    make_tenant(engine)
    with engine.begin() as c:
        household(c, HOME, clock(), first_contact_at=clock() + timedelta(days=40))
        household(c, HOME, clock.move(days=30))
    found = whole(counts(engine, clock))
    assert (found["known"], found["reached"]) == (2, 0) and whole(counts(engine, clock, days=10))["known"] == 1


def test_a_protected_person_stands_in_no_district(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    with engine.begin() as c:
        for _ in range(6):
            household(c, HOME, clock(), language="en", category=4)
        household(c, HOME, clock(), restricted=True, language="en", category=4)
    for by, value in (("district", "緑町"), ("language", "en"), ("category", "4")):
        assert {name: row["known"] for name, row in counts(engine, clock, by).items()} == {value: 6, "": 1}


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.integers(0, 12), min_size=7, max_size=7), min_size=1))
def test_no_printed_funnel_shows_a_small_count(made: dict[str, list[int]]) -> None:
    found = funnel.printed({name: dict(zip(STAGES, row, strict=True)) for name, row in made.items()})
    for place, stage in enumerate(STAGES):
        line = {name: found.rows[name][stage] for name in made}
        whole = found.whole[stage]
        for name, row in made.items():
            assert line[name] in (None, row[place]) and (line[name] is None or not 0 < row[place] < LEAST)
        hidden = [name for name, count in line.items() if count is None]
        assert len(hidden) != 1 or whole is None, "one alone is the total less the others"


# --- the outreach tables -------------------------------------------------------------------------------------------


def test_the_tables_are_made_of_the_contact_log(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    with engine.begin() as c:
        for n in range(6):
            one = household(c, HOME, clock() - timedelta(days=20))
            approached(c, HOME, one, clock() - timedelta(days=10), "absent")
            approached(c, HOME, one, clock() - timedelta(days=5), "met" if n else "moved", "visit")
            approached(c, HOME, one, clock() + timedelta(days=5), "refused", "phone")
        made = figures._counted(c, Asked(HOME, None, clock())).tables(clock().date())
        assert figures._counted(c, Asked("tenant-none", None, clock())).tables(clock().date()) is None
    assert made is not None
    assert (made.households, made.tries["two_to_four"], made.tries["never"], made.channels) == (6, 5, 1, {"visit": 5})
    assert made.standings[-1].states["assessed"] == 5 and made.standings[-1].visits == 12


def test_omuta_may_be_printed_whole_but_for_its_small_counts() -> None:
    known, rows = omuta()
    made = printed(tables(known, rows, YEARS, PERIODS))
    assert made.tries == {"by_itself": 0, "one": 1585, "two_to_four": 1199, "five_up": 43, "never": 20}
    assert made.standings[-1].states["assessed"] == 2770 and made.standings[-1].reached == 2847


@pytest.mark.parametrize("never", [1, 4, 5, 30])
def test_how_many_were_never_met_is_not_to_be_had_by_subtraction(never: int) -> None:
    """First contacts stand as the sum of three tables: hidden in one and added up in another is not hidden."""
    known = dict.fromkeys((f"h{n}" for n in range(60 + never)), CLOSING)
    rows = [Approach(f"h{n}", CLOSING, ("visit", "phone")[n % 2], "met") for n in range(60)]
    made = printed(tables(known, rows, [CLOSING], [(CLOSING, CLOSING)]))
    for line in (dict(made.channels), dict(made.periods), {k: v for k, v in made.tries.items() if k != "never"}):
        told = sum(count or 0 for count in line.values()) == 60 and None not in line.values()
        assert told is (never >= LEAST)
    assert (made.first is None) is (made.tries["never"] is None) is (made.standings[-1].states["assessed"] is None) is (never < LEAST)


@given(st.lists(approaches, max_size=60), st.integers(6, 40))
def test_nothing_small_is_ever_printed(rows: list[Approach], more: int) -> None:
    known = dict.fromkeys([*"abcdef", *(f"x{n}" for n in range(more))], YEARS[0])
    made: Tables = tables(known, rows, YEARS, PERIODS)
    shown = printed(made)
    lines: list[dict[str, int | None]] = [dict(shown.tries), dict(shown.channels), {str(k): v for k, v in shown.periods.items()}]
    for one in shown.standings:
        lines.append(dict(one.states))
        sums = [one.states[name] for name in CONTACTED]
        if None not in sums and one.known is not None:
            assert not 0 < one.known - sum(count or 0 for count in sums) < LEAST
        assert set(one.states) == set(STATES)
    assert all(not 0 < count < LEAST for line in lines for count in line.values() if count is not None)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)))
def test_the_day_of_a_moment_is_japans(at: datetime) -> None:
    assert load._day(int(at.timestamp() * 1000)) == in_japan(at).date()
