"""A consultation day in a gymnasium: numbers, stations, what each of them did, and nobody called twice."""

import threading
from datetime import date

import pytest

from backend.booth import days, queue
from backend.booth.days import Closed
from backend.booth.models import booth_stop, booth_ticket
from backend.booth.summary import summary_of
from backend.cases.models import support_entry
from backend.conflict import Conflict
from backend.contacts.models import contact
from backend.staff.access import NotForYou


@pytest.fixture
def day(booth):
    return Day(booth)


@pytest.fixture
def small_day(small_booth):
    return Day(small_booth)


class Day:
    """A day with reception, city desk and a lawyer."""

    def __init__(self, booth):
        self.booth, self.town = booth, booth.town
        self.mori = booth.staff("森")
        self.id = days.make_day(self.town.engine, self.town.clock, self.mori, name="7月の相談会", place="市民体育館",
                                held_on=date(2026, 7, 6), kinds=("city_desk", "lawyer"))
        with self.town.engine.begin() as connection:
            self.reception, self.city, self.lawyer = (row["id"] for row in days.stations_of(connection, self.id))

    def draw(self, **more):
        return days.draw(self.town.engine, self.town.clock, self.mori, self.id, **more)[0]

    def call(self, station, staff=None):
        return days.call_next(self.town.engine, self.town.clock, staff or self.mori, station)

    def act(self, ticket, name, staff=None, version=None, **more):
        now = self.town.row(booth_ticket, id=ticket)
        return days.act(self.town.engine, self.town.clock, staff or self.mori, ticket, name, version or now["version"], **more)

    def state(self, ticket):
        return self.town.row(booth_ticket, id=ticket)["state"]


def test_numbers_are_called_in_the_order_they_were_drawn(day):
    first, second, third = day.draw(), day.draw(), day.draw()
    assert sorted(row["number"] for row in day.town.rows(booth_ticket)) == [1, 2, 3]
    assert day.call(day.reception) == first
    day.act(first, "finish")
    assert day.call(day.reception) == second
    day.act(second, "skip")
    assert day.call(day.reception) == third
    day.act(third, "finish")
    assert day.call(day.reception) is None, "who stepped out is not called"
    day.act(second, "return")
    assert day.call(day.reception) == second


def test_who_comes_back_is_at_the_front_again(small_day):
    first, second = small_day.draw(), small_day.draw()
    small_day.call(small_day.reception)
    small_day.act(first, "skip")
    small_day.town.clock.move(minutes=10)
    third = small_day.draw()
    small_day.act(first, "return")
    assert [small_day.call(small_day.reception)] == [first]
    small_day.act(first, "finish")
    assert small_day.call(small_day.reception) == second
    small_day.act(second, "absent")
    assert small_day.call(small_day.reception) == third and small_day.state(second) == "absent"


def test_whoever_has_called_somebody_keeps_them(small_day):
    first = small_day.draw()
    small_day.draw()
    assert small_day.call(small_day.reception) == first == small_day.call(small_day.reception)


@pytest.mark.parametrize("at_once", range(3))
def test_two_stations_that_call_at_once_never_get_the_same_number(day, at_once):
    desks = [day.booth.staff(f"窓口{number}") for number in range(6)]
    for _ in range(6):
        day.draw()
    got, ready = [], threading.Barrier(len(desks))

    def call(staff):
        ready.wait()
        got.append(day.call(day.reception, staff))

    threads = [threading.Thread(target=call, args=(staff,)) for staff in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 6 and None not in got


def test_numbers_drawn_at_once_are_all_different(day):
    ready, failed = threading.Barrier(6), []

    def draw():
        ready.wait()
        try:
            day.draw()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=draw) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and sorted(row["number"] for row in day.town.rows(booth_ticket)) == [1, 2, 3, 4, 5, 6]


def test_one_person_who_presses_twice_calls_one(day):
    for _ in range(4):
        day.draw()
    ready, got = threading.Barrier(4), []

    def call():
        ready.wait()
        got.append(day.call(day.reception))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert [row["state"] for row in day.town.rows(booth_ticket)].count("called") == 1


def test_handed_on_with_the_record_and_what_each_station_did(booth):
    day = Day(booth)
    case_id = booth.seed(day.mori)
    lawyer = booth.staff("小川", role="booth")
    ticket = day.draw(case_id=case_id)
    day.call(day.reception)
    day.town.clock.move(minutes=12)
    row = day.act(ticket, "hand_on", to=day.lawyer, done="罹災証明の写しを確認した", note="ローンのことを聞きたい")
    assert (row["state"], row["station_id"], row["note"]) == ("waiting", day.lawyer, "ローンのことを聞きたい")
    day.town.clock.move(minutes=3)
    assert day.call(day.lawyer, lawyer) == ticket
    day.town.clock.move(minutes=25)
    day.act(ticket, "finish", lawyer, done="自然災害債務整理ガイドラインを説明した")
    stops = day.town.rows(booth_stop)
    assert sorted(one["result"] for one in stops) == ["done", "handed_on"]
    entries = [one["text"] for one in day.town.rows(support_entry, case_id=case_id) if one["about_kind"] == "booth_ticket"]
    assert sorted(entries) == sorted(["罹災証明の写しを確認した", "自然災害債務整理ガイドラインを説明した"])
    assert len([one for one in day.town.rows(contact) if (one["source"] or "").endswith(ticket)]) == 1, "one day is one contact"


def test_a_number_that_somebody_else_moved_meanwhile_is_not_moved_again(day):
    ticket = day.draw()
    day.call(day.reception)
    before = day.town.row(booth_ticket, id=ticket)["version"]
    day.act(ticket, "finish")
    with pytest.raises(Conflict):
        day.act(ticket, "hand_on", version=before, to=day.city)
    assert day.state(ticket) == "done"


def test_nothing_is_called_when_the_day_is_over_and_it_can_be_opened_again(small_day):
    small_day.draw()
    days.close_day(small_day.town.engine, small_day.town.clock, small_day.mori, small_day.id)
    with pytest.raises(Closed):
        small_day.call(small_day.reception)
    with pytest.raises(Closed):
        small_day.draw()
    days.close_day(small_day.town.engine, small_day.town.clock, small_day.mori, small_day.id, closed=False)
    assert small_day.call(small_day.reception)


def test_another_municipality_and_other_roles_find_nothing(small_day, make_tenant):
    make_tenant(small_day.town.engine, "tonari")
    small_day.town.staff("隣", tenant_id="tenant-tonari")
    small_day.town.staff("監査", role="auditor")
    ticket = small_day.draw()
    for name in ("隣", "監査"):
        with pytest.raises(NotForYou):
            small_day.act(ticket, "call", small_day.booth.signed_in(name))


def test_own_stations_need_a_name(small_day):
    engine, clock = small_day.town.engine, small_day.town.clock
    with pytest.raises(ValueError, match="name"):
        days.add_station(engine, clock, small_day.mori, small_day.id, "own", " ")
    days.add_station(engine, clock, small_day.mori, small_day.id, "own", "ペットの相談")
    with engine.begin() as connection:
        assert days.station_name(days.stations_of(connection, small_day.id)[-1]) == "ペットの相談"


def test_the_days_summary_counts_what_happened(small_day):
    one, two, three = small_day.draw(), small_day.draw(), small_day.draw()
    clock = small_day.town.clock
    clock.move(minutes=5)
    small_day.call(small_day.reception)
    clock.move(minutes=10)
    small_day.act(one, "hand_on", to=small_day.lawyer)
    clock.move(minutes=30)
    small_day.call(small_day.lawyer)
    clock.move(minutes=20)
    small_day.act(one, "finish")
    small_day.call(small_day.reception)
    small_day.act(two, "absent")
    with small_day.town.engine.begin() as connection:
        stations = days.stations_of(connection, small_day.id)
        tickets = days.tickets_of(connection, small_day.id)
    found = summary_of(stations, tickets, small_day.town.rows(booth_stop))
    assert (found.drawn, found.finished, found.absent, found.left, found.first_call) == (3, 1, 1, 1, 35)
    reception, _, lawyer = found.stations
    assert (reception.handed_on, reception.absent, reception.waiting, reception.waited, reception.took) == (1, 1, 1, 5, 10)
    assert (lawyer.done, lawyer.waited, lawyer.longest, lawyer.took) == (1, 30, 30, 20)
    assert three


def test_every_move_leads_somewhere_and_what_is_over_can_only_be_opened_again():
    states = {queue.WAITING, queue.CALLED, queue.AWAY, *queue.ENDED}
    assert {to for moves in queue.MOVES.values() for to in moves.values()} <= states
    for state in queue.ENDED:
        assert [act for act in queue.MOVES if queue.after(act, state)] == ["reopen"]
    assert queue.after("call", queue.DONE) is None and queue.after("nothing", queue.WAITING) is None
