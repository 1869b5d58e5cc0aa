"""The ladder of one household: upwards only, at decent hours, silent at any sign of life (issue 5; domain.md §2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calendar import Calendar
from backend.campaigns.ladder import (
    CHAT,
    KINDS,
    LETTER,
    MEETING,
    MESSAGES,
    OTHER,
    PHONE,
    PRESSING,
    REMIND,
    STANDARD,
    USUAL,
    VISIT,
    End,
    Hours,
    Household,
    Ladder,
    Ladders,
    Rung,
    Standing,
    Take,
    Wait,
    WrongLadder,
    next_move,
)
from backend.clock import JST, in_japan

HOURS = Hours(Calendar())
MONDAY = datetime(2026, 7, 6, 10, 0, tzinfo=JST)
EVERYWHERE = Household(chat=True, other=True, phone=True)


def climb(ladder: Ladder, household: Household, begin: datetime = MONDAY, hours: Hours = HOURS) -> list[tuple[str, datetime]]:
    """Everything that is done about a household that never answers, until the ladder ends."""
    done, now, standing = [], begin, Standing(0, begin)
    for _ in range(100):
        move = next_move(ladder, standing, household, now, hours)
        if isinstance(move, End):
            return [*done, (move.reason, now)]
        if isinstance(move, Wait):
            assert move.until > now
            now = move.until
            continue
        done.append((move.rung, now))
        if move.then is None:
            return done
        assert move.then > now
        now, standing = move.then, Standing(move.place + 1, begin, move.rung, now)
    raise AssertionError("the ladder has no end")


def names(steps: list[tuple[str, datetime]]) -> list[str]:
    return [name for name, _ in steps]


def test_a_household_that_never_answers_is_taken_to_the_case_meeting():
    assert names(climb(STANDARD, EVERYWHERE)) == [CHAT, REMIND, OTHER, PHONE, LETTER, VISIT, MEETING]


def test_each_step_waits_its_working_days():
    steps = dict(climb(STANDARD, EVERYWHERE))
    assert [in_japan(steps[name]).date() for name in (CHAT, REMIND, OTHER, PHONE)] == [
        date(2026, 7, 6), date(2026, 7, 9), date(2026, 7, 16), date(2026, 7, 22)]  # 20 July: Marine Day


def test_what_does_not_reach_a_household_is_left_out_without_waiting():
    assert names(climb(STANDARD, Household(phone=True))) == [PHONE, LETTER, VISIT, MEETING]
    assert names(climb(STANDARD, Household())) == [LETTER, VISIT, MEETING]
    assert climb(STANDARD, Household())[0] == (LETTER, MONDAY)


def test_whoever_wants_no_notices_gets_none_and_is_visited_all_the_same():
    assert names(climb(STANDARD, EVERYWHERE._replace(quiet=True))) == [PHONE, LETTER, VISIT, MEETING]


def test_whoever_asked_for_the_telephone_is_not_written_to():
    assert names(climb(STANDARD, EVERYWHERE._replace(wish="phone")))[0] == PHONE
    assert names(climb(STANDARD, EVERYWHERE._replace(wish="none"))) == ["wish"]


@pytest.mark.parametrize(("life", "ends"), [(timedelta(0), True), (timedelta(days=2), True), (timedelta(days=-1), False)])
def test_a_sign_of_life_since_it_began_ends_it(life, ends):
    house = EVERYWHERE._replace(life_at=MONDAY + life)
    move = next_move(STANDARD, Standing(1, MONDAY, CHAT, MONDAY), house, MONDAY + timedelta(days=3), HOURS)
    assert (move == End("answered", "answered")) is ends


@pytest.mark.parametrize(("what", "state", "reason"), [
    ("refused", "refused", "refused"), ("died", "finished", "died"), ("closed", "finished", "closed"),
    ("restricted", "left_out", "restricted"),
])
def test_it_ends_for_a_reason(what, state, reason):
    assert next_move(STANDARD, Standing(0, MONDAY), EVERYWHERE._replace(**{what: True}), MONDAY, HOURS) == End(state, reason)


def test_whoever_moved_is_written_to_and_called_and_comes_to_the_case_meeting_while_nobody_knows_where_they_live():
    assert names(climb(STANDARD, EVERYWHERE._replace(moved=True))) == [CHAT, REMIND, OTHER, PHONE, MEETING]


@pytest.mark.parametrize("what", ["held", "talking"])
def test_whoever_is_talking_is_skipped_and_not_interrupted(what):
    move = next_move(STANDARD, Standing(0, MONDAY), EVERYWHERE._replace(**{what: True}), MONDAY, HOURS)
    assert move == Wait(MONDAY + timedelta(hours=6), what)


def test_nothing_happens_before_the_day_that_was_agreed_on():
    day = MONDAY + timedelta(days=9)
    assert next_move(STANDARD, Standing(3, MONDAY, OTHER), EVERYWHERE._replace(promised=day), MONDAY, HOURS) == Wait(day, "promised")


def test_somebody_old_and_alone_who_does_not_answer_is_called_the_same_day():
    alone = EVERYWHERE._replace(elderly_alone=True)
    first = next_move(STANDARD, Standing(0, MONDAY), alone, MONDAY, HOURS)
    assert isinstance(first, Take) and first.rung == CHAT
    then = next_move(STANDARD, Standing(1, MONDAY, CHAT, MONDAY), alone, MONDAY + timedelta(days=3), HOURS)
    assert isinstance(then, Take) and (then.rung, then.at_once) == (PHONE, True)
    assert names(climb(STANDARD, alone)) == [CHAT, PHONE, LETTER, VISIT, MEETING]


def test_the_weekly_cap_puts_a_message_off_and_never_a_visit():
    free = MONDAY + timedelta(days=4)
    capped = EVERYWHERE._replace(cap_free_at=free)
    assert next_move(STANDARD, Standing(0, MONDAY), capped, MONDAY, HOURS) == Wait(free, "cap")
    visit = next_move(STANDARD, Standing(5, MONDAY, LETTER), capped, MONDAY, HOURS)
    assert isinstance(visit, Take) and visit.rung == VISIT


def test_categories_three_and_four_are_visited_sooner():
    def visited(category: int | None) -> datetime:
        return dict(climb(USUAL.for_category(category), EVERYWHERE))[VISIT]

    assert visited(3) == visited(4) < visited(1) == visited(None)
    assert visited(4) - MONDAY < timedelta(weeks=3)


@pytest.mark.parametrize(("begin", "opens"), [
    (datetime(2026, 7, 6, 3, 0, tzinfo=JST), datetime(2026, 7, 6, 9, 0, tzinfo=JST)),  # before dawn
    (datetime(2026, 7, 6, 19, 0, tzinfo=JST), datetime(2026, 7, 7, 9, 0, tzinfo=JST)),  # in the evening
    (datetime(2026, 7, 6, 0, 0, tzinfo=JST), datetime(2026, 7, 6, 9, 0, tzinfo=JST)),  # midnight in Japan is 15:00 UTC
    (datetime(2026, 7, 11, 12, 0, tzinfo=JST), datetime(2026, 7, 13, 9, 0, tzinfo=JST)),  # Saturday
    (datetime(2026, 5, 2, 12, 0, tzinfo=JST), datetime(2026, 5, 7, 9, 0, tzinfo=JST)),  # Golden Week
    (datetime(2026, 12, 28, 20, 0, tzinfo=JST), datetime(2027, 1, 4, 9, 0, tzinfo=JST)),  # the year's end
    (datetime(2028, 2, 29, 12, 0, tzinfo=JST), datetime(2028, 2, 29, 12, 0, tzinfo=JST)),  # a leap day is a day
    (datetime(2028, 2, 26, 12, 0, tzinfo=JST), datetime(2028, 2, 28, 9, 0, tzinfo=JST)),
])
def test_nothing_is_written_at_night_or_on_holidays(begin, opens):
    assert climb(STANDARD, EVERYWHERE, begin)[0] == (CHAT, opens)


def test_over_a_leap_day_the_working_days_are_counted():
    steps = climb(Ladder((Rung(CHAT, 0), Rung(REMIND, 1), Rung(OTHER, 1))), EVERYWHERE, datetime(2028, 2, 28, 12, 0, tzinfo=JST))
    assert [in_japan(at).date() for _, at in steps[:3]] == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]


def test_a_ladder_survives_its_row_and_a_wrong_one_is_refused():
    assert Ladders.of(USUAL.to_json()) == USUAL
    assert Ladders.of({}).standard == STANDARD and Ladders.of({}).for_category(4) == STANDARD
    for wrong in ([], [["door", 1]], [["chat", -1]], [["chat", 400]], [["chat"]], "chat", [["chat", 1]] * 21):
        with pytest.raises(WrongLadder):
            Ladder.of(wrong)


# --- whatever the ladder, the household and the hour ----------------------------------------------------------------

ladders = st.lists(st.builds(Rung, st.sampled_from(KINDS), st.integers(0, 30)), min_size=1, max_size=8).map(tuple).map(Ladder)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
houses = st.builds(lambda **what: Household(**what), quiet=st.booleans(), chat=st.booleans(), other=st.booleans(), phone=st.booleans(),
                   elderly_alone=st.booleans(), wish=st.sampled_from(["", "here", "phone", "letter"]))


@given(ladders, houses, moments)
def test_it_climbs_in_order_writes_at_decent_hours_and_comes_to_an_end(ladder, house, begin):
    steps = climb(ladder, house, begin)
    order = [rung.by for rung in ladder.rungs]
    at = 0
    for name, moment in steps:
        if name not in KINDS:
            assert (name, moment) == steps[-1]
            continue
        at = order.index(name, at) + 1  # no rung twice, none before the one that was taken
        if name in MESSAGES:
            assert HOURS.open(moment) and not house.quiet
            assert 9 <= in_japan(moment).hour < 19 and in_japan(moment).weekday() < 5


@given(ladders, houses, moments, st.integers(0, 8), st.sampled_from(["refused", "died", "closed", "restricted"]))
def test_after_a_refusal_the_software_does_nothing_whatever_the_ladder(ladder, house, now, place, why):
    move = next_move(ladder, Standing(place, now - timedelta(days=9), CHAT), house._replace(**{why: True}), now, HOURS)
    assert isinstance(move, End)


@given(ladders, houses, moments, st.timedeltas(timedelta(0), timedelta(days=300)), st.integers(0, 8))
def test_a_sign_of_life_ends_it_whatever_the_ladder(ladder, house, since, later, place):
    alive = house._replace(life_at=since + later)
    assert next_move(ladder, Standing(place, since), alive, since + later + timedelta(1), HOURS) == End("answered", "answered")


def test_the_standing_ladders_are_what_the_field_asks_for():
    for ladder in (STANDARD, PRESSING):
        order = [rung.by for rung in ladder.rungs]
        assert order == sorted(order, key=KINDS.index) and order[-1] == MEETING and VISIT in order
