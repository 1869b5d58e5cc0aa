"""The proposal for a day: who is visited, by whom, in which order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sorting import numbered
from backend.visits.plan import (
    WEIGHTS,
    Circumstances,
    Home,
    Route,
    propose,
    reasons,
    suits,
    walking_order,
)

TUESDAY, SATURDAY = date(2026, 7, 7), date(2026, 7, 11)


@pytest.mark.parametrize(("known", "why"), [
    (Circumstances(), ("never_met",)),
    (Circumstances(met=True), ()),
    (Circumstances(met=True, people=1, age=75), ("alone_old",)),
    (Circumstances(met=True, people=1, age=74), ("alone",)),
    (Circumstances(met=True, people=2, age=90), ()),
    (Circumstances(met=True, asked=True, due_on=date(2026, 7, 6)), ("late", "asked")),
    (Circumstances(met=True, asked=True, due_on=TUESDAY), ("asked",)),
    (Circumstances(met=True, promised_on=TUESDAY), ("promised",)),
    (Circumstances(met=True, promised_on=date(2026, 7, 8)), ()),
    (Circumstances(met=True, danger=True, damage="total", category=4, care=True), ("danger", "care", "heavy", "watching")),
    (Circumstances(met=True, damage="half", category=2, tries=2), ("again",)),
])
def test_the_reasons_of_a_home(known, why):
    assert reasons(known, TUESDAY) == why


@pytest.mark.parametrize(("times", "day", "halves"), [
    ((), TUESDAY, ("morning", "afternoon")), (("weekday_morning",), TUESDAY, ("morning",)), (("weekend_morning",), TUESDAY, ()),
    (("weekend_afternoon", "weekday_morning"), SATURDAY, ("afternoon",)),
])
def test_which_half_days_suit(times, day, halves):
    assert suits(times, day) == halves


def home(id: str, district: str = "中央", *why: str, **more) -> Home:
    return Home(id, district, more.pop("address", f"{district}1-{id}"), why, **more)


def ids(route: Route) -> list[str]:
    return [stop.home.case_id for stop in route.stops]


def test_nobody_goes_alone():
    assert propose([home("1")], ["a"], TUESDAY) == () == propose([home("1")], [], TUESDAY)
    (route,) = propose([home("1")], ["a", "b", "c"], TUESDAY)
    assert (route.first, route.second) == ("a", "b")


def test_each_pair_has_an_area_and_the_most_pressing_area_comes_first():
    homes = [home("1", "山手"), home("2", "川上", "danger"), home("3", "山手", "asked"), home("4", "川上")]
    north, south = propose(homes, ["a", "b", "c", "d"], TUESDAY)
    assert ids(north) == ["2", "4"] and ids(south) == ["1", "3"]


def test_who_was_there_before_goes_again():
    homes = [home("1", "山手", "danger", last_worker="d"), home("2", "川上", last_worker="a")]
    first, second = propose(homes, ["a", "b", "c", "d"], TUESDAY)
    assert (first.first, ids(first), second.first, ids(second)) == ("a", ["2"], "c", ["1"])


def test_what_there_is_no_room_for_waits_and_the_danger_is_never_among_it():
    homes = [home(str(n), "中央", "asked", last_worker="a") for n in range(9)] + [home("x", "中央", "danger")]
    (route,) = propose(homes, ["a", "b"], TUESDAY, most=3)
    assert len(route.stops) == 3 and "x" in ids(route)


def test_a_home_whose_times_do_not_suit_the_day_waits():
    homes = [home("1", times=("weekend_morning",)), home("2")]
    assert [ids(route) for route in propose(homes, ["a", "b"], TUESDAY)] == [["2"]]


def test_the_walking_order_goes_by_half_day_and_house_number():
    homes = [home("1", address="中央2-10"), home("2", address="中央2-9"), home("3", address="中央1-1", times=("weekday_afternoon",)),
             home("4", address="中央9-9", times=("weekday_morning",))]
    assert [(stop.home.case_id, stop.half) for stop in walking_order(homes, TUESDAY)] == [
        ("4", "morning"), ("2", ""), ("1", ""), ("3", "afternoon")]


def test_numbers_of_any_width_sort_as_numbers():
    assert numbered("中央２-９") < numbered("中央２-１０") and numbered("") < numbered("中央")


@pytest.mark.parametrize(("language", "wished", "needed"), [
    ("", False, ""), ("ja", False, ""), ("ja@simple", False, ""), ("en", False, "en"), ("ja", True, "ja"), ("", True, "?")])
def test_an_interpreter_comes_where_the_language_needs_one(language, wished, needed):
    assert Home("1", language=language, interpreter_wished=wished).interpreter == needed


HOMES = st.lists(st.builds(
    Home, st.uuids().map(str), st.sampled_from(["", "山手", "川上", "中央"]), st.text(max_size=6),
    st.lists(st.sampled_from(list(WEIGHTS)), unique=True, max_size=4).map(tuple), last_worker=st.sampled_from(["", "a", "b", "c", "z"])),
    max_size=30, unique_by=lambda one: one.case_id)


@given(HOMES, st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7), st.integers(1, 8))
def test_every_home_is_visited_once_by_two_and_nobody_more_pressing_of_the_area_is_left_out(homes, workers, most):
    routes = propose(homes, workers, TUESDAY, most)
    visited = [id for route in routes for id in ids(route)]
    assert len(visited) == len(set(visited)) and all(len(route.stops) <= most and route.first != route.second for route in routes)
    assert len(visited) == min(len(homes), most * (len(workers) // 2))
    left = [one for one in homes if one.case_id not in visited]
    for one in left:
        if "danger" in one.reasons and routes:
            assert all("danger" in other.reasons or "promised" in other.reasons for other in homes
                       if other.case_id in visited and other.district == one.district)
